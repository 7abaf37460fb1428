#include "change_model.h"

#include <algorithm>
#include <limits>
#include <random>

#include "fuzz.h"
#include "graph/onnx_ops.h"
#include "onnx/reader.h"
#include "onnx/writer.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace ganlet::fuzz {
namespace {

using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t bound) {
  return random() % bound;
}

std::string_view random_operator(Random& random) {
  static const std::vector<const OnnxOp*> all = onnx_ops();
  return all[below(random, all.size())]->op_type;
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
    node.op_type = random_operator(random);
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
  node.op_type = random_operator(random);
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

std::size_t change_model_file(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  Random random(seed);
  auto model = onnx::read(std::as_bytes(std::span(data, size)), limits);
  if (!model || below(random, 2) == 0)
    return LLVMFuzzerMutate(data, size, most);
  for (std::size_t changes = 1 + below(random, 3); changes > 0; --changes)
    change(*model, random);
  const std::vector<std::byte> written = onnx::write(*model);
  if (written.size() > most)
    return LLVMFuzzerMutate(data, size, most);
  std::ranges::transform(written, data, [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return written.size();
}

} // namespace ganlet::fuzz
