// Convolutions whose weights are constants times numbers that the network computes for each picture, as in StyleGAN2
// (Karras et al. 2020, section 2.2): a number for each input channel, and another for each output channel. The same
// numbers scale the channels instead, so that the weights stay constant and are those of all pictures.

#include <algorithm>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

/// The axes of weights: picture, the two kinds of channels, rows, columns.
constexpr std::size_t weight_axes = 5;
using Order = std::array<int, weight_axes>;

/// What weights are a product of.
struct Product {
  std::vector<ValueId> constants, inputs, outputs; ///< inputs (N,I,1,1), outputs (N,O,1,1)
};

class Taker {
 public:
  /// `input` and `output`: the axes of the channels.
  Taker(Builder& builder, std::size_t input, std::size_t output) : builder_(builder), input_(input), output_(output) {}

  Product product;

  /// Takes a value apart whose axis order[i] is axis i of the weights. False if it isn't such a product.
  Result<bool> take(ValueId id, const Order& order, int depth = 0) {
    constexpr int deepest = 8;
    const Node* const made_by = builder_.producer(id);
    if (made_by && depth < deepest && builder_.rank(id) == static_cast<int>(weight_axes)) {
      const std::vector<ValueId> inputs = made_by->inputs;
      if (const auto* const transpose = std::get_if<op::Transpose>(&made_by->operation)) {
        Order inner = order;
        for (int& axis : inner)
          axis = transpose->permutation[axis];
        return take(inputs[0], inner, depth + 1);
      }
      const auto* const binary = std::get_if<op::Binary>(&made_by->operation);
      if (binary && binary->kind == op::BinaryKind::multiply) {
        GANLET_TRY(const bool first, take(inputs[0], order, depth + 1));
        return first ? take(inputs[1], order, depth + 1) : Result<bool>(false);
      }
    }
    return factor(id, order);
  }

 private:
  Result<bool> factor(ValueId id, const Order& order) {
    SymbolicShape lifted(weight_axes - static_cast<std::size_t>(builder_.rank(id)), Dim{1, false});
    lifted.insert(lifted.end(), builder_.shape(id).begin(), builder_.shape(id).end());
    GANLET_TRY(const ValueId wide, builder_.reshape(id, std::move(lifted)));
    GANLET_TRY(const ValueId moved, builder_.transpose(wide, {order.begin(), order.end()}));
    const SymbolicShape shape = builder_.shape(moved);
    const auto varies = [&](std::size_t axis) { return shape[axis] != Dim{1, false}; };
    if (builder_.constant_of(moved) && !varies(0)) {
      product.constants.push_back(moved);
      return true;
    }
    const std::size_t other = varies(input_) ? input_ : output_;
    for (std::size_t axis = 1; axis < weight_axes; ++axis)
      if (axis != other && varies(axis))
        return false;
    GANLET_TRY(const ValueId channels, builder_.reshape(moved, {shape[0], shape[other], {1, false}, {1, false}}));
    (other == input_ ? product.inputs : product.outputs).push_back(channels);
    return true;
  }

  Builder& builder_;
  std::size_t input_, output_;
};

/// The product of the constants as weights of `sizes`; no_value if they are others.
Result<ValueId> constant_weights(Builder& builder, std::span<const ValueId> constants, const SymbolicShape& sizes) {
  if (constants.empty())
    return no_value;
  ValueId all = constants[0];
  for (const ValueId constant : constants.subspan(1)) {
    GANLET_TRY(all, binary(builder, op::BinaryKind::multiply, all, constant));
  }
  const SymbolicShape shape = builder.shape(all);
  if (!std::equal(shape.begin() + 1, shape.end(), sizes.begin(), sizes.end()))
    return no_value;
  return builder.reshape(all, sizes);
}

Result<ValueId> times(Builder& builder, ValueId x, std::span<const ValueId> factors) {
  for (const ValueId factor : factors) {
    GANLET_TRY(x, binary(builder, op::BinaryKind::multiply, x, factor));
  }
  return x;
}

/// The weights (groups A,B,rows,columns) as (groups,A,B,rows,columns), where they were that before; no_value if not.
ValueId by_picture(Builder& builder, ValueId weights, std::int64_t groups) {
  const Node* const made_by = builder.producer(weights);
  if (!made_by || !std::holds_alternative<op::Reshape>(made_by->operation))
    return groups == 1 ? weights : no_value;
  const ValueId before = made_by->inputs[0];
  const SymbolicShape &wide = builder.shape(before), &flat = builder.shape(weights);
  const bool fits = wide.size() == weight_axes && wide[0] == Dim{groups, false} &&
                    std::equal(wide.begin() + 2, wide.end(), flat.begin() + 1, flat.end());
  return fits ? before : no_value;
}

} // namespace

Result<bool> lower_modulated(Context& context) {
  Builder& builder = context.builder;
  const bool is_transposed = context.op_type() == "ConvTranspose";
  const Meaning& given = context.meaning(1);
  if (given.integers || given.quantized_axis || builder.constant_of(given.id) || context.has_input(2))
    return false;
  GANLET_TRY(const ValueId weights, context.float_input(1));
  GANLET_TRY(const std::int64_t groups, context.integer("group", 1));
  const SymbolicShape flat = builder.shape(weights);
  if (flat.size() != 4 || !is_concrete(flat) || groups < 1 || flat[0].count % groups != 0)
    return false;
  const ValueId separate = by_picture(builder, weights, groups);
  if (separate == no_value)
    return false;
  Taker taker(builder, is_transposed ? 1 : 2, is_transposed ? 2 : 1);
  GANLET_TRY(const bool is_product, taker.take(separate, {0, 1, 2, 3, 4}));
  const SymbolicShape sizes = {{flat[0].count / groups, false}, flat[1], flat[2], flat[3]};
  GANLET_TRY(const ValueId constant,
             is_product ? constant_weights(builder, taker.product.constants, sizes) : Result<ValueId>(no_value));
  GANLET_TRY(ValueId x, context.float_input(0));
  const SymbolicShape images = builder.shape(x);
  if (constant == no_value || images.size() != 4 || images[1].per_batch || images[1].count % groups != 0 ||
      (groups > 1 && images[0] != Dim{1, false}))
    return false;
  if (groups > 1) {
    GANLET_TRY(x, builder.reshape(x, {{groups, false}, {images[1].count / groups, false}, images[2], images[3]}));
  }
  GANLET_TRY(x, times(builder, x, taker.product.inputs));
  onnx::Node copied = onnx::clone(context.node());
  std::erase_if(copied.attributes, [](const onnx::Attribute& attribute) { return attribute.name == "group"; });
  for (const onnx::Attribute& attribute : copied.attributes)
    context.ignore(attribute.name);
  GANLET_TRY(const std::string made, context.compute(context.op_type(), {context.named(x), context.named(constant)},
                                                     std::move(copied.attributes)));
  GANLET_TRY(ValueId y, context.value_named(made));
  GANLET_TRY(y, times(builder, y, taker.product.outputs));
  if (groups > 1) {
    const SymbolicShape shape = builder.shape(y);
    const Dim channels[] = {shape[0], shape[1]};
    GANLET_TRY(const Dim all, builder.product(channels));
    GANLET_TRY(y, builder.reshape(y, {{1, false}, all, shape[2], shape[3]}));
  }
  context.set(0, y);
  return true;
}

} // namespace ganlet
