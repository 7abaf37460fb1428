#include "import/flatbuffer.h"

#include <bit>

#include "core/text.h"

namespace ganlet::importing {

void FlatBuffer::damage() {
  if (!damaged_at_)
    damaged_at_ = file_.size();
}

bool FlatBuffer::take(std::uint64_t bytes) {
  if (stopped_)
    return false;
  if (Result<void> taken = take_for_bytes(budget_, bytes, "flatbuffer"); !taken) {
    stopped_ = taken.error().code();
    return false;
  }
  return true;
}

std::uint64_t FlatBuffer::number(std::uint64_t at, std::size_t bytes) {
  if (at > file_.size() || bytes > file_.size() - at) {
    if (!damaged_at_)
      damaged_at_ = at;
    return 0;
  }
  return Cursor(file_.subspan(static_cast<std::size_t>(at), bytes)).number(bytes);
}

std::uint64_t FlatBuffer::followed(std::uint64_t at) {
  const std::uint64_t offset = number(at, 4);
  if (offset == 0)
    damage();
  return offset == 0 ? 0 : at + offset;
}

FlatBuffer::Table FlatBuffer::root() {
  return {followed(0)};
}

std::uint64_t FlatBuffer::field_at(Table table, int field) {
  if (!table || !take(16))
    return 0;
  // The table begins with how far in front of it its list of fields lies.
  const auto back = static_cast<std::int32_t>(number(table.at, 4));
  const auto fields = static_cast<std::int64_t>(table.at) - back;
  if (fields < 0) {
    damage();
    return 0;
  }
  const std::uint64_t bytes = number(static_cast<std::uint64_t>(fields), 2);
  const std::uint64_t entry = 4 + 2 * static_cast<std::uint64_t>(field);
  if (entry + 2 > bytes)
    return 0;
  const std::uint64_t offset = number(static_cast<std::uint64_t>(fields) + entry, 2);
  return offset == 0 ? 0 : table.at + offset;
}

std::int64_t FlatBuffer::integer(Table table, int field, std::size_t bytes, std::int64_t otherwise) {
  const std::uint64_t at = field_at(table, field);
  if (at == 0)
    return otherwise;
  const unsigned unused = 64 - 8 * static_cast<unsigned>(bytes);
  return static_cast<std::int64_t>(number(at, bytes) << unused) >> unused;
}

float FlatBuffer::real(Table table, int field, float otherwise) {
  const std::uint64_t at = field_at(table, field);
  return at == 0 ? otherwise : std::bit_cast<float>(static_cast<std::uint32_t>(number(at, 4)));
}

FlatBuffer::Table FlatBuffer::table(Table table, int field) {
  const std::uint64_t at = field_at(table, field);
  return at == 0 ? Table{} : Table{followed(at)};
}

Bytes FlatBuffer::numbers(Table table, int field, std::size_t size) {
  const std::uint64_t at = field_at(table, field);
  if (at == 0)
    return {};
  const std::uint64_t start = followed(at), count = number(start, 4);
  if (start == 0 || damaged_at_ || count > (file_.size() - start - 4) / size) {
    damage();
    return {};
  }
  if (!take(count * size))
    return {};
  return file_.subspan(static_cast<std::size_t>(start) + 4, static_cast<std::size_t>(count) * size);
}

std::vector<FlatBuffer::Table> FlatBuffer::tables(Table table, int field) {
  const Bytes offsets = numbers(table, field, 4);
  std::vector<Table> found;
  if (!take(16 * static_cast<std::uint64_t>(offsets.size())))
    return found;
  const auto start = static_cast<std::uint64_t>(offsets.data() - file_.data());
  for (std::uint64_t i = 0; i < offsets.size(); i += 4)
    found.push_back({followed(start + i)});
  return found;
}

std::vector<std::int64_t> FlatBuffer::integers(Table table, int field, std::size_t size) {
  const Bytes bytes = numbers(table, field, size);
  std::vector<std::int64_t> found;
  if (!take(8 * static_cast<std::uint64_t>(bytes.size())))
    return found;
  const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
  Cursor cursor(bytes);
  while (cursor.left() > 0)
    found.push_back(static_cast<std::int64_t>(cursor.number(size) << unused) >> unused);
  return found;
}

std::string_view FlatBuffer::text(Table table, int field) {
  return text_of(numbers(table, field, 1));
}

Result<void> FlatBuffer::check() const {
  if (stopped_)
    return fail(*stopped_, "flatbuffer",
                *stopped_ == ErrorCode::cancelled ? "was cancelled" : "takes more work than the limit allows");
  if (damaged_at_)
    return fail(ErrorCode::corrupt, "flatbuffer",
                concat("an offset leads outside the file, to byte ", *damaged_at_, ": it is damaged or truncated"));
  return {};
}

} // namespace ganlet::importing
