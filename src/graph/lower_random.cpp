// Random numbers. A node's own seed is left aside: pictures are drawn by theirs.

#include <algorithm>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

constexpr std::int64_t float_types[] = {1, 10, 11, 16}; // all are computed as float32

/// Numbers of a shape. Its batch is the axis that grows with it, or the first if the file fixes the number of pictures.
Result<ValueId> drawn(Builder& builder, op::Random random, SymbolicShape shape) {
  const ValueId seeds = builder.seeds();
  const Dim pictures = builder.shape(seeds)[0];
  if (const auto found = std::ranges::find(shape, true, &Dim::per_batch); found != shape.end())
    random.axis = static_cast<int>(found - shape.begin());
  else if (!pictures.per_batch && !shape.empty() && shape[0] == pictures)
    random.axis = 0;
  random.stream = builder.next_stream();
  return builder.emit(random, {seeds}, DataType::float32, std::move(shape));
}

Result<SymbolicShape> shape_attribute(Context& context) {
  GANLET_TRY(const auto sizes, context.integers("shape", {}));
  GANLET_CHECK(context.expect_list(sizes.size()));
  SymbolicShape shape;
  for (const std::int64_t size : sizes)
    shape.push_back({size, false});
  return shape;
}

} // namespace

Result<void> lower_random(Context& context) {
  Builder& builder = context.builder;
  context.ignore("seed");
  const bool is_normal = context.op_type().starts_with("RandomNormal");
  op::Random random{is_normal ? op::RandomKind::normal : op::RandomKind::uniform, 0, 1, -1, 0};
  GANLET_TRY(random.a, context.number(is_normal ? "mean" : "low", 0));
  GANLET_TRY(random.b, context.number(is_normal ? "scale" : "high", 1));
  SymbolicShape shape;
  DataType like = DataType::float32;
  if (context.input_count() > 0) {
    GANLET_TRY(const ValueId x, context.input(0));
    shape = builder.shape(x);
    like = builder.value(x).type;
  } else {
    GANLET_TRY(shape, shape_attribute(context));
  }
  GANLET_TRY(const std::int64_t type, context.integer("dtype", like == DataType::float32 ? 1 : 0));
  if (std::ranges::find(float_types, type) == std::end(float_types))
    return builder.unsupported(type == 0 ? concat("random numbers like ", name_of(like), " need a dtype")
                                         : concat("can't draw random numbers of element type ", type));
  return context.give(drawn(builder, random, std::move(shape)));
}

/// 1 with the probability that the input has there, else 0.
Result<void> lower_bernoulli(Context& context) {
  Builder& builder = context.builder;
  context.ignore("seed");
  GANLET_TRY(const std::int64_t type, context.integer("dtype", 1));
  GANLET_TRY(const ValueId probability, context.float_input(0));
  GANLET_TRY(const ValueId number,
             drawn(builder, {op::RandomKind::uniform, 0, 1, -1, 0}, SymbolicShape(builder.shape(probability))));
  GANLET_TRY(const ValueId hit, binary(builder, op::BinaryKind::less, number, probability));
  return context.become("Cast", {context.named(hit)}, attributes_with("to", type));
}

} // namespace ganlet
