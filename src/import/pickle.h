#pragma once

#include <string_view>
#include <vector>

#include "core/budget.h"
#include "import/bytes.h"

namespace ganlet::importing {

/// The content of a Python pickle (protocols 2 to 5). Nothing is executed: calls and objects are kept as a name and
/// arguments. Only opcodes and functions that files of weights use are allowed; others are refused by name. Refers to
/// the bytes.
class Pickle {
 public:
  struct Value {
    enum class Kind : std::uint8_t {
      none,
      boolean,
      integer,
      real,
      text,
      tuple,
      list,
      dict,
      global,
      call,
      object,
      outside
    };
    Kind kind = Kind::none;
    std::int64_t integer = 0; ///< also of a boolean
    double real = 0;
    std::string_view text{}; ///< for a global, a call or an object, the name of the module
    std::string_view name{}; ///< and of the function or class in it
    /// Of lists and tuples; a dict's keys and values in turn; the tuple of arguments of a call, or of what is kept
    /// outside; the state of an object.
    std::vector<std::uint32_t> items{};

    bool is(std::string_view module, std::string_view called) const { return text == module && name == called; }
  };

  /// Errors: corrupt, unsupported, limit_exceeded, cancelled, at `pickle`.
  static Result<Pickle> read(Bytes bytes, Budget& budget);

  const Value& root() const { return values_[root_]; }
  const Value& at(std::uint32_t index) const { return values_[index]; }
  /// Item `index`; null if there are fewer.
  const Value* item(const Value& of, std::size_t index) const {
    return index < of.items.size() ? &values_[of.items[index]] : nullptr;
  }
  /// Argument `index` of a call or of what is kept outside; null if there are fewer.
  const Value* argument(const Value& of, std::size_t index) const {
    const Value* const arguments = item(of, 0);
    return arguments == nullptr ? nullptr : item(*arguments, index);
  }
  /// The value in a dict for a key that is text; null if there is none.
  const Value* find(const Value& dict, std::string_view key) const;
  /// A number for each item of a tuple, list or torch.Size of at most 64; empty for anything else.
  std::vector<std::int64_t> integers(const Value& value) const;
  std::size_t bytes() const { return bytes_; } ///< of this pickle; others may follow

 private:
  class Machine;

  std::vector<Value> values_;
  std::uint32_t root_ = 0;
  std::size_t bytes_ = 0;
};

/// Whether files of weights may call this global.
bool may_be_called(const Pickle::Value& function);

} // namespace ganlet::importing
