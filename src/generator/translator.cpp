#include "generator/translator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/text.h"
#include "generator/onnx_order.h"
#include "generator/roles.h"
#include "generator/value_range.h"
#include "graph/lower.h"
#include "image/area_average.h"
#include "reference/reference.h"

namespace ganlet {

namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 26;
constexpr std::size_t most_compiled = 4;

tl::unexpected<Error> no_translator(std::string_view why) {
  return fail(ErrorCode::invalid_argument, "graph",
              concat("doesn't make a picture of a picture: ", why, "; `ganlet run` takes any network"));
}

/// A channel of RGBA as numbers from 0 to 255.
Plane channel_of(const Image& picture, std::size_t channel) {
  Plane plane(picture.width, picture.height);
  for (std::size_t i = 0; i < plane.values.size(); ++i)
    plane.values[i] = static_cast<float>(picture.pixels[4 * i + channel]);
  return plane;
}

/// Luma, and the two differences of colour from it (JPEG's Cb and Cr, ITU-T T.871, around 0).
std::array<Plane, 3> luma_and_colors(const Image& picture) {
  std::array<Plane, 3> planes{channel_of(picture, 0), channel_of(picture, 1), channel_of(picture, 2)};
  for (std::size_t i = 0; i < planes[0].values.size(); ++i) {
    const auto red = double{planes[0].values[i]}, blue = double{planes[2].values[i]};
    const double y = luma(red, double{planes[1].values[i]}, blue);
    planes[0].values[i] = static_cast<float>(y);
    planes[1].values[i] = static_cast<float>((blue - y) / 1.772);
    planes[2].values[i] = static_cast<float>((red - y) / 1.402);
  }
  return planes;
}

/// The inverse of `luma_and_colors`: three planes of one size as red, green and blue.
void make_rgb(std::vector<Plane>& planes) {
  for (std::size_t i = 0; i < planes[0].values.size(); ++i) {
    const auto y = double{planes[0].values[i]}, cb = double{planes[1].values[i]}, cr = double{planes[2].values[i]};
    planes[0].values[i] = static_cast<float>(y + 1.402 * cr);
    planes[1].values[i] = static_cast<float>(y - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587);
    planes[2].values[i] = static_cast<float>(y + 1.772 * cb);
  }
}

bool is_opaque(const Image& picture) {
  for (std::size_t at = 3; at < picture.pixels.size(); at += 4)
    if (picture.pixels[at] != 255)
      return false;
  return true;
}

/// How unlike two pictures are, in squares of an eighth of their sides: the mean difference of numbers from 0 to 255.
double difference(const std::vector<Plane>& a, const std::vector<Plane>& b) {
  double sum = 0;
  const std::size_t channels = std::min(a.size(), b.size());
  for (std::size_t c = 0; c < channels; ++c) {
    const auto small = [](const Plane& plane) {
      return resampled(plane, std::min<std::int64_t>(8, plane.width), std::min<std::int64_t>(8, plane.height));
    };
    const Plane first = small(a[c]), second = resampled(small(b[c]), first.width, first.height);
    for (std::size_t i = 0; i < first.values.size(); ++i)
      sum += std::abs(double{first.values[i]} - double{second.values[i]}) / static_cast<double>(first.values.size());
  }
  return std::isnan(sum) ? std::numeric_limits<double>::infinity() : sum / static_cast<double>(channels);
}

std::int64_t scaled_side(std::int64_t side, std::int64_t to, std::int64_t from) {
  return std::max<std::int64_t>(
      1, std::lround(static_cast<double>(side) * static_cast<double>(to) / static_cast<double>(from)));
}

/// The part of a plane from (left, top) on.
Plane cropped(const Plane& plane, std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height) {
  Plane out(width, height);
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      out.at(x, y) = plane.at(std::min(left + x, plane.width - 1), std::min(top + y, plane.height - 1));
  return out;
}

} // namespace

std::optional<Translator::Pictures> Translator::pictures_of(const SymbolicShape& shape) {
  if (shape.size() != 4)
    return std::nullopt;
  const auto size = [&](std::size_t axis) { return shape[axis].per_batch ? 0 : shape[axis].count; };
  if (is_channel_count(size(1)))
    return Pictures{size(1), size(2), size(3), false};
  if (is_channel_count(size(3)))
    return Pictures{size(3), size(1), size(2), true};
  return std::nullopt;
}

Result<Translator> Translator::open(onnx::Model model, const Ranges& ranges, const Backend& backend,
                                    const CompileOptions& options) {
  if (model.inputs.size() != 1)
    return no_translator(concat("it has ", model.inputs.size(), " inputs"));
  const onnx::ValueInfo& input = model.inputs[0];
  if (input.type != DataType::float32 || !input.shape || input.shape->size() != 4)
    return no_translator(concat("its input ", printable(input.name), " is no float32 of four axes"));
  SymbolicShape shape;
  for (const onnx::Dimension& dimension : *input.shape)
    shape.push_back({dimension.size.value_or(0), false});
  const std::optional<Pictures> pictures = pictures_of(shape);
  if (!pictures)
    return no_translator(concat("its input ", printable(input.name), " has no axis of 1, 3 or 4 channels"));
  Translator translator(std::move(model), backend, options);
  translator.ranges_ = ranges;
  translator.in_ = *pictures;
  return translator;
}

Result<Translator::Sized> Translator::compile(std::int64_t width, std::int64_t height) {
  onnx::Model model = onnx::clone(model_);
  std::vector<onnx::Dimension>& shape = *model.inputs[0].shape;
  shape[in_.channels_last ? 1 : 2].size = height;
  shape[in_.channels_last ? 2 : 3].size = width;
  Budget budget = options_.load_budget();
  GANLET_TRY(Graph graph, lower(std::move(model), {.limits = options_.limits,
                                                   .evaluate = reference::evaluate,
                                                   .budget = &budget,
                                                   .prefers = backend_->prefers}));
  Sized sized{width, height, in_, {}, 1, nullptr};
  sized.in.width = width;
  sized.in.height = height;
  const Value& input = graph.values[graph.inputs[0]];
  if (!input.shape[0].per_batch)
    sized.rows = input.shape[0].count;
  const Value& output = graph.values[graph.outputs[0]];
  const std::optional<Pictures> out = pictures_of(file_shape(output));
  if (!out || output.type != DataType::float32 || out->width < 1 || out->height < 1)
    return no_translator(concat("its output ", printable(output.name), " has no four axes with 1, 3 or 4 channels"));
  sized.out = *out;
  if (const auto bounds = value_range_of(graph, graph.outputs[0]); bounds && !ranges_.output) {
    ranges_.output = bounds;
    ranges_.input = ranges_.input.value_or(*bounds);
  }
  GANLET_TRY(sized.program, backend_->compile(std::move(graph), options_));
  return sized;
}

Result<Translator::Sized*> Translator::sized_for(const Image& picture) {
  const std::int64_t width = in_.width > 0 ? in_.width : picture.width,
                     height = in_.height > 0 ? in_.height : picture.height;
  const auto found =
      std::ranges::find_if(compiled_, [&](const Sized& one) { return one.width == width && one.height == height; });
  if (found != compiled_.end()) {
    std::rotate(compiled_.begin(), found, found + 1);
    return compiled_.data();
  }
  Result<Sized> sized = compile(width, height);
  const bool is_open = in_.width == 0 || in_.height == 0;
  for (std::int64_t multiple = 4; is_open && !sized && multiple <= 64; multiple *= 2) {
    if (sized.error().code() == ErrorCode::limit_exceeded || sized.error().code() == ErrorCode::cancelled)
      break;
    const auto up = [multiple](std::int64_t side) { return (side + multiple - 1) / multiple * multiple; };
    if (Result<Sized> larger = compile(in_.width > 0 ? width : up(width), in_.height > 0 ? height : up(height))) {
      larger->width = width;
      larger->height = height;
      sized = std::move(larger);
    }
  }
  if (!sized)
    return tl::unexpected(std::move(sized).error());
  compiled_.insert(compiled_.begin(), std::move(*sized));
  compiled_.resize(std::min(compiled_.size(), most_compiled));
  return compiled_.data();
}

Translator::Placement Translator::placement_of(const Image& picture, const Pictures& in, bool enlarges) {
  Placement placed{0, 0, picture.width, picture.height};
  const bool is_larger = picture.width > in.width || picture.height > in.height;
  if (is_larger || !enlarges) {
    const bool is_wide = picture.width * in.height > in.width * picture.height;
    placed.width = is_wide ? in.width : scaled_side(picture.width, in.height, picture.height);
    placed.height = is_wide ? scaled_side(picture.height, in.width, picture.width) : in.height;
  }
  placed.left = (in.width - placed.width) / 2;
  placed.top = (in.height - placed.height) / 2;
  return placed;
}

/// Planes of the network's size and of 0 to 255, through the network.
Result<std::vector<Plane>> Translator::run(Sized& network, const std::vector<Plane>& planes, ValueRange in,
                                           ValueRange out) const {
  const auto channels = static_cast<std::size_t>(network.in.channels);
  const auto area = static_cast<std::size_t>(network.in.width * network.in.height);
  const Shape shape = in_.channels_last ? Shape{network.rows, network.in.height, network.in.width, network.in.channels}
                                        : Shape{network.rows, network.in.channels, network.in.height, network.in.width};
  Tensor input(DataType::float32, shape); // further rows, if the file fixes a larger batch, stay 0
  const std::span<float> values = input.as<float>();
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t i = 0; i < area; ++i)
      values[in_.channels_last ? i * channels + c : c * area + i] =
          in.low + planes[c].values[i] / 255 * (in.high - in.low);
  const TensorView view = input.view();
  GANLET_TRY(const std::span<const TensorView> outputs, network.program->run(std::span(&view, 1)));
  const Graph& graph = network.program->graph();
  const Tensor result = onnx_order(graph.values[graph.outputs[0]], outputs[0]);
  const Pictures& made = network.out;
  const auto made_channels = static_cast<std::size_t>(made.channels),
             made_area = static_cast<std::size_t>(made.width * made.height);
  std::vector<Plane> all(made_channels, Plane(made.width, made.height));
  for (std::size_t c = 0; c < made_channels; ++c)
    for (std::size_t i = 0; i < made_area; ++i) {
      const float value = result.as<float>()[made.channels_last ? i * made_channels + c : c * made_area + i];
      all[c].values[i] = 255 * (value - out.low) / (out.high - out.low);
    }
  return all;
}

Result<void> Translator::find_ranges(Sized& network, const std::vector<Plane>& planes) {
  if (ranges_.input && ranges_.output)
    return {};
  if (ranges_.input || ranges_.output) {
    ranges_.input = ranges_.input ? ranges_.input : ranges_.output;
    ranges_.output = ranges_.output ? ranges_.output : ranges_.input;
    return {};
  }
  double least = std::numeric_limits<double>::infinity();
  for (const ValueRange range : {ValueRange{0, 1}, ValueRange{-1, 1}, ValueRange{0, 255}}) {
    GANLET_TRY(const std::vector<Plane> result, run(network, planes, range, range));
    const double now = difference(planes, result);
    if (now < least || !ranges_.input)
      ranges_ = {range, range};
    least = std::min(least, now);
  }
  return {};
}

Result<Image> Translator::apply(const Image& picture) {
  if (picture.width < 1 || picture.height < 1)
    return fail(ErrorCode::invalid_argument, "picture", "is empty");
  GANLET_TRY(Sized* const network, sized_for(picture));
  const Pictures &in = network->in, &out = network->out;
  const std::int64_t width = scaled_side(picture.width, out.width, in.width),
                     height = scaled_side(picture.height, out.height, in.height);
  if (width > most_pixels / height)
    return fail(ErrorCode::limit_exceeded, "picture",
                concat("becomes ", width, " x ", height, " pixels; at most 2^26 are allowed"));
  std::vector<Plane> channels;
  if (in.channels == 1)
    channels.push_back(luma_and_colors(picture)[0]);
  else
    for (std::size_t c = 0; c < static_cast<std::size_t>(in.channels); ++c)
      channels.push_back(channel_of(picture, c));
  const Placement placed = placement_of(picture, in, out.width > in.width);
  for (Plane& plane : channels) {
    const Plane fitted = resampled(plane, placed.width, placed.height);
    plane = Plane(in.width, in.height);
    for (std::int64_t y = 0; y < in.height; ++y)
      for (std::int64_t x = 0; x < in.width; ++x)
        plane.at(x, y) = fitted.at(std::clamp<std::int64_t>(x - placed.left, 0, placed.width - 1),
                                   std::clamp<std::int64_t>(y - placed.top, 0, placed.height - 1));
  }
  GANLET_CHECK(find_ranges(*network, channels));
  GANLET_TRY(std::vector<Plane> made, run(*network, channels, *ranges_.input, *ranges_.output));
  for (Plane& plane : made) {
    const Plane part =
        cropped(plane, placed.left * out.width / in.width, placed.top * out.height / in.height,
                scaled_side(placed.width, out.width, in.width), scaled_side(placed.height, out.height, in.height));
    plane = resampled(part, width, height);
  }
  if (in.channels == 1 && out.channels == 1) {
    const std::array<Plane, 3> colors = luma_and_colors(picture);
    for (std::size_t c = 1; c < 3; ++c)
      made.push_back(resampled(colors[c], width, height));
    make_rgb(made);
  }
  if (made.size() < 4 && !is_opaque(picture)) {
    made.resize(3, made[0]); // grey of a network without colours
    made.push_back(resampled(channel_of(picture, 3), width, height));
  }
  Image result{static_cast<int>(width), static_cast<int>(height), {}};
  result.pixels.resize(static_cast<std::size_t>(4 * width * height), 255);
  for (std::size_t i = 0; i < made[0].values.size(); ++i)
    for (std::size_t c = 0; c < std::max<std::size_t>(3, made.size()); ++c)
      result.pixels[4 * i + c] = to_byte(made[made.size() == 1 ? 0 : c].values[i], {0, 255});
  return result;
}

} // namespace ganlet
