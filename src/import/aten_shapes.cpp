#include <algorithm>
#include <cmath>
#include <limits>

#include "core/checked.h"
#include "import/aten.h"

namespace ganlet::importing::aten {

namespace {

/// Batches that are open aside, as many elements.
bool has_zero(const Sizes& sizes) {
  return std::ranges::count(sizes, 0) > 0;
}

Result<std::string> sliced(Call& call, const std::string& name, std::int64_t axis, std::int64_t from, std::int64_t to,
                           std::int64_t step = 1) {
  return call.node("Slice", {name, call.integers_of({from}), call.integers_of({to}), call.integers_of({axis}),
                             call.integers_of({step})});
}

Result<std::string> concatenated(Call& call, std::vector<std::string> parts, std::int64_t axis) {
  if (parts.size() == 1)
    return parts.front();
  return call.node("Concat", std::move(parts), {attribute("axis", axis)});
}

std::string_view input_name(const Call& call) {
  return call.has("self") ? "self" : "input";
}

} // namespace

/// All of them, whose result's shape the file says.
Result<void> convert_reshape(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor(input_name(call)));
  if (has_zero(declared.sizes))
    return call.error(ErrorCode::unsupported, "has an axis without elements");
  if (value.sizes == declared.sizes && std::ranges::count(value.sizes, -1) <= 1)
    return call.give(value.name);
  GANLET_TRY(const std::string made, call.reshape(value.name, declared.sizes));
  return call.give(made);
}

Result<void> convert_permute(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  const int rank = value.rank();
  Sizes order;
  for (int i = 0; i < rank; ++i)
    order.push_back(i);
  if (call.op() == "permute") {
    order = call.integers("dims", 0, 0);
    for (std::int64_t& axis : order)
      axis += axis < 0 ? rank : 0;
  } else if (call.op() == "movedim") {
    const Sizes from = call.integers("source", 1, 0), to = call.integers("destination", 1, 0);
    if (from.size() != 1 || to.size() != 1)
      return call.error(ErrorCode::unsupported, "moves several axes at once");
    const std::int64_t a = from[0] + (from[0] < 0 ? rank : 0), b = to[0] + (to[0] < 0 ? rank : 0);
    if (a < 0 || a >= rank || b < 0 || b >= rank)
      return call.error(ErrorCode::corrupt, "has no such axis");
    order.erase(order.begin() + a);
    order.insert(order.begin() + b, a);
  } else if (call.op() == "transpose") {
    GANLET_TRY(const std::int64_t a, call.axis("dim0", 0, rank));
    GANLET_TRY(const std::int64_t b, call.axis("dim1", 0, rank));
    if (rank > 0)
      std::swap(order[static_cast<std::size_t>(a)], order[static_cast<std::size_t>(b)]);
  } else if (call.op() == "mT") {
    if (rank < 2)
      return call.error(ErrorCode::corrupt, "takes matrices");
    std::swap(order[order.size() - 1], order[order.size() - 2]);
  } else { // t, numpy_T
    std::ranges::reverse(order);
  }
  GANLET_TRY(const std::string made, call.node("Transpose", {value.name}, {attribute("perm", order)}));
  return call.give(made);
}

Result<void> convert_expand(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  Sizes sizes = declared.sizes;
  const std::size_t more = sizes.size() - std::min(sizes.size(), value.sizes.size());
  for (std::size_t i = 0; i < value.sizes.size() && more + i < sizes.size(); ++i)
    if (value.sizes[i] == -1)
      sizes[more + i] = 1; // as it is
  if (declared.sizes == value.sizes)
    return call.give(value.name);
  GANLET_TRY(const std::string shape, call.shape(sizes));
  GANLET_TRY(const std::string made, call.node("Expand", {value.name, shape}));
  return call.give(made);
}

Result<void> convert_repeat(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  Sizes repeats = call.integers(call.op() == "tile" ? "dims" : "repeats", 0, 0);
  Sizes sizes = value.sizes;
  while (repeats.size() < sizes.size()) // tile
    repeats.insert(repeats.begin(), 1);
  std::string name = value.name;
  if (sizes.size() < repeats.size()) {
    sizes.insert(sizes.begin(), repeats.size() - sizes.size(), 1);
    GANLET_TRY(name, call.reshape(name, sizes));
  }
  if (std::ranges::count(repeats, -1) > 0) { // as many as the batch
    for (std::size_t i = 0; i < repeats.size(); ++i)
      if (repeats[i] != 1 && sizes[i] != 1)
        return call.error(ErrorCode::unsupported, "repeats more than single elements as often as the batch has images");
    GANLET_TRY(const std::string shape, call.shape(repeats));
    GANLET_TRY(const std::string made, call.node("Expand", {name, shape}));
    return call.give(made);
  }
  GANLET_TRY(const std::string made, call.node("Tile", {name, call.integers_of(repeats)}));
  return call.give(made);
}

/// Each element several times: a new axis, repeated, and joined with the one before.
Result<void> convert_repeat_interleave(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  const std::int64_t times = call.integer("repeats", -1);
  if (times < 1 || !call.has("dim") || value.rank() == 0)
    return call.error(ErrorCode::unsupported, "repeats by a tensor, or without an axis");
  GANLET_TRY(const std::int64_t axis, call.axis("dim", 0, value.rank()));
  Sizes sizes = value.sizes, repeats(value.sizes.size() + 1, 1);
  sizes.insert(sizes.begin() + axis + 1, 1);
  repeats[static_cast<std::size_t>(axis) + 1] = times;
  GANLET_TRY(std::string made, call.reshape(value.name, sizes));
  GANLET_TRY(made, call.node("Tile", {made, call.integers_of(repeats)}));
  GANLET_TRY(made, call.reshape(made, declared.sizes));
  return call.give(made);
}

Result<void> convert_slice(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const std::int64_t axis, call.axis("dim", 0, value.rank()));
  if (declared.sizes == value.sizes)
    return call.give(value.name);
  const bool is_narrow = call.op() == "narrow";
  const std::int64_t start = call.integer("start", 0);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t end =
      is_narrow ? start + std::clamp<std::int64_t>(call.integer("length", 0), 0, 1 << 26) : call.integer("end", most);
  GANLET_TRY(const std::string made, sliced(call, value.name, axis, start, end, call.integer("step", 1)));
  return call.give(made);
}

Result<void> convert_select(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const std::int64_t axis, call.axis("dim", 0, value.rank()));
  const std::string index = call.number(static_cast<double>(call.integer("index", 0)), DataType::int64);
  GANLET_TRY(const std::string made, call.node("Gather", {value.name, index}, {attribute("axis", axis)}));
  return call.give(made);
}

/// split, split_with_sizes, chunk; unbind also drops the axis.
Result<void> convert_split(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const std::int64_t axis, call.axis("dim", 0, value.rank()));
  std::int64_t at = 0;
  for (std::size_t i = 0; i < call.outputs().size(); ++i) {
    GANLET_TRY(const Value declared, call.declared(i));
    const bool drops = call.op() == "unbind";
    if (!drops && static_cast<std::size_t>(axis) >= declared.sizes.size())
      return call.error(ErrorCode::corrupt, "has parts of another rank");
    const std::int64_t size = drops ? 1 : declared.sizes[static_cast<std::size_t>(axis)];
    if (size < 0)
      return call.error(ErrorCode::unsupported, "splits the batch");
    GANLET_TRY(std::string part, sliced(call, value.name, axis, at, at + size));
    at += size;
    if (drops) {
      GANLET_TRY(part, call.reshape(part, declared.sizes));
    }
    GANLET_CHECK(call.give(part, i));
  }
  return {};
}

Result<void> convert_cat(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const auto values, call.tensors("tensors"));
  GANLET_TRY(const std::int64_t axis, call.axis("dim", 0, declared.rank()));
  std::vector<std::string> parts;
  for (const auto& value : values)
    if (value && !(value->rank() == 1 && value->sizes[0] == 0)) { // an empty list to which others are added
      GANLET_TRY(const std::string part, call.cast(*value, declared.type));
      parts.push_back(part);
    }
  if (parts.empty())
    return call.error(ErrorCode::corrupt, "joins nothing");
  GANLET_TRY(const std::string made, concatenated(call, parts, axis));
  return call.give(made);
}

Result<void> convert_stack(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const auto values, call.tensors("tensors"));
  GANLET_TRY(const std::int64_t axis, call.axis("dim", 0, declared.rank()));
  if (declared.rank() == 0)
    return call.error(ErrorCode::corrupt, "makes no new axis");
  std::vector<std::string> parts;
  for (const auto& value : values)
    if (value) {
      Sizes sizes = declared.sizes;
      sizes[static_cast<std::size_t>(axis)] = 1;
      GANLET_TRY(const std::string part, call.reshape(value->name, sizes));
      parts.push_back(part);
    }
  GANLET_TRY(const std::string made, concatenated(call, parts, axis));
  return call.give(made);
}

/// Each list along an axis of its own.
Result<void> convert_meshgrid(Call& call) {
  GANLET_TRY(const auto values, call.tensors("tensors"));
  for (std::size_t i = 0; i < values.size() && i < call.outputs().size(); ++i) {
    GANLET_TRY(const Value declared, call.declared(i));
    const std::size_t axis = call.text("indexing") == "xy" && i < 2 ? 1 - i : i;
    Sizes sizes(declared.sizes.size(), 1);
    if (!values[i] || values[i]->rank() != 1 || axis >= sizes.size())
      return call.error(ErrorCode::unsupported, "takes something else than lists");
    sizes[axis] = values[i]->sizes[0];
    GANLET_TRY(std::string made, call.reshape(values[i]->name, sizes));
    GANLET_TRY(made, call.node("Expand", {made, call.integers_of(declared.sizes)}));
    GANLET_CHECK(call.give(made, i));
  }
  return {};
}

Result<void> convert_flip(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  std::string made = value.name;
  for (std::int64_t axis : call.integers("dims", 1, 0)) {
    axis += axis < 0 ? value.rank() : 0;
    GANLET_TRY(made, sliced(call, made, axis, -1, std::numeric_limits<std::int64_t>::min() + 1, -1));
  }
  return call.give(made);
}

Result<void> convert_roll(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  const Sizes shifts = call.integers("shifts", 1, 0), axes = call.integers("dims", 0, 0);
  if (axes.size() != shifts.size())
    return call.error(ErrorCode::unsupported, "rolls without an axis");
  std::string made = value.name;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t axis = axes[i] + (axes[i] < 0 ? value.rank() : 0);
    const std::int64_t size = axis >= 0 && axis < value.rank() ? value.sizes[static_cast<std::size_t>(axis)] : 0;
    if (size < 1)
      return call.error(ErrorCode::unsupported, "rolls the batch, or an axis that isn't there");
    const std::int64_t by = ((shifts[i] % size) + size) % size;
    if (by == 0)
      continue;
    GANLET_TRY(const std::string end, sliced(call, made, axis, size - by, size));
    GANLET_TRY(const std::string start, sliced(call, made, axis, 0, size - by));
    GANLET_TRY(made, concatenated(call, {end, start}, axis));
  }
  return call.give(made);
}

Result<void> convert_index_select(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const std::int64_t axis, call.axis("dim", 0, value.rank()));
  GANLET_TRY(const std::string indices, call.operand("index", DataType::int64));
  GANLET_TRY(const std::string made, call.node("Gather", {value.name, indices}, {attribute("axis", axis)}));
  return call.give(made);
}

/// x[:, :, rows, columns] with rows (H,1) and columns (W): each list of indices has an axis of its own in what they
/// give together, so that one axis is looked up after the other.
Result<void> convert_index(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  GANLET_TRY(const Value value, call.tensor("self"));
  GANLET_TRY(const auto lists, call.tensors("indices"));
  std::vector<std::size_t> axes;
  int together = 0;
  for (std::size_t axis = 0; axis < lists.size(); ++axis)
    if (lists[axis]) {
      axes.push_back(axis);
      together = std::max(together, lists[axis]->rank());
    }
  std::string made = value.name;
  if (axes.size() == 1 && lists[axes[0]]->type == DataType::int64) {
    GANLET_TRY(made, call.node("Gather", {made, lists[axes[0]]->name},
                               {attribute("axis", static_cast<std::int64_t>(axes[0]))}));
    return call.give(made);
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Value& list = *lists[axes[i]];
    const auto expected = static_cast<std::size_t>(together) - axes.size() + i; // its axis among all
    bool is_alone = axes[i] == axes[0] + i && together == static_cast<int>(axes.size());
    std::int64_t count = 1;
    for (std::size_t k = 0; k < list.sizes.size(); ++k) {
      const std::size_t all = k + static_cast<std::size_t>(together) - list.sizes.size();
      is_alone &= list.sizes[k] == 1 || all == expected;
      count = std::max(count, list.sizes[k]);
    }
    if (!is_alone || list.type != DataType::int64 || std::ranges::count(list.sizes, -1) > 0)
      return call.error(
          ErrorCode::unsupported,
          "looks up by a mask, or several axes at once by lists that aren't one for each: write it as where() or "
          "index_select()");
    GANLET_TRY(const std::string flat, call.reshape(list.name, {count}));
    GANLET_TRY(made, call.node("Gather", {made, flat}, {attribute("axis", static_cast<std::int64_t>(axes[i]))}));
  }
  return call.give(made);
}

namespace {

double fill_number(const Call& call) {
  if (call.op().find("ones") != std::string::npos)
    return 1;
  if (call.op().find("zeros") != std::string::npos || call.op() == "empty")
    return 0;
  for (const std::string_view name : {"fill_value", "value", "s"})
    if (call.has(name))
      return call.real(name, 0);
  return 0;
}

} // namespace

Result<void> convert_fill(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  const std::string number = call.number(fill_number(call), declared.type);
  if (declared.sizes.empty())
    return call.give(number);
  GANLET_TRY(const std::string shape, call.shape(declared.sizes));
  GANLET_TRY(const std::string made, call.node("Expand", {number, shape}));
  return call.give(made);
}

/// Computed here: its length is known.
Result<void> convert_arange(Call& call) {
  GANLET_TRY(const Value declared, call.declared());
  if (declared.rank() != 1 || declared.sizes[0] < 0)
    return call.error(ErrorCode::unsupported, "is as long as the batch");
  const double start = call.real("start", 0), step = call.real("step", 1);
  GANLET_TRY(const Shape shape, Shape::make(declared.sizes, call.graph().limits(), "torch arange"));
  GANLET_CHECK(call.graph().budget().take(2 * shape.elements() + 1));
  Tensor numbers(declared.type == DataType::float32 ? DataType::float32 : DataType::int64, shape);
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    const double number = start + step * static_cast<double>(i);
    if (numbers.type() == DataType::float32)
      numbers.as<float>()[static_cast<std::size_t>(i)] = static_cast<float>(number);
    else
      numbers.as<std::int64_t>()[static_cast<std::size_t>(i)] = truncated(number);
  }
  return call.give(call.graph().constant(std::move(numbers)));
}

/// A product with ones and zeros.
Result<void> convert_triangle(Call& call) {
  GANLET_TRY(const Value value, call.tensor("self"));
  if (value.rank() < 2 || value.sizes.back() < 0 || value.sizes[value.sizes.size() - 2] < 0)
    return call.error(ErrorCode::unsupported, "takes no matrix of a known size");
  const std::int64_t rows = value.sizes[value.sizes.size() - 2], columns = value.sizes.back();
  const std::int64_t diagonal = call.integer("diagonal", 0);
  GANLET_CHECK(call.graph().budget().take(rows * columns + 1));
  Tensor mask(DataType::boolean, Shape{rows, columns});
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    const std::int64_t above = i % columns - i / columns;
    mask.as<std::uint8_t>()[static_cast<std::size_t>(i)] =
        (call.op() == "tril" ? above <= diagonal : above >= diagonal) ? 1 : 0;
  }
  const std::string flags = call.graph().constant(std::move(mask));
  GANLET_TRY(const std::string made, call.node("Where", {flags, value.name, call.number(0, value.type)}));
  return call.give(made);
}

} // namespace ganlet::importing::aten
