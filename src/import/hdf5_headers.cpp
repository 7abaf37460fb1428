#include <algorithm>
#include <deque>

#include "import/hdf5_file.h"

namespace ganlet::importing {

Result<void> Hdf5::File::hold(std::uint64_t count, std::uint64_t bytes_each) const {
  if (count > static_cast<std::uint64_t>(memory_left) / std::max<std::uint64_t>(bytes_each, 1))
    return fail(ErrorCode::limit_exceeded, "",
                concat("the file's arrays take more than ", 4 * limits.file_bytes, " bytes"));
  memory_left -= static_cast<std::int64_t>(count * bytes_each);
  return {};
}

bool Hdf5::File::is_nowhere(std::uint64_t address) const {
  return address == ~std::uint64_t{0} >> (64 - 8 * offset_bytes);
}

Result<Bytes> Hdf5::File::from(std::uint64_t address, std::string_view what) const {
  if (address > bytes.size())
    return hdf5::damaged(concat(what, " lies outside the file, which may be truncated"));
  return bytes.subspan(static_cast<std::size_t>(address));
}

Result<Bytes> Hdf5::File::block(std::uint64_t address, std::uint64_t size, std::string_view what) const {
  GANLET_TRY(const Bytes rest, from(address, what));
  if (size > rest.size())
    return hdf5::damaged(concat(what, " lies outside the file, which may be truncated"));
  GANLET_CHECK(take_for_bytes(*budget, size, ""));
  return rest.first(static_cast<std::size_t>(size));
}

namespace hdf5 {

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::corrupt, "", what);
}

tl::unexpected<Error> unsupported(std::string_view what) {
  return fail(ErrorCode::unsupported, "", concat(what, " can't be read"));
}

namespace {

class HeaderReader {
 public:
  explicit HeaderReader(const File& file) : file_(file) {}

  Result<std::vector<Message>> read(std::uint64_t address) {
    GANLET_TRY(const Bytes start, file_.from(address, "the object header"));
    is_new_ = text_of(start).starts_with("OHDR");
    seen_.insert(address);
    GANLET_CHECK(is_new_ ? begin_new(address, start) : begin_old(address, start));
    while (!runs_.empty()) {
      const Bytes run = runs_.front();
      runs_.pop_front();
      GANLET_CHECK(read_run(run));
    }
    return std::move(messages_);
  }

 private:
  Result<void> begin_old(std::uint64_t address, Bytes start) {
    Cursor cursor(start);
    const std::uint64_t version = cursor.number(1);
    cursor.skip(7); // counts of messages and references
    const std::uint64_t size = cursor.number(4);
    if (cursor.is_past_end() || version != 1)
      return damaged("the object header is damaged");
    GANLET_TRY(const Bytes run, file_.block(address + 16, size, "the object header"));
    runs_.push_back(run);
    return {};
  }

  Result<void> begin_new(std::uint64_t address, Bytes start) {
    Cursor cursor(start);
    cursor.skip(4);
    const std::uint64_t version = cursor.number(1), flags = cursor.number(1);
    cursor.skip((flags & 0x20) != 0 ? 16 : 0); // times
    cursor.skip((flags & 0x10) != 0 ? 4 : 0);  // thresholds for moving attributes elsewhere
    const std::uint64_t size = cursor.number(std::size_t{1} << (flags & 3));
    has_order_ = (flags & 4) != 0;
    if (cursor.is_past_end() || version != 2)
      return damaged("the object header is damaged");
    GANLET_TRY(const Bytes run, file_.block(address + cursor.at(), size, "the object header"));
    runs_.push_back(run);
    return {};
  }

  Result<void> read_run(Bytes run) {
    const std::size_t least = is_new_ ? (has_order_ ? 6 : 4) : 8;
    Cursor cursor(run);
    while (cursor.left() >= least) {
      const auto type = static_cast<MessageType>(cursor.number(is_new_ ? 1 : 2));
      const std::uint64_t size = cursor.number(2), flags = cursor.number(1);
      cursor.skip(is_new_ ? (has_order_ ? 2 : 0) : 3);
      const Bytes body = cursor.take(size);
      if (cursor.is_past_end())
        return damaged("the object header is damaged");
      if (static_cast<std::int64_t>(messages_.size()) >= file_.limits.nodes)
        return fail(ErrorCode::limit_exceeded, "", concat("has more than ", file_.limits.nodes, " header messages"));
      if (type == MessageType::continuation)
        GANLET_CHECK(continue_at(Cursor(body)));
      else if ((flags & 2) == 0)
        messages_.push_back({type, body});
      else if (type != MessageType::fill_value)
        return unsupported("a shared message of the object header");
    }
    return {};
  }

  Result<void> continue_at(Cursor cursor) {
    const std::uint64_t address = file_.offset(cursor), size = file_.length(cursor);
    if (cursor.is_past_end() || !seen_.insert(address).second)
      return damaged("the object header leads back to itself");
    GANLET_TRY(Bytes run, file_.block(address, size, "the object header's continuation"));
    if (is_new_) {
      if (!text_of(run).starts_with("OCHK") || run.size() < 8)
        return damaged("the object header's continuation is damaged");
      run = run.subspan(4, run.size() - 8);
    }
    runs_.push_back(run);
    return {};
  }

  const File& file_;
  bool is_new_ = false;
  bool has_order_ = false;
  std::set<std::uint64_t> seen_;
  std::deque<Bytes> runs_; ///< of messages: the header itself and what continues it
  std::vector<Message> messages_;
};

} // namespace

Result<std::vector<Message>> read_header(const File& file, std::uint64_t address) {
  return HeaderReader(file).read(address);
}

const Message* find(const std::vector<Message>& messages, MessageType type) {
  const auto found = std::ranges::find(messages, type, &Message::type);
  return found == messages.end() ? nullptr : &*found;
}

} // namespace hdf5
} // namespace ganlet::importing
