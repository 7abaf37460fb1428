#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace ganlet::shaders {

/// What programs hold of a shader: its text for OpenGL, or for WebGPU.
enum class Language : std::uint8_t { glsl, wgsl };

/// A shader in the languages of both APIs.
struct Expansion {
  std::string glsl;   ///< for OpenGL 4.3
  std::string wgsl;   ///< for WebGPU
  std::string header; ///< C++: the uniforms as a struct, with the text in one of the languages
};

/// Returns the text of a file that a shader includes.
using ReadFile = std::function<Result<std::string>(const std::string& name)>;

/// Expands the source of a file `name`.comp. Errors: invalid_argument with the place `file:line`, for all that doesn't
/// mean the same in both languages; those of `read`.
Result<Expansion> expand(std::string_view name, std::string_view source, const ReadFile& read,
                         Language held = Language::glsl);

} // namespace ganlet::shaders
