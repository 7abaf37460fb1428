#include "studio/inspector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "backends/backends.h"
#include "core/text.h"
#include "generator/generator_inputs.h"
#include "generator/latent.h"
#include "generator/read_graph.h"
#include "generator/row_buffer.h"
#include "image/channel_order.h"
#include "reference/reference.h"

namespace ganlet::studio {

namespace {

/// Whether people would call this node a layer: it computes the float values of an image or a vector.
bool is_layer(const Graph& graph, const Node& node) {
  const Value& value = graph.values[static_cast<std::size_t>(node.output)];
  const bool moves_only = std::holds_alternative<op::Reshape>(node.operation) ||
                          std::holds_alternative<op::Concat>(node.operation) ||
                          std::holds_alternative<op::Transpose>(node.operation);
  const std::size_t rank = value.shape.size();
  return value.type == DataType::float32 && !value.constant && (rank == 2 || rank == 4) && !moves_only;
}

struct Size {
  int width = 1, height = 1, channels = 1;
};

Size size_of(const Value& value) {
  const auto at = [&](std::size_t axis) { return static_cast<int>(value.shape[axis].count); };
  if (value.shape.size() == 2)
    return {1, 1, at(1)};
  return value.channels_last ? Size{at(2), at(1), at(3)} : Size{at(3), at(2), at(1)};
}

/// Multiplies a node's output by a factor per channel, before anything reads it.
void insert_scale(Graph& graph, std::size_t node, const std::vector<float>& factors) {
  const ValueId output = graph.nodes[node].output;
  const Value value = graph.values[static_cast<std::size_t>(output)];
  const auto channels = static_cast<std::int64_t>(factors.size());
  const bool last = value.shape.size() == 2 || value.channels_last;
  Value factor{concat(value.name, " factors"), DataType::float32, SymbolicShape(value.shape.size(), Dim{1, false}),
               value.channels_last, static_cast<std::int32_t>(graph.constants.size())};
  factor.shape[last ? value.shape.size() - 1 : 1].count = channels;
  const Shape shape = value.shape.size() == 2 ? Shape{1, channels}
                      : last                  ? Shape{1, 1, 1, channels}
                                              : Shape{1, channels, 1, 1};
  graph.constants.push_back(Tensor::of<float>(shape, std::span<const float>(factors)));
  const auto factor_id = static_cast<ValueId>(graph.values.size()), plain_id = factor_id + 1;
  graph.values.push_back(std::move(factor));
  graph.values.push_back(value);
  graph.nodes[node].output = plain_id; // readers keep the value's id, which the product now has
  const Node product{op::Binary{op::BinaryKind::multiply}, {plain_id, factor_id}, output, graph.nodes[node].place};
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(node) + 1, product);
}

struct Tapped {
  Graph graph;
  std::vector<std::size_t> nodes; ///< of the layers; the product's where a layer is scaled
  std::vector<std::size_t> timed; ///< the nodes that compute them
};

Result<Tapped> tapped(const LoadedModel& model, const Backend& backend, const std::vector<ChannelScale>& scales) {
  const CompileOptions& compile = model.model.options().compile;
  GANLET_TRY(const std::vector<std::byte> file, model.file.read(compile.limits));
  GANLET_TRY(Graph graph, read_generator(file, compile, backend.prefers));
  Tapped out;
  std::size_t layer = 0;
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    if (!is_layer(graph, graph.nodes[node]))
      continue;
    std::vector<float> factors;
    for (const ChannelScale& scale : scales) {
      if (scale.layer != layer)
        continue;
      factors.resize(
          static_cast<std::size_t>(size_of(graph.values[static_cast<std::size_t>(graph.nodes[node].output)]).channels),
          1.0F);
      if (scale.channel >= 0 && scale.channel < static_cast<int>(factors.size()))
        factors[static_cast<std::size_t>(scale.channel)] = scale.factor;
    }
    out.timed.push_back(node);
    if (!factors.empty())
      insert_scale(graph, node++, factors);
    out.nodes.push_back(node);
    ++layer;
  }
  for (const std::size_t node : out.nodes)
    if (std::ranges::find(graph.outputs, graph.nodes[node].output) == graph.outputs.end())
      graph.outputs.push_back(graph.nodes[node].output);
  out.graph = std::move(graph);
  return out;
}

/// One latent and class, in as many rows as the file fixes; valid as long as `inputs`.
Result<std::vector<TensorView>> feed_of(const LoadedModel& model, const Graph& graph, std::span<const float> latent,
                                        std::int64_t label, GeneratorInputs& inputs) {
  inputs.latents.assign(latent.begin(), latent.end());
  GANLET_TRY(const std::span<const Buffer> buffers,
             inputs.views(graph, model.roles, model.roles.fixed_batch.value_or(1), {&label, 1},
                          model.model.options().compile.limits));
  std::vector<TensorView> views;
  for (const Buffer& buffer : buffers)
    views.push_back(buffer.view);
  return views;
}

/// Statistics over the first image of a value.
void measure(std::span<const float> values, Layer& layer) {
  layer.low = std::numeric_limits<float>::max();
  layer.high = std::numeric_limits<float>::lowest();
  double sum = 0;
  std::size_t zeros = 0;
  for (const float value : values) {
    layer.low = std::min(layer.low, value);
    layer.high = std::max(layer.high, value);
    sum += value;
    zeros += value == 0;
  }
  layer.mean = static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(values.size(), 1)));
  layer.zeros = static_cast<float>(zeros) / static_cast<float>(std::max<std::size_t>(values.size(), 1));
}

/// Draws a layer's channels side by side.
void draw_tiles(std::span<const float> values, const Layer& layer, bool channels_last, Inspection& out) {
  const int columns = static_cast<int>(square_columns(layer.channels)), rows = (layer.channels + columns - 1) / columns;
  out.tile_width = layer.width;
  out.tile_height = layer.height;
  out.tile_columns = columns;
  out.tiles = {columns * layer.width, rows * layer.height, {}};
  out.tiles.pixels.assign(
      std::size_t{4} * static_cast<std::size_t>(out.tiles.width) * static_cast<std::size_t>(out.tiles.height), 0);
  const ValueRange range{layer.low, layer.high > layer.low ? layer.high : layer.low + 1};
  for (int channel = 0; channel < layer.channels; ++channel)
    for (int y = 0; y < layer.height; ++y)
      for (int x = 0; x < layer.width; ++x) {
        const int at = channels_last ? (y * layer.width + x) * layer.channels + channel
                                     : (channel * layer.height + y) * layer.width + x;
        const int left = channel % columns * layer.width + x, top = channel / columns * layer.height + y;
        std::uint8_t* pixel =
            &out.tiles.pixels[std::size_t{4} * static_cast<std::size_t>(top * out.tiles.width + left)];
        pixel[0] = pixel[1] = pixel[2] = to_byte(values[static_cast<std::size_t>(at)], range);
        pixel[3] = 255;
      }
}

Image picture_of(const LoadedModel& model, const TensorView& view) {
  const Roles& roles = model.roles;
  const ImageSize size = roles.image_size;
  const std::size_t area = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height),
                    channels = static_cast<std::size_t>(size.channels);
  const auto values = view.as<const float>().first(area * channels);
  std::vector<float> last(values.begin(), values.end());
  if (!roles.image_is_channels_last)
    to_channels_last<float>(values, channels, area, last);
  return picture_of(last, size, *roles.value_range);
}

/// One Jacobi rotation, which makes matrix[p][q] zero.
void rotate(std::vector<double>& matrix, std::vector<double>& vectors, std::size_t n, std::size_t p, std::size_t q) {
  const double pq = matrix[p * n + q];
  if (pq == 0)
    return;
  const double theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * pq);
  const double t = (theta >= 0 ? 1 : -1) / (std::fabs(theta) + std::sqrt(theta * theta + 1)),
               c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (std::size_t k = 0; k < n; ++k) {
    const double kp = matrix[k * n + p], kq = matrix[k * n + q];
    matrix[k * n + p] = c * kp - s * kq;
    matrix[k * n + q] = s * kp + c * kq;
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double pk = matrix[p * n + k], qk = matrix[q * n + k];
    matrix[p * n + k] = c * pk - s * qk;
    matrix[q * n + k] = s * pk + c * qk;
    const double vp = vectors[p * n + k], vq = vectors[q * n + k];
    vectors[p * n + k] = c * vp - s * vq;
    vectors[q * n + k] = s * vp + c * vq;
  }
}

/// Makes the first operation with weights linear by removing its clamp. Returns its node; empty if there is none.
std::optional<std::size_t> first_linear(Graph& graph) {
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    op::Any& operation = graph.nodes[node].operation;
    if (auto* full = std::get_if<op::FullyConnected>(&operation))
      return full->clamp = {}, node;
    if (auto* convolution = std::get_if<op::TransposedConvolution>(&operation))
      return convolution->clamp = {}, node;
    if (auto* convolution = std::get_if<op::Convolution>(&operation))
      return convolution->clamp = {}, node;
  }
  return std::nullopt;
}

} // namespace

Result<Inspection> inspect(LoadedModel& model, const DrawRequest& request, const std::vector<ChannelScale>& scales,
                           std::size_t tiles_of) {
  GANLET_TRY(const ganlet::Drawing drawing, model.model.draw(request, Keep::nothing));
  std::vector<float> latent = drawing.latents(1);
  if (model.facts.style.layers == 0) // else styles are truncated, which the joined network doesn't do
    truncate(request.truncation, {}, latent);
  const std::vector<std::int64_t> labels = drawing.labels(1);
  const std::int64_t label = labels.empty() ? 0 : labels.front();
  GANLET_TRY(const Backend* backend, backend_named(backend_on_processor(model.engine)));
  GANLET_TRY(Tapped tap, tapped(model, *backend, scales));
  CompileOptions options = model.model.options().compile;
  options.profile = true;
  GANLET_TRY(const std::unique_ptr<Program> program, backend->compile(std::move(tap.graph), options));
  const Graph& graph = program->graph();
  GeneratorInputs inputs;
  GANLET_TRY(const std::vector<TensorView> feed, feed_of(model, graph, latent, label, inputs));
  GANLET_CHECK(program->run(feed)); // the first run plans memory, so it isn't measured
  GANLET_TRY(const std::span<const TensorView> outputs, program->run(feed));
  Inspection inspection;
  inspection.picture = picture_of(model, outputs[model.roles.image]);
  const std::span<const double> times = program->node_milliseconds();
  for (std::size_t i = 0; i < tap.nodes.size(); ++i) {
    const Node& node = graph.nodes[tap.nodes[i]];
    const Value& value = graph.values[static_cast<std::size_t>(node.output)];
    const Size size = size_of(value);
    const auto output = std::ranges::find(graph.outputs, node.output) - graph.outputs.begin();
    const auto one = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) *
                     static_cast<std::size_t>(size.channels);
    const std::span<const float> values = outputs[static_cast<std::size_t>(output)].as<const float>().first(one);
    Layer layer{concat(op::names_of(graph.nodes[tap.timed[i]].operation).name), size.width, size.height, size.channels};
    layer.milliseconds = tap.timed[i] < times.size() ? times[tap.timed[i]] : 0;
    measure(values, layer);
    if (i == tiles_of)
      draw_tiles(values, layer, value.channels_last || value.shape.size() == 2, inspection);
    inspection.layers.push_back(std::move(layer));
  }
  return inspection;
}

std::vector<double> eigenvectors(std::vector<double> matrix, std::size_t n) {
  std::vector<double> vectors(n * n);
  for (std::size_t i = 0; i < n; ++i)
    vectors[i * n + i] = 1;
  constexpr int most_sweeps = 30; // a dozen are enough for any matrix of a latent's size
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    double off = 0, on = 0;
    for (std::size_t i = 0; i < n * n; ++i)
      (i % (n + 1) == 0 ? on : off) += matrix[i] * matrix[i];
    if (off <= 1e-20 * on)
      break;
    for (std::size_t p = 0; p + 1 < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q)
        rotate(matrix, vectors, n, p, q);
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return matrix[a * n + a] > matrix[b * n + b]; });
  std::vector<double> sorted;
  for (const std::size_t row : order)
    sorted.insert(sorted.end(), vectors.begin() + static_cast<std::ptrdiff_t>(row * n),
                  vectors.begin() + static_cast<std::ptrdiff_t>((row + 1) * n));
  return sorted;
}

Result<std::vector<float>> first_layer_directions(const LoadedModel& model, std::size_t most) {
  const auto n = static_cast<std::size_t>(model.facts.latent_size);
  constexpr std::size_t largest_latent = 512;
  const CompileOptions& compile = model.model.options().compile;
  GANLET_TRY(const std::vector<std::byte> file, model.file.read(compile.limits));
  GANLET_TRY(Graph lowered_graph, read_generator(file, compile, reference::backend.prefers));
  const std::optional<std::size_t> node = first_linear(lowered_graph);
  if (!node || n > largest_latent)
    return std::vector<float>();
  lowered_graph.outputs = {lowered_graph.nodes[*node].output};
  lowered_graph.nodes.resize(*node + 1);
  GANLET_TRY(const std::unique_ptr<Program> program, reference::backend.compile(std::move(lowered_graph), compile));
  // Column i of W is the effect of a step along latent number i.
  GeneratorInputs inputs;
  std::vector<std::vector<float>> columns;
  for (std::size_t i = 0; i <= n; ++i) {
    std::vector<float> latent(n);
    if (i > 0)
      latent[i - 1] = 1;
    GANLET_TRY(const std::vector<TensorView> feed, feed_of(model, program->graph(), latent, 0, inputs));
    GANLET_TRY(const std::span<const TensorView> outputs, program->run(feed));
    const auto values = outputs[0].as<const float>();
    columns.emplace_back(values.begin(), values.end());
    for (std::size_t k = 0; i > 0 && k < columns[i].size(); ++k)
      columns[i][k] -= columns[0][k];
  }
  std::vector<double> products(n * n);
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b <= a; ++b)
      products[a * n + b] = products[b * n + a] =
          std::inner_product(columns[a + 1].begin(), columns[a + 1].end(), columns[b + 1].begin(), 0.0);
  const std::vector<double> vectors = eigenvectors(std::move(products), n);
  return std::vector<float>(vectors.begin(), vectors.begin() + static_cast<std::ptrdiff_t>(std::min(most, n) * n));
}

} // namespace ganlet::studio
