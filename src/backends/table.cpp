// The backends of builds for pages, and for systems without OpenGL's compute shaders.

#include <array>

#include "backends/backends.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {

namespace {

constexpr std::array<const Backend*, 2> table{&xnn::backend, &reference::backend};

} // namespace

std::span<const Backend* const> backends() {
  return table;
}

} // namespace ganlet
