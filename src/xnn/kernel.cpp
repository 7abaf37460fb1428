#include "xnn/kernel.h"

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

MadeKernel make_kernel(const NodeContext& context) {
  const op::Any& any = context.node.operation;
  if (const auto* it = std::get_if<op::FullyConnected>(&any))
    return make_fully_connected(*it, context);
  if (const auto* it = std::get_if<op::Convolution>(&any))
    return make_convolution(*it, context);
  if (const auto* it = std::get_if<op::TransposedConvolution>(&any))
    return make_transposed_convolution(*it, context);
  if (std::get_if<op::Reshape>(&any))
    return make_reshape();
  if (const auto* it = std::get_if<op::Concat>(&any))
    return make_concat(*it, context);
  if (!context.all_float())
    return nullptr;
  if (std::get_if<op::MatrixMultiply>(&any))
    return make_matrix_multiply(context);
  if (const auto* it = std::get_if<op::Unary>(&any))
    return make_unary(*it, context);
  if (const auto* it = std::get_if<op::Binary>(&any))
    return make_binary(*it, context);
  if (const auto* it = std::get_if<op::Softmax>(&any))
    return make_softmax(*it, context);
  if (const auto* it = std::get_if<op::Reduce>(&any))
    return make_reduce(*it, context);
  if (const auto* it = std::get_if<op::Transpose>(&any))
    return make_transpose(*it, context);
  if (const auto* it = std::get_if<op::Slice>(&any))
    return make_slice(*it, context);
  if (const auto* it = std::get_if<op::Pad>(&any))
    return make_pad(*it, context);
  if (const auto* it = std::get_if<op::Resize>(&any))
    return make_resize(*it, context);
  if (const auto* it = std::get_if<op::DepthToSpace>(&any))
    return make_depth_to_space(*it, context);
  if (const auto* it = std::get_if<op::Pool>(&any))
    return make_pool(*it, context);
  return nullptr;
}

} // namespace ganlet::xnn
