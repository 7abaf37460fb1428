#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace ganlet::shaders {

enum class TokenKind { name, unsigned_number, number, real_number, text, sign, end };

/// A word of a shader's source.
struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;
  std::string space; ///< the blanks and ends of lines before it, without comments
  int line = 1;
};

/// Cuts a source into tokens; the last one has the kind `end`. Views point into `source`. Errors: invalid_argument,
/// with the place `file:line`, for characters and numbers that GLSL and WGSL don't both have.
Result<std::vector<Token>> tokens_of(std::string_view file, std::string_view source);

} // namespace ganlet::shaders
