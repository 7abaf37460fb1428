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
#include "generator/latent.h"
#include "graph/backend.h"
#include "image/image.h"

namespace ganlet {

/// What a generator's graph can't say of itself. Everything has a default that a bare .onnx gets.
struct ModelDescription {
  std::string id;
  std::string title;
  Distribution distribution = Distribution::normal;
  std::vector<std::string> labels;           ///< names of the classes; "0", "1", ... where a file names none
  std::optional<ValueRange> value_range;     ///< default: by the graph's last op: Tanh [-1, 1], Sigmoid [0, 1], else [-1, 1]
};

/// Which input and output of a generator's graph plays which part.
struct Roles {
  std::size_t latent = 0;             ///< index into Graph::inputs
  std::optional<std::size_t> label;   ///< index into Graph::inputs
  bool label_is_one_hot = false;      ///< a float (N, classes) input, else int64 (N) or (N, 1)
  std::size_t image = 0;              ///< index into Graph::outputs
};

/// What to draw. The zero value draws one image of seed 0.
struct Request {
  std::uint64_t seed = 0;             ///< image i has seed + i, but with `text` all have `seed` unless `vary`
  std::int64_t count = 1;
  std::optional<std::string> text;    ///< digits, one image each; overrides `count` and `label`
  bool vary = false;                  ///< with text: each digit in a hand of its own
  std::optional<std::int64_t> label;  ///< default for class-conditional models: image i has label i modulo the number of classes
  float truncation = 1;               ///< psi in [0, 1]
  std::span<const float> latents;     ///< instead of seeds: (count, latent size), row-major
  std::int64_t text_limit = 1000;     ///< longest text allowed
};

/// Checks a text of digits. The messages are part of the interface: `Request too long. Max 10 digits.` (with its limit) and
/// `Request invalid. Should only contain digits (0-9).`, the latter for an empty text too.
Result<void> check_digits(std::string_view text, std::int64_t limit);

/// A model that draws: latents and labels in, images out. Copies of nothing: move it. Not thread-safe.
class Generator {
public:
  /// Reads, lowers and compiles a generator from its ONNX file. Errors as of onnx::read and lower, and invalid_argument where the
  /// graph's roles can't be told: the message names what is missing.
  static Result<Generator> load(std::span<const std::byte> onnx, ModelDescription description, const Backend& backend,
                                const CompileOptions& options);

  const ModelDescription& description() const { return description_; }
  const Roles& roles() const { return roles_; }
  Program& program() { return *program_; }
  std::int64_t latent_size() const;
  std::int64_t label_count() const; ///< 0 for unconditional models
  int image_width() const;
  int image_height() const;
  int image_channels() const;
  ValueRange value_range() const;

  /// Called after each micro-batch with the images as network output (n,H,W,C), the index of the first of them, and n.
  /// Returning false stops with `cancelled`.
  using Sink = std::function<bool(std::span<const float> values, std::int64_t first, std::int64_t count)>;

  /// How many images a request asks for; checks the whole request. Errors: invalid_argument, limit_exceeded.
  Result<std::int64_t> count_of(const Request& request) const;
  /// Runs the network in micro-batches (small ones stay in cache and beat large ones) and hands each to `sink`.
  Result<void> generate_values(const Request& request, const Sink& sink);
  /// The images, one by one.
  Result<std::vector<Image>> generate(const Request& request);

private:
  Generator() = default;
  ModelDescription description_;
  Roles roles_;
  std::unique_ptr<Program> program_;
  std::vector<float> latents_;
  std::vector<std::int64_t> labels_;
  std::vector<float> one_hot_;
};

} // namespace ganlet
