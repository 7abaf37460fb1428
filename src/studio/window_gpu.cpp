#include "studio/window_gpu.h"

#include "core/text.h"
#include "gl/gl.h"

namespace ganlet::studio {

std::string share_window_with_networks() {
  const Result<void> shared = gl::share_current_context();
  return shared ? "" : concat("Networks run on the processor alone: ", shared.error().message(), ".");
}

} // namespace ganlet::studio
