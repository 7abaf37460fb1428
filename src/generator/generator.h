#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"
#include "generator/roles.h"
#include "graph/backend.h"

namespace ganlet {

/// What to draw. The zero value draws one image of seed 0.
struct Request {
  std::uint64_t seed = 0; ///< image i has seed + i, but with `text` all have `seed` unless `vary`
  std::int64_t count = 1;
  std::optional<std::string>
      text;          ///< digits, one image each; overrides `count` and `label`; needs classes named 0 to 9
  bool vary = false; ///< with text: each digit in a hand of its own
  std::optional<std::int64_t>
      label; ///< default for class-conditional models: image i has label i modulo the number of classes
  std::span<const std::int64_t> labels; ///< instead of `label`: one for each of `count` images
  float truncation = 1;                 ///< psi in [0, 1]
  std::span<const float>
      latents; ///< instead of seeds: (count, latent size), row-major; one row will do for a text in one hand
  std::int64_t text_limit = 1000; ///< longest text allowed
};

/// Checks a text of digits. The messages are part of the interface: `Request too long. Max 10 digits.` (with its limit)
/// and `Request invalid. Should only contain digits (0-9).`, the latter for an empty text too.
Result<void> check_digits(std::string_view text, std::int64_t limit);

/// A model that draws: latents and labels in, images out. Copies of nothing: move it. Not thread-safe.
class Generator {
 public:
  /// Reads, lowers and compiles a generator from its ONNX file. Errors as of onnx::read and lower, and invalid_argument
  /// where the graph's roles can't be told: the message names what is missing.
  static Result<Generator> load(std::span<const std::byte> onnx, ModelDescription description, const Backend& backend,
                                const CompileOptions& options);

  const ModelDescription& description() const { return description_; }
  const Roles& roles() const { return roles_; }
  Program& program() { return *program_; }
  std::int64_t latent_size() const { return roles_.latent_size; }
  std::int64_t label_count() const { return roles_.label_count; } ///< 0 for unconditional models
  int image_width() const { return roles_.image_size.width; }
  int image_height() const { return roles_.image_size.height; }
  int image_channels() const { return roles_.image_size.channels; }
  ValueRange value_range() const { return roles_.value_range; }

  /// Called after each micro-batch with the images as network output (n,H,W,C), the index of the first of them, and n.
  /// Returning false stops with `cancelled`.
  using Sink = std::function<bool(std::span<const float> values, std::int64_t first, std::int64_t count)>;

  /// How many images a request asks for; checks the whole request. Errors: invalid_argument, limit_exceeded.
  Result<std::int64_t> count_of(const Request& request) const;
  /// The same for a caller that keeps all images as pixels. Errors: limit_exceeded also where they have more pixels
  /// together than `Limits::tensor_elements`.
  Result<std::int64_t> count_of_kept(const Request& request) const;
  /// Runs the network in micro-batches (small ones stay in cache and beat large ones) and hands each to `sink`.
  Result<void> generate_values(const Request& request, const Sink& sink);
  /// The same for images `first` to `first + count` (exclusive) of the request, which must have them (asserted). For
  /// callers that draw a few at a time and do something else in between.
  Result<void> generate_values(const Request& request, std::int64_t first, std::int64_t count, const Sink& sink);
  /// The images, one by one. Errors: limit_exceeded where they have more pixels together than
  /// `Limits::tensor_elements`.
  Result<std::vector<Image>> generate(const Request& request);

 private:
  Generator() = default;
  /// The class that draws a digit: the one of that name.
  std::optional<std::int64_t> class_of_digit(char digit) const;
  Result<void> check_text(const Request& request) const;
  Result<void> check_latents(const Request& request, std::int64_t count) const;
  Result<void> check_label(std::int64_t label) const;
  std::int64_t class_of_image(const Request& request, std::int64_t index) const;
  void fill_latents(const Request& request, std::int64_t first, std::int64_t count, std::int64_t rows);
  void fill_labels(const Request& request, std::int64_t first, std::int64_t count, std::int64_t rows);
  Result<TensorView> run_batch(std::int64_t rows);
  std::span<const float> channels_last(const TensorView& images, std::int64_t count);

  ModelDescription description_;
  Roles roles_;
  Limits limits_;
  std::unique_ptr<Program> program_;
  std::int64_t batch_ = 16; ///< images of one run
  std::vector<float> latents_;
  std::vector<std::int64_t> labels_;
  std::vector<float> one_hot_;
  std::vector<float> values_; ///< images brought into (H,W,C), where the network gives (C,H,W)
};

} // namespace ganlet
