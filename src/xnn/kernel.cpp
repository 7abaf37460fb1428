#include "xnn/kernel.h"

#include "core/checked.h"

namespace ganlet::xnn {

tl::unexpected<Error> failed_to_run() {
  return fail(ErrorCode::unsupported, "", "XNNPACK failed to run this operation");
}

Result<void> OperatorKernel::run(pthreadpool_t pool) {
  if (xnn_run_operator(operator_.get(), pool) != xnn_status_success)
    return failed_to_run();
  return {};
}

bool NodeContext::all_float() const {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (has_input(i) && input(i).type != DataType::float32)
      return false;
  return output().type == DataType::float32;
}

std::int64_t indirection_bytes(const op::Window& window, const Shape& output) {
  constexpr std::int64_t tile = 16; // of pixels
  const std::int64_t columns = (output[2] + tile - 1) / tile * tile;
  return product_or_most({window.kernel[0], window.kernel[1], output[1], columns, sizeof(void*)});
}

std::int64_t packed_bytes(std::int64_t groups, std::int64_t outputs, std::int64_t inputs) {
  constexpr std::int64_t output_tile = 64, input_tile = 16;
  const std::int64_t rows = (outputs + output_tile - 1) / output_tile * output_tile;
  const std::int64_t columns = (inputs + input_tile - 1) / input_tile * input_tile + 1;
  return product_or_most({groups, rows, columns, sizeof(float)});
}

bool is_linear(const op::Any& operation) {
  return std::holds_alternative<op::FullyConnected>(operation) || std::holds_alternative<op::Convolution>(operation) ||
         std::holds_alternative<op::TransposedConvolution>(operation);
}

namespace {

/// An upper bound for the bytes of a linear operation's packed constants; 0 for other operations.
std::int64_t packed_weights_of(const NodeContext& context) {
  const op::Any& any = context.node.operation;
  if (!is_linear(any))
    return 0;
  const auto* convolution = std::get_if<op::Convolution>(&any);
  const auto* transposed = std::get_if<op::TransposedConvolution>(&any);
  const SymbolicShape& shape = context.input(1).shape;
  const std::int64_t groups = convolution ? convolution->groups : transposed ? transposed->groups : 1;
  if (shape.size() == 2)
    return packed_bytes(1, shape[0].count, shape[1].count);
  const std::int64_t taps = shape[1].count * shape[2].count;
  // Winograd's method has 36 sums of taps for 16 taps; a convolution by products has a row for each tap.
  return std::max(packed_bytes(groups, shape[0].count / groups, 3 * taps * shape[3].count),
                  packed_bytes(groups, 3 * taps * shape[0].count / groups, shape[3].count));
}

} // namespace

MadeKernel make_kernel(const NodeContext& context, std::int64_t most_bytes) {
  if (packed_weights_of(context) > most_bytes)
    return nullptr;
  // Linear operations check the types of their weights themselves, and Reshape and Concat move bytes of any type.
  const op::Any& any = context.node.operation;
  const bool any_type =
      is_linear(any) || std::holds_alternative<op::Reshape>(any) || std::holds_alternative<op::Concat>(any);
  if (!any_type && !context.all_float())
    return nullptr;
  return std::visit([&](const auto& operation) { return make(operation, context); }, any);
}

} // namespace ganlet::xnn
