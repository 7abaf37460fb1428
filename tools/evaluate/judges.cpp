#include "judges.h"

#include <array>
#include <cstdio>
#include <span>

#include "core/sha256.h"
#include "core/text.h"
#include "evaluation.h"

namespace ganlet::evaluate {

namespace {

/// One grey ramp of MNIST's size and number of classes, and one in colour: the shapes of networks depend on these.
train::Dataset ramp(std::int64_t channels, std::int64_t side, std::int64_t classes) {
  train::Dataset data{1, side, side, classes, {}, {0}, channels, {}};
  for (std::int64_t i = 0; i < side * side * channels; ++i)
    data.pixels.push_back(static_cast<std::uint8_t>(i * 7 % 256));
  return data;
}

Schedule nothing_learned() {
  Schedule schedule;
  schedule.pictures = 1;
  return schedule;
}

std::string with_digest(const std::string& text) {
  return concat(text, "  SHA-256 ", sha256_text(std::as_bytes(std::span(text))), "\n\n");
}

std::string schedule_text() {
  const Schedule schedule;
  std::array<char, 200> text{};
  std::snprintf(text.data(), text.size(),
                "  %lld pictures in batches of %lld; AdamW, weight decay %g, rate up to %g (autoencoder: %g) after a "
                "fifth, then down to 0\n",
                static_cast<long long>(schedule.pictures), static_cast<long long>(schedule.batch),
                schedule.weight_decay, schedule.highest_rate, schedule.highest_rate / 4);
  return text.data();
}

/// A few features of the ramp, by which a change in what is computed shows.
std::string features_text(const RandomFeatures& judge, const train::Dataset& data) {
  const torch::Tensor features = judge.read(data).features;
  std::string text = "  of another ramp:";
  for (const std::int64_t at : {0, 85, 170, 255}) {
    std::array<char, 32> number{};
    std::snprintf(number.data(), number.size(), " %.3g", features[0][at].item<double>());
    text += number.data();
  }
  return text + "\n";
}

std::string random_text(std::uint64_t seed) {
  train::Dataset two = ramp(1, 28, 0), other = ramp(1, 28, 0);
  for (std::uint8_t& value : other.pixels)
    value = static_cast<std::uint8_t>(255 - value / 2);
  two.count = 2; // a deviation needs more than one picture
  two.pixels.insert(two.pixels.end(), other.pixels.begin(), other.pixels.end());
  const RandomFeatures judge(two, seed);
  for (std::uint8_t& value : other.pixels)
    value /= 3;
  return concat("  seed ", seed, ", weights' SHA-256 ", judge.digest(), "\n", features_text(judge, other));
}

} // namespace

std::string judges_text() {
  const train::Dataset grey = ramp(1, 28, 10), colour = ramp(3, 32, 0);
  const auto seeds = [] {
    return concat("  seeds ", first_judge_seed, ", ", first_judge_seed + 1, ", ", first_judge_seed + 2, "\n");
  };
  const auto quiet = [](std::int64_t, double) {};
  std::string text = with_digest(concat(
      "Judge 1 of pictures with labels: a classifier of blocks of convolution, batch normalization, ReLU (strides "
      "2, 1, pool 2, 1, 2),\na layer whose ReLU gives the features, and one of classes; pictures are turned, "
      "sheared, scaled and shifted while it learns.\n",
      schedule_text(), seeds(), Classifier::train(grey, nothing_learned(), first_judge_seed, quiet).weights()));
  text += with_digest(concat(
      "Judge 1 of pictures without labels: an autoencoder of convolutions and ReLU, whose encoder gives the "
      "features.\n",
      schedule_text(), seeds(), Autoencoder::train(colour, nothing_learned(), first_judge_seed, quiet).weights()));
  std::string random =
      concat("Judge 2: random convolutions, ReLU; means of quarters, scaled to the deviations of real pictures, "
             "projected at random.\n",
             RandomFeatures(ramp(1, 28, 0), first_judge_seed).weights());
  for (std::uint64_t seed = first_judge_seed; seed < first_judge_seed + 3; ++seed)
    random += random_text(seed);
  return text + with_digest(random);
}

} // namespace ganlet::evaluate
