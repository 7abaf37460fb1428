// What the shipped model `nouns` promises: its coarse styles hold the layout of a picture and its fine ones the colour.

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "generator/model_folder.h"

namespace ganlet::test {
namespace {

constexpr int channels = 3;
using Color = std::array<double, channels>;

double brightness(const float* pixel) {
  return (pixel[0] + pixel[1] + pixel[2]) / channels;
}

/// The direction from grey of the mean of (H,W,3), of length 1.
Color hue(const std::vector<float>& image) {
  Color mean{};
  for (std::size_t i = 0; i < image.size(); ++i)
    mean[i % channels] += image[i] - brightness(&image[i - i % channels]);
  const double length = std::hypot(mean[0], mean[1], mean[2]);
  for (double& part : mean)
    part /= length;
  return mean;
}

double cosine(const Color& a, const Color& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double squared_difference_in_brightness(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); i += channels)
    sum += std::pow(brightness(&a[i]) - brightness(&b[i]), 2);
  return sum;
}

TEST(Nouns, CoarseStylesHoldTheLayoutAndFineOnesTheColour) {
  auto model = load_model(GANLET_SOURCE_DIR "/models/nouns");
  ASSERT_TRUE(model) << model.error().text();
  const auto drawn = [&](const DrawRequest& request) {
    auto drawing = model->draw(request, Keep::nothing);
    const auto images = drawing ? drawing->step() : Result<Drawing::Images>(tl::unexpected(std::move(drawing).error()));
    EXPECT_TRUE(images) << images.error().text();
    return images ? std::vector<float>(images->values.begin(), images->values.end()) : std::vector<float>();
  };
  const std::int64_t layers = model->facts()->style_layers;
  const LayerRange fine{layers / 2, layers - 1};
  const Noise off{Noise::Kind::off, 0};
  double changed = 0, other = 0, to_own = 0, to_other = 0;
  constexpr std::uint64_t count = 40;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    const std::vector<float> own = drawn({.seed = seed, .noise = off}),
                             source = drawn({.seed = seed + count, .noise = off}),
                             mixed = drawn({.seed = seed, .mix = StyleMix{seed + count, fine}, .noise = off});
    ASSERT_FALSE(own.empty() || source.empty() || mixed.empty());
    changed += squared_difference_in_brightness(mixed, own);
    other += squared_difference_in_brightness(source, own);
    to_own += cosine(hue(mixed), hue(own)) / count;
    to_other += cosine(hue(mixed), hue(source)) / count;
  }
  EXPECT_LT(changed, 0.1 * other);
  EXPECT_GT(to_other, 0.8);
  EXPECT_LT(to_own, 0.4);
}

} // namespace
} // namespace ganlet::test
