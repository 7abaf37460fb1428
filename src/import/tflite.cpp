#include "import/tflite.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "import/numbers.h"
#include "import/tflite_network.h"

namespace ganlet::importing {

bool is_tflite(Bytes file) {
  return file.size() > 8 && text_of(file.subspan(4, 4)) == "TFL3";
}

Result<onnx::Model> read_tflite(Bytes file, const Limits& limits, Budget& budget) {
  return tflite::Network(file, limits, budget).convert();
}

namespace tflite {

namespace {

constexpr std::string_view place = "tflite";

std::size_t bytes_of(Type type) {
  switch (type) {
  case Type::float32:
  case Type::int32:
    return 4;
  case Type::float16:
  case Type::int16:
    return 2;
  case Type::int64:
  case Type::float64:
    return 8;
  case Type::uint8:
  case Type::boolean:
  case Type::int8:
    return 1;
  }
  return 0;
}

std::string place_of(const Stored& stored) {
  return concat("tflite '", printable(stored.name), "'");
}

std::int64_t whole_of(Type type, std::uint64_t bits) {
  switch (type) {
  case Type::int32:
    return static_cast<std::int32_t>(bits);
  case Type::int16:
    return static_cast<std::int16_t>(bits);
  case Type::int8:
    return static_cast<std::int8_t>(bits);
  default:
    return static_cast<std::int64_t>(bits);
  }
}

double real_of(Type type, std::uint64_t bits) {
  switch (type) {
  case Type::float32:
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  case Type::float16:
    return float_of_half(static_cast<std::uint16_t>(bits));
  case Type::float64:
    return std::bit_cast<double>(bits);
  default:
    return static_cast<double>(whole_of(type, bits));
  }
}

} // namespace

Network::Network(Bytes file, const Limits& limits, Budget& budget)
    : file_(file), buffer_(file, budget), graph_("tflite", limits, budget), held_(limits) {}

Result<void> Network::read_scales(Bytes scales, Bytes zeros, Stored& stored) {
  const std::size_t count = scales.size() / 4;
  const bool fits =
      count <= 1 || (stored.axis >= 0 && stored.axis < stored.rank() &&
                     static_cast<std::int64_t>(count) == stored.shape[static_cast<std::size_t>(stored.axis)]);
  if (!fits)
    return fail(ErrorCode::corrupt, place_of(stored), "has not one scale for each index of its axis");
  GANLET_CHECK(held_.take(static_cast<std::int64_t>((sizeof(float) + sizeof(std::int64_t)) * count), place_of(stored)));
  GANLET_CHECK(take_for_bytes(graph_.budget(), scales.size() + zeros.size(), place_of(stored)));
  Cursor scale(scales), zero(zeros);
  for (std::size_t i = 0; i < count; ++i) {
    stored.scale.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(scale.number(4))));
    stored.zero.push_back(zero.left() > 0 ? static_cast<std::int64_t>(zero.number(8)) : 0);
  }
  return {};
}

Result<void> Network::read_tensors(FlatBuffer::Table model, FlatBuffer::Table graph) {
  const std::vector<FlatBuffer::Table> buffers = buffer_.tables(model, 4);
  for (const FlatBuffer::Table table : buffer_.tables(graph, 0)) {
    Stored& stored = tensors_.emplace_back();
    stored.shape = buffer_.integers(table, 0, 4);
    stored.type = static_cast<Type>(buffer_.integer(table, 1, 1));
    stored.name = buffer_.text(table, 3);
    const auto buffer = static_cast<std::uint64_t>(buffer_.integer(table, 2, 4)) & 0xFFFFFFFFU;
    if (buffer >= buffers.size() && buffer != 0)
      return fail(ErrorCode::corrupt, place_of(stored), "its buffer isn't in the file");
    if (buffer != 0) {
      stored.data = buffer_.numbers(buffers[static_cast<std::size_t>(buffer)], 0, 1);
      if (buffer_.integer(buffers[static_cast<std::size_t>(buffer)], 1, 8) > 1)
        return fail(ErrorCode::unsupported, place_of(stored), "lies behind the model, as in files of more than 2 GB");
    }
    const FlatBuffer::Table quantization = buffer_.table(table, 4);
    const Bytes scales = buffer_.numbers(quantization, 2, 4), zeros = buffer_.numbers(quantization, 3, 8);
    stored.axis = buffer_.integer(quantization, 6, 4);
    stored.is_sparse = buffer_.has(table, 6);
    GANLET_CHECK(buffer_.check());
    if (stored.rank() > Shape::max_rank)
      return fail(ErrorCode::unsupported, place_of(stored), concat("has more than ", Shape::max_rank, " axes"));
    if (auto fits = Shape::make(stored.shape, graph_.limits(), place_of(stored)); !fits)
      return tl::unexpected(std::move(fits).error());
    GANLET_CHECK(read_scales(scales, zeros, stored));
  }
  return buffer_.check();
}

Result<void> Network::read_codes(FlatBuffer::Table model) {
  for (const FlatBuffer::Table code : buffer_.tables(model, 1)) {
    const std::int64_t older = buffer_.integer(code, 0, 1), newer = buffer_.integer(code, 3, 4);
    codes_.push_back({std::max(older, newer), buffer_.text(code, 1)});
  }
  return buffer_.check();
}

Result<Tensor> Network::read(const Stored& stored) {
  const std::string where = place_of(stored);
  const std::size_t bytes = bytes_of(stored.type);
  if (bytes == 0 || stored.is_sparse)
    return fail(ErrorCode::unsupported, where, stored.is_sparse ? "is sparse" : "is of a type that can't be read");
  GANLET_TRY(const Shape shape, Shape::make(stored.shape, graph_.limits(), where));
  const auto count = static_cast<std::uint64_t>(shape.elements());
  if (count * bytes != stored.data.size())
    return fail(ErrorCode::corrupt, where, concat("has ", stored.data.size(), " bytes, not ", count * bytes));
  GANLET_CHECK(take_for_bytes(graph_.budget(), 8 * count, where));
  const DataType type = stored.becomes();
  GANLET_CHECK(held_.take(shape.elements() * static_cast<std::int64_t>(ganlet::bytes_of(type)), where));
  Tensor tensor(type, shape);
  std::uint64_t inner = 1; // elements for each index of the axis with scales
  for (std::size_t axis = static_cast<std::size_t>(stored.axis) + 1; axis < stored.shape.size(); ++axis)
    inner *= static_cast<std::uint64_t>(stored.shape[axis]);
  Cursor cursor(stored.data);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t number = cursor.number(bytes);
    const auto at = static_cast<std::size_t>(i);
    if (type == DataType::boolean) {
      tensor.as<std::uint8_t>()[at] = number != 0 ? 1 : 0;
    } else if (type == DataType::int64) {
      tensor.as<std::int64_t>()[at] = whole_of(stored.type, number);
    } else {
      double real = real_of(stored.type, number);
      if (stored.is_quantized()) {
        const std::size_t k = stored.scale.size() == 1 ? 0 : static_cast<std::size_t>(i / inner % stored.scale.size());
        real = (real - static_cast<double>(stored.zero[k])) * static_cast<double>(stored.scale[k]);
      }
      tensor.as<float>()[at] = static_cast<float>(real);
    }
  }
  return tensor;
}

Result<Value*> Network::value(std::int64_t tensor) {
  if (tensor < 0 || tensor >= std::ssize(tensors_))
    return fail(ErrorCode::corrupt, place, concat("there is no tensor ", tensor));
  if (const auto found = values_.find(tensor); found != values_.end())
    return &found->second;
  const Stored& stored = tensors_[static_cast<std::size_t>(tensor)];
  if (stored.data.empty())
    return fail(ErrorCode::corrupt, place_of(stored), "is read before something makes it");
  GANLET_TRY(Tensor constant, read(stored));
  Value& value = values_[tensor];
  value.last = graph_.constant(std::move(constant));
  return &value;
}

Result<std::string> Network::last(std::int64_t tensor) {
  GANLET_TRY(Value* const found, value(tensor));
  if (found->last.empty()) {
    GANLET_TRY(found->last, graph_.node("Transpose", {found->first}, {attribute("perm", Sizes{0, 2, 3, 1})}));
  }
  return found->last;
}

Result<std::string> Network::first(std::int64_t tensor) {
  GANLET_TRY(Value* const found, value(tensor));
  if (tensors_[static_cast<std::size_t>(tensor)].rank() != 4)
    return fail(ErrorCode::corrupt, place_of(tensors_[static_cast<std::size_t>(tensor)]), "is no picture");
  if (found->first.empty()) {
    GANLET_TRY(found->first, graph_.node("Transpose", {found->last}, {attribute("perm", Sizes{0, 3, 1, 2})}));
  }
  return found->first;
}

Result<void> Network::convert_operator(FlatBuffer::Table op, std::size_t index) {
  const std::int64_t code = buffer_.integer(op, 0, 4);
  GANLET_CHECK(buffer_.check());
  if (code < 0 || code >= std::ssize(codes_))
    return fail(ErrorCode::corrupt, concat("tflite operator ", index), "its code isn't in the file");
  const Code& kind = codes_[static_cast<std::size_t>(code)];
  constexpr std::int64_t custom = 32;
  const bool is_mediapipe = kind.builtin == custom && kind.custom == "Convolution2DTransposeBias";
  const OpKind* const known = is_mediapipe ? find_op_kind(67) : find_op_kind(kind.builtin);
  Call call(*this, op, known != nullptr ? known->name : kind.custom, index);
  if (known == nullptr)
    return call.error(ErrorCode::unsupported,
                      concat("operator ", kind.builtin, kind.custom.empty() ? "" : " of its own",
                             " can't be read (docs/importing.md lists those that can): convert the Keras or PyTorch "
                             "model that the file was made from"));
  graph_.begin(concat(known->name, index));
  GANLET_CHECK(known->convert(call));
  return buffer_.check();
}

Result<onnx::Model> Network::convert() && {
  const FlatBuffer::Table model = buffer_.root();
  const std::vector<FlatBuffer::Table> graphs = buffer_.tables(model, 2);
  GANLET_CHECK(buffer_.check());
  if (graphs.empty())
    return fail(ErrorCode::corrupt, place, "has no network");
  GANLET_CHECK(read_codes(model));
  GANLET_CHECK(read_tensors(model, graphs[0]));
  for (const std::int64_t input : buffer_.integers(graphs[0], 1, 4)) {
    if (input < 0 || input >= std::ssize(tensors_))
      return fail(ErrorCode::corrupt, place, concat("there is no tensor ", input));
    const Stored& stored = tensors_[static_cast<std::size_t>(input)];
    values_[input].last = graph_.add_input(std::string(stored.name), stored.becomes(), stored.shape);
  }
  const std::vector<FlatBuffer::Table> operators = buffer_.tables(graphs[0], 3);
  for (std::size_t i = 0; i < operators.size(); ++i)
    GANLET_CHECK(convert_operator(operators[i], i));
  const std::vector<std::int64_t> outputs = buffer_.integers(graphs[0], 2, 4);
  GANLET_CHECK(buffer_.check());
  if (outputs.empty())
    return fail(ErrorCode::corrupt, place, "has no outputs");
  for (const std::int64_t output : outputs) {
    GANLET_TRY(const std::string made, last(output));
    const Stored& stored = tensors_[static_cast<std::size_t>(output)];
    GANLET_CHECK(graph_.add_output(std::string(stored.name), made, stored.becomes(), stored.shape));
  }
  return std::move(graph_).take();
}

} // namespace tflite

} // namespace ganlet::importing
