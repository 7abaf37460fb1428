#include "core/text.h"
#include "onnx/element_type.h"
#include "onnx/read_parts.h"

namespace ganlet::onnx {

namespace {

/// TensorShapeProto.Dimension
Result<Dimension> read_dimension(std::span<const std::byte> message, const std::string& place, ReadContext& context) {
  Dimension dimension;
  WireReader wire(message, place, context.budget);
  while (wire.next()) {
    if (wire.field() == 1)
      dimension.size = wire.integer();
    else if (wire.field() == 2)
      dimension.name = wire.text();
  }
  GANLET_CHECK(wire.finish());
  if (dimension.size && *dimension.size < 0)
    return fail(ErrorCode::corrupt, place, concat("has the negative size ", *dimension.size));
  return dimension;
}

/// TensorShapeProto
Result<std::vector<Dimension>> read_shape(std::span<const std::byte> message, const std::string& place,
                                          ReadContext& context) {
  std::vector<Dimension> shape;
  WireReader wire(message, place, context.budget);
  while (wire.next())
    if (wire.field() == 1) {
      GANLET_TRY(const auto inner, wire.message(sizeof(Dimension)));
      GANLET_TRY(Dimension dimension, read_dimension(inner, place, context));
      shape.push_back(std::move(dimension));
    }
  GANLET_CHECK(wire.finish());
  if (shape.size() > Shape::max_rank)
    return fail(ErrorCode::limit_exceeded, place,
                concat("rank ", shape.size(), " is above the limit of ", Shape::max_rank));
  return shape;
}

/// TypeProto.Tensor
Result<void> read_tensor_type(std::span<const std::byte> message, const std::string& place, ReadContext& context,
                              ValueInfo& value) {
  std::int64_t code = 0;
  WireReader wire(message, place, context.budget);
  while (wire.next()) {
    if (wire.field() == 1) {
      code = wire.integer();
    } else if (wire.field() == 2) {
      GANLET_TRY(const auto inner, wire.message());
      GANLET_TRY(value.shape, read_shape(inner, place, context));
    }
  }
  GANLET_CHECK(wire.finish());
  GANLET_TRY(const ElementType type, element_type(code, place));
  value.type = type.becomes;
  return {};
}

std::string_view name_of_type(std::uint32_t field) {
  switch (field) {
  case 4:
    return "sequence";
  case 5:
    return "map";
  case 7:
    return "opaque";
  case 8:
    return "sparse tensor";
  case 9:
    return "optional";
  default:
    return "";
  }
}

/// TypeProto
Result<void> read_type(std::span<const std::byte> message, const std::string& place, ReadContext& context,
                       ValueInfo& value) {
  bool is_tensor = false;
  WireReader wire(message, place, context.budget);
  while (wire.next()) {
    if (wire.field() == 1) {
      is_tensor = true;
      GANLET_TRY(const auto inner, wire.message());
      GANLET_CHECK(read_tensor_type(inner, place, context, value));
    } else if (const auto name = name_of_type(wire.field()); !name.empty()) {
      return fail(ErrorCode::unsupported, place, concat("has type ", name, ", and only tensors are supported"));
    }
  }
  GANLET_CHECK(wire.finish());
  if (!is_tensor)
    return fail(ErrorCode::corrupt, place, "has no type");
  return {};
}

} // namespace

Result<ValueInfo> read_value_info(std::span<const std::byte> message, std::string_view kind, std::size_t index,
                                  ReadContext& context) {
  ValueInfo value;
  value.name = find_text(message, 1);
  const std::string place = concat("graph.", kind, "[", index, "] '", printable(value.name), "'");
  bool has_type = false;
  WireReader wire(message, place, context.budget);
  while (wire.next())
    if (wire.field() == 2) {
      has_type = true;
      GANLET_TRY(const auto inner, wire.message());
      GANLET_CHECK(read_type(inner, place, context, value));
    }
  GANLET_CHECK(wire.finish());
  if (value.name.empty())
    return fail(ErrorCode::corrupt, place, "has no name");
  if (!has_type)
    return fail(ErrorCode::corrupt, place, "has no type");
  return value;
}

} // namespace ganlet::onnx
