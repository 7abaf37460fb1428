#include "damage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "core/rng.h"

namespace ganlet::evaluate {

namespace {

/// All pictures in an order that the seed decides.
std::vector<std::int64_t> shuffled(std::int64_t count, std::uint64_t seed) {
  const Rng random(seed);
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i), i)]);
  return order;
}

std::uint8_t to_byte_of(double unit) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(unit, 0.0, 1.0) * 255));
}

/// Along one axis, in which neighbours lie `stride` apart; edges are repeated.
std::vector<double> blurred_along(const std::vector<double>& pixels, std::int64_t length, std::int64_t stride,
                                  double deviation) {
  const auto radius = static_cast<std::int64_t>(std::ceil(4 * deviation));
  std::vector<double> weights;
  for (std::int64_t d = -radius; d <= radius; ++d)
    weights.push_back(std::exp(-0.5 * static_cast<double>(d * d) / (deviation * deviation)));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> blurred(pixels.size());
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(pixels.size()); ++i) {
    const std::int64_t at = i / stride % length;
    for (std::int64_t d = -radius; d <= radius; ++d)
      blurred[i] +=
          weights[d + radius] / sum * pixels[i + (std::clamp<std::int64_t>(at + d, 0, length - 1) - at) * stride];
  }
  return blurred;
}

void blur(train::Dataset& data, double deviation) {
  const auto each = static_cast<std::ptrdiff_t>(data.pixels_each());
  for (auto first = data.pixels.begin(); first != data.pixels.end(); first += each) {
    std::vector<double> picture;
    std::transform(first, first + each, std::back_inserter(picture), [](std::uint8_t value) { return value / 255.0; });
    picture = blurred_along(picture, data.width, data.channels, deviation);
    picture = blurred_along(picture, data.height, data.width * data.channels, deviation);
    std::ranges::transform(picture, first, to_byte_of);
  }
}

void add_noise(train::Dataset& data, double deviation, std::uint64_t seed) {
  const Rng random(seed, 1);
  for (std::size_t i = 0; i < data.pixels.size(); ++i)
    data.pixels[i] = to_byte_of(data.pixels[i] / 255.0 + deviation * random.normal(i));
}

} // namespace

std::string_view name_of(DamageKind kind) {
  constexpr std::array<std::string_view, 4> names{"blur", "noise", "dropped classes", "duplication"};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<Damage> damages_of(const train::Dataset& data) {
  std::vector<Damage> all;
  const auto add = [&all](DamageKind kind, const std::array<double, 4>& strengths) {
    for (const double strength : strengths)
      all.push_back({kind, strength});
  };
  add(DamageKind::blur, {0, 0.35, 0.7, 1});
  add(DamageKind::noise, {0, 0.025, 0.05, 0.1});
  if (data.classes > 1)
    add(DamageKind::drop, {0, 0.1, 0.3, 0.5});
  add(DamageKind::duplication, {0, 0.25, 0.5, 0.75});
  return all;
}

train::Dataset damaged_pictures(const train::Dataset& data, std::int64_t count, const Damage& damage,
                                std::uint64_t seed) {
  std::vector<std::int64_t> chosen = shuffled(data.count, seed);
  if (damage.kind == DamageKind::drop) {
    const auto dropped = std::lround(damage.strength * static_cast<double>(data.classes));
    std::erase_if(chosen, [&](std::int64_t i) { return data.labels[static_cast<std::size_t>(i)] < dropped; });
  }
  chosen.resize(std::min(chosen.size(), static_cast<std::size_t>(count)));
  if (damage.kind == DamageKind::duplication) {
    const auto originals = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::lround((1 - damage.strength) * static_cast<double>(chosen.size()))));
    for (std::size_t i = originals; i < chosen.size(); ++i)
      chosen[i] = chosen[i % originals];
  }
  train::Dataset damaged{
      static_cast<std::int64_t>(chosen.size()), data.height, data.width, 0, {}, {}, data.channels, {}};
  for (const std::int64_t i : chosen) {
    const auto first = data.pixels.begin() + i * data.pixels_each();
    damaged.pixels.insert(damaged.pixels.end(), first, first + data.pixels_each());
  }
  if (damage.kind == DamageKind::blur && damage.strength > 0)
    blur(damaged, damage.strength);
  if (damage.kind == DamageKind::noise && damage.strength > 0)
    add_noise(damaged, damage.strength, seed);
  return damaged;
}

} // namespace ganlet::evaluate
