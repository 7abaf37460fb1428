#include "import/hdf5_file.h"

namespace ganlet::importing {

namespace hdf5 {
namespace {

using Strings = std::vector<std::string>;

/// The strings of the attribute `wanted`; empty if the message is about another attribute, or holds no text.
Result<std::optional<Strings>> read_attribute(const File& file, Bytes message, std::string_view wanted) {
  Cursor cursor(message);
  const std::uint64_t version = cursor.number(1), flags = cursor.number(1);
  const std::uint64_t name_bytes = cursor.number(2), type_bytes = cursor.number(2), space_bytes = cursor.number(2);
  cursor.skip(version == 3 ? 1 : 0); // ASCII or UTF-8
  const std::size_t unit = version == 1 ? 8 : 1;
  const auto part = [&](std::uint64_t bytes) {
    const Bytes taken = cursor.take(bytes);
    cursor.skip((unit - bytes % unit) % unit);
    return taken;
  };
  const std::string_view padded = text_of(part(name_bytes));
  const Bytes type_message = part(type_bytes), space_message = part(space_bytes);
  if (cursor.is_past_end() || version < 1 || version > 3)
    return damaged("an attribute is damaged");
  if (padded.substr(0, padded.find('\0')) != wanted)
    return std::optional<Strings>();
  if (version > 1 && (flags & 3) != 0)
    return unsupported(concat("the attribute '", wanted, "' of a shared type"));
  Cursor type(type_message);
  GANLET_TRY(const Element element, read_datatype(type));
  GANLET_TRY(const Space space, read_dataspace(file, space_message));
  const std::uint64_t bytes_left = cursor.left(), each = std::max<std::uint64_t>(element.bytes, 1);
  if (space.elements > bytes_left / each)
    return damaged(concat("the attribute '", wanted, "' is truncated"));
  if (element.kind != ElementKind::fixed_text && element.kind != ElementKind::varying_text)
    return std::optional(Strings()); // h5py writes an empty list as a list of numbers
  GANLET_TRY(Strings strings, decode_strings(file, element, space.elements, cursor.take(bytes_left)));
  return std::optional(std::move(strings));
}

/// Attributes that are too many or too large for the header are in a fractal heap.
Result<std::optional<Strings>> read_dense(const File& file, Bytes message, std::string_view wanted) {
  Cursor cursor(message);
  cursor.skip(1);
  const std::uint64_t flags = cursor.number(1);
  cursor.skip((flags & 1) != 0 ? 2 : 0);
  const std::uint64_t heap_address = file.offset(cursor), names = file.offset(cursor);
  std::optional<Strings> found;
  if (cursor.is_past_end())
    return damaged("the list of attributes is damaged");
  if (file.is_nowhere(heap_address))
    return found;
  GANLET_TRY(const FractalHeap heap, FractalHeap::open(file, heap_address));
  GANLET_CHECK(each_record(file, names, [&](Cursor record) -> Result<void> {
    GANLET_TRY(const Bytes attribute, heap.object(record.take(heap.id_bytes())));
    GANLET_TRY(auto strings, read_attribute(file, attribute, wanted));
    if (strings)
      found = std::move(strings);
    return {};
  }));
  return found;
}

Result<std::optional<Strings>> find_strings(const File& file, const std::vector<Message>& messages,
                                            std::string_view name) {
  for (const Message& message : messages) {
    std::optional<Strings> found;
    if (message.type == MessageType::attribute) {
      GANLET_TRY(found, read_attribute(file, message.body, name));
    } else if (message.type == MessageType::attribute_info) {
      GANLET_TRY(found, read_dense(file, message.body, name));
    }
    if (found)
      return found;
  }
  return std::optional<Strings>();
}

Result<std::optional<Strings>> read_strings(const File& file, std::uint64_t header, std::string_view name) {
  GANLET_TRY(const auto messages, read_header(file, header));
  GANLET_TRY(std::optional<Strings> whole, find_strings(file, messages, name));
  for (int i = 0; !whole || i > 0; ++i) {
    GANLET_TRY(std::optional<Strings> part, find_strings(file, messages, concat(name, i)));
    if (!part)
      break;
    if (!whole)
      whole.emplace();
    whole->insert(whole->end(), std::make_move_iterator(part->begin()), std::make_move_iterator(part->end()));
  }
  return whole;
}

} // namespace
} // namespace hdf5

Result<std::optional<std::vector<std::string>>> Hdf5::strings(const Object& object, std::string_view name) const {
  auto read = hdf5::read_strings(*file_, object.header, name);
  if (!read)
    return tl::unexpected(
        std::move(read).error().within(object.path.empty() ? "hdf5" : concat("hdf5 '", printable(object.path), "'")));
  return read;
}

} // namespace ganlet::importing
