// Attention (Vaswani et al. 2017) and rotary embeddings (Su et al. 2021), as operators of opset 23.

#include <cmath>
#include <limits>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

using op::BinaryKind, op::UnaryKind;

/// (N,L,heads E) or (N,heads,L,E), as the latter.
Result<ValueId> as_heads(Builder& builder, ValueId x, std::int64_t heads) {
  const SymbolicShape shape = builder.shape(x);
  if (shape.size() == 4)
    return x;
  if (shape.size() != 3 || heads < 1 || shape[2].per_batch || shape[2].count % heads != 0)
    return builder.error(concat(heads, " heads don't divide a value of shape ", builder.text_of(x)));
  GANLET_TRY(const ValueId split,
             builder.reshape(x, {shape[0], shape[1], {heads, false}, {shape[2].count / heads, false}}));
  return builder.transpose(split, {0, 2, 1, 3});
}

/// Back to (N,L,heads E).
Result<ValueId> joined(Builder& builder, ValueId x) {
  const SymbolicShape shape = builder.shape(x);
  GANLET_TRY(const ValueId moved, builder.transpose(x, {0, 2, 1, 3}));
  const Dim sizes[] = {shape[1], shape[3]};
  GANLET_TRY(const Dim width, builder.product(sizes));
  return builder.reshape(moved, {shape[0], shape[2], width});
}

/// Elements of an axis: `count` of them from `start` on, each `step` after the one before.
Result<ValueId> part(Builder& builder, ValueId x, int axis, std::int64_t start, std::int64_t count,
                     std::int64_t step = 1) {
  SymbolicShape shape = builder.shape(x);
  op::Slice slice{std::vector<std::int64_t>(shape.size(), 0), std::vector<std::int64_t>(shape.size(), 1)};
  slice.starts[axis] = start;
  slice.steps[axis] = step;
  shape[axis] = {count, false};
  return builder.emit(std::move(slice), {x}, builder.value(x).type, std::move(shape));
}

Result<ValueId> together(Builder& builder, ValueId a, ValueId b, int axis) {
  SymbolicShape shape = builder.shape(a), other = builder.shape(b);
  if (shape.size() != other.size() || shape[axis].per_batch || other[axis].per_batch)
    return builder.error(concat("values of shape ", builder.text_of(a), " and ", builder.text_of(b), " don't join"));
  const std::int64_t more = other[axis].count;
  other[axis] = shape[axis];
  if (shape != other)
    return builder.error(concat("values of shape ", builder.text_of(a), " and ", builder.text_of(b), " don't join"));
  shape[axis].count += more;
  return builder.emit(op::Concat{axis}, {a, b}, builder.value(a).type, std::move(shape));
}

/// The keys or values, behind those of before if there are some; output `output` gives both.
Result<ValueId> with_past(Context& context, std::size_t input, std::int64_t heads, std::size_t past,
                          std::size_t output) {
  GANLET_TRY(const ValueId given, context.float_input(input));
  GANLET_TRY(ValueId x, as_heads(context.builder, given, heads));
  if (context.has_input(past)) {
    GANLET_TRY(const ValueId before, context.float_input(past));
    GANLET_TRY(x, together(context.builder, before, x, 2));
  }
  context.set(output, x);
  return x;
}

/// Minus infinity where a place may not be seen, else 0: places after `past` + the row's, and those that a mask of
/// bools forbids.
Result<ValueId> with_mask(Context& context, ValueId scores, std::int64_t past) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t is_causal, context.integer("is_causal", 0));
  GANLET_TRY(const ValueId never, number(builder, -std::numeric_limits<float>::infinity()));
  if (is_causal != 0) {
    const Dim rows = builder.shape(scores)[2], columns = builder.shape(scores)[3];
    GANLET_TRY(Tensor seen, builder.new_tensor(DataType::boolean, {rows, columns}));
    for (std::int64_t i = 0; i < rows.count * columns.count; ++i)
      seen.as<std::uint8_t>()[static_cast<std::size_t>(i)] = i % columns.count <= i / columns.count + past;
    GANLET_TRY(const ValueId mask, builder.constant(std::move(seen)));
    GANLET_TRY(scores, select(builder, mask, scores, never));
  }
  if (!context.has_input(3))
    return scores;
  const SymbolicShape shape = builder.shape(scores);
  GANLET_TRY(ValueId mask, context.input(3));
  GANLET_TRY(scores, builder.value(mask).type == DataType::boolean ? select(builder, mask, scores, never)
                                                                   : binary(builder, BinaryKind::add, scores, mask));
  if (builder.shape(scores) != shape)
    return builder.error(concat("a mask of shape ", builder.text_of(mask), " doesn't fit"));
  return scores;
}

Result<ValueId> softened(Context& context, ValueId scores) {
  Builder& builder = context.builder;
  GANLET_TRY(const float cap, context.number("softcap", 0));
  if (cap == 0)
    return scores;
  GANLET_TRY(const ValueId limit, number(builder, cap));
  GANLET_TRY(const ValueId scaled, binary(builder, BinaryKind::divide, scores, limit));
  GANLET_TRY(const ValueId bent, unary(builder, {UnaryKind::tanh, 0, 0}, scaled));
  return binary(builder, BinaryKind::multiply, bent, limit);
}

/// Query heads share key heads: these are repeated, each as often as `heads` says.
Result<ValueId> repeated(Builder& builder, ValueId x, Dim heads) {
  const SymbolicShape shape = builder.shape(x);
  if (shape[1] == heads)
    return x;
  if (heads.per_batch || shape[1].per_batch || shape[1].count < 1 || heads.count % shape[1].count != 0)
    return builder.error(concat(heads.count, " heads can't share those of ", builder.text_of(x)));
  const Dim times{heads.count / shape[1].count, false};
  GANLET_TRY(const ValueId single, builder.reshape(x, {shape[0], shape[1], {1, false}, shape[2], shape[3]}));
  GANLET_TRY(const ValueId wide,
             builder.emit(op::Expand{}, {single}, DataType::float32, {shape[0], shape[1], times, shape[2], shape[3]}));
  return builder.reshape(wide, {shape[0], heads, shape[2], shape[3]});
}

} // namespace

/// Inputs: queries, keys, values, a mask, and the keys and values of before.
Result<void> lower_attention(Context& context) {
  Builder& builder = context.builder;
  context.ignore("softmax_precision");
  GANLET_TRY(const std::int64_t mode, context.integer("qk_matmul_output_mode", 0));
  if (context.output_count() > 3 && !context.node().outputs[3].empty())
    return builder.unsupported(concat("the scores (qk_matmul_output_mode ", mode, ") aren't given"));
  GANLET_TRY(const std::int64_t heads, context.integer("q_num_heads", 0));
  GANLET_TRY(const std::int64_t key_heads, context.integer("kv_num_heads", heads));
  GANLET_TRY(const ValueId given, context.float_input(0));
  const bool is_flat = builder.rank(given) == 3;
  GANLET_TRY(ValueId q, as_heads(builder, given, heads));
  GANLET_TRY(ValueId k, with_past(context, 1, key_heads, 4, 1));
  GANLET_TRY(ValueId v, with_past(context, 2, key_heads, 5, 2));
  const SymbolicShape queries = builder.shape(q), keys = builder.shape(k), values = builder.shape(v);
  const bool fits = queries[3] == keys[3] && keys[2] == values[2] && keys[1] == values[1] && !keys[2].per_batch &&
                    !queries[2].per_batch && keys[2].count > 0 && queries[3].count > 0;
  if (!fits)
    return builder.error(concat("queries of shape ", builder.text_of(q), ", keys of ", builder.text_of(k),
                                " and values of ", builder.text_of(v), " don't fit each other"));
  GANLET_TRY(const float scale, context.number("scale", 1 / std::sqrt(static_cast<float>(queries[3].count))));
  GANLET_TRY(k, repeated(builder, k, queries[1]));
  GANLET_TRY(v, repeated(builder, v, queries[1]));
  GANLET_TRY(const ValueId factor, number(builder, scale));
  GANLET_TRY(q, binary(builder, BinaryKind::multiply, q, factor));
  GANLET_TRY(k, builder.transpose(k, {0, 1, 3, 2}));
  GANLET_TRY(ValueId scores, matrix_multiply(builder, q, k));
  std::int64_t past = 0;
  if (context.has_input(4)) {
    GANLET_TRY(const ValueId before, context.float_input(4));
    past = builder.shape(before)[2].count;
  }
  GANLET_TRY(scores, with_mask(context, scores, past));
  GANLET_TRY(scores, softened(context, scores));
  GANLET_TRY(const ValueId weights,
             builder.emit(op::Softmax{3}, {scores}, DataType::float32, SymbolicShape(builder.shape(scores))));
  GANLET_TRY(ValueId y, matrix_multiply(builder, weights, v));
  if (is_flat) {
    GANLET_TRY(y, joined(builder, y));
  }
  context.set(0, y);
  return {};
}

namespace {

/// A cache of cosines or sines as (N,1,L,D/2): its rows at the positions, where there are some.
Result<ValueId> rows_of_cache(Context& context, std::size_t index, Dim length, std::int64_t half) {
  Builder& builder = context.builder;
  std::string name = context.name(index);
  if (context.has_input(3)) {
    GANLET_TRY(name,
               context.compute("Gather", {std::move(name), context.name(3)}, attributes_with("axis", std::int64_t{0})));
  }
  GANLET_TRY(const ValueId rows, context.value_named(name));
  const SymbolicShape shape = builder.shape(rows);
  if (shape.size() != 3 || shape[1] != length || shape[2] != Dim{half, false})
    return builder.error(concat("input ", index, " has rows of shape ", builder.text_of(rows), ", needs (N, ",
                                length.count, ", ", half, ")"));
  return builder.reshape(rows, {shape[0], {1, false}, shape[1], shape[2]});
}

/// Two halves as one value: one behind the other, or by turns.
Result<ValueId> woven(Builder& builder, ValueId a, ValueId b, bool by_turns) {
  if (!by_turns)
    return together(builder, a, b, 3);
  SymbolicShape shape = builder.shape(a), single = shape;
  single.push_back({1, false});
  GANLET_TRY(a, builder.reshape(a, single));
  GANLET_TRY(b, builder.reshape(b, single));
  GANLET_TRY(const ValueId pairs, together(builder, a, b, 4));
  shape[3].count *= 2;
  return builder.reshape(pairs, std::move(shape));
}

} // namespace

/// Inputs: x, cosines, sines, positions. Pairs of numbers are turned by the angle of their place.
Result<void> lower_rotary_embedding(Context& context) {
  using enum op::BinaryKind;
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t interleaved, context.integer("interleaved", 0));
  GANLET_TRY(const std::int64_t heads, context.integer("num_heads", 0));
  GANLET_TRY(std::int64_t size, context.integer("rotary_embedding_dim", 0));
  GANLET_TRY(const ValueId given, context.float_input(0));
  const bool is_flat = builder.rank(given) == 3;
  GANLET_TRY(const ValueId x, as_heads(builder, given, heads));
  const SymbolicShape shape = builder.shape(x);
  if (size == 0)
    size = shape[3].count;
  if (shape[3].per_batch || size < 2 || size % 2 != 0 || size > shape[3].count)
    return builder.error(concat("rotary_embedding_dim ", size, " doesn't fit ", builder.text_of(x)));
  const bool by_turns = interleaved != 0;
  const std::int64_t half = size / 2, step = by_turns ? 2 : 1;
  GANLET_TRY(const ValueId a, part(builder, x, 3, 0, half, step));
  GANLET_TRY(const ValueId b, part(builder, x, 3, by_turns ? 1 : half, half, step));
  GANLET_TRY(const ValueId cosine, rows_of_cache(context, 1, shape[2], half));
  GANLET_TRY(const ValueId sine, rows_of_cache(context, 2, shape[2], half));
  GANLET_TRY(const ValueId a_cosine, binary(builder, multiply, a, cosine));
  GANLET_TRY(const ValueId b_sine, binary(builder, multiply, b, sine));
  GANLET_TRY(const ValueId a_sine, binary(builder, multiply, a, sine));
  GANLET_TRY(const ValueId b_cosine, binary(builder, multiply, b, cosine));
  GANLET_TRY(const ValueId first, binary(builder, subtract, a_cosine, b_sine));
  GANLET_TRY(const ValueId second, binary(builder, add, a_sine, b_cosine));
  GANLET_TRY(ValueId y, woven(builder, first, second, by_turns));
  if (size < shape[3].count) {
    GANLET_TRY(const ValueId rest, part(builder, x, 3, size, shape[3].count - size));
    GANLET_TRY(y, together(builder, y, rest, 3));
  }
  if (builder.shape(y) != shape)
    return builder.error(concat("the caches don't fit ", builder.text_of(x)));
  if (is_flat) {
    GANLET_TRY(y, joined(builder, y));
  }
  context.set(0, y);
  return {};
}

} // namespace ganlet
