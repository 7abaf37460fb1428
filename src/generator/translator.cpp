#include "generator/translator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/text.h"
#include "generator/read_graph.h"
#include "generator/roles.h"
#include "generator/translation.h"
#include "generator/value_range.h"
#include "onnx/reader.h"

namespace ganlet {

namespace {

constexpr std::int64_t nominal_side = 256;

tl::unexpected<Error> no_translator(std::string_view why) {
  return fail(ErrorCode::invalid_argument, "graph",
              concat("doesn't make a picture of a picture: ", why, "; `ganlet run` takes any network"));
}

/// How unlike two pictures are: the sum of differences in 8 x 8 squares. NaN if one isn't finite.
double difference(const std::vector<Plane>& a, const std::vector<Plane>& b) {
  double sum = 0;
  for (std::size_t c = 0; c < std::min(a.size(), b.size()); ++c) {
    const Plane first = resampled(a[c], 8, 8), second = resampled(b[c], 8, 8);
    for (std::size_t i = 0; i < first.values.size(); ++i)
      sum += std::abs(double{first.values[i]} - double{second.values[i]});
  }
  return sum;
}

/// The axis in memory of a value that the file declares as (N,C,H,W) or (N,H,W,C).
std::size_t side_axis(const Value& value, bool channels_last, int side) {
  return static_cast<std::size_t>(memory_axis(value, channels_last ? 1 + side : 2 + side));
}

} // namespace

Result<std::unique_ptr<Translator>> Translator::open(std::span<const std::byte> file, onnx::Model model,
                                                     const Ranges& ranges, const Backend& backend,
                                                     const CompileOptions& options) {
  if (model.inputs.size() != 1)
    return no_translator(concat("it has ", model.inputs.size(), " inputs"));
  const std::optional<Pictures> in = pictures_of(model.inputs[0]);
  if (!in || !takes_pictures(model))
    return no_translator(concat("its input ", printable(model.inputs[0].name),
                                " is no float32 of four axes, one of them 1, 3 or 4 channels"));
  std::unique_ptr<Translator> opened(new Translator(ranges, *in, backend, options));
  Budget budget = options.load_budget();
  GANLET_TRY(Graph graph, opened->lowered(std::move(model), in->width > 0 ? in->width : nominal_side,
                                          in->height > 0 ? in->height : nominal_side, budget));
  if (!opened->is_open()) {
    GANLET_CHECK(opened->compile(std::move(graph), opened->compiled_[0]));
    return opened;
  }
  opened->file_.assign(file.begin(), file.end());
  for (Tensor& constant : graph.constants)
    constant.drop_elements();
  for (const ValueId id : {graph.inputs[0], graph.outputs[0]}) {
    Value& value = graph.values[static_cast<std::size_t>(id)];
    const bool channels_last = pictures_of(file_shape(value), in->channels_last)->channels_last;
    for (const int side : {0, 1})
      value.shape[side_axis(value, channels_last, side)].per_batch = true; // as open as the batch
  }
  opened->nominal_ = std::move(graph);
  return opened;
}

/// The graph for pictures of one size.
Result<Graph> Translator::lowered(onnx::Model model, std::int64_t width, std::int64_t height, Budget& budget) const {
  std::vector<onnx::Dimension>& shape = *model.inputs[0].shape;
  shape[in_.channels_last ? 1 : 2].size = height;
  shape[in_.channels_last ? 2 : 3].size = width;
  GANLET_TRY(Graph graph, graph_of(std::move(model), options_, backend_->prefers, budget));
  const Value& output = graph.output(0);
  const std::optional<Pictures> out = pictures_of(file_shape(output), in_.channels_last);
  if (!out || output.type != DataType::float32 || out->width < 1 || out->height < 1)
    return no_translator(concat("its output ", printable(output.name), " has no four axes with 1, 3 or 4 channels"));
  return graph;
}

/// The same, from the file.
Result<Graph> Translator::read(std::int64_t width, std::int64_t height) const {
  Budget budget = options_.load_budget();
  std::vector<std::byte> again;
  if (source_) {
    GANLET_TRY(again, source_());
  }
  GANLET_TRY(onnx::Model model, onnx::read(source_ ? again : file_, options_.limits, budget));
  again = {};
  return lowered(std::move(model), width, height, budget);
}

/// Compiles a graph as `sized`, which stays as it is after an error.
Result<void> Translator::compile(Graph graph, Sized& sized) {
  const Value &input = graph.input(0), &output = graph.output(0);
  const Pictures in = *pictures_of(file_shape(input), in_.channels_last),
                 out = *pictures_of(file_shape(output), in_.channels_last);
  const std::int64_t rows = input.shape[0].per_batch ? 1 : input.shape[0].count;
  std::optional<SideTiling> tiling[2];
  for (int side = 0; side < 2 && !is_open(); ++side)
    tiling[side] =
        tiling_along(graph, side_axis(input, in_.channels_last, side), side_axis(output, out.channels_last, side));
  if (const auto bounds = value_range_of(graph, graph.outputs[0]); bounds && !ranges_.output) {
    ranges_.output = bounds;
    ranges_.input = ranges_.input.value_or(*bounds);
  }
  GANLET_TRY(sized.program, backend_->compile(std::move(graph), options_));
  sized.in = in;
  sized.out = out;
  sized.rows = rows;
  sized.down = tiling[0];
  sized.across = tiling[1];
  return {};
}

/// The network for a picture, compiled if it hasn't been. One of open size may take only multiples of some number.
Result<Translator::Sized*> Translator::sized_for(const Image& picture) {
  if (!is_open())
    return compiled_.data();
  for (Sized& one : compiled_)
    if (one.program && one.width == picture.width && one.height == picture.height)
      return &one;
  Sized& sized = compiled_[next_];
  sized.width = 0; // it is for no picture until it has been compiled for this one
  Result<void> compiled;
  for (std::int64_t multiple = 1; multiple <= 64; multiple *= 2) {
    const auto up = [multiple](std::int64_t side) { return (side + multiple - 1) / multiple * multiple; };
    Result<Graph> graph =
        read(in_.width > 0 ? in_.width : up(picture.width), in_.height > 0 ? in_.height : up(picture.height));
    Result<void> now = graph ? compile(std::move(*graph), sized) : tl::unexpected(std::move(graph).error());
    if (now || multiple == 1)
      compiled = std::move(now); // of the errors the first one tells most
    if (compiled || compiled.error().code() == ErrorCode::limit_exceeded ||
        compiled.error().code() == ErrorCode::cancelled)
      break;
  }
  if (!compiled)
    return tl::unexpected(std::move(compiled).error());
  sized.width = picture.width;
  sized.height = picture.height;
  next_ = (next_ + 1) % compiled_.size();
  return &sized;
}

Result<Program*> Translator::program() {
  if (is_open())
    return fail(ErrorCode::invalid_argument, printable(nominal_.input(0).name),
                "leaves its height or width open: apply the network to a picture");
  return compiled_[0].program.get();
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
  const Pictures& made = network.out;
  const bool is_last = made.channels_last || network.program->graph().output(0).channels_last;
  const std::span<const float> result = outputs[0].as<const float>();
  const auto made_channels = static_cast<std::size_t>(made.channels),
             made_area = static_cast<std::size_t>(made.width * made.height);
  std::vector<Plane> all(made_channels, Plane(made.width, made.height));
  for (std::size_t c = 0; c < made_channels; ++c)
    for (std::size_t i = 0; i < made_area; ++i) {
      const float value = result[is_last ? i * made_channels + c : c * made_area + i];
      all[c].values[i] = 255 * (value - out.low) / (out.high - out.low);
    }
  return all;
}

/// The same for all pictures, so that what becomes of one doesn't depend on those before it.
Result<void> Translator::find_ranges(Sized& network) {
  if (ranges_.input || ranges_.output) {
    ranges_.input = ranges_.input ? ranges_.input : ranges_.output;
    ranges_.output = ranges_.output ? ranges_.output : ranges_.input;
    return {};
  }
  const std::int64_t width = network.in.width, height = network.in.height;
  Plane gradient(width, height);
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      gradient.at(x, y) = static_cast<float>(255 * (x + y)) / static_cast<float>(width + height);
  const std::vector<Plane> planes(static_cast<std::size_t>(network.in.channels), gradient);
  double least = std::numeric_limits<double>::infinity();
  for (const ValueRange& range : usual_ranges) {
    GANLET_TRY(const std::vector<Plane> result, run(network, planes, range, range));
    const double now = difference(planes, result);
    if (now < least || !ranges_.input)
      ranges_ = {range, range};
    least = std::min(least, now);
  }
  return {};
}

Result<Translation> Translator::begin(Image picture) {
  if (picture.width < 1 || picture.height < 1)
    return fail(ErrorCode::invalid_argument, "picture", "is empty");
  GANLET_TRY(Sized* const network, sized_for(picture));
  Translation translation(*this, *network, std::move(picture));
  GANLET_CHECK(translation.lay_out());
  return translation;
}

Result<Image> Translator::apply(Image picture) {
  GANLET_TRY(Translation translation, begin(std::move(picture)));
  while (!translation.is_done())
    GANLET_CHECK(translation.step());
  return std::move(translation).take_picture();
}

} // namespace ganlet
