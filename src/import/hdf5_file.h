#pragma once

#include <functional>
#include <set>

#include "core/text.h"
#include "import/hdf5.h"

/// The parts of the HDF5 reader. Errors have no place here: `Hdf5` adds the object's.
namespace ganlet::importing {

struct Hdf5::File {
  Bytes bytes; ///< from the base address on
  std::size_t offset_bytes = 8;
  std::size_t length_bytes = 8;
  Limits limits;
  Budget* budget = nullptr;
  mutable std::int64_t memory_left = 0; ///< for arrays, in bytes

  std::uint64_t offset(Cursor& cursor) const { return cursor.number(offset_bytes); }
  std::uint64_t length(Cursor& cursor) const { return cursor.number(length_bytes); }
  /// All bits set: nothing was ever put there.
  bool is_nowhere(std::uint64_t address) const;
  /// The bytes at an address, taken from the budget. `what` is for the error: "the local heap".
  Result<Bytes> block(std::uint64_t address, std::uint64_t size, std::string_view what) const;
  /// Those to the end of the file, without taking them, for what doesn't say its size at once.
  Result<Bytes> from(std::uint64_t address, std::string_view what) const;
};

namespace hdf5 {

using File = Hdf5::File;

tl::unexpected<Error> damaged(std::string_view what);
tl::unexpected<Error> unsupported(std::string_view what);

/// Of an object's header.
enum class MessageType : std::uint16_t {
  dataspace = 1,
  link_info = 2,
  datatype = 3,
  fill_value = 5,
  link = 6,
  layout = 8,
  filters = 11,
  attribute = 12,
  continuation = 16,
  symbol_table = 17,
  attribute_info = 21
};

struct Message {
  MessageType type{};
  Bytes body;
};

Result<std::vector<Message>> read_header(const File& file, std::uint64_t address);
/// Null where there is none.
const Message* find(const std::vector<Message>& messages, MessageType type);

using Links = std::map<std::string, std::uint64_t>; ///< headers by name
Result<Links> read_links(const File& file, const std::vector<Message>& messages);

/// Each record of a version 2 B-tree, in order.
Result<void> each_record(const File& file, std::uint64_t tree, const std::function<Result<void>(Cursor)>& visit);

/// The name at an offset of a local heap.
Result<std::string> local_name(const File& file, std::uint64_t heap, std::uint64_t offset);
/// An object of a global heap, where strings of variable length are.
Result<Bytes> global_object(const File& file, std::uint64_t heap, std::uint64_t index);

/// A heap of links or attributes of a large group.
class FractalHeap {
 public:
  static Result<FractalHeap> open(const File& file, std::uint64_t address);
  std::size_t id_bytes() const { return id_bytes_; }
  Result<Bytes> object(Bytes id) const;

 private:
  explicit FractalHeap(const File& file) : file_(&file) {}
  Result<Bytes> managed(std::uint64_t offset, std::uint64_t length) const;
  Result<Bytes> huge(Cursor id) const;
  std::uint64_t row_block(std::uint64_t row) const;

  const File* file_;
  std::size_t id_bytes_ = 0;
  std::uint64_t most_managed_ = 0, huge_tree_ = 0, width_ = 0, first_block_ = 0, most_direct_ = 0, root_ = 0, rows_ = 0;
  std::size_t heap_offset_bytes_ = 0;
};

enum class ElementKind : std::uint8_t { real, brain_real, integer, natural, fixed_text, varying_text, other };

struct Element {
  ElementKind kind = ElementKind::other;
  std::uint64_t bytes = 0;
  bool big_endian = false;
};

struct Space {
  std::vector<std::uint64_t> sizes;
  std::vector<std::uint64_t> most; ///< all bits set: no limit
  bool is_nothing = false;
  std::uint64_t elements = 1; ///< within Limits::tensor_elements
};

Result<Element> read_datatype(Cursor& cursor);
Result<Space> read_dataspace(const File& file, Bytes message);
/// Where `element` is a number; `bytes` hold as many as `shape` says.
Result<Tensor> decode(const Element& element, const Shape& shape, Bytes bytes);
/// Where it is text.
Result<std::vector<std::string>> decode_strings(const File& file, const Element& element, std::uint64_t count,
                                                Bytes bytes);

struct Chunk {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  std::uint32_t filters_left_out = 0; ///< a bit for each
  std::vector<std::uint64_t> corner;  ///< of its first element
};

/// How an array is cut, and where the list of its chunks is.
struct ChunkLayout {
  std::vector<std::uint64_t> sizes; ///< of a chunk, in elements
  std::uint64_t chunk_bytes = 0;    ///< without filters
  int index = 0;                    ///< of layout version 4; 0: version 1 B-tree
  std::uint64_t address = 0;
  bool has_filters = false;
  bool leaves_edges_unfiltered = false;
  std::uint64_t single_bytes = 0; ///< of the single chunk with filters
  std::uint32_t single_filters_left_out = 0;
};

Result<void> each_chunk(const File& file, const Space& space, const ChunkLayout& layout,
                        const std::function<Result<void>(const Chunk&)>& visit);

/// An array's bytes, dense and row-major.
Result<std::vector<std::byte>> read_elements(const File& file, const std::vector<Message>& messages,
                                             const Element& element, const Space& space);

} // namespace hdf5
} // namespace ganlet::importing
