#include "import/torch_tensors.h"

#include <algorithm>
#include <bit>

#include "core/checked.h"
#include "core/json.h"
#include "core/text.h"
#include "import/numbers.h"

namespace ganlet::importing {

namespace {

struct ElementType {
  std::string_view name, storage, safetensors;
  std::uint8_t bytes;
};

constexpr ElementType element_types[] = {
    {"float32", "FloatStorage", "F32", 4},      {"float16", "HalfStorage", "F16", 2},
    {"bfloat16", "BFloat16Storage", "BF16", 2}, {"float64", "DoubleStorage", "F64", 8},
    {"int64", "LongStorage", "I64", 8},         {"int32", "IntStorage", "I32", 4},
    {"int16", "ShortStorage", "I16", 2},        {"int8", "CharStorage", "I8", 1},
    {"uint8", "ByteStorage", "U8", 1},          {"bool", "BoolStorage", "BOOL", 1},
};

float real_of(std::string_view type, std::uint64_t bits) {
  if (type == "float16")
    return float_of_half(static_cast<std::uint16_t>(bits));
  if (type == "float64")
    return static_cast<float>(std::bit_cast<double>(bits));
  return std::bit_cast<float>(static_cast<std::uint32_t>(type == "bfloat16" ? bits << 16 : bits));
}

std::int64_t whole_of(std::string_view type, std::uint64_t bits) {
  if (type == "int32")
    return static_cast<std::int32_t>(bits);
  if (type == "int16")
    return static_cast<std::int16_t>(bits);
  return type == "int8" ? static_cast<std::int8_t>(bits) : static_cast<std::int64_t>(bits);
}

/// The number of the last element that strides reach; none if it overflows or lies before the first.
std::optional<std::uint64_t> last_element(const TorchTensor& tensor) {
  std::int64_t last = 0;
  if (tensor.offset > std::uint64_t{1} << 40)
    return std::nullopt;
  for (std::size_t i = 0; i < tensor.sizes.size(); ++i) {
    const auto step = checked_multiply(tensor.sizes[i] - 1, tensor.strides[i]);
    const auto sum = step && tensor.strides[i] >= 0 ? checked_add(last, *step) : std::nullopt;
    if (!sum)
      return std::nullopt;
    last = *sum;
  }
  const auto whole = checked_add(last, static_cast<std::int64_t>(tensor.offset));
  return whole ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*whole)) : std::nullopt;
}

} // namespace

std::size_t torch_type_bytes(std::string_view type) {
  const auto* const found = std::ranges::find(element_types, type, &ElementType::name);
  return found == std::end(element_types) ? 0 : found->bytes;
}

std::string torch_type_of(std::string_view name) {
  for (const ElementType& type : element_types)
    if (type.storage == name || type.safetensors == name || type.name == name)
      return std::string(type.name);
  return std::string(name);
}

Result<Tensor> strided_tensor(const TorchTensor& tensor, Bytes storage, const Limits& limits, HeldBytes& held,
                              Budget& budget, const std::string& place) {
  const std::size_t bytes = torch_type_bytes(tensor.type);
  if (bytes == 0)
    return fail(ErrorCode::unsupported, place,
                concat("elements of the type '", printable(tensor.type), "' can't be read"));
  GANLET_TRY(const Shape shape, Shape::make(tensor.sizes, limits, place));
  const bool is_real = tensor.type.find("float") != std::string::npos;
  const auto last = tensor.strides.size() == tensor.sizes.size() ? last_element(tensor) : std::nullopt;
  if (shape.elements() > 0 && (!last || *last >= storage.size() / bytes))
    return fail(ErrorCode::corrupt, place, "lies outside its storage, which may be truncated");
  GANLET_CHECK(take_for_bytes(budget, 8 * static_cast<std::uint64_t>(shape.elements()), place));
  const DataType becomes = is_real ? DataType::float32 : DataType::int64;
  GANLET_CHECK(held.take(shape.elements() * static_cast<std::int64_t>(bytes_of(becomes)), place));
  Tensor result(becomes, shape);
  Sizes index(tensor.sizes.size(), 0);
  auto at = static_cast<std::int64_t>(tensor.offset);
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    std::uint64_t bits = 0;
    for (std::size_t k = 0; k < bytes; ++k)
      bits |= std::uint64_t{std::to_integer<std::uint8_t>(storage[static_cast<std::size_t>(at) * bytes + k])}
              << (8 * k);
    if (is_real)
      result.as<float>()[static_cast<std::size_t>(i)] = real_of(tensor.type, bits);
    else
      result.as<std::int64_t>()[static_cast<std::size_t>(i)] = whole_of(tensor.type, bits);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      at += tensor.strides[axis];
      if (++index[axis] < tensor.sizes[axis])
        break;
      at -= tensor.strides[axis] * tensor.sizes[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/// Finds tensors and modules in what a pickle says.
class TorchReader {
 public:
  TorchReader(TorchFile& file, const Pickle& pickle, Budget& budget) : file_(file), pickle_(pickle), budget_(budget) {}

  Result<void> find(const Pickle::Value& value, const std::string& name, int depth) {
    constexpr int most_depth = 24;
    if (Result<void> taken = budget_.take(64 + static_cast<std::int64_t>(name.size())); !taken)
      return tl::unexpected(std::move(taken).error().within("pickle"));
    if (depth > most_depth)
      return fail(ErrorCode::limit_exceeded, "pickle", concat("nests more than ", most_depth, " levels"));
    if (const Pickle::Value* const tensor = tensor_in(value))
      return add(*tensor, name);
    if (value.kind == Kind::dict)
      for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
        const Pickle::Value& key = pickle_.at(value.items[i]);
        const std::string key_name =
            key.kind == Kind::integer ? concat(key.integer) : std::string(key.text.substr(0, 200));
        GANLET_CHECK(
            find(pickle_.at(value.items[i + 1]), name.empty() ? key_name : concat(name, '/', key_name), depth + 1));
      }
    if (value.kind == Kind::object && pickle_.item(value, 0) != nullptr)
      return add_module(value, *pickle_.item(value, 0), name, depth);
    return {};
  }

 private:
  using Kind = Pickle::Value::Kind;

  /// A parameter is a tensor within a call.
  const Pickle::Value* tensor_in(const Pickle::Value& value) const {
    const Pickle::Value* call = &value;
    for (int i = 0; i < 3 && call != nullptr && call->kind == Kind::call; ++i) {
      if (call->name.starts_with("_rebuild_tensor"))
        return call;
      call = call->name == "_rebuild_parameter" ? pickle_.argument(*call, 0) : nullptr;
    }
    return nullptr;
  }

  Result<void> add(const Pickle::Value& call, const std::string& name) {
    const std::string place = concat("tensor '", printable(name), "'");
    const Pickle::Value* const storage = pickle_.argument(call, 0);
    const Pickle::Value *const offset = pickle_.argument(call, 1), *const sizes = pickle_.argument(call, 2),
                               *const strides = pickle_.argument(call, 3);
    if (storage == nullptr || storage->kind != Kind::outside || strides == nullptr)
      return fail(ErrorCode::corrupt, place, "isn't written as torch.save writes one");
    const Pickle::Value *const type = pickle_.argument(*storage, 1), *const key = pickle_.argument(*storage, 2);
    constexpr std::size_t most_axes = 16;
    if (type == nullptr || key == nullptr || sizes->items.size() > most_axes || strides->items.size() > most_axes)
      return fail(ErrorCode::corrupt, place, "isn't written as torch.save writes one");
    if (file_.tensors_.size() >= most_tensors)
      return fail(ErrorCode::limit_exceeded, "pickle", concat("has more than ", most_tensors, " tensors"));
    TorchTensor tensor{name, torch_type_of(type->name), pickle_.integers(*sizes), pickle_.integers(*strides), 0, {}};
    if (const Pickle::Value* const said = pickle_.argument(call, 6);
        said != nullptr && call.name == "_rebuild_tensor_v3")
      tensor.type = torch_type_of(said->name);
    tensor.offset = static_cast<std::uint64_t>(offset->integer);
    tensor.storage = std::string(key->text.substr(0, 200));
    if (tensor.strides.size() != tensor.sizes.size())
      return fail(ErrorCode::corrupt, place, "isn't written as torch.save writes one");
    file_.tensors_.push_back(std::move(tensor));
    return {};
  }

  static std::string dotted(const std::string& prefix, std::string_view name) {
    return prefix.empty() ? std::string(name) : concat(prefix, '.', name);
  }

  Result<void> add_module(const Pickle::Value& value, const Pickle::Value& state, const std::string& name, int depth) {
    GANLET_CHECK(budget_.take(8 * static_cast<std::int64_t>(state.items.size())));
    const Pickle::Value* const inner = pickle_.find(state, "_modules");
    if (inner == nullptr)
      return {};
    if (file_.modules_.size() >= most_tensors)
      return fail(ErrorCode::limit_exceeded, "pickle", concat("has more than ", most_tensors, " modules"));
    TorchModule module{name, std::string(value.name.substr(0, 200)), value.text.starts_with("torch.nn."), {}, {}, {}};
    for (std::size_t i = 0; i + 1 < state.items.size() && i < 200; i += 2)
      add_argument(module, pickle_.at(state.items[i]).text, pickle_.at(state.items[i + 1]));
    file_.modules_.push_back(std::move(module));
    for (const char* const kind : {"_parameters", "_buffers", "_modules"}) {
      const Pickle::Value* const members = pickle_.find(state, kind);
      for (std::size_t i = 0; members != nullptr && members->kind == Kind::dict && i + 1 < members->items.size();
           i += 2)
        GANLET_CHECK(find(pickle_.at(members->items[i + 1]),
                          dotted(name, pickle_.at(members->items[i]).text.substr(0, 200)), depth + 1));
    }
    return {};
  }

  void add_argument(TorchModule& module, std::string_view argument, const Pickle::Value& value) const {
    const std::string name(argument.substr(0, 40));
    if (value.kind == Kind::integer || value.kind == Kind::boolean)
      module.numbers[name] = {value.integer};
    else if (value.kind == Kind::tuple && value.items.size() <= 6)
      module.numbers[name] = pickle_.integers(value);
    else if (value.kind == Kind::real)
      module.reals[name] = value.real;
    else if (value.kind == Kind::text)
      module.texts[name] = std::string(value.text.substr(0, 40));
  }

  static constexpr std::size_t most_tensors = 16384;

  TorchFile& file_;
  const Pickle& pickle_;
  Budget& budget_;
};

namespace {

/// A pickle behind which others follow: takes it off the front.
Result<Pickle> next_pickle(Bytes& rest, Budget& budget) {
  GANLET_TRY(Pickle pickle, Pickle::read(rest, budget));
  rest = rest.subspan(pickle.bytes());
  return pickle;
}

/// What a storage takes for an element, by the names of tensors that lie in it; 0 where none does.
std::size_t element_bytes(const std::vector<TorchTensor>& tensors, std::string_view storage) {
  const auto found = std::ranges::find(tensors, storage, &TorchTensor::storage);
  return found == tensors.end() ? 0 : torch_type_bytes(found->type);
}

/// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...} behind its length.
Result<void> read_safetensors(Bytes file, std::vector<TorchTensor>& tensors, std::map<std::string, Bytes>& storages,
                              Budget& budget) {
  constexpr std::string_view place = "safetensors";
  Cursor cursor(file);
  const std::uint64_t header = cursor.number(8);
  const std::string_view text = text_of(cursor.take(header));
  if (cursor.is_past_end())
    return fail(ErrorCode::corrupt, place, "its header is longer than the file, which may be truncated");
  GANLET_CHECK(take_for_bytes(budget, 32 * header, place));
  GANLET_TRY(const Json document, parse_json(text, place));
  storages["0"] = file.subspan(cursor.at());
  for (std::size_t i = 0; i < document.names.size(); ++i) {
    const Json& entry = document.elements[i];
    const Json *const type = entry.find("dtype"), *const shape = entry.find("shape"),
                      *const offsets = entry.find("data_offsets");
    if (document.names[i] == "__metadata__")
      continue;
    if (type == nullptr || shape == nullptr || offsets == nullptr || offsets->elements.size() != 2)
      return fail(ErrorCode::corrupt, place,
                  concat("'", printable(document.names[i]), "' has no type, shape or place"));
    TorchTensor tensor{document.names[i], torch_type_of(type->string), {}, {}, 0, "0"};
    for (const Json& size : shape->elements)
      tensor.sizes.push_back(size.integer().value_or(-1));
    tensor.strides.assign(tensor.sizes.size(), 1);
    for (std::size_t axis = tensor.sizes.size(); axis-- > 1;)
      tensor.strides[axis - 1] = product_or_most({tensor.strides[axis], std::max<std::int64_t>(tensor.sizes[axis], 0)});
    const std::size_t bytes = std::max<std::size_t>(torch_type_bytes(tensor.type), 1);
    const std::uint64_t start = offsets->elements[0].natural().value_or(~std::uint64_t{0});
    if (start % bytes != 0) // aligned where the library writes it
      return fail(ErrorCode::corrupt, place, concat("'", printable(document.names[i]), "' isn't aligned"));
    tensor.offset = start / bytes;
    tensors.push_back(std::move(tensor));
  }
  return {};
}

} // namespace

Result<TorchFile> TorchFile::open(Bytes bytes, const Limits& limits, Budget& budget) {
  TorchFile file;
  file.limits_ = limits;
  if (is_safetensors(bytes)) {
    GANLET_CHECK(read_safetensors(bytes, file.tensors_, file.storages_, budget));
    return file;
  }
  if (text_of(bytes).starts_with("PK")) {
    GANLET_TRY(file.zip_, Zip::open(bytes, limits, budget));
    const std::string_view data = file.zip_->name_ending("data.pkl");
    if (data.empty())
      return fail(ErrorCode::unsupported, "zip", "is no archive of torch.save: it has no data.pkl");
    file.folder_ = std::string(data.substr(0, data.size() - 8));
    GANLET_TRY(const std::vector<std::byte> text, file.zip_->read(data, budget));
    GANLET_TRY(const Pickle pickle, Pickle::read(text, budget));
    GANLET_CHECK(TorchReader(file, pickle, budget).find(pickle.root(), "", 0));
    return file;
  }
  Bytes rest = bytes;
  for (int i = 0; i < 3; ++i) // a magic number, a version, sizes of C's types
    GANLET_CHECK(next_pickle(rest, budget));
  GANLET_TRY(const Pickle pickle, next_pickle(rest, budget));
  GANLET_CHECK(TorchReader(file, pickle, budget).find(pickle.root(), "", 0));
  GANLET_TRY(const Pickle keys, next_pickle(rest, budget));
  Cursor cursor(rest);
  for (const std::uint32_t item : keys.root().items) {
    const std::string key(keys.at(item).text.substr(0, 200));
    const std::uint64_t count = cursor.number(8);
    GANLET_CHECK(take_for_bytes(budget, 256 + 8 * file.tensors_.size(), "pickle"));
    const std::size_t size = element_bytes(file.tensors_, key);
    if (count > rest.size() || size == 0)
      return fail(ErrorCode::corrupt, "pickle",
                  concat("its storage '", printable(key), "' lies outside the file, which may be truncated"));
    file.storages_[key] = cursor.take(count * size);
    if (cursor.is_past_end())
      return fail(ErrorCode::corrupt, "pickle",
                  concat("its storage '", printable(key), "' lies outside the file, which may be truncated"));
  }
  return file;
}

Result<Tensor> TorchFile::read(const TorchTensor& tensor, HeldBytes& held, Budget& budget) const {
  const std::string place = concat("tensor '", printable(tensor.name), "'");
  if (!zip_) {
    const auto found = storages_.find(tensor.storage);
    if (found == storages_.end())
      return fail(ErrorCode::corrupt, place, "its storage isn't in the file");
    return strided_tensor(tensor, found->second, limits_, held, budget, place);
  }
  GANLET_TRY(const std::vector<std::byte> storage, zip_->read(concat(folder_, "data/", tensor.storage), budget));
  return strided_tensor(tensor, storage, limits_, held, budget, place);
}

bool is_safetensors(Bytes file) {
  Cursor cursor(file);
  const std::uint64_t header = cursor.number(8);
  return file.size() > 10 && header > 1 && header < (std::uint64_t{1} << 28) && cursor.has("{\"");
}

bool is_old_torch(Bytes file) {
  // A pickle of the number 0x1950a86a20f9469cfc6c.
  return text_of(file).starts_with("\x80\x02\x8a\nl\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.");
}

} // namespace ganlet::importing
