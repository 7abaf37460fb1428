#include <algorithm>
#include <bit>

#include "import/hdf5_file.h"

namespace ganlet::importing::hdf5 {

namespace {
/// The largest block of a fractal heap, in bytes: products with a table's width stay within 64 bits.
constexpr std::uint64_t largest_block = std::uint64_t{1} << 40;
} // namespace

Result<std::string> local_name(const File& file, std::uint64_t heap, std::uint64_t offset) {
  GANLET_TRY(const Bytes header, file.from(heap, "the group's heap"));
  Cursor cursor(header);
  const bool is_heap = cursor.has("HEAP");
  cursor.skip(4);
  const std::uint64_t size = file.length(cursor);
  file.length(cursor); // the first free place
  const std::uint64_t address = file.offset(cursor);
  GANLET_TRY(const Bytes rest, file.from(address, "the group's heap"));
  if (!is_heap || cursor.is_past_end() || size > rest.size() || offset > size)
    return damaged("the group's heap is damaged");
  Cursor names(rest.first(static_cast<std::size_t>(size)).subspan(static_cast<std::size_t>(offset)));
  const std::string_view name = names.text();
  if (names.is_past_end())
    return damaged("a name in the group's heap has no end");
  GANLET_CHECK(take_for_bytes(*file.budget, name.size() + 32, ""));
  return std::string(name);
}

Result<Bytes> global_object(const File& file, std::uint64_t heap, std::uint64_t index) {
  GANLET_TRY(const Bytes header, file.from(heap, "a global heap"));
  Cursor cursor(header);
  const bool is_heap = cursor.has("GCOL");
  cursor.skip(4);
  const std::uint64_t size = file.length(cursor);
  if (!is_heap || cursor.is_past_end() || size > header.size() || size < cursor.at())
    return damaged("a global heap is damaged");
  Cursor objects(header.first(static_cast<std::size_t>(size)));
  objects.skip(cursor.at());
  std::uint64_t passed = 0;
  while (objects.left() >= 8 + file.length_bytes) {
    const std::uint64_t number = objects.number(2);
    objects.skip(6);
    const std::uint64_t bytes = file.length(objects);
    if (number == 0)
      break; // free space
    const Bytes object = objects.take(bytes);
    objects.align(8);
    ++passed;
    if (number != index || object.size() != bytes)
      continue;
    GANLET_CHECK(take_for_bytes(*file.budget, bytes + 4 * passed, ""));
    return object;
  }
  GANLET_CHECK(take_for_bytes(*file.budget, 4 * passed, ""));
  return damaged("a global heap doesn't have what is looked for in it");
}

Result<FractalHeap> FractalHeap::open(const File& file, std::uint64_t address) {
  FractalHeap heap(file);
  GANLET_TRY(const Bytes rest, file.from(address, "a fractal heap"));
  Cursor cursor(rest);
  const bool is_heap = cursor.has("FRHP") && cursor.number(1) == 0;
  heap.id_bytes_ = static_cast<std::size_t>(cursor.number(2));
  const std::uint64_t filters = cursor.number(2);
  cursor.skip(1); // flags
  heap.most_managed_ = cursor.number(4);
  cursor.skip(file.length_bytes); // the next huge object
  heap.huge_tree_ = file.offset(cursor);
  cursor.skip(file.length_bytes + file.offset_bytes + 8 * file.length_bytes); // free space and counts
  heap.width_ = cursor.number(2);
  heap.first_block_ = file.length(cursor);
  heap.most_direct_ = file.length(cursor);
  const std::uint64_t offset_bits = cursor.number(2);
  cursor.skip(2);
  heap.root_ = file.offset(cursor);
  heap.rows_ = cursor.number(2);
  if (filters != 0)
    return unsupported("a compressed heap of links or attributes");
  if (!is_heap || cursor.is_past_end() || heap.width_ == 0 || !std::has_single_bit(heap.first_block_) ||
      !std::has_single_bit(heap.most_direct_) || heap.most_direct_ < heap.first_block_ || offset_bits == 0 ||
      offset_bits > 64 || heap.rows_ > 64)
    return damaged("a fractal heap is damaged");
  heap.heap_offset_bytes_ = static_cast<std::size_t>((offset_bits + 7) / 8);
  GANLET_CHECK(take_for_bytes(*file.budget, cursor.at(), ""));
  return heap;
}

Result<Bytes> FractalHeap::object(Bytes id) const {
  Cursor cursor(id);
  const std::uint64_t flags = cursor.number(1), kind = flags >> 4 & 3;
  if (id.size() != id_bytes_ || id.empty())
    return damaged("a fractal heap's object is damaged");
  if (kind == 1)
    return huge(cursor);
  if (kind == 2) { // tiny: in the identifier itself
    const bool is_long = id_bytes_ > 18;
    const std::uint64_t size = (is_long ? (flags & 15) << 8 | cursor.number(1) : flags & 15) + 1;
    const Bytes tiny = cursor.take(size);
    if (cursor.is_past_end())
      return damaged("a fractal heap's object is damaged");
    return file_->block(static_cast<std::uint64_t>(tiny.data() - file_->bytes.data()), size, "a fractal heap's object");
  }
  const std::uint64_t offset = cursor.number(heap_offset_bytes_);
  const std::uint64_t length = cursor.number(std::min(bytes_for(most_direct_), bytes_for(most_managed_)));
  if (kind != 0 || cursor.is_past_end())
    return damaged("a fractal heap's object is damaged");
  return managed(offset, length);
}

Result<Bytes> FractalHeap::huge(Cursor id) const {
  std::uint64_t address = 0, length = 0;
  if (file_->offset_bytes + file_->length_bytes <= id_bytes_ - 1) {
    address = file_->offset(id);
    length = file_->length(id);
  } else {
    const std::uint64_t wanted = id.number(std::min(id_bytes_ - 1, std::size_t{8}));
    GANLET_CHECK(each_record(*file_, huge_tree_, [&](Cursor record) -> Result<void> {
      const std::uint64_t at = file_->offset(record), size = file_->length(record);
      if (file_->length(record) == wanted) {
        address = at;
        length = size;
      }
      return {};
    }));
  }
  return file_->block(address, length, "a fractal heap's huge object");
}

std::uint64_t FractalHeap::row_block(std::uint64_t row) const {
  return row == 0 ? first_block_ : first_block_ << (row - 1);
}

/// A managed object. Blocks lie in rows of `width`; a block of the first two rows has the first size, and each further
/// row doubles it. Blocks larger than `most_direct_` consist of such rows again.
Result<Bytes> FractalHeap::managed(std::uint64_t offset, std::uint64_t length) const {
  std::uint64_t block = root_, rows = rows_, size = first_block_;
  for (int depth = 0; rows > 0; ++depth) {
    constexpr int deepest = 16;
    std::uint64_t row = 0, passed = 0;
    const auto row_bytes = [&] { return row_block(row) * width_; };
    while (row < rows && row_block(row) <= largest_block && offset >= row_bytes()) {
      offset -= row_bytes();
      passed += width_;
      ++row;
    }
    if (row >= rows || row_block(row) > largest_block || depth > deepest)
      return damaged("a fractal heap's object is damaged");
    size = row_block(row);
    const std::uint64_t entry = passed + offset / size;
    offset %= size;
    GANLET_TRY(const Bytes rest, file_->from(block, "a fractal heap's block"));
    Cursor cursor(rest);
    const bool is_indirect = cursor.has("FHIB");
    cursor.skip(1 + file_->offset_bytes + heap_offset_bytes_ + entry * file_->offset_bytes);
    block = file_->offset(cursor);
    if (!is_indirect || cursor.is_past_end())
      return damaged("a fractal heap's block is damaged");
    GANLET_CHECK(take_for_bytes(*file_->budget, cursor.at() - entry * file_->offset_bytes, ""));
    rows = 0;
    if (size > most_direct_) // an indirect block that spans `size` bytes
      for (std::uint64_t covered = 0; covered < size; ++rows)
        covered += row_block(rows) * width_;
  }
  if (offset > size || length > size - offset)
    return damaged("a fractal heap's object is damaged");
  GANLET_TRY(const Bytes whole, file_->block(block, size, "a fractal heap's block"));
  if (!text_of(whole).starts_with("FHDB"))
    return damaged("a fractal heap's block is damaged");
  return whole.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
}

} // namespace ganlet::importing::hdf5
