#pragma once

#include <memory>

#include <xnnpack.h>

namespace ganlet::xnn {

struct DeleteOperator {
  void operator()(xnn_operator_t it) const { xnn_delete_operator(it); }
};

/// Owns an XNNPACK operator: its packed weights, and the tables that it derives from a shape.
using Operator = std::unique_ptr<xnn_operator, DeleteOperator>;

/// Lets XNNPACK's create functions fill an Operator: `create(..., out(operator_))`.
class out {
 public:
  explicit out(Operator& target) : target_(target) {}
  ~out() { target_.reset(created_); }
  out(const out&) = delete;
  out& operator=(const out&) = delete;
  operator xnn_operator_t*() { return &created_; }

 private:
  Operator& target_;
  xnn_operator_t created_ = nullptr;
};

} // namespace ganlet::xnn
