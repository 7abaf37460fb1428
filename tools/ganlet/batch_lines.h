#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "generator/model.h"

/// JSON lines that ask for pictures, and their answers: of `ganlet batch`, and of POST api/batch.
namespace ganlet::tool {

constexpr std::size_t most_together = 16; ///< wishes that are worth drawing together
constexpr std::size_t longest_line = std::size_t{16} << 20;

/// What a line asks for, or what is wrong with it.
struct Wish {
  std::string key = "null";                     ///< as the line has it
  std::optional<std::vector<float>> embeddings; ///< of a picture; they are there already
  DrawRequest request;
  std::string problem;
};

/// Errors: limit_exceeded where the pictures of a drawing have more pixels together.
Result<void> check_pixels(const Drawing& drawing, std::int64_t most_pixels);

/// Reads a line; `defaults` is what it leaves out, and `most_pixels` what a picture of it may have.
Wish wish_of(std::string_view line, const DrawRequest& defaults, Model& model,
             std::int64_t most_pixels = std::int64_t{1} << 26);

/// Draws what can be drawn, and answers all in their order, a line each. Errors: those of drawing.
Result<std::string> answers(const std::vector<Wish>& wishes, Model& model);

} // namespace ganlet::tool
