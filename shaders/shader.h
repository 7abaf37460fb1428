#pragma once

#include <cstdint>
#include <string_view>

namespace ganlet::shaders {

/// A kernel, as the headers that ganlet-shaders writes describe it. Each of them is the struct of a kernel's uniforms,
/// in the layout of both APIs.
struct Shader {
  std::string_view name;      ///< "convolution", of shaders/convolution.comp
  std::uint32_t bindings = 0; ///< buffers, in the order of the source
  std::string_view source;    ///< in GLSL natively, in WGSL in builds for pages
};

} // namespace ganlet::shaders
