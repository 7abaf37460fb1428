// For pages, which show pictures by WebGL2, and for macOS: their OpenGL has no compute shaders.

#include "studio/window_gpu.h"

namespace ganlet::studio {

std::string share_window_with_networks() {
  return "Networks run on the processor alone: the OpenGL that shows pictures here has no compute shaders.";
}

} // namespace ganlet::studio
