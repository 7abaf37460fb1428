#include <algorithm>

#include "import/hdf5_file.h"

namespace ganlet::importing {

namespace {
constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";

std::string place_of(const Hdf5::Object& object) {
  return object.path.empty() ? "hdf5" : concat("hdf5 '", printable(object.path, 200), "'");
}

template <typename T> Result<T> at(const Hdf5::Object& object, Result<T> result) {
  if (!result)
    return tl::unexpected(std::move(result).error().within(place_of(object)));
  return result;
}

Result<std::uint64_t> read_superblock(Bytes bytes, Hdf5::File& file) {
  Cursor cursor(bytes.subspan(signature.size()));
  const std::uint64_t version = cursor.number(1);
  if (version > 3)
    return fail(ErrorCode::unsupported, "hdf5", concat("its superblock has version ", version, ", not 0 to 3"));
  if (version < 2)
    cursor.skip(4); // versions of the parts
  file.offset_bytes = static_cast<std::size_t>(cursor.number(1));
  file.length_bytes = static_cast<std::size_t>(cursor.number(1));
  const auto is_size = [](std::size_t bytes) { return bytes == 2 || bytes == 4 || bytes == 8; };
  if (!is_size(file.offset_bytes) || !is_size(file.length_bytes))
    return fail(ErrorCode::corrupt, "hdf5", "its superblock is damaged");
  cursor.skip(version < 2 ? (version == 1 ? 13 : 9) : 1);
  const std::uint64_t base = file.offset(cursor);
  file.offset(cursor); // free space, or the superblock extension
  file.offset(cursor); // end of the file
  if (version < 2) {
    file.offset(cursor); // the driver information
    file.offset(cursor); // the name of the root
  }
  const std::uint64_t root = file.offset(cursor);
  if (cursor.is_past_end() || base > bytes.size())
    return fail(ErrorCode::corrupt, "hdf5", "the file is truncated");
  file.bytes = bytes.subspan(static_cast<std::size_t>(base));
  return root;
}

} // namespace

bool is_hdf5(Bytes file) {
  return text_of(file).starts_with(signature);
}

Result<Hdf5> Hdf5::open(Bytes bytes, const Limits& limits, Budget& budget) {
  if (!is_hdf5(bytes))
    return fail(ErrorCode::corrupt, "hdf5", "this is no HDF5 file");
  if (static_cast<std::uint64_t>(bytes.size()) > static_cast<std::uint64_t>(limits.file_bytes))
    return fail(ErrorCode::limit_exceeded, "hdf5",
                concat("the file has ", bytes.size(), " bytes, more than the limit of ", limits.file_bytes));
  auto file = std::make_shared<File>();
  file->limits = limits;
  file->budget = &budget;
  file->memory_left = 4 * limits.file_bytes; // the same factor as in onnx::read
  Hdf5 opened;
  GANLET_TRY(opened.root_.header, read_superblock(bytes, *file));
  opened.file_ = std::move(file);
  return opened;
}

Result<std::map<std::string, Hdf5::Object>> Hdf5::children(const Object& group) const {
  GANLET_TRY(const auto messages, at(group, hdf5::read_header(*file_, group.header)));
  GANLET_TRY(const hdf5::Links links, at(group, hdf5::read_links(*file_, messages)));
  std::map<std::string, Object> objects;
  for (const auto& [name, header] : links)
    objects[name] = {header, group.path.empty() ? name : concat(group.path, '/', name)};
  return objects;
}

Result<std::optional<Hdf5::Object>> Hdf5::find(const Object& group, std::string_view path) const {
  Object object = group;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string name(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    if (name.empty() || name == ".")
      continue;
    GANLET_TRY(auto objects, children(object));
    const auto found = objects.find(name);
    if (found == objects.end())
      return std::optional<Object>();
    object = found->second;
  }
  return std::optional(object);
}

Result<bool> Hdf5::is_array(const Object& object) const {
  GANLET_TRY(const auto messages, at(object, hdf5::read_header(*file_, object.header)));
  return hdf5::find(messages, hdf5::MessageType::layout) != nullptr;
}

namespace {
struct ArrayHeader {
  std::vector<hdf5::Message> messages;
  hdf5::Element element;
  hdf5::Space space;
};

Result<ArrayHeader> read_array_header(const Hdf5::File& file, std::uint64_t address) {
  ArrayHeader header;
  GANLET_TRY(header.messages, hdf5::read_header(file, address));
  const hdf5::Message* const type = hdf5::find(header.messages, hdf5::MessageType::datatype);
  const hdf5::Message* const space = hdf5::find(header.messages, hdf5::MessageType::dataspace);
  if (type == nullptr || space == nullptr)
    return fail(ErrorCode::corrupt, "", "is no array");
  Cursor cursor(type->body);
  GANLET_TRY(header.element, hdf5::read_datatype(cursor));
  GANLET_TRY(header.space, hdf5::read_dataspace(file, space->body));
  return header;
}

Result<Shape> shape_of(const hdf5::Space& space, const Limits& limits) {
  std::vector<std::int64_t> sizes(space.sizes.begin(), space.sizes.end());
  if (space.is_nothing)
    sizes = {0};
  return Shape::make(sizes, limits, "");
}

Result<Tensor> read_array(const Hdf5::File& file, std::uint64_t address) {
  GANLET_TRY(const ArrayHeader header, read_array_header(file, address));
  GANLET_TRY(const Shape shape, shape_of(header.space, file.limits));
  if (header.element.kind > hdf5::ElementKind::natural)
    return fail(ErrorCode::unsupported, "", "holds something else than numbers");
  constexpr std::uint64_t decoded = sizeof(std::int64_t); // a float32 takes less
  GANLET_CHECK(file.hold(header.space.elements, std::max<std::uint64_t>(header.element.bytes, decoded)));
  GANLET_TRY(const auto bytes, hdf5::read_elements(file, header.messages, header.element, header.space));
  return hdf5::decode(header.element, shape, bytes);
}
} // namespace

Result<std::vector<std::int64_t>> Hdf5::sizes(const Object& array) const {
  GANLET_TRY(const ArrayHeader header, at(array, read_array_header(*file_, array.header)));
  GANLET_TRY(const Shape shape, at(array, shape_of(header.space, file_->limits)));
  return std::vector<std::int64_t>(shape.sizes().begin(), shape.sizes().end());
}

Result<Tensor> Hdf5::array(const Object& array) const {
  return at(array, read_array(*file_, array.header));
}

} // namespace ganlet::importing
