// libFuzzer: whatever the bytes, reading, writing, quantizing, lowering and running end with a result or an Error.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "graph/lower.h"
#include "graph/onnx_ops.h"
#include "onnx/quantize.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "reference/reference.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace ganlet {
namespace {

/// Small enough for thousands of runs a second; every limit can be met.
constexpr Limits limits{.file_bytes = 1 << 16,
                        .nodes = 64,
                        .tensor_elements = 1 << 16,
                        .working_bytes = 1 << 22,
                        .load_units = 1 << 24,
                        .run_units = 1 << 24,
                        .batch = 4};

void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "must hold: %s\n", what);
  std::abort();
}

void require_explained(const Error& error) {
  require(!error.message().empty(), "an error has a message");
  require(error.text().find_first_of("\n\r\x1b") == std::string::npos,
          "a message is one line, without control characters");
}

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

Result<void> run(Graph lowered, std::int64_t batch) {
  CompileOptions options;
  options.limits = limits;
  GANLET_TRY(const auto program, reference::backend.compile(std::move(lowered), options));
  const Graph& graph = program->graph();
  std::vector<Tensor> inputs;
  std::vector<TensorView> views;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    GANLET_TRY(const Shape shape, resolve(value.shape, batch, limits, "input"));
    inputs.push_back(input_tensor(value.type, shape));
    views.push_back(inputs.back().view());
  }
  GANLET_TRY(const auto outputs, program->run(views));
  require(outputs.size() == graph.outputs.size(), "each output is given");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Value& value = graph.values[static_cast<std::size_t>(graph.outputs[i])];
    const auto shape = resolve(value.shape, batch, limits, "output");
    require(shape && *shape == outputs[i].shape && value.type == outputs[i].type,
            "outputs have the shapes and types that the graph says");
  }
  return {};
}

Result<void> lower_and_run(onnx::Model model) {
  GANLET_TRY(Graph lowered, lower(std::move(model), {limits, reference::evaluate}));
  GANLET_CHECK(run(lowered.clone(), 1));
  return lowered.has_batch() ? run(std::move(lowered), 3) : Result<void>();
}

void try_bytes(std::span<const std::byte> bytes) {
  auto model = onnx::read(bytes, limits);
  if (!model)
    return require_explained(model.error());
  const std::vector<std::byte> written = onnx::write(*model);
  Limits roomy = limits;
  roomy.file_bytes *= 16; // float16 and packed integers grow when written
  const auto again = onnx::read(written, roomy);
  require(again && onnx::write(*again) == written, "what is written is read back as the same model");
  if (auto quantized = onnx::quantize(onnx::clone(*model)); !quantized)
    require_explained(quantized.error());
  else if (const auto done = lower_and_run(std::move(*quantized)); !done)
    require_explained(done.error());
  if (const auto done = lower_and_run(std::move(*model)); !done)
    require_explained(done.error());
}

using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t bound) {
  return random() % bound;
}

/// Numbers at which shapes and attributes go wrong.
std::int64_t telling_integer(Random& random) {
  constexpr std::int64_t values[] = {
      0, 1, 2, 3, 4, 5, 7, 8, 16, 255, -1, -2, 1 << 20, std::int64_t{1} << 40, INT64_MAX, INT64_MIN};
  return values[below(random, std::size(values))];
}

float telling_real(Random& random) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const float values[] = {
      0, 1, -1, 0.5F, 2, 1e-40F, 1e30F, -1e30F, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()};
  return values[below(random, std::size(values))];
}

void change(onnx::AttributeValue& value, Random& random) {
  if (auto* integer = std::get_if<std::int64_t>(&value))
    *integer = telling_integer(random);
  else if (auto* real = std::get_if<float>(&value))
    *real = telling_real(random);
  else if (auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) {
    if (integers->empty() || below(random, 4) == 0)
      integers->push_back(telling_integer(random));
    else
      (*integers)[below(random, integers->size())] = telling_integer(random);
  }
}

void change(Tensor& tensor, Random& random) {
  const auto elements = static_cast<std::size_t>(tensor.shape().elements());
  if (elements == 0)
    return;
  if (tensor.type() == DataType::float32)
    tensor.as<float>()[below(random, elements)] = telling_real(random);
  else if (tensor.type() == DataType::int64)
    tensor.as<std::int64_t>()[below(random, elements)] = telling_integer(random);
}

/// Another value to read: one that exists somewhere in the model.
std::string some_value(const onnx::Model& model, Random& random) {
  const auto& node = model.nodes[below(random, model.nodes.size())];
  const auto& names = below(random, 2) == 0 || node.inputs.empty() ? node.outputs : node.inputs;
  return names.empty() ? "" : names[below(random, names.size())];
}

void change_node(onnx::Model& model, onnx::Node& node, Random& random) {
  switch (below(random, 6)) {
  case 0:
    node.op_type = onnx_ops()[below(random, onnx_ops().size())].op_type;
    break;
  case 1:
    if (!node.inputs.empty())
      node.inputs[below(random, node.inputs.size())] = some_value(model, random);
    break;
  case 2:
    node.inputs.push_back(some_value(model, random));
    break;
  case 3:
    if (!node.inputs.empty())
      node.inputs.pop_back();
    break;
  case 4:
    if (!node.attributes.empty())
      node.attributes.erase(node.attributes.begin() +
                            static_cast<std::ptrdiff_t>(below(random, node.attributes.size())));
    break;
  default:
    if (!node.attributes.empty())
      change(node.attributes[below(random, node.attributes.size())].value, random);
    break;
  }
}

/// Puts a node with a new output behind a value.
void add_node(onnx::Model& model, Random& random) {
  onnx::Node node;
  node.op_type = onnx_ops()[below(random, onnx_ops().size())].op_type;
  node.inputs = {some_value(model, random)};
  node.outputs = {"fuzz" + std::to_string(random())};
  if (!model.outputs.empty())
    model.outputs[0].name = node.outputs[0];
  model.nodes.push_back(std::move(node));
}

void change_input(onnx::Model& model, Random& random) {
  if (model.inputs.empty())
    return;
  auto& shape = model.inputs[below(random, model.inputs.size())].shape;
  if (!shape || shape->empty())
    shape = std::vector<onnx::Dimension>{{std::nullopt, "N"}, {4, ""}};
  else
    (*shape)[below(random, shape->size())] =
        below(random, 4) == 0 ? onnx::Dimension{std::nullopt, "N"}
                              : onnx::Dimension{std::max<std::int64_t>(telling_integer(random), 0), ""};
}

void change(onnx::Model& model, Random& random) {
  const std::size_t what = model.nodes.empty() ? 0 : below(random, 10);
  if (what == 0) {
    change_input(model, random);
  } else if (what == 1) {
    add_node(model, random);
  } else if (what <= 3 && !model.initializers.empty()) {
    auto chosen = model.initializers.begin();
    std::advance(chosen, below(random, model.initializers.size()));
    change(chosen->second, random);
  } else {
    change_node(model, model.nodes[below(random, model.nodes.size())], random);
  }
}

} // namespace
} // namespace ganlet

/// Half of the time bytes change blindly, else a model that can be read is changed as a model: few changes of bytes get
/// past the reader.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  ganlet::Random random(seed);
  auto model = ganlet::onnx::read(std::as_bytes(std::span(data, size)), ganlet::limits);
  if (!model || ganlet::below(random, 2) == 0)
    return LLVMFuzzerMutate(data, size, max_size);
  for (std::size_t changes = 1 + ganlet::below(random, 3); changes > 0; --changes)
    ganlet::change(*model, random);
  const std::vector<std::byte> written = ganlet::onnx::write(*model);
  if (written.size() > max_size)
    return LLVMFuzzerMutate(data, size, max_size);
  std::ranges::transform(written, data, [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return written.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ganlet::try_bytes(std::as_bytes(std::span(data, size)));
  return 0;
}
