#include <vector>

#include "reference/reference.h"
#include "xnn/kernel.h"

namespace ganlet::xnn {

namespace {

class ReferenceKernel final : public Kernel {
 public:
  explicit ReferenceKernel(const Node& node) : node_(node) {}

  xnn_status reshape(std::span<const Shape>, const Shape&, pthreadpool_t, std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    return xnn_status_success;
  }

  xnn_status setup(const Buffers& buffers) override {
    inputs_.assign(buffers.inputs.begin(), buffers.inputs.end());
    output_ = buffers.output;
    return xnn_status_success;
  }

  Result<void> run(pthreadpool_t) override { return reference::evaluate(node_.operation, inputs_, output_); }
  Result<void> run_within(Budget& budget, std::int64_t, pthreadpool_t) override {
    return reference::evaluate(node_.operation, inputs_, output_, budget);
  }

 private:
  const Node& node_;
  std::vector<TensorView> inputs_;
  TensorView output_;
};

} // namespace

MadeKernel make_reference_kernel(const Node& node) {
  return std::make_unique<ReferenceKernel>(node);
}

} // namespace ganlet::xnn
