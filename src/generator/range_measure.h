#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "generator/drawing.h"

namespace ganlet {

/// How often values occurred, in 2^16 steps of nearly equal ratios: enough for quantiles of any number of values in
/// little memory.
class ValueCounts {
 public:
  /// Not finite values, and those beyond 1e30, don't count.
  void add(std::span<const float> values);
  /// The range in which a person would want to see a picture of these values. A usual one, `usual_ranges`, if their
  /// middle nine tenths lie in it, or not far beyond, and fill a quarter of it: what was trained for a range without a
  /// bound at its end goes beyond it. Otherwise that of all but the first and last hundredth of the
  /// values, or of all of them if these hundredths are what the picture shows. [-1, 1] without any value.
  ValueRange range() const;

 private:
  double quantile(double part) const;

  std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(std::size_t{1} << 16);
  std::int64_t all_ = 0;
  float least_ = 0, most_ = 0;
};

/// Measures the range of a network whose values have no bound (`ImageNetwork::lacks_range`) over the pictures of the
/// seeds from 0: of 64, or as many as `most_units` allow, so that a file opens within seconds. Not thread-safe; the
/// network draws nothing else meanwhile.
class RangeMeasure {
 public:
  static constexpr std::int64_t most_pictures = 64;
  static constexpr std::int64_t most_units = std::int64_t{1} << 31;

  /// Errors: those of Drawing::begin.
  static Result<RangeMeasure> begin(std::shared_ptr<ImageNetwork> network, const ModelDescription& description,
                                    const Limits& limits);
  /// Draws some of the pictures; whether it's done. Without `may_block` as in Drawing::poll. A network that can't draw
  /// is done, so that it can be run, and drawing says what is wrong. Errors: cancelled, device_lost.
  Result<bool> advance(bool may_block);
  MeasuredRange measured() const { return {counts_.range(), drawing_.count() - drawing_.left()}; }

 private:
  RangeMeasure(Drawing drawing, Budget budget) : drawing_(std::move(drawing)), budget_(budget) {}

  Drawing drawing_;
  Budget budget_;
  ValueCounts counts_;
};

/// Measures the range of a network that lacks one, and sets it. Natively it waits for a backend that answers later.
/// Errors: those of RangeMeasure.
Result<void> measure_range(const std::shared_ptr<ImageNetwork>& network, const ModelDescription& description,
                           const Limits& limits);

} // namespace ganlet
