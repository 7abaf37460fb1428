#pragma once

#include <functional>
#include <set>

#include "core/text.h"
#include "import/hdf5.h"

/// The parts of the HDF5 reader. Their errors have no place; `Hdf5` adds the object's.
namespace ganlet::importing {

struct Hdf5::File {
  Bytes bytes; ///< from the base address on
  std::size_t offset_bytes = 8;
  std::size_t length_bytes = 8;
  Limits limits;
  Budget* budget = nullptr;
  mutable std::int64_t memory_left = 0; ///< bytes that what is read may still take

  /// Called before numbers or texts are allocated. Errors: limit_exceeded.
  Result<void> hold(std::uint64_t count, std::uint64_t bytes_each) const;

  std::uint64_t offset(Cursor& cursor) const { return cursor.number(offset_bytes); }
  std::uint64_t length(Cursor& cursor) const { return cursor.number(length_bytes); }
  /// Whether the address is undefined (all bits set): nothing was ever stored.
  bool is_nowhere(std::uint64_t address) const;
  /// The bytes at an address, which are taken from the budget. `what` is for the error: "the local heap".
  Result<Bytes> block(std::uint64_t address, std::uint64_t size, std::string_view what) const;
  /// The bytes from an address to the end of the file, without taking them, for structures that state their size later.
  Result<Bytes> from(std::uint64_t address, std::string_view what) const;
};

namespace hdf5 {

using File = Hdf5::File;

tl::unexpected<Error> damaged(std::string_view what);
tl::unexpected<Error> unsupported(std::string_view what);

/// The type of a message in an object's header.
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
/// The first message of a type; null if there is none.
const Message* find(const std::vector<Message>& messages, MessageType type);

using Links = std::map<std::string, std::uint64_t>; ///< addresses of object headers, by name
Result<Links> read_links(const File& file, const std::vector<Message>& messages);

/// Visits each record of a version 2 B-tree, in order.
Result<void> each_record(const File& file, std::uint64_t tree, const std::function<Result<void>(Cursor)>& visit);

/// The name at an offset in a local heap.
Result<std::string> local_name(const File& file, std::uint64_t heap, std::uint64_t offset);
/// An object in a global heap, where strings of variable length are stored.
Result<Bytes> global_object(const File& file, std::uint64_t heap, std::uint64_t index);

/// A fractal heap, which holds the links or attributes of a large group.
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
/// Decodes numbers: `element` must be numeric, and `bytes` must hold as many elements as `shape` has.
Result<Tensor> decode(const Element& element, const Shape& shape, Bytes bytes);
/// Decodes text: `element` must be a text type.
Result<std::vector<std::string>> decode_strings(const File& file, const Element& element, std::uint64_t count,
                                                Bytes bytes);

struct Chunk {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  std::uint32_t filters_left_out = 0; ///< one bit per filter that this chunk skips
  std::vector<std::uint64_t> corner;  ///< the index of its first element
};

/// How an array is cut into chunks, and where the list of chunks is.
struct ChunkLayout {
  std::vector<std::uint64_t> sizes; ///< elements of a chunk along each axis
  std::uint64_t chunk_bytes = 0;    ///< unfiltered
  int index = 0;                    ///< the index type of layout version 4; 0: a version 1 B-tree
  std::uint64_t address = 0;
  bool has_filters = false;
  bool leaves_edges_unfiltered = false;
  std::uint64_t single_bytes = 0; ///< of a filtered single chunk
  std::uint32_t single_filters_left_out = 0;
};

Result<void> each_chunk(const File& file, const Space& space, const ChunkLayout& layout,
                        const std::function<Result<void>(const Chunk&)>& visit);

/// The bytes of an array, dense and row-major.
Result<std::vector<std::byte>> read_elements(const File& file, const std::vector<Message>& messages,
                                             const Element& element, const Space& space);

} // namespace hdf5
} // namespace ganlet::importing
