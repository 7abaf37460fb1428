#include <algorithm>
#include <bit>

#include "import/hdf5_file.h"

namespace ganlet::importing::hdf5 {

namespace {

using Visit = std::function<Result<void>(const Chunk&)>;

/// The part that all indexes share: they name chunks by number or by place, and pass those inside the array to `visit`.
class ChunkIndex {
 public:
  ChunkIndex(const File& file, const Space& space, const ChunkLayout& layout, const Visit& visit)
      : file_(file), space_(space), layout_(layout), visit_(visit) {
    const std::size_t rank = layout.sizes.size();
    const auto unlimited = std::ranges::find_if(space.most, [&](std::uint64_t most) { return is_unlimited(most); });
    // Chunks are numbered row by row over the array's largest allowed sizes; an axis without limit varies slowest.
    for (std::size_t axis = 0; axis < rank; ++axis)
      order_.push_back(axis);
    if (unlimited != space.most.end()) {
      const auto axis = static_cast<std::size_t>(unlimited - space.most.begin());
      std::rotate(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(axis),
                  order_.begin() + static_cast<std::ptrdiff_t>(axis) + 1);
    }
    for (std::size_t axis = 0; axis < rank; ++axis)
      counts_.push_back(chunks_along(is_unlimited(space.most[axis]) ? space.sizes[axis] : space.most[axis], axis));
  }

  Result<void> read() {
    switch (layout_.index) {
    case 0:
      return read_old_tree(layout_.address, std::nullopt);
    case 1:
      return give({layout_.address, layout_.has_filters ? layout_.single_bytes : layout_.chunk_bytes,
                   layout_.single_filters_left_out, std::vector<std::uint64_t>(layout_.sizes.size(), 0)});
    case 2:
      return read_implicit();
    case 3:
      return read_fixed_array();
    case 4:
      return read_extensible_array();
    default:
      return read_new_tree();
    }
  }

 private:
  static bool is_unlimited(std::uint64_t most) { return most == ~std::uint64_t{0}; }
  std::uint64_t chunks_along(std::uint64_t size, std::size_t axis) const {
    return size / layout_.sizes[axis] + (size % layout_.sizes[axis] != 0 ? 1 : 0);
  }

  Result<void> give(Chunk chunk) {
    for (std::size_t axis = 0; axis < chunk.corner.size(); ++axis)
      if (chunk.corner[axis] >= space_.sizes[axis])
        return {};
    return visit_(chunk);
  }

  /// Passes on chunk `number`, whose entry in an array is at the cursor.
  Result<void> give_entry(std::uint64_t number, Cursor& entry, std::size_t entry_bytes, bool has_sizes) {
    Chunk chunk;
    chunk.address = file_.offset(entry);
    chunk.bytes = layout_.chunk_bytes;
    if (has_sizes) {
      chunk.bytes = entry.number(entry_bytes - file_.offset_bytes - 4);
      chunk.filters_left_out = static_cast<std::uint32_t>(entry.number(4));
    }
    if (entry.is_past_end())
      return damaged("the index of its chunks is truncated");
    if (file_.is_nowhere(chunk.address))
      return {};
    return give_numbered(number, std::move(chunk));
  }

  Result<void> give_numbered(std::uint64_t number, Chunk chunk) {
    chunk.corner.assign(order_.size(), 0);
    for (std::size_t i = order_.size(); i-- > 0;) {
      const std::size_t axis = order_[i];
      const std::uint64_t count = std::max<std::uint64_t>(counts_[axis], 1);
      const std::uint64_t along = i == 0 ? number : number % count;
      number /= count;
      if (along > space_.sizes[axis])
        return {};
      chunk.corner[axis] = along * layout_.sizes[axis];
    }
    return give(std::move(chunk));
  }

  Result<void> read_old_tree(std::uint64_t address, std::optional<std::uint64_t> level) {
    if (!seen_.insert(address).second)
      return damaged("the index of its chunks leads back to itself");
    GANLET_TRY(const Bytes rest, file_.from(address, "the index of its chunks"));
    Cursor cursor(rest);
    const bool is_tree = cursor.has("TREE") && cursor.number(1) == 1;
    const std::uint64_t own_level = cursor.number(1), entries = cursor.number(2);
    if (!is_tree || cursor.is_past_end() || (level && own_level != *level))
      return damaged("the index of its chunks is damaged");
    cursor.skip(2 * file_.offset_bytes);
    GANLET_CHECK(take_for_bytes(*file_.budget, entries * 32, ""));
    for (std::uint64_t i = 0; i < entries; ++i) {
      Chunk chunk;
      chunk.bytes = cursor.number(4);
      chunk.filters_left_out = static_cast<std::uint32_t>(cursor.number(4));
      for (std::size_t axis = 0; axis < layout_.sizes.size(); ++axis)
        chunk.corner.push_back(cursor.number(8));
      cursor.skip(8); // the offset within an element
      chunk.address = file_.offset(cursor);
      if (cursor.is_past_end())
        return damaged("the index of its chunks is truncated");
      GANLET_CHECK(own_level == 0 ? give(chunk) : read_old_tree(chunk.address, own_level - 1));
    }
    return {};
  }

  Result<void> read_new_tree() {
    return each_record(file_, layout_.address, [&](Cursor record) -> Result<void> {
      Chunk chunk;
      const std::size_t record_bytes = record.left(), rank = layout_.sizes.size();
      chunk.address = file_.offset(record);
      chunk.bytes = layout_.chunk_bytes;
      if (layout_.has_filters) {
        const std::size_t others = file_.offset_bytes + 4 + 8 * rank;
        if (record_bytes <= others || record_bytes - others > 8)
          return damaged("the index of its chunks is damaged");
        chunk.bytes = record.number(record_bytes - others);
        chunk.filters_left_out = static_cast<std::uint32_t>(record.number(4));
      }
      for (std::size_t axis = 0; axis < rank; ++axis) {
        const std::uint64_t along = record.number(8);
        if (along > space_.sizes[axis])
          return {};
        chunk.corner.push_back(along * layout_.sizes[axis]);
      }
      if (record.is_past_end())
        return damaged("the index of its chunks is damaged");
      return give(std::move(chunk));
    });
  }

  /// An implicit index: all chunks lie one after another.
  Result<void> read_implicit() {
    std::uint64_t chunks = 1;
    for (const std::uint64_t count : counts_)
      if (count != 0 && chunks > file_.bytes.size() / count)
        return damaged("it has more chunks than the file has room for");
      else
        chunks *= count;
    GANLET_CHECK(take_for_bytes(*file_.budget, 64 * chunks, ""));
    for (std::uint64_t i = 0; i < chunks; ++i)
      GANLET_CHECK(give_numbered(i, {layout_.address + i * layout_.chunk_bytes, layout_.chunk_bytes, 0, {}}));
    return {};
  }

  struct EntryFormat {
    std::size_t bytes = 0;
    bool has_sizes = false;
  };

  /// Errors: corrupt, if an entry is too small for its fields.
  Result<EntryFormat> entry_format(std::uint64_t client, std::uint64_t bytes) const {
    const std::size_t least = file_.offset_bytes + (client == 1 ? 5 : 0);
    if (client > 1 || bytes < least || bytes > least + 8)
      return damaged("the index of its chunks is damaged");
    return EntryFormat{static_cast<std::size_t>(bytes), client == 1};
  }

  Result<void> give_entries(Bytes entries, std::uint64_t first, std::uint64_t count, const EntryFormat& format) {
    Cursor cursor(entries);
    for (std::uint64_t i = 0; i < count; ++i)
      GANLET_CHECK(give_entry(first + i, cursor, format.bytes, format.has_sizes));
    return {};
  }

  /// Visits pages of entries, each followed by a checksum. A page without its bit in `written` is empty.
  Result<void> give_pages(std::uint64_t address, std::uint64_t first, std::uint64_t count, std::uint64_t page,
                          const Bytes* written, const EntryFormat& format) {
    for (std::uint64_t i = 0; i * page < count; ++i) {
      const std::uint64_t in_page = std::min(page, count - i * page), bytes = in_page * format.bytes;
      const auto byte = static_cast<std::size_t>(i / 8);
      if (written == nullptr ||
          (byte < written->size() && (std::to_integer<unsigned>((*written)[byte]) & (0x80U >> (i % 8))) != 0)) {
        GANLET_TRY(const Bytes entries, file_.block(address, bytes, "the index of its chunks"));
        GANLET_CHECK(give_entries(entries, first + i * page, in_page, format));
      }
      address += bytes + 4;
    }
    return {};
  }

  Result<void> read_fixed_array() {
    GANLET_TRY(const Bytes header, file_.from(layout_.address, "the index of its chunks"));
    Cursor cursor(header);
    const bool is_array = cursor.has("FAHD") && cursor.number(1) == 0;
    const std::uint64_t client = cursor.number(1), entry_bytes = cursor.number(1), page_bits = cursor.number(1);
    const std::uint64_t count = file_.length(cursor), address = file_.offset(cursor);
    if (!is_array || cursor.is_past_end() || page_bits > 32 || count > file_.bytes.size())
      return damaged("the index of its chunks is damaged");
    GANLET_TRY(const EntryFormat format, entry_format(client, entry_bytes));
    if (file_.is_nowhere(address))
      return {};
    GANLET_TRY(const Bytes block, file_.from(address, "the index of its chunks"));
    Cursor data(block);
    const bool is_block = data.has("FADB");
    data.skip(2 + file_.offset_bytes);
    const std::uint64_t page = std::uint64_t{1} << page_bits, pages = (count + page - 1) / page;
    const Bytes written = data.take(count > page ? (pages + 7) / 8 : 0);
    if (!is_block || data.is_past_end())
      return damaged("the index of its chunks is damaged");
    if (count > page)
      return give_pages(address + data.at() + 4, 0, count, page, &written, format);
    GANLET_TRY(const Bytes entries, file_.block(address + data.at(), count * format.bytes, "the index of its chunks"));
    return give_entries(entries, 0, count, format);
  }

  /// An extensible array: a first block with some entries, then the addresses of blocks of entries, whose number and
  /// size double alternately ("super blocks"). The larger ones are listed in blocks of their own.
  struct ExtensibleArray {
    EntryFormat format;
    std::uint64_t count = 0, block_entries = 0, page = 0;
    std::size_t offset_bytes = 0;
  };

  Result<void> read_extensible_array() {
    GANLET_TRY(const Bytes header, file_.from(layout_.address, "the index of its chunks"));
    Cursor cursor(header);
    const bool is_array = cursor.has("EAHD") && cursor.number(1) == 0;
    const std::uint64_t client = cursor.number(1), entry_bytes = cursor.number(1), bits = cursor.number(1);
    const std::uint64_t own_entries = cursor.number(1), block_entries = cursor.number(1);
    const std::uint64_t pointers = cursor.number(1), page_bits = cursor.number(1);
    cursor.skip(4 * file_.length_bytes);
    ExtensibleArray array;
    array.count = file_.length(cursor); // one more than the last number in use
    cursor.skip(file_.length_bytes);
    const std::uint64_t address = file_.offset(cursor);
    if (!is_array || cursor.is_past_end() || bits > 64 || bits == 0 || !std::has_single_bit(block_entries) ||
        !std::has_single_bit(pointers) || page_bits > 32 || array.count > file_.bytes.size())
      return damaged("the index of its chunks is damaged");
    GANLET_TRY(array.format, entry_format(client, entry_bytes));
    if (file_.is_nowhere(address))
      return {};
    array.block_entries = block_entries;
    array.page = std::uint64_t{1} << page_bits;
    array.offset_bytes = static_cast<std::size_t>((bits + 7) / 8);
    GANLET_TRY(const Bytes rest, file_.from(address, "the index of its chunks"));
    Cursor index(rest);
    const bool is_index = index.has("EAIB");
    index.skip(2 + file_.offset_bytes);
    const Bytes entries = index.take(own_entries * array.format.bytes);
    if (!is_index || index.is_past_end())
      return damaged("the index of its chunks is damaged");
    GANLET_CHECK(take_for_bytes(*file_.budget, entries.size(), ""));
    GANLET_CHECK(give_entries(entries, 0, std::min(own_entries, array.count), array.format));
    return read_super_blocks(array, index, own_entries, 2 * static_cast<std::uint64_t>(std::bit_width(pointers) - 1));
  }

  Result<void> read_super_blocks(const ExtensibleArray& array, Cursor& index, std::uint64_t first,
                                 std::uint64_t listed_here) {
    for (std::uint64_t number = 0; first < array.count && number < 64; ++number) {
      const std::uint64_t blocks = std::uint64_t{1} << (number / 2);
      const std::uint64_t entries = array.block_entries << ((number + 1) / 2);
      Cursor list(Bytes{});
      Bytes written;
      const std::uint64_t pages = entries > array.page ? entries / array.page : 0;
      const std::size_t written_bytes = static_cast<std::size_t>((pages + 7) / 8);
      if (number >= listed_here) {
        const std::uint64_t address = file_.offset(index);
        if (index.is_past_end())
          return damaged("the index of its chunks is truncated");
        if (file_.is_nowhere(address)) {
          first += blocks * entries;
          continue;
        }
        GANLET_TRY(const Bytes rest, file_.from(address, "the index of its chunks"));
        list = Cursor(rest);
        const bool is_list = list.has("EASB");
        list.skip(2 + file_.offset_bytes + array.offset_bytes);
        written = list.take(blocks * written_bytes);
        if (!is_list || list.is_past_end())
          return damaged("the index of its chunks is damaged");
      }
      Cursor& addresses = number >= listed_here ? list : index;
      for (std::uint64_t i = 0; i < blocks && first < array.count; ++i, first += entries) {
        const std::uint64_t address = file_.offset(addresses);
        if (addresses.is_past_end())
          return damaged("the index of its chunks is truncated");
        GANLET_CHECK(take_for_bytes(*file_.budget, 8, ""));
        const Bytes bits =
            written.empty() ? Bytes() : written.subspan(static_cast<std::size_t>(i) * written_bytes, written_bytes);
        if (!file_.is_nowhere(address))
          GANLET_CHECK(read_data_block(array, address, first, std::min(entries, array.count - first), pages != 0,
                                       written.empty() ? nullptr : &bits));
      }
    }
    return {};
  }

  Result<void> read_data_block(const ExtensibleArray& array, std::uint64_t address, std::uint64_t first,
                               std::uint64_t count, bool is_paged, const Bytes* written) {
    GANLET_TRY(const Bytes rest, file_.from(address, "the index of its chunks"));
    if (!text_of(rest).starts_with("EADB"))
      return damaged("the index of its chunks is damaged");
    const std::uint64_t entries_at = address + 6 + file_.offset_bytes + array.offset_bytes;
    if (is_paged)
      return give_pages(entries_at + 4, first, count, array.page, written, array.format);
    GANLET_TRY(const Bytes entries, file_.block(entries_at, count * array.format.bytes, "the index of its chunks"));
    return give_entries(entries, first, count, array.format);
  }

  const File& file_;
  const Space& space_;
  const ChunkLayout& layout_;
  const Visit& visit_;
  std::vector<std::size_t> order_;    ///< of axes, the slowest first
  std::vector<std::uint64_t> counts_; ///< of chunks, by axis
  std::set<std::uint64_t> seen_;
};

} // namespace

Result<void> each_chunk(const File& file, const Space& space, const ChunkLayout& layout, const Visit& visit) {
  return ChunkIndex(file, space, layout, visit).read();
}

} // namespace ganlet::importing::hdf5
