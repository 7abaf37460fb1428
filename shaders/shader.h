#pragma once

#include <cstdint>
#include <string_view>

namespace ganlet::shaders {

/// A kernel with what it leaves to choose, as the headers that ganlet-shaders writes describe it. Each of them is the
/// struct of a kernel's uniforms, in the layout of both APIs, and has all its shaders: their addresses tell them apart.
struct Shader {
  std::string_view name;      ///< "convolution", of shaders/convolution.comp
  std::uint32_t bindings = 0; ///< buffers, in the order of the source
  // In GLSL natively, in WGSL in builds for pages.
  std::string_view head; ///< what is chosen
  std::string_view body; ///< stands behind it
};

} // namespace ganlet::shaders
