// Reading, writing, quantizing, lowering and running an ONNX file end with a result or an Error. What is written is
// read back as the same, and XNNPACK computes what the reference does: node by node, so that no rounding adds up and no
// comparison within the network tips over.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <variant>

#include "change_model.h"
#include "fuzz.h"
#include "graph/lower.h"
#include "onnx/quantize.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet::fuzz {
namespace {

constexpr float most_magnitude = 1e4F; ///< of numbers, and of what sums add up, up to which results are compared
constexpr float tolerance = 1e-3F;     ///< of the largest number that the reference gives, or of 1

Tensor input_tensor(DataType type, const Shape& shape) {
  Tensor tensor(type, shape);
  if (type == DataType::float32)
    for (std::size_t i = 0; float& value : tensor.as<float>())
      value = static_cast<float>(static_cast<int>(i++ % 17) - 8) / 4;
  else if (type == DataType::int64)
    for (std::size_t i = 0; std::int64_t& value : tensor.as<std::int64_t>())
      value = static_cast<std::int64_t>(i++ % 5) - 1;
  return tensor;
}

Result<std::vector<Tensor>> input_tensors(const Graph& graph, std::int64_t batch) {
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    GANLET_TRY(const Shape shape, resolve(value.shape, batch, limits, "input"));
    inputs.push_back(input_tensor(value.type, shape));
  }
  return inputs;
}

/// A compiled network and what it gave.
struct Ran {
  std::unique_ptr<Program> program;
  std::span<const TensorView> outputs;
};

Result<Ran> run(const Backend& backend, Graph graph, std::span<const TensorView> inputs, std::int64_t batch) {
  CompileOptions options;
  options.limits = limits;
  Ran ran;
  GANLET_TRY(ran.program, backend.compile(std::move(graph), options));
  GANLET_TRY(ran.outputs, ran.program->run(inputs));
  const Graph& compiled = ran.program->graph();
  require(ran.outputs.size() == compiled.outputs.size(), "each output is given");
  for (std::size_t i = 0; i < ran.outputs.size(); ++i) {
    const Value& value = compiled.values[static_cast<std::size_t>(compiled.outputs[i])];
    const auto shape = resolve(value.shape, batch, limits, "output");
    require(shape && *shape == ran.outputs[i].shape && value.type == ran.outputs[i].type,
            "outputs have the shapes and types that the graph says");
  }
  return ran;
}

/// The largest magnitude; infinite where a number isn't finite.
float magnitude(std::span<const float> values) {
  float largest = 0;
  for (const float value : values)
    largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : INFINITY;
  return largest;
}

/// Whether numbers are below the largest that are compared, and none is subnormal: natively XNNPACK takes those for 0.
bool is_small(const TensorView& view) {
  return view.data == nullptr || view.type != DataType::float32 ||
         std::ranges::all_of(view.as<const float>(), [](float value) {
           return std::abs(value) < most_magnitude && std::fpclassify(value) != FP_SUBNORMAL;
         });
}

/// What the reference makes of a node's inputs; nothing where it fails.
std::optional<Tensor> evaluated(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& like) {
  Tensor output(like.type, like.shape);
  Budget budget(limits.run_units);
  if (!reference::evaluate(operation, inputs, output.view(), budget))
    return std::nullopt;
  return output;
}

struct WithoutClamp {
  op::Any operator()(auto operation) const {
    if constexpr (requires { operation.clamp; })
      operation.clamp = {};
    return operation;
  }
};

bool is_sum(const op::Any& operation) {
  return std::holds_alternative<op::FullyConnected>(operation) || std::holds_alternative<op::Convolution>(operation) ||
         std::holds_alternative<op::TransposedConvolution>(operation) ||
         std::holds_alternative<op::MatrixMultiply>(operation) || std::holds_alternative<op::Reduce>(operation);
}

/// Whether what a node adds up stays small, also where it cancels in the end: XNNPACK adds in float32, the reference in
/// double.
bool adds_up_small(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output) {
  if (!is_sum(operation))
    return true;
  std::vector<Tensor> sizes;
  sizes.reserve(inputs.size());
  std::vector<TensorView> views;
  for (const TensorView& input : inputs) {
    if (input.data == nullptr || input.type != DataType::float32) {
      views.push_back(input);
      continue;
    }
    Tensor& size = sizes.emplace_back(DataType::float32, input.shape);
    std::ranges::transform(input.as<const float>(), size.as<float>().begin(),
                           [](float value) { return std::abs(value); });
    views.push_back(size.view());
  }
  const std::optional<Tensor> most = evaluated(std::visit(WithoutClamp{}, operation), views, output);
  return most && is_small(most->view());
}

void require_close(const TensorView& fast, const TensorView& plain) {
  const auto want = plain.as<const float>(), have = fast.as<const float>();
  const float most = tolerance * std::max(1.0F, magnitude(want));
  for (std::size_t i = 0; i < want.size(); ++i)
    require(std::abs(have[i] - want[i]) <= most, "XNNPACK gives what the reference gives");
}

/// Compares what XNNPACK made of a node's inputs with what the reference makes of them.
void check_node(const Node& node, std::span<const TensorView> inputs, const TensorView& fast) {
  if (!std::ranges::all_of(inputs, is_small) || !adds_up_small(node.operation, inputs, fast))
    return;
  const std::optional<Tensor> plain = evaluated(node.operation, inputs, fast);
  if (!plain || !is_small(plain->view()))
    return;
  const bool is_quantized =
      std::ranges::any_of(inputs, [](const TensorView& input) { return input.type == DataType::int8; });
  if (fast.type != DataType::float32)
    require(std::memcmp(fast.data, plain->view().data, fast.bytes()) == 0, "whole numbers are the same");
  else if (is_quantized)
    require(std::isfinite(magnitude(fast.as<const float>())), "what int8 weights give is finite");
  else
    require_close(fast, plain->view());
}

/// Runs the network on XNNPACK once more with every value as an output, and checks each node.
Result<void> check_nodes(const Graph& lowered, std::span<const TensorView> inputs, std::int64_t batch,
                         const Ran& as_it_is) {
  Graph open = lowered.clone();
  open.outputs.clear();
  for (const Node& node : open.nodes)
    open.outputs.push_back(node.output);
  GANLET_TRY(const Ran ran, run(xnn::backend, std::move(open), inputs, batch));
  std::vector<TensorView> values(lowered.values.size());
  for (std::size_t id = 0; id < values.size(); ++id)
    if (const Tensor* constant = lowered.constant_of(static_cast<ValueId>(id)))
      values[id] = constant->view();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    values[static_cast<std::size_t>(lowered.inputs[i])] = inputs[i];
  for (std::size_t i = 0; i < lowered.nodes.size(); ++i) {
    const Node& node = lowered.nodes[i];
    std::vector<TensorView> read;
    for (const ValueId id : node.inputs)
      read.push_back(id == no_value ? TensorView{} : values[static_cast<std::size_t>(id)]);
    const bool reads_seeds = lowered.seeds != no_value && std::ranges::count(node.inputs, lowered.seeds) > 0;
    if (!reads_seeds) // which only the program knows
      check_node(node, read, ran.outputs[i]);
    values[static_cast<std::size_t>(node.output)] = ran.outputs[i];
  }
  for (std::size_t i = 0; i < lowered.outputs.size(); ++i) {
    const TensorView &seen = values[static_cast<std::size_t>(lowered.outputs[i])], &given = as_it_is.outputs[i];
    require(std::memcmp(seen.data, given.data, given.bytes()) == 0, "looking inside changes nothing");
  }
  return {};
}

Result<void> run_everywhere(const Graph& lowered, std::int64_t batch) {
  GANLET_TRY(const std::vector<Tensor> inputs, input_tensors(lowered, batch));
  std::vector<TensorView> views;
  for (const Tensor& input : inputs)
    views.push_back(input.view());
  succeeded(run(reference::backend, lowered.clone(), views, batch));
  GANLET_TRY(const Ran fast, run(xnn::backend, lowered.clone(), views, batch));
  return check_nodes(lowered, views, batch, fast);
}

Result<void> lower_and_run(onnx::Model model) {
  GANLET_TRY(const Graph lowered, lower(std::move(model), {.limits = limits, .evaluate = reference::evaluate}));
  succeeded(run_everywhere(lowered, 1));
  return lowered.has_batch() ? run_everywhere(lowered, 3) : Result<void>();
}

} // namespace

void try_bytes(std::span<const std::byte> bytes) {
  auto model = onnx::read(bytes, limits);
  if (!succeeded(model))
    return;
  const std::vector<std::byte> written = onnx::write(*model);
  Limits roomy = limits;
  roomy.file_bytes *= 16; // float16 and packed integers grow when written
  const auto again = onnx::read(written, roomy);
  require(again && onnx::write(*again) == written, "what is written is read back as the same model");
  if (auto quantized = onnx::quantize(onnx::clone(*model)); succeeded(quantized))
    succeeded(lower_and_run(std::move(*quantized)));
  succeeded(lower_and_run(std::move(*model)));
}

} // namespace ganlet::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  return ganlet::fuzz::change_model_file(data, size, most, seed);
}
