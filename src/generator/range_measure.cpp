#include "generator/range_measure.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "generator/value_range.h"

namespace ganlet {

namespace {

constexpr float beyond_counting = 1e30F;

/// Larger values have larger steps: the sign, the exponent and the first seven bits behind the point.
std::size_t step_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits >> 31 != 0 ? ~bits : bits | 0x8000'0000U) >> 16;
}

/// The middle of a step.
double value_of(std::size_t step) {
  const std::uint32_t bits = static_cast<std::uint32_t>(step) << 16 | 0x8000U;
  return double{std::bit_cast<float>(bits >> 31 != 0 ? bits & 0x7FFF'FFFFU : ~bits)};
}

/// Widened to numbers of two or three digits.
ValueRange rounded_out(double low, double high) {
  double unit = 1;
  while (100 * unit > high - low)
    unit /= 10;
  while (1000 * unit <= high - low)
    unit *= 10;
  return {static_cast<float>(std::floor(low / unit) * unit), static_cast<float>(std::ceil(high / unit) * unit)};
}

/// The range of a picture of one grey.
ValueRange around(double value) {
  for (const ValueRange& usual : usual_ranges)
    if (double{usual.low} <= value && value <= double{usual.high})
      return usual;
  const double margin = std::max(1.0, std::abs(value) / 2);
  return rounded_out(value - margin, value + margin);
}

} // namespace

void ValueCounts::add(std::span<const float> values) {
  for (const float value : values) {
    if (!(std::abs(value) <= beyond_counting))
      continue;
    least_ = all_ == 0 ? value : std::min(least_, value);
    most_ = all_ == 0 ? value : std::max(most_, value);
    ++counts_[step_of(value)];
    ++all_;
  }
}

/// The value below which this part of all lies, to a 256th of it.
double ValueCounts::quantile(double part) const {
  const double wanted = part * static_cast<double>(all_);
  std::int64_t below = 0;
  std::size_t step = 0;
  while (step + 1 < counts_.size() && static_cast<double>(below += counts_[step]) <= wanted)
    ++step;
  return std::clamp(value_of(step), double{least_}, double{most_});
}

ValueRange ValueCounts::range() const {
  if (all_ == 0)
    return {};
  const double least = double{least_}, most = double{most_};
  if (least == most)
    return around(least);
  double low = quantile(0.01), high = quantile(0.99), middle_low = quantile(0.05), middle_high = quantile(0.95);
  if (high - low < (most - least) / 8) { // a few lines on an even ground
    low = middle_low = least;
    high = middle_high = most;
  }
  // Of 26 small VAEs and GANs with linear ends, trained for the usual ranges on MNIST and Fashion-MNIST, this tells 24:
  // not two GANs that had hardly begun to learn, whose blacks were nearer to -1 than to 0.
  for (const ValueRange& usual : usual_ranges) {
    const double usual_low = double{usual.low}, usual_high = double{usual.high};
    const double beyond = std::max(0.0, usual_low - middle_low) + std::max(0.0, middle_high - usual_high);
    const double filled = std::min(middle_high, usual_high) - std::max(middle_low, usual_low);
    if (beyond <= usual_high / 2 && filled >= (usual_high - usual_low) / 4)
      return usual;
  }
  return rounded_out(low, high);
}

Result<RangeMeasure> RangeMeasure::begin(std::shared_ptr<ImageNetwork> network, const ModelDescription& description,
                                         const Limits& limits) {
  const CompileOptions& options = network->program().options();
  const std::int64_t units = std::min(limits.run_units, most_units);
  const std::int64_t work = std::max<std::int64_t>(1, multiply_adds_of(network->program().graph(), 1));
  DrawRequest request;
  request.count = std::clamp<std::int64_t>(units / work, 1, most_pictures);
  GANLET_TRY(Drawing drawing, Drawing::begin(std::move(network), description.labels, description.distribution,
                                             std::move(request), Keep::nothing, limits));
  return RangeMeasure(std::move(drawing), Budget(units).stop_with(options.stop));
}

Result<bool> RangeMeasure::advance(bool may_block) {
  Result<bool> is_drawn = true;
  if (!may_block)
    is_drawn = drawing_.poll();
  else if (auto images = drawing_.step(16, budget_); !images)
    is_drawn = tl::unexpected(std::move(images).error());
  if (!is_drawn) {
    const ErrorCode code = is_drawn.error().code();
    if (code == ErrorCode::cancelled || code == ErrorCode::device_lost)
      return is_drawn;
    return true;
  }
  if (!*is_drawn)
    return false;
  counts_.add(drawing_.network().images());
  return drawing_.is_done();
}

Result<void> measure_range(const std::shared_ptr<ImageNetwork>& network, const ModelDescription& description,
                           const Limits& limits) {
  if (!network->lacks_range())
    return {};
  GANLET_TRY(RangeMeasure measure, RangeMeasure::begin(network, description, limits));
  for (bool is_done = false; !is_done;) {
    GANLET_TRY(is_done, measure.advance(true));
  }
  network->set_range(measure.measured());
  return {};
}

} // namespace ganlet
