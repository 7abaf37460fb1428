#include "graph/backend.h"

#include "core/text.h"

namespace ganlet {

namespace {

std::string text_of(const SymbolicShape& shape) {
  std::string out = "(";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    out += axis > 0 ? ", " : "";
    if (!shape[axis].per_batch)
      out += concat(shape[axis].count);
    else
      out += shape[axis].count == 1 ? "N" : concat(shape[axis].count, " N");
  }
  return out + ")";
}

} // namespace

Result<std::int64_t> batch_of(const Graph& graph, std::span<const Buffer> inputs, const Limits& limits) {
  if (inputs.size() != graph.inputs.size())
    return fail(ErrorCode::invalid_argument, "",
                concat("the network has ", graph.inputs.size(), " inputs, ", inputs.size(), " were given"));
  std::int64_t batch = -1;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Value& wanted = graph.values[graph.inputs[i]];
    const Shape& given = inputs[i].view.shape;
    const std::string place = concat("input '", printable(wanted.name), "'");
    if (inputs[i].view.type != wanted.type)
      return fail(ErrorCode::invalid_argument, place,
                  concat("is ", name_of(wanted.type), ", given ", name_of(inputs[i].view.type)));
    bool fits = given.rank() == static_cast<int>(wanted.shape.size());
    for (int axis = 0; fits && axis < given.rank(); ++axis) {
      const Dim dim = wanted.shape[axis];
      if (!dim.per_batch || dim.count == 0) {
        fits = given[axis] == dim.count;
      } else if (batch < 0) {
        fits = given[axis] % dim.count == 0;
        batch = given[axis] / dim.count;
      } else {
        fits = given[axis] == batch * dim.count;
      }
    }
    if (!fits)
      return fail(ErrorCode::invalid_argument, place,
                  concat("has shape ", text_of(wanted.shape), ", given ", given.text()));
  }
  if (batch < 0)
    batch = 1;
  if (batch == 0)
    return fail(ErrorCode::invalid_argument, "", "the batch is empty");
  if (batch > limits.batch)
    return fail(ErrorCode::limit_exceeded, "", concat("batch ", batch, " is above the limit of ", limits.batch));
  return batch;
}

} // namespace ganlet
