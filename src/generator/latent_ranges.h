#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

/// Numbers of a network's latent input that are drawn alike: a sum of what a seed's standard normal numbers z become,
/// and of a class. Written `normal`, `uniform [0, 1]`, `sphere`, `one-hot of 10`, `0.5`, or sums and multiples of
/// these: `one-hot of 10 + normal * 0.1`. The codes of InfoGAN (Chen et al. 2016, section 7) are such ranges.
struct LatentRange {
  std::int64_t size = 0;
  float constant = 0;
  float normal = 0;                  ///< times z
  std::optional<ValueRange> uniform; ///< the share of the normal distribution that lies below z, spread over a range
  float sphere = 0;  ///< times z, scaled to length 1 (Karras et al. 2018, Progressive growing of GANs, appendix A.1)
  float one_hot = 0; ///< for the class's place

  /// Whether it says which class is drawn.
  bool has_classes() const { return one_hot != 0; }
  bool is_constant() const { return normal == 0 && !uniform && sphere == 0 && one_hot == 0; }
};

/// Reads a range's sum; `size` is 0 where only the number of its classes tells it. Errors: invalid_argument, without a
/// place.
Result<LatentRange> read_latent_range(std::string_view text, std::int64_t size);

/// The sum as it can be read again: "one-hot of 10 + normal * 0.1".
std::string text_of(const LatentRange& range);

/// How many classes the latent has; 0 without a range of them.
std::int64_t classes_of(std::span<const LatentRange> ranges);

/// The range that number `column` of a latent is in.
const LatentRange& range_at(std::span<const LatentRange> ranges, std::int64_t column);

/// Turns standard normal numbers into what the network gets. `label` is below the number of classes, if there are any.
void shape_latent(std::span<const LatentRange> ranges, std::int64_t label, std::span<float> latent);

} // namespace ganlet
