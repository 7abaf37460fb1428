#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

#include <algorithm>

#include "core/checked.h"
#include "core/text.h"
#include "graph/weights.h"

namespace ganlet {

Result<SymbolicShape> broadcast_shape(const Builder& builder, std::span<const Dim> a, std::span<const Dim> b) {
  SymbolicShape out(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Dim x = i < a.size() ? a[a.size() - 1 - i] : Dim{1, false};
    const Dim y = i < b.size() ? b[b.size() - 1 - i] : Dim{1, false};
    Dim& to = out[out.size() - 1 - i];
    if (x == y || y == Dim{1, false})
      to = x;
    else if (x == Dim{1, false})
      to = y;
    else
      return builder.error(concat("sizes ", x.count, x.per_batch ? " N" : "", " and ", y.count, y.per_batch ? " N" : "",
                                  " don't broadcast against each other"));
  }
  return out;
}

Result<ValueId> binary(Builder& builder, op::BinaryKind kind, ValueId a, ValueId b) {
  ValueId operands[2] = {a, b};
  GANLET_CHECK(builder.align(operands));
  const auto [x, y] = std::pair(operands[0], operands[1]);
  if (builder.value(x).type != builder.value(y).type)
    return builder.error(
        concat("operands are ", name_of(builder.value(x).type), " and ", name_of(builder.value(y).type)));
  const DataType type = builder.value(x).type;
  if (type != DataType::float32 && type != DataType::int64 &&
      !(type == DataType::boolean && kind == op::BinaryKind::equal))
    return builder.unsupported(concat("operands are ", name_of(type)));
  GANLET_TRY(const SymbolicShape shape, broadcast_shape(builder, builder.shape(x), builder.shape(y)));
  return builder.emit(op::Binary{kind}, {x, y}, op::compares(kind) ? DataType::boolean : type, shape);
}

Result<ValueId> unary(Builder& builder, op::Unary operation, ValueId x) {
  return builder.emit(operation, {x}, builder.value(x).type, SymbolicShape(builder.shape(x)));
}

Result<ValueId> select(Builder& builder, ValueId condition, ValueId yes, ValueId no) {
  ValueId ids[3] = {condition, yes, no};
  const DataType type = builder.value(yes).type;
  if (builder.value(condition).type != DataType::boolean || builder.value(no).type != type)
    return builder.error("needs a bool and two values of one type");
  GANLET_CHECK(builder.align(ids));
  GANLET_TRY(const SymbolicShape values, broadcast_shape(builder, builder.shape(ids[1]), builder.shape(ids[2])));
  GANLET_TRY(SymbolicShape shape, broadcast_shape(builder, builder.shape(ids[0]), values));
  return builder.emit(op::Select{}, {ids[0], ids[1], ids[2]}, type, std::move(shape));
}

Result<ValueId> number(Builder& builder, float value) {
  return builder.constant(Tensor::of<float>(Shape{}, {value}));
}

namespace {

/// a + b, if that is a number or a multiple of the batch; else empty.
std::optional<Dim> sum(Dim a, Dim b) {
  const auto count = checked_add(a.count, b.count);
  if (!count || (a.per_batch != b.per_batch && a.count != 0 && b.count != 0))
    return std::nullopt;
  return Dim{*count, a.per_batch || b.per_batch};
}

/// a / b rounded towards 0, if that is a number or a multiple of the batch; else empty. The batch itself cancels, as it
/// is never 0.
std::optional<Dim> quotient(Dim a, Dim b) {
  const auto count = wrapping_divide(a.count, b.count);
  const bool is_known = a.per_batch == b.per_batch || a.count == 0 ||
                        (a.per_batch && count && checked_multiply(*count, b.count) == a.count);
  if (!count || !is_known)
    return std::nullopt;
  return Dim{*count, a.per_batch && !b.per_batch};
}

/// Arithmetic with integers that depend on the batch (N + 1, 2 N and the like); empty unless the result is a number or
/// a multiple of the batch.
std::optional<Dim> combine(std::string_view op_type, Dim a, Dim b) {
  if (op_type == "Add")
    return sum(a, b);
  if (op_type == "Sub") {
    const auto negative = checked_multiply(b.count, -1);
    return negative ? sum(a, {*negative, b.per_batch}) : std::nullopt;
  }
  if (op_type == "Div")
    return quotient(a, b);
  const auto count = checked_multiply(a.count, b.count);
  if (op_type != "Mul" || !count || (a.per_batch && b.per_batch))
    return std::nullopt;
  return Dim{*count, a.per_batch || b.per_batch};
}

/// The two inputs as lists of sizes; each has `count` elements, or one that serves for all.
struct SizeLists {
  std::vector<Dim> a, b;
  std::size_t count = 0;
  std::pair<Dim, Dim> at(std::size_t i) const { return {a[a.size() == 1 ? 0 : i], b[b.size() == 1 ? 0 : i]}; }
};

Result<SizeLists> size_lists(Context& context) {
  SizeLists lists;
  GANLET_TRY(lists.a, context.dims_input(0));
  GANLET_TRY(lists.b, context.dims_input(1));
  lists.count = std::max(lists.a.size(), lists.b.size());
  const auto broadcasts = [&](const std::vector<Dim>& list) {
    return list.size() == 1 || (list.size() == lists.count && lists.count > 0);
  };
  if (!broadcasts(lists.a) || !broadcasts(lists.b))
    return context.builder.error("the lists of sizes don't broadcast");
  return lists;
}

Result<void> lower_symbolic_binary(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const SizeLists lists, size_lists(context));
  Meaning out;
  out.integers.emplace();
  const auto is_scalar = [&](std::size_t i) {
    const Meaning& meaning = context.meaning(i);
    return meaning.integers ? meaning.scalar : builder.rank(meaning.id) == 0;
  };
  out.scalar = is_scalar(0) && is_scalar(1);
  for (std::size_t i = 0; i < lists.count; ++i) {
    const auto [x, y] = lists.at(i);
    const auto combined = combine(context.op_type(), x, y);
    const std::int64_t most = builder.limits().tensor_elements; // keeps sums of such sizes from overflowing
    if (!combined || combined->count < -most || combined->count > most)
      return builder.unsupported("this arithmetic on the batch isn't supported");
    out.integers->push_back(*combined);
  }
  context.set(0, std::move(out));
  return {};
}

constexpr std::pair<std::string_view, op::BinaryKind> binary_kinds[] = {
    {"Add", op::BinaryKind::add},
    {"Div", op::BinaryKind::divide},
    {"Equal", op::BinaryKind::equal},
    {"Less", op::BinaryKind::less},
    {"LessOrEqual", op::BinaryKind::less_or_equal},
    {"Max", op::BinaryKind::maximum},
    {"Mean", op::BinaryKind::add},
    {"Min", op::BinaryKind::minimum},
    {"Mod", op::BinaryKind::modulo},
    {"Mul", op::BinaryKind::multiply},
    {"Pow", op::BinaryKind::power},
    {"Sub", op::BinaryKind::subtract},
    {"Sum", op::BinaryKind::add},
};

op::BinaryKind binary_kind(std::string_view op_type) {
  return std::ranges::find(binary_kinds, op_type, [](const auto& row) { return row.first; })->second;
}

} // namespace

Result<void> lower_binary(Context& context) {
  Builder& builder = context.builder;
  std::int64_t as_in_c = 0; // Mod's result has the dividend's sign, not the divisor's
  if (context.op_type() == "Mod") {
    GANLET_TRY(as_in_c, context.integer("fmod", 0));
  }
  if ((context.meaning(0).integers || context.meaning(1).integers) && context.op_type() != "Equal" &&
      context.op_type() != "Mod")
    return lower_symbolic_binary(context);
  if (context.op_type() == "Equal" && (context.meaning(0).integers || context.meaning(1).integers)) {
    // Exporters compare a wanted shape with -1, which a batch never equals.
    GANLET_TRY(const SizeLists lists, size_lists(context));
    Tensor equal(DataType::boolean, Shape{static_cast<std::int64_t>(lists.count)});
    for (std::size_t i = 0; i < lists.count; ++i) {
      const auto [x, y] = lists.at(i);
      if (x.per_batch != y.per_batch && (x.per_batch ? y.count : x.count) > 0)
        return builder.unsupported("whether a size equals the batch isn't known");
      equal.as<std::uint8_t>()[i] = x == y;
    }
    return context.give(builder.constant(std::move(equal)));
  }
  GANLET_TRY(const ValueId a, context.input(0));
  GANLET_TRY(ValueId b, context.input(1));
  if (context.op_type().starts_with("Greater"))
    return context.give(
        binary(builder, context.op_type() == "Greater" ? op::BinaryKind::less : op::BinaryKind::less_or_equal, b, a));
  if (as_in_c != 0 && builder.value(a).type != DataType::float32)
    return builder.unsupported("fmod is supported for float32 only");
  if (context.op_type() == "Pow" && builder.value(b).type == DataType::int64 &&
      builder.value(a).type == DataType::float32) {
    GANLET_TRY(b, builder.emit(op::Cast{}, {b}, DataType::float32, SymbolicShape(builder.shape(b))));
  }
  return context.give(binary(builder, binary_kind(context.op_type()), a, b));
}

Result<void> lower_fold(Context& context) {
  GANLET_TRY(const std::vector<ValueId> operands, context.inputs());
  ValueId out = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) {
    GANLET_TRY(out, binary(context.builder, binary_kind(context.op_type()), out, operands[i]));
  }
  if (context.op_type() == "Mean") {
    GANLET_TRY(const ValueId count, number(context.builder, static_cast<float>(operands.size())));
    GANLET_TRY(out, binary(context.builder, op::BinaryKind::divide, out, count));
  }
  context.set(0, out);
  return {};
}

Result<void> lower_prelu(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const ValueId slope, context.float_input(1));
  const SymbolicShape before = file_shape(builder.value(x));
  GANLET_TRY(const ValueId out, binary(builder, op::BinaryKind::prelu, x, slope));
  if (file_shape(builder.value(out)) != before)
    return builder.error(
        concat("the slope of shape ", builder.text_of(slope), " doesn't broadcast to ", builder.text_of(x)));
  context.set(0, out);
  return {};
}

namespace {

struct UnaryRow {
  std::string_view op_type;
  op::UnaryKind kind;
  std::string_view attribute; ///< of the slope or alpha, "" for none
  float otherwise;
};

constexpr UnaryRow unary_rows[] = {
    {"Abs", op::UnaryKind::absolute, "", 0},
    {"Acos", op::UnaryKind::arc_cosine, "", 0},
    {"Acosh", op::UnaryKind::inverse_hyperbolic_cosine, "", 0},
    {"Asin", op::UnaryKind::arc_sine, "", 0},
    {"Asinh", op::UnaryKind::inverse_hyperbolic_sine, "", 0},
    {"Atan", op::UnaryKind::arc_tangent, "", 0},
    {"Atanh", op::UnaryKind::inverse_hyperbolic_tangent, "", 0},
    {"Ceil", op::UnaryKind::ceiling, "", 0},
    {"Cos", op::UnaryKind::cosine, "", 0},
    {"Cosh", op::UnaryKind::hyperbolic_cosine, "", 0},
    {"Elu", op::UnaryKind::elu, "alpha", 1},
    {"Erf", op::UnaryKind::error_function, "", 0},
    {"Exp", op::UnaryKind::exponential, "", 0},
    {"Floor", op::UnaryKind::floor, "", 0},
    {"LeakyRelu", op::UnaryKind::leaky_relu, "alpha", 0.01F},
    {"Log", op::UnaryKind::logarithm, "", 0},
    {"Neg", op::UnaryKind::negate, "", 0},
    {"Reciprocal", op::UnaryKind::reciprocal, "", 0},
    {"Round", op::UnaryKind::round, "", 0},
    {"Sigmoid", op::UnaryKind::sigmoid, "", 0},
    {"Sign", op::UnaryKind::sign, "", 0},
    {"Sin", op::UnaryKind::sine, "", 0},
    {"Sinh", op::UnaryKind::hyperbolic_sine, "", 0},
    {"Softplus", op::UnaryKind::softplus, "", 0},
    {"Sqrt", op::UnaryKind::square_root, "", 0},
    {"Tan", op::UnaryKind::tangent, "", 0},
    {"Tanh", op::UnaryKind::tanh, "", 0},
};

/// Of integers, the operators that binary operations can do.
Result<void> lower_integer_unary(Context& context, ValueId x) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId zero, builder.constant(Tensor(DataType::int64, Shape{})));
  GANLET_TRY(const ValueId negative, binary(builder, op::BinaryKind::subtract, zero, x));
  if (context.op_type() == "Neg")
    return context.give(negative);
  return context.give(binary(builder, op::BinaryKind::maximum, x, context.op_type() == "Relu" ? zero : negative));
}

} // namespace

Result<void> lower_unary(Context& context) {
  Builder& builder = context.builder;
  const bool takes_integers = context.op_type() == "Abs" || context.op_type() == "Neg" || context.op_type() == "Relu";
  GANLET_TRY(const ValueId given, context.input(0));
  if (takes_integers && builder.value(given).type == DataType::int64)
    return has_rare_parts() ? lower_integer_unary(context, given) : needs_rare_parts();
  GANLET_TRY(const ValueId x, context.float_input(0));
  if (context.op_type() == "Relu") {
    return context.give(unary(builder, {op::UnaryKind::clamp, 0, std::numeric_limits<float>::infinity()}, x));
  }
  op::Unary operation;
  if (context.op_type() == "Gelu") {
    GANLET_TRY(const std::string approximate, context.word("approximate", "none"));
    if (approximate != "none" && approximate != "tanh")
      return builder.unsupported(concat("approximate '", printable(approximate), "' isn't known"));
    operation.kind = approximate == "tanh" ? op::UnaryKind::gelu_tanh : op::UnaryKind::gelu;
  } else {
    const auto* row = std::ranges::find(unary_rows, context.op_type(), &UnaryRow::op_type);
    operation.kind = row->kind;
    if (!row->attribute.empty()) {
      GANLET_TRY(operation.a, context.number(row->attribute, row->otherwise));
    }
  }
  return context.give(unary(builder, operation, x));
}

Result<void> lower_clip(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  op::Clamp bounds;
  if (context.has_input(1)) {
    GANLET_TRY(bounds.low, context.scalar_input(1));
  }
  if (context.has_input(2)) {
    GANLET_TRY(bounds.high, context.scalar_input(2));
  }
  if (bounds.low != bounds.low || bounds.high != bounds.high)
    return builder.error("a bound is not a number");
  // ONNX: if the lower bound is above the upper one, every element becomes the upper one.
  return context.give(unary(builder, {op::UnaryKind::clamp, std::min(bounds.low, bounds.high), bounds.high}, x));
}

Result<void> lower_softmax(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", -1));
  GANLET_TRY(const int axis, checked_axis(builder, file_axis, builder.rank(x)));
  return context.give(builder.emit(op::Softmax{axis}, {x}, DataType::float32, SymbolicShape(builder.shape(x))));
}

Result<void> lower_where(Context& context) {
  Builder& builder = context.builder;
  if (context.meaning(1).integers || context.meaning(2).integers) {
    GANLET_TRY(const Tensor* condition, context.constant_input(0));
    GANLET_TRY(const std::vector<Dim> yes, context.dims_input(1));
    GANLET_TRY(const std::vector<Dim> no, context.dims_input(2));
    const auto count = static_cast<std::size_t>(condition->shape().elements());
    if (condition->type() != DataType::boolean || yes.size() != count || no.size() != count)
      return builder.error("the lists of sizes don't have one length");
    Meaning out;
    out.integers.emplace();
    for (std::size_t i = 0; i < count; ++i)
      out.integers->push_back(condition->as<std::uint8_t>()[i] ? yes[i] : no[i]);
    context.set(0, std::move(out));
    return {};
  }
  GANLET_TRY(const std::vector<ValueId> ids, context.inputs());
  return context.give(select(builder, ids[0], ids[1], ids[2]));
}

} // namespace ganlet
