#include "import/pickle.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

#include "core/text.h"

namespace ganlet::importing {

/// Runs the opcodes (Lib/pickletools.py of CPython describes them) on a stack of values.
class Pickle::Machine {
 public:
  Machine(Bytes bytes, Budget& budget) : input_(bytes), budget_(budget) {}

  Result<Pickle> run() {
    for (;;) {
      GANLET_CHECK(take(16));
      const auto opcode = static_cast<std::uint8_t>(input_.number(1));
      if (input_.is_past_end())
        return damaged();
      if (opcode == '.')
        break;
      if (!step(opcode) && !error_)
        error_ = std::move(fail(ErrorCode::unsupported, "pickle",
                                concat("its opcode ", std::uint64_t{opcode}, " at byte ", input_.at() - 1,
                                       " isn't one that a file of weights has: save net.state_dict() with torch.save"))
                               .value());
      if (error_)
        return tl::unexpected(std::move(*error_));
      if (input_.is_past_end() || is_damaged_)
        return damaged();
      if (std::max({pickle_.values_.size(), stack_.size(), marks_.size(), memo_.size()}) > most_values)
        return fail(ErrorCode::limit_exceeded, "pickle", concat("has more than ", most_values, " values"));
    }
    if (stack_.empty())
      return damaged();
    pickle_.root_ = stack_.back();
    pickle_.bytes_ = input_.at();
    return std::move(pickle_);
  }

 private:
  using Kind = Value::Kind;

  static constexpr std::size_t most_values = std::size_t{1} << 20;

  tl::unexpected<Error> damaged() const {
    return fail(ErrorCode::corrupt, "pickle", concat("is damaged or truncated at byte ", input_.at()));
  }
  Result<void> take(std::int64_t units) {
    Result<void> taken = budget_.take(units);
    if (!taken)
      return tl::unexpected(std::move(taken).error().within("pickle"));
    return taken;
  }

  bool push(Value value) {
    stack_.push_back(static_cast<std::uint32_t>(pickle_.values_.size()));
    pickle_.values_.push_back(std::move(value));
    return true;
  }
  bool push_integer(std::int64_t number, Kind kind = Kind::integer) {
    Value value{kind};
    value.integer = number;
    return push(std::move(value));
  }
  bool push_text(std::uint64_t bytes) {
    Value value{Kind::text};
    value.text = text_of(input_.take(bytes));
    return push(std::move(value));
  }
  /// A little-endian integer of two's complement; one too long for 64 bits is a number that nothing here needs.
  bool push_long(std::uint64_t bytes) {
    const Bytes digits = input_.take(bytes);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(digits.size(), 8); ++i)
      number |= std::uint64_t{std::to_integer<std::uint8_t>(digits[i])} << (8 * i);
    if (!digits.empty() && digits.size() < 8 && (std::to_integer<int>(digits.back()) & 0x80) != 0)
      number |= ~std::uint64_t{0} << (8 * digits.size());
    return push_integer(static_cast<std::int64_t>(number));
  }
  bool push_real() {
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) // big-endian
      bits = bits << 8 | input_.number(1);
    Value value{Kind::real};
    value.real = std::bit_cast<double>(bits);
    return push(std::move(value));
  }

  /// The top of the stack, taken off it; a value of no kind where it is empty.
  std::uint32_t pop() {
    if (stack_.empty() || (!marks_.empty() && marks_.back() >= stack_.size())) {
      is_damaged_ = true;
      push({});
    }
    const std::uint32_t top = stack_.back();
    stack_.pop_back();
    return top;
  }
  std::vector<std::uint32_t> pop_to_mark() {
    if (marks_.empty() || marks_.back() > stack_.size()) {
      is_damaged_ = true;
      return {};
    }
    const auto from = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    marks_.pop_back();
    std::vector<std::uint32_t> items(from, stack_.end());
    stack_.erase(from, stack_.end());
    return items;
  }
  bool push_items(Kind kind, std::vector<std::uint32_t> items) {
    Value value{kind};
    value.items = std::move(items);
    return push(std::move(value));
  }
  bool push_tuple(std::size_t count) {
    std::vector<std::uint32_t> items(count);
    for (std::size_t i = count; i-- > 0;)
      items[i] = pop();
    return push_items(Kind::tuple, std::move(items));
  }

  /// Onto what is at the top: the items of a list, keys and values of a dict.
  bool add(const std::vector<std::uint32_t>& items) {
    if (stack_.empty() || is_damaged_) {
      is_damaged_ = true;
      return true;
    }
    std::vector<std::uint32_t>& to = pickle_.values_[stack_.back()].items;
    to.insert(to.end(), items.begin(), items.end());
    return true;
  }
  bool add_top(std::size_t count) {
    std::vector<std::uint32_t> items(count);
    for (std::size_t i = count; i-- > 0;)
      items[i] = pop();
    return add(items);
  }

  bool push_global(std::string_view module, std::string_view name) {
    Value value{Kind::global};
    value.text = module;
    value.name = name;
    return push(std::move(value));
  }
  /// A call is kept as what it is, but for a dict, which is one.
  bool call() {
    const std::uint32_t arguments = pop(), function = pop();
    const Value& called = pickle_.values_[function];
    if (is_damaged_)
      return true;
    if (called.kind != Kind::global || !may_be_called(called)) {
      error_ = std::move(fail(ErrorCode::unsupported, "pickle",
                              concat("it calls '", printable(called.text), ' ', printable(called.name),
                                     "', which no file of weights has to: don't open it in Python, and ask for one "
                                     "with the tensors alone"))
                             .value());
      return true;
    }
    Value value{called.is("collections", "OrderedDict") ? Kind::dict : Kind::call};
    value.text = called.text;
    value.name = called.name;
    if (value.kind == Kind::dict)
      value.items = pairs_in(pickle_.values_[arguments]);
    else
      value.items = {arguments};
    return push(std::move(value));
  }
  /// OrderedDict([[key, value], ...]), as Python 2 writes one.
  std::vector<std::uint32_t> pairs_in(const Value& arguments) {
    std::vector<std::uint32_t> flat;
    if (const Value* const pairs = pickle_.item(arguments, 0); pairs != nullptr) {
      copied_ += pairs->items.size(); // the same list can be asked for again and again
      if (copied_ > most_values)
        is_damaged_ = true;
      else
        for (const std::uint32_t pair : pairs->items)
          if (const Value& both = pickle_.values_[pair]; both.items.size() == 2)
            flat.insert(flat.end(), both.items.begin(), both.items.end());
    }
    return flat;
  }
  /// What a file keeps elsewhere: ('storage', class, key, device, count), and ('module', class, ...) for a class.
  bool push_outside() {
    const std::uint32_t key = pop();
    const Value* const kind = pickle_.item(pickle_.values_[key], 0);
    const Value* const type = pickle_.item(pickle_.values_[key], 1);
    if (kind != nullptr && type != nullptr && kind->text == "module")
      return push_global(type->text, type->name);
    return push_items(Kind::outside, {key});
  }
  bool make_object(std::size_t arguments) {
    for (std::size_t i = 0; i < arguments; ++i)
      pop();
    const Value& type = pickle_.values_[pop()];
    Value value{type.is("collections", "OrderedDict") ? Kind::dict : Kind::object};
    value.text = type.text;
    value.name = type.name;
    return push(std::move(value));
  }
  /// An object's state; that of a dict is what Python keeps beside it.
  bool give_state() {
    const std::uint32_t state = pop();
    if (stack_.empty())
      is_damaged_ = true;
    else if (Value& to = pickle_.values_[stack_.back()]; to.kind == Kind::object || to.kind == Kind::call)
      to.items.push_back(state);
    return true;
  }

  bool remember(std::uint64_t index) {
    if (stack_.empty())
      is_damaged_ = true;
    else
      memo_[index] = stack_.back();
    return true;
  }
  bool recall(std::uint64_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end())
      is_damaged_ = true;
    else
      stack_.push_back(found->second);
    return true;
  }

  /// False for an opcode that isn't allowed.
  bool step(std::uint8_t opcode) { // NOLINT(readability-function-size): a table of opcodes
    switch (opcode) {
    case 0x80:
      return input_.skip(1), true; // PROTO
    case 0x95:
      return input_.skip(8), true; // FRAME
    case '(':
      return marks_.push_back(stack_.size()), true;
    case '0':
      return pop(), true;
    case '1':
      return pop_to_mark(), true;
    case 'N':
      return push({});
    default:
      return step_number(opcode) || step_container(opcode) || step_object(opcode);
    }
  }
  bool step_number(std::uint8_t opcode) {
    switch (opcode) {
    case 0x88:
      return push_integer(1, Kind::boolean);
    case 0x89:
      return push_integer(0, Kind::boolean);
    case 'J':
      return push_integer(static_cast<std::int32_t>(input_.number(4)));
    case 'K':
      return push_integer(static_cast<std::int64_t>(input_.number(1)));
    case 'M':
      return push_integer(static_cast<std::int64_t>(input_.number(2)));
    case 0x8A:
      return push_long(input_.number(1));
    case 0x8B:
      return push_long(input_.number(4));
    case 'G':
      return push_real();
    case 'X':
    case 'T':
    case 'B':
      return push_text(input_.number(4));
    case 'U':
    case 'C':
    case 0x8C:
      return push_text(input_.number(1));
    case 0x8D:
    case 0x8E:
      return push_text(input_.number(8));
    default:
      return false;
    }
  }
  bool step_container(std::uint8_t opcode) {
    switch (opcode) {
    case ')':
      return push_items(Kind::tuple, {});
    case ']':
    case 0x8F:
      return push_items(Kind::list, {});
    case '}':
      return push_items(Kind::dict, {});
    case 't':
      return push_items(Kind::tuple, pop_to_mark());
    case 0x85:
      return push_tuple(1);
    case 0x86:
      return push_tuple(2);
    case 0x87:
      return push_tuple(3);
    case 'a':
      return add_top(1);
    case 's':
      return add_top(2);
    case 'e':
    case 'u':
    case 0x90:
      return add(pop_to_mark());
    default:
      return false;
    }
  }
  bool step_object(std::uint8_t opcode) {
    switch (opcode) {
    case 'c': {
      const std::string_view module = input_.text('\n'), name = input_.text('\n');
      return push_global(module, name);
    }
    case 0x93: {
      const std::uint32_t name = pop(), module = pop();
      return push_global(pickle_.values_[module].text, pickle_.values_[name].text);
    }
    case 'R':
      return call();
    case 0x81:
      return make_object(1);
    case 0x92:
      return make_object(2);
    case 'b':
      return give_state();
    case 'Q':
      return push_outside();
    case 'q':
      return remember(input_.number(1));
    case 'r':
      return remember(input_.number(4));
    case 0x94:
      return remember(memo_.size());
    case 'h':
      return recall(input_.number(1));
    case 'j':
      return recall(input_.number(4));
    default:
      return false;
    }
  }

  Cursor input_;
  Budget& budget_;
  Pickle pickle_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, std::uint32_t> memo_;
  std::size_t copied_ = 0;
  bool is_damaged_ = false;
  std::optional<Error> error_;
};

Result<Pickle> Pickle::read(Bytes bytes, Budget& budget) {
  return Machine(bytes, budget).run();
}

const Pickle::Value* Pickle::find(const Value& dict, std::string_view key) const {
  if (dict.kind == Value::Kind::dict)
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2)
      if (const Value& name = values_[dict.items[i]]; name.kind == Value::Kind::text && name.text == key)
        return &values_[dict.items[i + 1]];
  return nullptr;
}

std::vector<std::int64_t> Pickle::integers(const Value& value) const {
  const Value* list = &value;
  if (value.kind == Value::Kind::call && value.is("torch", "Size"))
    list = argument(value, 0);
  constexpr std::size_t most = 64; // far more than a tensor has axes
  std::vector<std::int64_t> numbers;
  if (list != nullptr && (list->kind == Value::Kind::tuple || list->kind == Value::Kind::list) &&
      list->items.size() <= most)
    for (const std::uint32_t item : list->items)
      numbers.push_back(values_[item].integer);
  return numbers;
}

} // namespace ganlet::importing
