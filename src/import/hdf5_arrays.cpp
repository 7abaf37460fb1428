#include <algorithm>
#include <cstring>

#include "import/hdf5_file.h"
#include "import/inflate.h"

namespace ganlet::importing::hdf5 {

namespace {

enum FilterId : std::uint64_t { deflate = 1, shuffle = 2, fletcher32 = 3 };

using Buffer = std::vector<std::byte>;

struct Filter {
  std::uint64_t id = 0;
};

Result<std::vector<Filter>> read_filters(const std::vector<Message>& messages) {
  std::vector<Filter> filters;
  const Message* const message = find(messages, MessageType::filters);
  if (message == nullptr)
    return filters;
  Cursor cursor(message->body);
  const std::uint64_t version = cursor.number(1), count = cursor.number(1);
  cursor.skip(version == 1 ? 6 : 0);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t id = cursor.number(2);
    const std::uint64_t name = version == 1 || id >= 256 ? cursor.number(2) : 0;
    cursor.skip(2); // flags
    const std::uint64_t values = cursor.number(2);
    cursor.skip(version == 1 ? (name + 7) / 8 * 8 : name);
    cursor.skip(4 * (values + (version == 1 ? values % 2 : 0)));
    if (id != deflate && id != shuffle && id != fletcher32)
      return unsupported(concat("what filter ", id, " compressed"));
    filters.push_back({id});
  }
  if (cursor.is_past_end() || version < 1 || version > 2)
    return damaged("the list of filters is damaged");
  return filters;
}

/// Undoes the shuffle filter, which stores byte 0 of all elements, then byte 1 of all elements, and so on.
Buffer unshuffled(const Buffer& bytes, std::size_t element) {
  Buffer out(bytes.size());
  const std::size_t count = bytes.size() / element;
  for (std::size_t k = 0; k < element; ++k)
    for (std::size_t i = 0; i < count; ++i)
      out[i * element + k] = bytes[k * count + i];
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(count * element), bytes.end(),
            out.begin() + static_cast<std::ptrdiff_t>(count * element));
  return out;
}

/// Fletcher's checksum of big-endian 16-bit words, as HDF5 computes it (H5_checksum_fletcher32).
std::uint32_t fletcher_sum(Bytes bytes) {
  std::uint32_t low = 0, high = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const std::uint32_t next = i + 1 < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + 1]) : 0;
    low = (low + (std::to_integer<std::uint32_t>(bytes[i]) << 8 | next)) % 65535;
    high = (high + low) % 65535;
  }
  return high << 16 | low;
}

Result<Buffer> check_sum(Buffer bytes) {
  if (bytes.size() < 4)
    return damaged("a chunk is truncated");
  Cursor stored(Bytes(bytes).last(4));
  const auto sum = static_cast<std::uint32_t>(stored.number(4));
  bytes.resize(bytes.size() - 4);
  const std::uint32_t own = fletcher_sum(bytes);
  const std::uint32_t swapped = (own & 0x00FF00FFU) << 8 | (own >> 8 & 0x00FF00FFU); // older libraries wrote this
  // As sums modulo 65535, 0 and 65535 are equal.
  const auto same = [](std::uint32_t a, std::uint32_t b) {
    return (a & 0xFFFF) % 65535 == (b & 0xFFFF) % 65535 && (a >> 16) % 65535 == (b >> 16) % 65535;
  };
  if (!same(sum, own) && !same(sum, swapped))
    return damaged("the check sum of a chunk is wrong");
  return bytes;
}

/// Reads one chunk and undoes its filters.
Result<Buffer> read_chunk(const File& file, const Chunk& chunk, const std::vector<Filter>& filters,
                          std::uint64_t chunk_bytes, std::size_t element) {
  GANLET_TRY(const Bytes stored, file.block(chunk.address, chunk.bytes, "a chunk"));
  GANLET_CHECK(take_for_bytes(*file.budget, chunk_bytes * (1 + filters.size()), ""));
  Buffer bytes(stored.begin(), stored.end());
  for (std::size_t i = filters.size(); i-- > 0;) {
    if ((chunk.filters_left_out >> i & 1) != 0)
      continue;
    const auto sums_before =
        static_cast<std::size_t>(std::count_if(filters.begin(), filters.begin() + static_cast<std::ptrdiff_t>(i),
                                               [](const Filter& filter) { return filter.id == fletcher32; }));
    if (filters[i].id == deflate) {
      GANLET_TRY(bytes, inflate(bytes, static_cast<std::size_t>(chunk_bytes) + 4 * sums_before, Wrapping::zlib, ""));
    } else if (filters[i].id == shuffle) {
      bytes = unshuffled(bytes, element);
    } else {
      GANLET_TRY(bytes, check_sum(std::move(bytes)));
    }
  }
  if (bytes.size() != chunk_bytes)
    return damaged("a chunk has another size than its array says");
  return bytes;
}

/// Copies the part of a chunk that lies within the array, a row along the last axis at a time.
void place_chunk(const Buffer& chunk, const Chunk& where, const ChunkLayout& layout, const Space& space,
                 std::size_t element, Buffer& array) {
  const std::size_t rank = space.sizes.size();
  std::vector<std::uint64_t> counts(rank), at(rank, 0);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (where.corner[axis] >= space.sizes[axis])
      return;
    counts[axis] = std::min(layout.sizes[axis], space.sizes[axis] - where.corner[axis]);
  }
  const std::size_t row_bytes = static_cast<std::size_t>(counts[rank - 1]) * element;
  while (true) {
    std::uint64_t from = 0, to = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      from = from * layout.sizes[axis] + at[axis];
      to = to * space.sizes[axis] + where.corner[axis] + at[axis];
    }
    std::memcpy(array.data() + static_cast<std::size_t>(to) * element,
                chunk.data() + static_cast<std::size_t>(from) * element, row_bytes);
    std::size_t axis = rank - 1;
    while (axis > 0 && ++at[axis - 1] == counts[axis - 1])
      at[--axis] = 0;
    if (axis == 0)
      return;
  }
}

Result<ChunkLayout> read_chunk_layout(const File& file, Cursor cursor, std::uint64_t version, const Space& space,
                                      std::size_t element, bool has_filters) {
  ChunkLayout layout;
  layout.has_filters = has_filters;
  const std::uint64_t flags = version == 4 ? cursor.number(1) : 0;
  const std::uint64_t dimensions = cursor.number(1);
  if (version == 3)
    layout.address = file.offset(cursor);
  const auto size_bytes = static_cast<std::size_t>(version == 4 ? cursor.number(1) : 4);
  if (size_bytes > 8 || dimensions != space.sizes.size() + 1 || space.sizes.empty())
    return damaged("the layout of its chunks is damaged");
  layout.chunk_bytes = element;
  const auto most = static_cast<std::uint64_t>(file.limits.tensor_elements) * 8;
  for (std::uint64_t i = 0; i + 1 < dimensions; ++i) {
    const std::uint64_t size = cursor.number(size_bytes);
    if (size == 0 || layout.chunk_bytes > most / size)
      return damaged("the layout of its chunks is damaged");
    layout.chunk_bytes *= size;
    layout.sizes.push_back(size);
  }
  constexpr std::uint64_t slack = std::uint64_t{1} << 22; // an array that may grow may have larger chunks
  if (layout.chunk_bytes > space.elements * element + slack)
    return damaged("its chunks are much larger than itself");
  cursor.skip(size_bytes); // the size of an element
  if (version == 4) {
    layout.leaves_edges_unfiltered = (flags & 1) != 0;
    layout.index = static_cast<int>(cursor.number(1));
    if (layout.index == 1 && (flags & 2) != 0) {
      layout.single_bytes = file.length(cursor);
      layout.single_filters_left_out = static_cast<std::uint32_t>(cursor.number(4));
    }
    constexpr std::uint64_t parameters[] = {0, 0, 0, 1, 5, 6}; // these are repeated in the index itself
    if (layout.index < 1 || layout.index > 5)
      return damaged("the layout of its chunks is damaged");
    cursor.skip(parameters[layout.index]);
    layout.address = file.offset(cursor);
  }
  if (cursor.is_past_end())
    return damaged("the layout of its chunks is damaged");
  return layout;
}

Result<void> read_chunks(const File& file, const std::vector<Message>& messages, Cursor cursor, std::uint64_t version,
                         const Space& space, std::size_t element, Buffer& array) {
  GANLET_TRY(const std::vector<Filter> filters, read_filters(messages));
  GANLET_TRY(const ChunkLayout layout, read_chunk_layout(file, cursor, version, space, element, !filters.empty()));
  if (file.is_nowhere(layout.address))
    return {}; // nothing was ever written
  return each_chunk(file, space, layout, [&](const Chunk& chunk) -> Result<void> {
    if (file.is_nowhere(chunk.address))
      return {};
    bool is_edge = false;
    for (std::size_t axis = 0; axis < layout.sizes.size(); ++axis)
      is_edge = is_edge || chunk.corner[axis] + layout.sizes[axis] > space.sizes[axis];
    const bool is_plain = is_edge && layout.leaves_edges_unfiltered;
    GANLET_TRY(const Buffer bytes,
               read_chunk(file, chunk, is_plain ? std::vector<Filter>() : filters, layout.chunk_bytes, element));
    place_chunk(bytes, chunk, layout, space, element, array);
    return {};
  });
}

/// Fills the array with the value of elements that were never written, unless it is 0.
void fill(const std::vector<Message>& messages, std::size_t element, Buffer& array) {
  const Message* const message = find(messages, MessageType::fill_value);
  if (message == nullptr)
    return;
  Cursor cursor(message->body);
  const std::uint64_t version = cursor.number(1);
  bool is_given = true;
  if (version == 3) {
    is_given = (cursor.number(1) & 32) != 0;
  } else {
    cursor.skip(2);
    is_given = cursor.number(1) != 0;
  }
  const Bytes value = is_given ? cursor.take(cursor.number(4)) : Bytes();
  if (value.size() == element && std::ranges::any_of(value, [](std::byte byte) { return byte != std::byte{0}; }))
    for (std::size_t i = 0; i < array.size(); i += element)
      std::memcpy(array.data() + i, value.data(), element);
}

} // namespace

Result<Buffer> read_elements(const File& file, const std::vector<Message>& messages, const Element& element,
                             const Space& space) {
  const Message* const message = find(messages, MessageType::layout);
  if (message == nullptr)
    return damaged("is no array");
  const std::uint64_t bytes = space.elements * element.bytes; // at most 2^26 * 8
  Cursor cursor(message->body);
  const std::uint64_t version = cursor.number(1), kind = cursor.number(1);
  if (version != 3 && version != 4)
    return unsupported(concat("layout version ", version));
  if (bytes == 0)
    return Buffer();
  if (kind == 0) { // compact: in the header itself
    const Bytes stored = cursor.take(cursor.number(2));
    if (cursor.is_past_end() || stored.size() < bytes)
      return damaged("is truncated");
    return Buffer(stored.begin(), stored.begin() + static_cast<std::ptrdiff_t>(bytes));
  }
  if (kind > 2)
    return unsupported("a virtual array");
  if (kind == 1) {
    const std::uint64_t address = file.offset(cursor);
    if (!cursor.is_past_end() && !file.is_nowhere(address)) {
      GANLET_TRY(const Bytes stored, file.block(address, bytes, "an array"));
      return Buffer(stored.begin(), stored.end());
    }
  }
  GANLET_CHECK(take_for_bytes(*file.budget, bytes, ""));
  Buffer array(static_cast<std::size_t>(bytes));
  fill(messages, static_cast<std::size_t>(element.bytes), array);
  if (kind == 2)
    GANLET_CHECK(read_chunks(file, messages, cursor, version, space, static_cast<std::size_t>(element.bytes), array));
  return array;
}

} // namespace ganlet::importing::hdf5
