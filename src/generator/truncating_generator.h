#pragma once

#include "generator/generator.h"
#include "generator/style.h"

namespace ganlet {

/// A generator whose truncation shows on style-based models too: their mapping network takes a latent's length away, so
/// it is styles that are moved towards the mean style (Karras et al.: A Style-Based Generator Architecture for
/// Generative Adversarial Networks, 2019, appendix B). Such pictures are drawn by mapping and synthesis, all with the
/// noise of seed 0. Not thread-safe.
class TruncatingGenerator {
 public:
  /// Of a model that isn't style-based: truncation is of latents.
  explicit TruncatingGenerator(Generator generator) : generator_(std::move(generator)) {}
  /// Errors: invalid_argument where the two don't draw the same pictures, or the generator has classes, which styles
  /// don't know.
  static Result<TruncatingGenerator> make(Generator generator, StyleGenerator styles);

  const Generator& generator() const { return generator_; }
  /// As of Generator. Errors: invalid_argument also where styles are to be truncated and there is no mean style.
  Result<void> generate_values(const Request& request, const Generator::Sink& sink);
  Result<std::vector<Image>> generate(const Request& request);

 private:
  bool truncates_styles(const Request& request) const { return styles_ && request.truncation != 1; }
  StyleRequest style_request(const Request& request, std::int64_t image) const;

  Generator generator_;
  std::optional<StyleGenerator> styles_;
};

} // namespace ganlet
