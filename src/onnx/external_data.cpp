#include "onnx/external_data.h"

#include <algorithm>
#include <map>

#include "core/json.h"
#include "core/text.h"
#include "core/wire_writer.h"
#include "onnx/wire.h"

namespace ganlet::onnx {

namespace external {

namespace {

using Bytes = std::span<const std::byte>;

/// The messages that weights may be in.
enum class Message : std::uint8_t { model, graph, function, node, attribute, tensor };

struct Member {
  Message of;
  std::uint32_t field;
  Message is;
};
constexpr Member members[] = {
    {Message::model, 7, Message::graph},      {Message::model, 25, Message::function},
    {Message::graph, 1, Message::node},       {Message::graph, 5, Message::tensor},
    {Message::function, 7, Message::node},    {Message::node, 5, Message::attribute},
    {Message::attribute, 5, Message::tensor}, {Message::attribute, 10, Message::tensor},
    {Message::attribute, 6, Message::graph},  {Message::attribute, 11, Message::graph},
};

constexpr std::uint32_t raw_data = 9, external_data = 13, data_location = 14;
constexpr int deepest_message = 64; ///< messages within messages

const Member* member_of(Message of, const WireReader& wire) {
  const auto* const found = std::ranges::find_if(
      members, [&](const Member& member) { return member.of == of && member.field == wire.field(); });
  return found != std::end(members) && wire.type() == WireType::bytes ? found : nullptr;
}

/// Where a tensor's numbers are.
struct Place {
  bool is_outside = false;
  std::string tensor, file;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

tl::unexpected<Error> wrong(ErrorCode code, const Place& place, std::string_view message) {
  return fail(code, concat("weight '", printable(place.tensor), "'"), message);
}

bool is_plain(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.find_first_of("/\\:") == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

/// An entry of external_data, which is a StringStringEntryProto.
Result<void> read_entry(Bytes entry, Place& place) {
  const std::string_view key = find_text(entry, 1), value = find_text(entry, 2);
  if (key == "location") {
    place.file = value;
    if (place.file.starts_with("./"))
      place.file.erase(0, 2);
  }
  if (key != "offset" && key != "length")
    return {};
  const auto number = number_of(value);
  constexpr double most = 1e15;
  if (!number || *number < 0 || *number > most)
    return wrong(ErrorCode::corrupt, place, concat("has the ", key, " '", printable(value), "'"));
  const auto whole = static_cast<std::uint64_t>(*number);
  if (key == "offset")
    place.offset = whole;
  else
    place.length = whole;
  return {};
}

Result<Place> place_of(Bytes tensor, MemoryBudget& memory) {
  Place place;
  place.tensor = find_text(tensor, 8);
  WireReader wire(tensor, "model", memory);
  while (wire.next()) {
    if (wire.field() == data_location)
      place.is_outside = wire.integer() == 1;
    else if (wire.field() == external_data)
      GANLET_CHECK(read_entry(wire.bytes(), place));
  }
  GANLET_CHECK(wire.finish());
  if (place.is_outside && !is_plain(place.file))
    return wrong(ErrorCode::unsupported, place,
                 concat("lies in '", printable(place.file),
                        "'; put that file beside the network's, and save the network with its name alone"));
  return place;
}

/// Calls `visit(tensor)` for each tensor in a message.
template <typename Visit>
Result<void> each_tensor(Bytes message, Message is, int depth, MemoryBudget& memory, const Visit& visit) {
  if (is == Message::tensor)
    return visit(message);
  WireReader wire(message, "model", memory);
  while (depth < deepest_message && wire.next())
    if (const Member* const member = member_of(is, wire))
      GANLET_CHECK(each_tensor(wire.value(), member->is, depth + 1, memory, visit));
  return wire.finish();
}

/// Writes a file with its weights inside.
class Rewriter {
 public:
  Rewriter(const Beside& beside, const Limits& limits, Budget& budget)
      : beside_(beside), limits_(limits), budget_(budget), memory_(4 * limits.file_bytes), left_(limits.file_bytes) {}

  Result<std::vector<std::byte>> rewritten(Bytes message, Message is, int depth) {
    if (depth > deepest_message)
      return fail(ErrorCode::limit_exceeded, "model",
                  concat("has more than ", deepest_message, " messages within each other"));
    GANLET_CHECK(budget_.take(static_cast<std::int64_t>(message.size() / 4) + 1));
    if (is == Message::tensor)
      return with_numbers(message);
    WireWriter out;
    WireReader wire(message, "model", memory_);
    while (wire.next()) {
      if (const Member* const member = member_of(is, wire)) {
        GANLET_TRY(const std::vector<std::byte> inside, rewritten(wire.value(), member->is, depth + 1));
        out.bytes(wire.field(), inside);
      } else {
        out.raw(wire.field(), static_cast<std::uint32_t>(wire.type()), wire.value());
      }
    }
    GANLET_CHECK(wire.finish());
    return std::move(out).take();
  }

 private:
  Result<std::vector<std::byte>> with_numbers(Bytes tensor) {
    GANLET_TRY(const Place place, place_of(tensor, memory_));
    if (!place.is_outside)
      return std::vector<std::byte>(tensor.begin(), tensor.end());
    GANLET_TRY(const Bytes numbers, numbers_at(place));
    WireWriter out;
    WireReader wire(tensor, "model", memory_);
    while (wire.next())
      if (wire.field() != external_data && wire.field() != data_location)
        out.raw(wire.field(), static_cast<std::uint32_t>(wire.type()), wire.value());
    out.bytes(raw_data, numbers);
    return std::move(out).take();
  }

  Result<Bytes> numbers_at(const Place& place) {
    auto found = files_.find(place.file);
    if (found == files_.end()) {
      GANLET_TRY(std::vector<std::byte> bytes, beside_(place.file));
      found = files_.emplace(place.file, std::move(bytes)).first;
    }
    const Bytes file(found->second);
    const std::uint64_t length =
        place.length.value_or(file.size() - std::min<std::uint64_t>(place.offset, file.size()));
    if (place.offset > file.size() || length > file.size() - place.offset)
      return wrong(ErrorCode::corrupt, place,
                   concat("lies behind the end of '", printable(place.file), "', which may be truncated"));
    if (length > left_)
      return wrong(ErrorCode::limit_exceeded, place,
                   concat("would make the file larger than ", limits_.file_bytes, " bytes"));
    left_ -= length;
    GANLET_CHECK(budget_.take(static_cast<std::int64_t>(length / 4) + 1));
    return file.subspan(static_cast<std::size_t>(place.offset), static_cast<std::size_t>(length));
  }

  const Beside& beside_;
  const Limits& limits_;
  Budget& budget_;
  MemoryBudget memory_;
  std::uint64_t left_; ///< bytes of weights
  std::map<std::string, std::vector<std::byte>> files_;
};

} // namespace

} // namespace external

Result<std::vector<std::string>> files_beside(std::span<const std::byte> file) {
  using namespace external;
  std::vector<std::string> names;
  MemoryBudget memory(4 * Limits{}.file_bytes);
  std::optional<Error> error;
  // Whether the walk comes to its end is for the reader to tell.
  (void)each_tensor(file, Message::model, 0, memory, [&](Bytes tensor) -> Result<void> {
    Result<Place> place = place_of(tensor, memory);
    if (!place && place.error().code() == ErrorCode::unsupported && !error)
      error = std::move(place).error();
    if (place && place->is_outside && std::ranges::count(names, place->file) == 0)
      names.push_back(std::move(place->file));
    return {};
  });
  if (error)
    return tl::unexpected(std::move(*error));
  return names;
}

Result<std::vector<std::byte>> with_weights_inside(std::span<const std::byte> file, const Beside& beside,
                                                   const Limits& limits, Budget& budget) {
  return external::Rewriter(beside, limits, budget).rewritten(file, external::Message::model, 0);
}

} // namespace ganlet::onnx
