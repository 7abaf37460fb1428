#include "import/zip.h"

#include <algorithm>

#include <zlib.h>

#include "core/text.h"
#include "import/inflate.h"

namespace ganlet::importing {

namespace {
constexpr std::size_t end_bytes = 22, most_comment = 65535;
constexpr std::uint64_t stored = 0, deflated = 8;

std::string place_of(std::string_view name) {
  return concat("zip '", printable(name), "'");
}
} // namespace

Result<Zip> Zip::open(Bytes archive, const Limits& limits, Budget& budget) {
  // The end record of the directory is the last thing in the archive, apart from a comment.
  const std::string_view text = text_of(archive);
  const std::size_t at = text.rfind("PK\5\6");
  if (at == std::string_view::npos || at + end_bytes > text.size() || text.size() - at > end_bytes + most_comment)
    return fail(ErrorCode::corrupt, "zip", "has no directory: the file is truncated, or no zip archive");
  Cursor end(archive.subspan(at + 10));
  const std::uint64_t count = end.number(2), size = end.number(4), offset = end.number(4);
  if (offset > archive.size() || size > archive.size() - offset)
    return fail(ErrorCode::corrupt, "zip", "its directory lies outside the file");
  GANLET_CHECK(take_for_bytes(budget, size, "zip"));
  Zip zip;
  zip.archive_ = archive;
  zip.limits_ = limits;
  Cursor entries(archive.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)));
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!entries.has("PK\1\2"))
      return fail(ErrorCode::corrupt, "zip", concat("entry ", i, " of its directory is damaged"));
    Entry entry{};
    entries.skip(4); // versions
    entry.flags = entries.number(2);
    entry.method = entries.number(2);
    entries.skip(4); // time
    entry.check_sum = entries.number(4);
    entry.compressed = entries.number(4);
    entry.size = entries.number(4);
    const std::uint64_t name = entries.number(2), extra = entries.number(2), comment = entries.number(2);
    entries.skip(8); // disk, attributes
    entry.offset = entries.number(4);
    entry.name = text_of(entries.take(name));
    entries.skip(extra + comment);
    if (entries.is_past_end())
      return fail(ErrorCode::corrupt, "zip", concat("entry ", i, " of its directory is damaged"));
    zip.entries_.push_back(std::move(entry));
  }
  return zip;
}

const Zip::Entry* Zip::find(std::string_view name) const {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  return found == entries_.end() ? nullptr : &*found;
}

std::vector<std::string_view> Zip::names() const {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries_)
    names.push_back(entry.name);
  return names;
}

std::string_view Zip::name_ending(std::string_view end) const {
  for (const Entry& entry : entries_)
    if (entry.name.ends_with(end) &&
        (entry.name.size() == end.size() || entry.name[entry.name.size() - end.size() - 1] == '/'))
      return entry.name;
  return {};
}

Result<std::vector<std::byte>> Zip::read(std::string_view name, Budget& budget) const {
  const std::string place = place_of(name);
  const Entry* const entry = find(name);
  if (entry == nullptr)
    return fail(ErrorCode::not_found, place, "is not in the archive");
  if ((entry->flags & 1) != 0 || (entry->method != stored && entry->method != deflated))
    return fail(ErrorCode::unsupported, place,
                (entry->flags & 1) != 0 ? "is encrypted" : concat("is compressed by method ", entry->method));
  if (entry->size > static_cast<std::uint64_t>(limits_.file_bytes))
    return fail(ErrorCode::limit_exceeded, place,
                concat("has ", entry->size, " bytes, more than the limit of ", limits_.file_bytes));
  if (entry->offset > archive_.size())
    return fail(ErrorCode::corrupt, place, "lies outside the archive");
  Cursor local(archive_.subspan(static_cast<std::size_t>(entry->offset)));
  const bool has_signature = local.has("PK\3\4");
  local.skip(22);
  const std::uint64_t name_bytes = local.number(2), extra = local.number(2);
  local.skip(name_bytes + extra);
  const Bytes content = local.take(entry->compressed);
  if (!has_signature || local.is_past_end() || (entry->method == stored && entry->compressed != entry->size))
    return fail(ErrorCode::corrupt, place, "lies outside the archive");
  GANLET_CHECK(take_for_bytes(budget, entry->size, place));
  std::vector<std::byte> bytes;
  if (entry->method == stored) {
    bytes.assign(content.begin(), content.end());
  } else {
    GANLET_TRY(bytes, inflate(content, static_cast<std::size_t>(entry->size), Wrapping::none, place));
  }
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  if (sum != entry->check_sum)
    return fail(ErrorCode::corrupt, place, "its check sum is wrong: the file is damaged");
  return bytes;
}

} // namespace ganlet::importing
