#include "plot.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/text.h"
#include "image/image_writer.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

constexpr double frame_width = 640, frame_height = 220, left = 70, top = 30, below = 50;
constexpr std::array<int, 3> grey{120, 120, 120};

/// Okabe and Ito's colours, which people who see few colours tell apart too.
constexpr std::array<std::array<int, 3>, 5> palette{
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {86, 180, 233}}};

struct Range {
  double low = 0;
  double high = 1;
};

/// A frame's loss curves, as indices of the table's columns.
using Columns = std::vector<std::size_t>;

std::vector<Columns> frames_of(const LossTable& table) {
  Columns both;
  std::vector<Columns> others;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const std::string& name = table.names[i];
    if (name == "generator" || name == "discriminator" || name == "critic")
      both.push_back(i);
    else if (name != "images_per_second")
      others.push_back({i});
  }
  if (!both.empty())
    others.insert(others.begin(), both);
  return others;
}

Range range_of(const LossTable& table, const Columns& columns) {
  std::vector<double> values;
  for (const std::size_t column : columns)
    values.insert(values.end(), table.columns[column].begin(), table.columns[column].end());
  if (values.empty())
    return {};
  std::ranges::sort(values);
  const std::size_t outermost = values.size() / 200;
  const double low = values[outermost], high = values[values.size() - 1 - outermost];
  const double margin = high > low ? (high - low) * 0.05 : std::max(std::abs(high) * 0.1, 0.1);
  return {low - margin, high + margin};
}

/// Multiples of 1, 2 or 5 times a power of ten, about `count` of them.
std::vector<double> ticks_in(const Range& range, int count) {
  const double rough = (range.high - range.low) / count, power = std::pow(10, std::floor(std::log10(rough)));
  const double ratio = rough / power, each = power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  for (double k = std::ceil(range.low / each - 1e-9); k * each <= range.high + each * 1e-9; ++k)
    ticks.push_back(k == 0 ? 0 : k * each);
  return ticks;
}

/// Means over a window around each value.
std::vector<double> smoothed(const std::vector<double>& values) {
  const auto count = static_cast<std::ptrdiff_t>(values.size()), reach = count / 80;
  std::vector<double> sums{0}, means;
  for (const double value : values)
    sums.push_back(sums.back() + value);
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, i - reach), end = std::min(count, i + reach + 1);
    means.push_back((sums[static_cast<std::size_t>(end)] - sums[static_cast<std::size_t>(first)]) /
                    static_cast<double>(end - first));
  }
  return means;
}

/// Where values go in a frame whose upper edge is at `top`.
struct Frame {
  Range steps, values;
  double upper = 0;

  double x(double step) const { return left + frame_width * (step - steps.low) / (steps.high - steps.low); }
  double y(double value) const {
    const double inside = std::clamp(value, values.low, values.high);
    return upper + frame_height * (values.high - inside) / (values.high - values.low);
  }
};

void draw_axes(const Frame& frame, bool last, Drawing& drawing) {
  const double right = left + frame_width, bottom = frame.upper + frame_height;
  for (const double tick : ticks_in(frame.values, 5)) {
    drawing.strokes.push_back({{{left, frame.y(tick)}, {right, frame.y(tick)}}, grey, 0.25, 1});
    drawing.writings.push_back({{left - 8, frame.y(tick) + 4}, concat(tick), Anchor::end});
  }
  for (const double tick : ticks_in(frame.steps, 7)) {
    drawing.strokes.push_back({{{frame.x(tick), bottom}, {frame.x(tick), bottom + 5}}, grey});
    drawing.writings.push_back(
        {{frame.x(tick), bottom + 18}, std::to_string(static_cast<std::int64_t>(tick)), Anchor::middle});
  }
  if (last)
    drawing.writings.push_back({{left + frame_width / 2, bottom + 36}, "step", Anchor::middle});
  drawing.strokes.push_back(
      {{{left, frame.upper}, {right, frame.upper}, {right, bottom}, {left, bottom}, {left, frame.upper}}, grey});
}

Stroke curve_of(const Frame& frame, const std::vector<std::int64_t>& steps, const std::vector<double>& values,
                const std::array<int, 3>& color) {
  constexpr std::size_t most_points = 1500;
  const std::size_t stride = values.size() / most_points + 1;
  Stroke stroke{{}, color};
  for (std::size_t i = 0; i < values.size(); i += stride)
    stroke.points.push_back({frame.x(static_cast<double>(steps[i])), frame.y(values[i])});
  return stroke;
}

void draw_curves(const Frame& frame, const LossTable& table, const Columns& columns, std::size_t first_color,
                 Drawing& drawing) {
  double legend = left;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::array<int, 3>& color = palette[(first_color + i) % palette.size()];
    const std::vector<double>& values = table.columns[columns[i]];
    Stroke raw = curve_of(frame, table.steps, values, color),
           mean = curve_of(frame, table.steps, smoothed(values), color);
    raw.opacity = 0.3;
    mean.width = 1.8;
    drawing.strokes.push_back(std::move(raw));
    drawing.strokes.push_back(std::move(mean));
    const double line = frame.upper - 10;
    drawing.strokes.push_back({{{legend, line}, {legend + 18, line}}, color, 1, 2.5});
    const std::string& name = table.names[columns[i]];
    drawing.writings.push_back({{legend + 24, line + 4}, name});
    legend += 50 + 7 * static_cast<double>(name.size());
  }
}

} // namespace

Drawing loss_chart(const LossTable& table) {
  const std::vector<Columns> frames = frames_of(table);
  constexpr double each = top + frame_height + below;
  Drawing drawing{static_cast<int>(left + frame_width + 30),
                  static_cast<int>(each * static_cast<double>(std::max<std::size_t>(frames.size(), 1))),
                  {},
                  {}};
  if (table.steps.empty())
    return drawing;
  const auto first = static_cast<double>(table.steps.front()), last = static_cast<double>(table.steps.back());
  std::size_t color = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Frame frame{
        {first, std::max(last, first + 1)}, range_of(table, frames[i]), top + static_cast<double>(i) * each};
    draw_axes(frame, i + 1 == frames.size(), drawing);
    draw_curves(frame, table, frames[i], color, drawing);
    color += frames[i].size();
  }
  return drawing;
}

Result<void> write_plots(const std::filesystem::path& run) {
  GANLET_TRY(const LossTable table, read_loss_table(run / "log.csv"));
  const Drawing chart = loss_chart(table);
  const std::string svg = svg_of(chart);
  GANLET_CHECK(write_whole(run / "losses.svg", std::as_bytes(std::span(svg))));
  return write_image(run / "losses.png", image_of(chart));
}

} // namespace ganlet::train
