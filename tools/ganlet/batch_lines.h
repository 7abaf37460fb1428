#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "generator/model.h"
#include "image/png_writer.h"

/// JSON lines that ask for pictures, and their answers; for `ganlet batch` and POST api/batch.
namespace ganlet::tool {

constexpr std::size_t most_together = 16; ///< the most requests that are worth drawing together
constexpr std::size_t longest_line = std::size_t{16} << 20;

/// The request of a line, or what is wrong with it.
struct Wish {
  std::string key = "null";                     ///< as JSON text from the line
  std::optional<std::vector<float>> embeddings; ///< of a given picture, already computed
  DrawRequest request;
  std::optional<Error> problem;
};

/// A line that is read, and the key that its answer has, as JSON text. Errors: invalid_argument, with `key` set where
/// the line has one.
Result<Json> read_line(std::string_view line, std::string& key);
/// The picture {"b64": "<PNG or JPEG>"} that a line has as "image_bytes". Errors: invalid_argument, those of decoding.
Result<Image> picture_in(const Json& image_bytes);

/// Of a line with more than `longest_line` bytes.
Error too_long_a_line();
std::string answer_with(std::string_view key, const Error& problem);
/// Errors: those of encoding.
Result<std::string> answer_with(std::string_view key, const Image& picture, const PictureTexts& origin);

/// Errors: limit_exceeded if the pictures of a drawing have more pixels in total.
Result<void> check_pixels(const Drawing& drawing, std::int64_t most_pixels);

struct LineLimits {
  std::int64_t pixels = std::int64_t{1} << 26;                           ///< of a line's picture
  Budget::Clock::time_point deadline = Budget::Clock::time_point::max(); ///< later lines get an error
};

/// Reads a line. `defaults` supplies the fields that it leaves out.
Wish wish_of(std::string_view line, const DrawRequest& defaults, Model& model, const LineLimits& limits = {});

/// Draws all valid requests and returns all answers in order, one line each: where drawing fails, or takes longer than
/// is allowed, with that error. Errors: those of encoding pictures.
Result<std::string> answers(std::vector<Wish> wishes, Model& model, const LineLimits& limits = {});

} // namespace ganlet::tool
