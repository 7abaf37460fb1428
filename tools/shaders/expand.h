#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace ganlet::shaders {

/// What programs hold of a shader: its text for OpenGL, or for WebGPU.
enum class Language : std::uint8_t { glsl, wgsl };

/// A shader in the languages of both APIs.
struct Expansion {
  std::vector<std::string> glsl_heads, wgsl_heads; ///< for each combination of the shader's choices
  std::string glsl_body;                           ///< behind each of them, for OpenGL 4.3
  std::string wgsl_body;                           ///< for WebGPU
  std::string header; ///< C++: the uniforms as a struct, with the texts in one of the languages

  std::string glsl(std::size_t combination = 0) const { return glsl_heads[combination] + glsl_body; }
  std::string wgsl(std::size_t combination = 0) const { return wgsl_heads[combination] + wgsl_body; }
};

/// Returns the text of a file that a shader includes.
using ReadFile = std::function<Result<std::string>(const std::string& name)>;

/// Expands the source of a file `name`.comp. Errors: invalid_argument with the place `file:line`, for all that doesn't
/// mean the same in both languages; those of `read`.
Result<Expansion> expand(std::string_view name, std::string_view source, const ReadFile& read,
                         Language held = Language::glsl);

} // namespace ganlet::shaders
