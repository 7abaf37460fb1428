#include <algorithm>

#include "import/tflite_network.h"

namespace ganlet::importing::tflite {

Call::Call(Network& network, FlatBuffer::Table op, std::string_view name, std::size_t index)
    : network_(network), name_(name), op_(op), index_(index) {
  inputs_ = network.buffer_.integers(op, 1, 4);
  outputs_ = network.buffer_.integers(op, 2, 4);
  options_ = network.buffer_.table(op, 4);
}

tl::unexpected<Error> Call::error(ErrorCode code, std::string_view message) const {
  return fail(code, concat("tflite operator ", index_, " (", printable(name_), ")"), message);
}

Result<void> Call::expect_inputs(std::size_t count) const {
  const auto is_tensor = [&](std::int64_t tensor) { return tensor >= 0 && tensor < std::ssize(network_.tensors_); };
  const bool fits = inputs_.size() >= count &&
                    std::ranges::all_of(inputs_.begin(), inputs_.begin() + std::ssize(inputs_),
                                        [&](std::int64_t one) { return one == -1 || is_tensor(one); }) &&
                    std::ranges::all_of(std::span(inputs_).first(count), is_tensor);
  if (!fits)
    return error(ErrorCode::corrupt, concat("needs ", count, " inputs"));
  if (outputs_.empty() || !std::ranges::all_of(outputs_, is_tensor))
    return error(ErrorCode::corrupt, "has no output");
  return {};
}

const Stored& Call::input(std::size_t index) const {
  return network_.tensors_[static_cast<std::size_t>(inputs_[index])];
}

const Stored& Call::output(std::size_t index) const {
  return network_.tensors_[static_cast<std::size_t>(outputs_[index])];
}

const char* Call::onnx() const {
  return std::ranges::find(op_kinds(), name_, &OpKind::name)->onnx;
}

bool Call::pass_constant() {
  if (input(0).data.empty())
    return false;
  Stored& to = network_.tensors_[static_cast<std::size_t>(outputs_[0])];
  const std::string_view name = to.name;
  to = input(0);
  to.name = name;
  return true;
}

Result<std::string> Call::last(std::size_t index) {
  return network_.last(inputs_[index]);
}

Result<std::string> Call::first(std::size_t index) {
  return network_.first(inputs_[index]);
}

bool Call::lies_first(std::size_t index) {
  const auto found = has(index) ? network_.values_.find(inputs_[index]) : network_.values_.end();
  return found != network_.values_.end() && found->second.last.empty();
}

Result<Tensor> Call::constant(std::size_t index) {
  if (input(index).data.empty())
    return error(ErrorCode::unsupported,
                 concat("its input ", index, " is computed by the network: it has to be a constant"));
  return network_.read(input(index));
}

Result<Sizes> Call::integers(std::size_t index) {
  GANLET_TRY(const Tensor numbers, constant(index));
  if (numbers.type() != DataType::int64)
    return error(ErrorCode::corrupt, concat("its input ", index, " has no whole numbers"));
  return Sizes(numbers.as<std::int64_t>().begin(), numbers.as<std::int64_t>().end());
}

std::int64_t Call::option(int field, std::size_t bytes, std::int64_t otherwise) {
  return network_.buffer_.integer(options_, field, bytes, otherwise);
}

float Call::real_option(int field, float otherwise) {
  return network_.buffer_.real(options_, field, otherwise);
}

Bytes Call::custom_options() {
  return network_.buffer_.numbers(op_, 5, 1);
}

Result<std::string> Call::node(std::string_view op_type, Names inputs, std::vector<Attribute> attributes) {
  return graph().node(op_type, std::move(inputs), std::move(attributes));
}

Result<std::string> Call::transposed(const std::string& name, Sizes order) {
  return node("Transpose", {name}, {attribute("perm", std::move(order))});
}

namespace {

/// What the integers of a quantized tensor can stand for.
std::pair<float, float> range_of(const Stored& stored) {
  const bool is_signed = stored.type == Type::int8 || stored.type == Type::int16;
  const double least = stored.type == Type::int16 ? -32768 : is_signed ? -128 : 0;
  const double most = stored.type == Type::int16 ? 32767 : is_signed ? 127 : 255;
  const auto zero = static_cast<double>(stored.zero[0]);
  return {static_cast<float>((least - zero) * stored.scale[0]), static_cast<float>((most - zero) * stored.scale[0])};
}

} // namespace

Result<void> Call::give(std::string name, bool is_first, std::size_t index) {
  const Stored& stored = output(index);
  if (is_first && stored.rank() != 4)
    return error(ErrorCode::corrupt, "gives no picture (N,H,W,C)");
  if (activation_ == 1) {
    GANLET_TRY(name, node("Relu", {name}));
  } else if (activation_ == 2) {
    GANLET_TRY(name, node("Clip", {name, graph().number(-1), graph().number(1)}));
  } else if (activation_ == 3) {
    GANLET_TRY(name, node("Clip", {name, graph().number(0), graph().number(6)}));
  } else if (activation_ == 4) {
    GANLET_TRY(name, node("Tanh", {name}));
  } else if (activation_ != 0) {
    return error(ErrorCode::unsupported, concat("the activation ", activation_, " that is fused with it isn't known"));
  }
  const bool is_narrow = stored.type == Type::int8 || stored.type == Type::uint8 || stored.type == Type::int16;
  if (stored.scale.size() == 1 && is_narrow) {
    const auto [low, high] = range_of(stored);
    GANLET_TRY(name, node("Clip", {name, graph().number(low), graph().number(high)}));
  }
  Value& value = network_.values_[outputs_[index]];
  value = {};
  (is_first ? value.first : value.last) = std::move(name);
  return {};
}

} // namespace ganlet::importing::tflite
