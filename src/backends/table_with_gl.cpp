// The backends of native builds.

#include <array>

#include "backends/backends.h"
#include "gl/gl.h"
#include "graph/partition.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {

namespace {

/// Also compares its operations with the reference, so that `can_run` knows which are wrong.
Result<void> is_gl_available() {
  GANLET_CHECK(gl::backend.is_available());
  return gl::check_device({}, reference::evaluate);
}

/// What the GPU can't run, or runs wrongly, goes to XNNPACK.
Result<std::unique_ptr<Program>> compile_with_help(Graph graph, const CompileOptions& options) {
  GANLET_CHECK(gl::check_device(options, reference::evaluate));
  static constexpr std::array<const Backend*, 2> order{&gl::backend, &xnn::backend};
  return compile_parts(std::move(graph), order, options);
}

const Backend gl_with_help{"gl",
                           "GPUs, by OpenGL 4.3; what it can't run, xnn does",
                           is_gl_available,
                           gl::backend.can_run,
                           Preferences{},
                           compile_with_help,
                           gl::backend.make_picture};

constexpr std::array<const Backend*, 3> table{&xnn::backend, &reference::backend, &gl_with_help};

} // namespace

std::span<const Backend* const> backends() {
  return table;
}

} // namespace ganlet
