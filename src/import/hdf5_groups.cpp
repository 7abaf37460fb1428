#include <algorithm>

#include "import/hdf5_file.h"

namespace ganlet::importing::hdf5 {

namespace {

/// An old-style group: a version 1 B-tree of nodes with symbols, whose names are in a local heap.
class SymbolTable {
 public:
  SymbolTable(const File& file, std::uint64_t heap, Links& links) : file_(file), heap_(heap), links_(links) {}

  Result<void> read_tree(std::uint64_t address, std::optional<std::uint64_t> level) {
    if (!seen_.insert(address).second)
      return damaged("the group's B-tree leads back to itself");
    GANLET_TRY(const Bytes rest, file_.from(address, "the group's B-tree"));
    Cursor cursor(rest);
    const bool is_tree = cursor.has("TREE") && cursor.number(1) == 0;
    const std::uint64_t own_level = cursor.number(1), entries = cursor.number(2);
    if (!is_tree || cursor.is_past_end() || (level && own_level != *level))
      return damaged("the group's B-tree is damaged");
    cursor.skip(2 * file_.offset_bytes);
    GANLET_CHECK(take_for_bytes(*file_.budget, entries * (file_.offset_bytes + file_.length_bytes), ""));
    for (std::uint64_t i = 0; i < entries; ++i) {
      file_.length(cursor); // the key
      const std::uint64_t child = file_.offset(cursor);
      if (cursor.is_past_end())
        return damaged("the group's B-tree is truncated");
      GANLET_CHECK(own_level == 0 ? read_node(child) : read_tree(child, own_level - 1));
    }
    return {};
  }

 private:
  Result<void> read_node(std::uint64_t address) {
    GANLET_TRY(const Bytes rest, file_.from(address, "a symbol node"));
    Cursor cursor(rest);
    const bool is_node = cursor.has("SNOD");
    cursor.skip(2);
    const std::uint64_t symbols = cursor.number(2);
    if (!is_node || cursor.is_past_end())
      return damaged("a symbol node is damaged");
    for (std::uint64_t i = 0; i < symbols; ++i) {
      const std::uint64_t name = file_.offset(cursor), header = file_.offset(cursor), cached = cursor.number(4);
      cursor.skip(20);
      if (cursor.is_past_end())
        return damaged("a symbol node is truncated");
      GANLET_TRY(std::string text, local_name(file_, heap_, name));
      constexpr std::uint64_t soft_link = 2;
      if (cached != soft_link)
        links_.insert_or_assign(std::move(text), header);
    }
    return {};
  }

  const File& file_;
  std::uint64_t heap_;
  Links& links_;
  std::set<std::uint64_t> seen_;
};

Result<void> read_link(const File& file, Bytes message, Links& links) {
  Cursor cursor(message);
  const std::uint64_t version = cursor.number(1), flags = cursor.number(1);
  const std::uint64_t kind = (flags & 8) != 0 ? cursor.number(1) : 0;
  cursor.skip((flags & 4) != 0 ? 8 : 0);  // creation order
  cursor.skip((flags & 16) != 0 ? 1 : 0); // ASCII or UTF-8
  const std::uint64_t size = cursor.number(std::size_t{1} << (flags & 3));
  const std::string_view name = text_of(cursor.take(size));
  const std::uint64_t header = kind == 0 ? file.offset(cursor) : 0;
  if (cursor.is_past_end() || version != 1)
    return damaged("a link is damaged");
  if (kind == 0)
    links.insert_or_assign(std::string(name), header);
  return {};
}

/// A large new-style group: its links are in a fractal heap, and a B-tree by name lists them.
Result<void> read_dense_links(const File& file, Bytes message, Links& links) {
  Cursor cursor(message);
  cursor.skip(1);
  const std::uint64_t flags = cursor.number(1);
  cursor.skip((flags & 1) != 0 ? 8 : 0);
  const std::uint64_t heap_address = file.offset(cursor), names = file.offset(cursor);
  if (cursor.is_past_end())
    return damaged("the group's header is damaged");
  if (file.is_nowhere(heap_address))
    return {};
  GANLET_TRY(const FractalHeap heap, FractalHeap::open(file, heap_address));
  return each_record(file, names, [&](Cursor record) -> Result<void> {
    record.skip(4); // hash of the name
    GANLET_TRY(const Bytes link, heap.object(record.take(heap.id_bytes())));
    return read_link(file, link, links);
  });
}

/// A version 2 B-tree.
class Tree {
 public:
  Tree(const File& file, const std::function<Result<void>(Cursor)>& visit) : file_(file), visit_(visit) {}

  Result<void> read(std::uint64_t address) {
    GANLET_TRY(const Bytes rest, file_.from(address, "a B-tree"));
    Cursor cursor(rest);
    const bool is_tree = cursor.has("BTHD") && cursor.number(1) == 0;
    cursor.skip(1); // the type of its records
    node_bytes_ = cursor.number(4);
    record_bytes_ = cursor.number(2);
    const std::uint64_t depth = cursor.number(2);
    cursor.skip(2);
    const std::uint64_t root = file_.offset(cursor), records = cursor.number(2);
    constexpr std::uint64_t deepest = 16;
    if (!is_tree || cursor.is_past_end() || record_bytes_ == 0 || node_bytes_ < 10 + record_bytes_ || depth > deepest)
      return damaged("a B-tree is damaged");
    if (file_.is_nowhere(root))
      return {};
    measure(depth);
    return read_node(root, records, depth);
  }

 private:
  /// For each level, how many records a node and a whole subtree may hold; that determines how wide their counts are.
  void measure(std::uint64_t depth) {
    constexpr std::uint64_t overhead = 10;
    const std::uint64_t most_in_leaf = (node_bytes_ - overhead) / record_bytes_;
    count_bytes_ = bytes_for(most_in_leaf);
    std::uint64_t subtree = most_in_leaf;
    pointer_bytes_.assign(1, 0);
    total_bytes_.assign(1, 0);
    for (std::uint64_t level = 1; level <= depth; ++level) {
      pointer_bytes_.push_back(file_.offset_bytes + count_bytes_ + total_bytes_.back());
      const std::uint64_t taken = overhead + pointer_bytes_.back();
      const std::uint64_t most =
          node_bytes_ > taken ? (node_bytes_ - taken) / (record_bytes_ + pointer_bytes_.back()) : 0;
      subtree = product_of(most + 1, subtree) + most;
      total_bytes_.push_back(bytes_for(subtree));
    }
  }

  static std::uint64_t product_of(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t plenty = std::uint64_t{1} << 62;
    return b != 0 && a > plenty / b ? plenty : a * b;
  }

  Result<void> read_node(std::uint64_t address, std::uint64_t records, std::uint64_t level) {
    if (!seen_.insert(address).second)
      return damaged("a B-tree leads back to itself");
    GANLET_TRY(const Bytes node, file_.block(address, node_bytes_, "a B-tree's node"));
    Cursor cursor(node);
    const bool is_node = cursor.has(level > 0 ? "BTIN" : "BTLF");
    cursor.skip(2);
    const Bytes own = cursor.take(records * record_bytes_); // a count has 2 bytes, so the product can't overflow
    if (!is_node || cursor.is_past_end())
      return damaged("a B-tree's node is damaged");
    for (std::uint64_t i = 0; level > 0 && i <= records; ++i) {
      const std::uint64_t child = file_.offset(cursor), count = cursor.number(count_bytes_);
      cursor.skip(total_bytes_[static_cast<std::size_t>(level - 1)]);
      if (cursor.is_past_end())
        return damaged("a B-tree's node is truncated");
      GANLET_CHECK(read_node(child, count, level - 1));
      if (i < records)
        GANLET_CHECK(visit_record(own, i));
    }
    for (std::uint64_t i = 0; level == 0 && i < records; ++i)
      GANLET_CHECK(visit_record(own, i));
    return {};
  }

  Result<void> visit_record(Bytes records, std::uint64_t index) {
    const auto size = static_cast<std::size_t>(record_bytes_);
    return visit_(Cursor(records.subspan(static_cast<std::size_t>(index) * size, size)));
  }

  const File& file_;
  const std::function<Result<void>(Cursor)>& visit_;
  std::uint64_t node_bytes_ = 0, record_bytes_ = 0;
  std::size_t count_bytes_ = 0;
  std::vector<std::size_t> pointer_bytes_, total_bytes_; ///< by level; 0 are the leaves
  std::set<std::uint64_t> seen_;
};

} // namespace

Result<void> each_record(const File& file, std::uint64_t tree, const std::function<Result<void>(Cursor)>& visit) {
  return Tree(file, visit).read(tree);
}

Result<Links> read_links(const File& file, const std::vector<Message>& messages) {
  Links links;
  for (const Message& message : messages) {
    if (message.type == MessageType::link) {
      GANLET_CHECK(read_link(file, message.body, links));
    } else if (message.type == MessageType::link_info) {
      GANLET_CHECK(read_dense_links(file, message.body, links));
    } else if (message.type == MessageType::symbol_table) {
      Cursor cursor(message.body);
      const std::uint64_t tree = file.offset(cursor), heap = file.offset(cursor);
      if (cursor.is_past_end())
        return damaged("the group's header is damaged");
      GANLET_CHECK(SymbolTable(file, heap, links).read_tree(tree, std::nullopt));
    }
  }
  return links;
}

} // namespace ganlet::importing::hdf5
