#include "graph/sample_inputs.h"

#include "core/rng.h"

namespace ganlet {

Result<std::vector<Tensor>> sample_inputs(const Graph& graph, std::int64_t batch, std::uint64_t seed) {
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    GANLET_TRY(const Shape shape, resolve(value.shape, batch, Limits{}, value.name));
    Tensor tensor(value.type, shape);
    if (value.type == DataType::float32)
      Rng(seed, static_cast<std::uint32_t>(inputs.size())).fill_normal(tensor.as<float>());
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

std::vector<TensorView> views_of(const std::vector<Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors)
    views.push_back(tensor.view());
  return views;
}

} // namespace ganlet
