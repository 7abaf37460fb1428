#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

/// What a cast to a TensorProto.DataType becomes. float64 is computed as float32 (onnx/model.h); uint64 is missing
/// because int64 can't hold it.
struct CastRow {
  std::int64_t code;
  DataType type;
  op::Narrow narrow;
};

constexpr CastRow cast_rows[] = {
    {1, DataType::float32, op::Narrow::none},     {2, DataType::int64, op::Narrow::uint8},
    {3, DataType::int64, op::Narrow::int8},       {4, DataType::int64, op::Narrow::uint16},
    {5, DataType::int64, op::Narrow::int16},      {6, DataType::int64, op::Narrow::int32},
    {7, DataType::int64, op::Narrow::none},       {9, DataType::boolean, op::Narrow::none},
    {10, DataType::float32, op::Narrow::float16}, {11, DataType::float32, op::Narrow::none},
    {12, DataType::int64, op::Narrow::uint32},    {16, DataType::float32, op::Narrow::bfloat16},
};

Result<void> give_cast(Context& context, DataType type, op::Narrow narrow) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.input(0));
  if (builder.value(x).type == type && narrow == op::Narrow::none) {
    context.set(0, x);
    return {};
  }
  return context.give(builder.emit(op::Cast{narrow}, {x}, type, SymbolicShape(builder.shape(x))));
}

} // namespace

Result<void> lower_cast(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t to, context.integer("to", 0));
  context.ignore("saturate");
  const auto* row = std::ranges::find(cast_rows, to, &CastRow::code);
  if (row == std::end(cast_rows))
    return builder.unsupported(concat("can't cast to element type ", to));
  // Sizes are below 2^31, so a cast to one of the wider integers doesn't change them.
  const bool keeps_sizes =
      row->narrow == op::Narrow::none || row->narrow == op::Narrow::int32 || row->narrow == op::Narrow::uint32;
  if (context.meaning(0).integers && row->type == DataType::int64 && keeps_sizes) {
    context.set(0, context.meaning(0));
    return {};
  }
  return give_cast(context, row->type, row->narrow);
}

Result<void> lower_cast_like(Context& context) {
  context.ignore("saturate");
  if (context.meaning(1).integers)
    return give_cast(context, DataType::int64, op::Narrow::none);
  GANLET_TRY(const ValueId like, context.input(1));
  return give_cast(context, context.builder.value(like).type, op::Narrow::none);
}

} // namespace ganlet
