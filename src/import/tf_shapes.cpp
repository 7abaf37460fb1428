// What moves numbers without changing them, and what computes sizes.

#include <algorithm>

#include "import/tf_graph.h"

namespace ganlet::importing::tf {

namespace {

Dims dims_of(const Sizes& sizes) {
  Dims dims;
  for (const std::int64_t size : sizes)
    dims.push_back({size, false});
  return dims;
}

Dims one_axis(std::size_t size) {
  return {{static_cast<std::int64_t>(size), false}};
}

/// The sizes for a Reshape, whose one open size is the batch's. Errors: unsupported for others.
Result<std::string> reshaped(const Call& call, const std::string& name, const Dims& shape) {
  Sizes sizes;
  for (const Size& size : shape)
    sizes.push_back(size.per_batch ? -1 : size.count);
  if (std::ranges::count(sizes, -1) > 1)
    return call.error(ErrorCode::unsupported, "has the batch on two axes");
  return call.graph.node("Reshape", {name, call.graph.integers(sizes)});
}

/// The value under another shape of as many numbers.
Result<Value> with_shape(const Call& call, const Value& value, Dims shape) {
  if (value.numbers)
    return known(*value.numbers, std::move(shape));
  GANLET_TRY(const Value lies, call.in_order(value));
  Value result;
  GANLET_TRY(result.name, reshaped(call, lies.name, shape));
  result.shape = std::move(shape);
  result.type = value.type;
  return result;
}

/// Where an axis of TensorFlow's lies.
std::int64_t lying(const Value& value, std::size_t axis) {
  if (!value.channels_first || axis == 0)
    return static_cast<std::int64_t>(axis);
  return axis + 1 == value.shape.size() ? 1 : static_cast<std::int64_t>(axis) + 1;
}

/// A list with an entry for each axis, as the axes lie: (N,H,W,C) -> (N,C,H,W).
template <typename List> List as_lying(const Value& value, const List& list) {
  List turned(list);
  for (std::size_t axis = 0; axis < list.size(); ++axis)
    turned[static_cast<std::size_t>(lying(value, axis))] = list[axis];
  return turned;
}

/// Whole numbers of several known values, one behind the other; none if one isn't known.
std::optional<Dims> numbers_of(std::span<const Value> values) {
  Dims numbers;
  for (const Value& value : values) {
    if (!value.numbers || value.rank() > 1)
      return std::nullopt;
    numbers.insert(numbers.end(), value.numbers->begin(), value.numbers->end());
  }
  return numbers;
}

} // namespace

Result<Values> convert_identity(Call& call) {
  return only(call.inputs[0]);
}

Result<Values> convert_shape(Call& call) {
  const Dims& shape = call.inputs[0].shape;
  return only(known(shape, one_axis(shape.size())));
}

Result<Values> convert_range(Call& call) {
  GANLET_TRY(const std::int64_t first, call.whole_number(0, "start"));
  GANLET_TRY(const std::int64_t end, call.whole_number(1, "limit"));
  GANLET_TRY(const std::int64_t step, call.whole_number(2, "step"));
  constexpr std::int64_t far = std::int64_t{1} << 40;
  if (step < 1 || first < -far || first > far || end < -far || end > far ||
      (end - first) / step >= static_cast<std::int64_t>(most_known))
    return call.error(ErrorCode::unsupported, concat("counts in other steps, or beyond ", most_known));
  Dims numbers;
  for (std::int64_t i = first; i < end; i += std::min(step, far))
    numbers.push_back({i, false});
  const std::size_t count = numbers.size();
  return only(known(std::move(numbers), one_axis(count)));
}

Result<Values> convert_fill(Call& call) {
  GANLET_TRY(const Sizes sizes, call.whole(0, "shape"));
  GANLET_TRY(const Shape shape, Shape::make(sizes, call.graph.limits(), call.node.name));
  const Value& filling = call.inputs[1];
  GANLET_CHECK(call.graph.budget().take(shape.elements() + 1));
  if (filling.numbers && filling.numbers->size() == 1 && shape.elements() <= std::int64_t{most_known})
    return only(known(Dims(static_cast<std::size_t>(shape.elements()), filling.numbers->front()), dims_of(sizes)));
  GANLET_TRY(const float number, call.constant_number(1, "value"));
  Tensor tensor(DataType::float32, shape);
  std::ranges::fill(tensor.as<float>(), number);
  Value value;
  value.name = call.graph.constant(std::move(tensor));
  value.shape = dims_of(sizes);
  return only(std::move(value));
}

Result<Values> convert_reshape(Call& call) {
  const Value& input = call.inputs[0];
  if (!call.inputs[1].numbers)
    return call.error(ErrorCode::unsupported, "its shape must be known before the network runs");
  Dims shape = *call.inputs[1].numbers;
  const Size open{-1, false};
  const auto all = product(input.shape);
  Dims others;
  for (const Size& size : shape)
    if (size != open)
      others.push_back(size);
  const auto rest = product(others);
  if (!all || !rest || others.size() + 1 < shape.size())
    return call.error(ErrorCode::unsupported, "its shape can't be followed");
  for (Size& size : shape)
    if (size == open) {
      const auto left = computed("Div", *all, *rest);
      if (!left)
        return call.error(ErrorCode::corrupt, "its shape has another number of elements");
      size = *left;
    }
  if (product(shape) != all)
    return call.error(ErrorCode::corrupt, "its shape has another number of elements");
  return only(with_shape(call, input, std::move(shape)));
}

Result<Values> convert_squeeze(Call& call) {
  Sizes axes = call.integers("squeeze_dims");
  if (axes.empty())
    axes = call.integers("axis");
  const Dims& from = call.inputs[0].shape;
  std::vector<bool> goes(from.size());
  for (const std::int64_t axis : axes) {
    GANLET_TRY(const std::size_t own, call.axis_of(axis, call.inputs[0].rank()));
    goes[own] = true;
  }
  Dims shape;
  for (std::size_t axis = 0; axis < from.size(); ++axis)
    if (axes.empty() ? from[axis] != Size{1, false} : !goes[axis])
      shape.push_back(from[axis]);
    else if (from[axis] != Size{1, false})
      return call.error(ErrorCode::corrupt, "takes away an axis whose size isn't 1");
  return only(with_shape(call, call.inputs[0], std::move(shape)));
}

Result<Values> convert_expansion(Call& call) {
  GANLET_TRY(const std::int64_t axis, call.whole_number(1, "axis"));
  GANLET_TRY(const std::size_t own, call.axis_of(axis, call.inputs[0].rank() + 1));
  Dims shape = call.inputs[0].shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(own), {1, false});
  return only(with_shape(call, call.inputs[0], std::move(shape)));
}

Result<Values> convert_transpose(Call& call) {
  GANLET_TRY(const Sizes order, call.whole(1, "order of axes"));
  GANLET_TRY(const Value input, call.in_order(call.inputs[0]));
  Sizes sorted = order;
  std::ranges::sort(sorted);
  Value value;
  for (std::size_t axis = 0; axis < order.size(); ++axis)
    if (sorted[axis] != static_cast<std::int64_t>(axis) || order.size() != input.shape.size())
      return call.error(ErrorCode::corrupt, "its order of axes isn't one");
  for (const std::int64_t axis : order)
    value.shape.push_back(input.shape[static_cast<std::size_t>(axis)]);
  GANLET_TRY(value.name, call.graph.node("Transpose", {input.name}, {attribute("perm", order)}));
  value.type = input.type;
  return only(std::move(value));
}

Result<Values> convert_concatenation(Call& call) {
  GANLET_TRY(const std::int64_t given, call.whole_number(call.inputs.size() - 1, "axis"));
  const std::span<const Value> parts(call.inputs.data(), call.inputs.size() - 1);
  if (auto numbers = numbers_of(parts)) {
    const std::size_t count = numbers->size();
    return only(known(std::move(*numbers), one_axis(count)));
  }
  GANLET_TRY(const std::size_t axis, call.axis_of(given, parts[0].rank()));
  const bool turns = std::ranges::any_of(parts, &Value::channels_first);
  Value value;
  value.shape = parts[0].shape;
  value.type = parts[0].type;
  value.channels_first = turns;
  value.shape[axis].count = 0;
  std::vector<std::string> names;
  for (const Value& part : parts) {
    if (part.shape.size() != value.shape.size() || part.shape[axis].per_batch)
      return call.error(ErrorCode::unsupported, "joins tensors of other axes, or batches");
    GANLET_TRY(const Value lies, turns ? call.with_channels_first(part) : call.in_order(part));
    names.push_back(lies.name);
    value.shape[axis].count += part.shape[axis].count;
  }
  GANLET_TRY(value.name, call.graph.node("Concat", std::move(names), {attribute("axis", lying(value, axis))}));
  return only(std::move(value));
}

Result<Values> convert_pack(Call& call) {
  if (std::ranges::all_of(call.inputs, [](const Value& one) { return one.numbers && one.rank() == 0; })) {
    Dims numbers = *numbers_of(call.inputs);
    const std::size_t count = numbers.size();
    return only(known(std::move(numbers), one_axis(count)));
  }
  GANLET_TRY(const std::size_t axis, call.axis_of(call.integer("axis", 0), call.inputs[0].rank() + 1));
  std::vector<std::string> names;
  Dims shape = call.inputs[0].shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), {1, false});
  for (const Value& input : call.inputs) {
    if (input.shape != call.inputs[0].shape)
      return call.error(ErrorCode::corrupt, "stacks tensors of several shapes");
    GANLET_TRY(const Value one, with_shape(call, input, shape));
    GANLET_TRY(std::string name, call.name_of(one));
    names.push_back(std::move(name));
  }
  Value value;
  GANLET_TRY(value.name, call.graph.node("Concat", names, {attribute("axis", static_cast<std::int64_t>(axis))}));
  value.shape = std::move(shape);
  value.shape[axis].count = static_cast<std::int64_t>(names.size());
  value.type = call.inputs[0].type;
  return only(std::move(value));
}

namespace {

/// From `begin` on, `size` numbers of an axis.
Result<Value> piece(const Call& call, const Value& value, std::size_t axis, std::int64_t begin, std::int64_t size,
                    std::int64_t step = 1) {
  const std::int64_t own = lying(value, axis);
  GANLET_TRY(const std::string name, call.name_of(value));
  Value result{"", value.shape, value.type, value.channels_first};
  result.shape[axis] = {size, false};
  GANLET_TRY(result.name, call.graph.node("Slice", {name, call.graph.integers({begin}),
                                                    call.graph.integers({begin + (size - 1) * step + 1}),
                                                    call.graph.integers({own}), call.graph.integers({step})}));
  return result;
}

Result<void> check_pieces(const Call& call, std::int64_t count) {
  return count <= call.graph.limits().nodes
             ? Result<void>()
             : call.error(ErrorCode::limit_exceeded, concat("splits off ", count, " pieces"));
}

Result<Values> pieces(const Call& call, const Value& value, std::size_t axis, const Sizes& sizes) {
  Values values;
  std::int64_t begin = 0;
  GANLET_TRY(const std::int64_t whole, call.fixed(value, axis));
  for (const std::int64_t size : sizes) {
    if (size < 0 || size > whole - begin)
      return call.error(ErrorCode::corrupt, "splits off more than there is");
    GANLET_TRY(Value one, piece(call, value, axis, begin, size));
    values.push_back(std::move(one));
    begin += size;
  }
  return values;
}

} // namespace

Result<Values> convert_unpack(Call& call) {
  const Value& input = call.inputs[0];
  GANLET_TRY(const std::size_t axis, call.axis_of(call.integer("axis", 0), input.rank()));
  Values values;
  if (input.numbers && input.rank() == 1) {
    for (const Size& number : *input.numbers)
      values.push_back(known({number}, {}));
    return values;
  }
  GANLET_TRY(const std::int64_t count, call.fixed(input, axis));
  GANLET_CHECK(check_pieces(call, count));
  GANLET_TRY(const Values parts, pieces(call, input, axis, Sizes(static_cast<std::size_t>(count), 1)));
  for (const Value& part : parts) {
    Dims shape = part.shape;
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    GANLET_TRY(Value one, with_shape(call, part, std::move(shape)));
    values.push_back(std::move(one));
  }
  return values;
}

Result<Values> convert_split(Call& call) {
  const bool is_listed = call.op == "SplitV"; // value, sizes, axis; else axis, value
  const Value& input = call.inputs[is_listed ? 0 : 1];
  GANLET_TRY(const std::int64_t given, call.whole_number(is_listed ? 2 : 0, "axis"));
  GANLET_TRY(const std::size_t axis, call.axis_of(given, input.rank()));
  GANLET_TRY(const std::int64_t whole, call.fixed(input, axis));
  Sizes sizes;
  if (is_listed) {
    GANLET_TRY(sizes, call.whole(1, "sizes"));
    std::int64_t rest = whole;
    for (const std::int64_t size : sizes)
      rest -= std::max<std::int64_t>(size, 0);
    std::ranges::replace(sizes, -1, rest);
  } else {
    const std::int64_t count = call.integer("num_split", 1);
    if (count < 1 || whole % count != 0)
      return call.error(ErrorCode::corrupt, "doesn't split evenly");
    GANLET_CHECK(check_pieces(call, count));
    sizes.assign(static_cast<std::size_t>(count), whole / count);
  }
  return pieces(call, input, axis, sizes);
}

Result<Values> convert_slice(Call& call) {
  GANLET_TRY(const Sizes begins, call.whole(1, "beginning"));
  GANLET_TRY(const Sizes sizes, call.whole(2, "size"));
  Value value = call.inputs[0];
  if (begins.size() != value.shape.size() || sizes.size() != value.shape.size())
    return call.error(ErrorCode::corrupt, "hasn't a beginning and a size for each axis");
  for (std::size_t axis = 0; axis < begins.size(); ++axis) {
    if (begins[axis] == 0 && (sizes[axis] == -1 || value.shape[axis] == Size{sizes[axis], false}))
      continue;
    GANLET_TRY(const std::int64_t whole, call.fixed(value, axis));
    const std::int64_t size = sizes[axis] == -1 ? whole - begins[axis] : sizes[axis];
    if (begins[axis] < 0 || size < 0 || begins[axis] > whole || size > whole - begins[axis])
      return call.error(ErrorCode::corrupt, "takes more than there is");
    GANLET_TRY(value, piece(call, value, axis, begins[axis], size));
  }
  return only(std::move(value));
}

namespace {

/// One axis of a strided slice, in Python's terms.
struct Stride {
  std::int64_t begin, size, step;
};

Result<Stride> stride_of(const Call& call, std::int64_t begin, std::int64_t end, std::int64_t step, std::int64_t size,
                         bool from_start, bool to_end) {
  if (step < 1)
    return call.error(ErrorCode::unsupported, "goes backwards");
  const auto within = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
  const std::int64_t first = from_start ? 0 : within(begin), last = to_end ? size : within(end);
  return Stride{first, std::max<std::int64_t>((last - first + step - 1) / step, 0), step};
}

} // namespace

Result<Values> convert_strided_slice(Call& call) {
  GANLET_TRY(const Sizes begins, call.whole(1, "beginning"));
  GANLET_TRY(const Sizes ends, call.whole(2, "end"));
  GANLET_TRY(const Sizes steps, call.whole(3, "steps"));
  const auto mask = [&](std::string_view name, std::size_t bit) { return (call.integer(name, 0) >> bit & 1) != 0; };
  Value value = call.inputs[0];
  if (begins.size() != ends.size() || begins.size() != steps.size() || begins.size() > 16)
    return call.error(ErrorCode::corrupt, "hasn't a beginning, an end and a step for each axis");
  Dims shape; // behind the slices: without the axes of which one number is taken, with new ones
  std::size_t axis = 0;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    if (mask("ellipsis_mask", i)) {
      std::size_t behind = 0;
      for (std::size_t j = i + 1; j < begins.size(); ++j)
        behind += mask("new_axis_mask", j) ? 0 : 1;
      while (axis + behind < value.shape.size())
        shape.push_back(value.shape[axis++]);
      continue;
    }
    if (mask("new_axis_mask", i)) {
      shape.push_back({1, false});
      continue;
    }
    if (axis >= value.shape.size())
      return call.error(ErrorCode::corrupt, "has more axes than what it reads");
    const bool takes_one = mask("shrink_axis_mask", i);
    const bool from_start = mask("begin_mask", i), to_end = mask("end_mask", i);
    const bool is_whole = steps[i] == 1 && !takes_one && (from_start || begins[i] == 0) &&
                          (to_end || value.shape[axis] == Size{ends[i], false});
    if (!is_whole) {
      GANLET_TRY(const std::int64_t size, call.fixed(value, axis));
      GANLET_TRY(Stride stride, stride_of(call, begins[i], ends[i], steps[i], size, from_start, to_end));
      if (takes_one)
        stride = {begins[i] < 0 ? begins[i] + size : begins[i], 1, 1};
      if (stride.begin < 0 || stride.size < 1 || stride.begin + (stride.size - 1) * stride.step >= size)
        return call.error(ErrorCode::corrupt, "takes nothing, or more than there is");
      if (value.numbers && value.rank() == 1) {
        Dims numbers;
        for (std::int64_t n = 0; n < stride.size; ++n)
          numbers.push_back((*value.numbers)[static_cast<std::size_t>(stride.begin + n * stride.step)]);
        value = known(std::move(numbers), one_axis(static_cast<std::size_t>(stride.size)));
      } else {
        GANLET_TRY(value, piece(call, value, axis, stride.begin, stride.size, stride.step));
      }
    }
    if (!takes_one)
      shape.push_back(value.shape[axis]);
    ++axis;
  }
  while (axis < value.shape.size())
    shape.push_back(value.shape[axis++]);
  if (shape == value.shape)
    return only(std::move(value));
  return only(with_shape(call, value, std::move(shape)));
}

Result<Values> convert_tile(Call& call) {
  GANLET_TRY(const Sizes times, call.whole(1, "multiples"));
  Value value = call.inputs[0];
  if (times.size() != value.shape.size())
    return call.error(ErrorCode::corrupt, "hasn't a number for each axis");
  GANLET_TRY(const std::string name, call.name_of(value));
  for (std::size_t axis = 0; axis < times.size(); ++axis) {
    if (times[axis] < 1 || times[axis] > 1 << 16 || (value.shape[axis].per_batch && times[axis] != 1))
      return call.error(ErrorCode::unsupported, "repeats the batch, or nothing");
    value.shape[axis].count *= times[axis];
  }
  GANLET_TRY(value.name, call.graph.node("Tile", {name, call.graph.integers(as_lying(value, times))}));
  return only(std::move(value));
}

Result<Values> convert_broadcast(Call& call) {
  // What is spread further on needs no copies here where the sizes are those already.
  const auto& wanted = call.inputs[1].numbers;
  if (wanted && *wanted == call.inputs[0].shape)
    return only(call.inputs[0]);
  GANLET_TRY(const Sizes sizes, call.whole(1, "shape"));
  GANLET_TRY(Value value, call.in_order(call.inputs[0]));
  GANLET_TRY(value.name, call.graph.node("Expand", {value.name, call.graph.integers(sizes)}));
  value.shape = dims_of(sizes);
  return only(std::move(value));
}

Result<Values> convert_gather(Call& call) {
  const Value& table = call.inputs[0];
  const Value& indices = call.inputs[1];
  GANLET_TRY(const std::int64_t given, call.whole_number(2, "axis"));
  GANLET_TRY(const std::size_t axis, call.axis_of(given, table.rank()));
  if (call.integer("batch_dims", 0) != 0)
    return call.error(ErrorCode::unsupported, "looks up in a table of each image's own");
  if (table.numbers && table.rank() == 1 && indices.numbers) {
    Dims numbers;
    for (const Size& index : *indices.numbers) {
      if (index.per_batch || index.count < 0 || index.count >= static_cast<std::int64_t>(table.numbers->size()))
        return call.error(ErrorCode::corrupt, "looks up what isn't there");
      numbers.push_back((*table.numbers)[static_cast<std::size_t>(index.count)]);
    }
    return only(known(std::move(numbers), indices.shape));
  }
  GANLET_TRY(const Value from, call.in_order(table));
  GANLET_TRY(const Value at, call.in_order(indices));
  Value value;
  value.type = table.type;
  value.shape.assign(table.shape.begin(), table.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  value.shape.insert(value.shape.end(), indices.shape.begin(), indices.shape.end());
  value.shape.insert(value.shape.end(), table.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, table.shape.end());
  GANLET_TRY(value.name,
             call.graph.node("Gather", {from.name, at.name}, {attribute("axis", static_cast<std::int64_t>(axis))}));
  return only(std::move(value));
}

Result<Values> convert_one_hot(Call& call) {
  GANLET_TRY(const std::int64_t depth, call.whole_number(1, "depth"));
  GANLET_TRY(const float on, call.constant_number(2, "value"));
  GANLET_TRY(const float off, call.constant_number(3, "other value"));
  if (call.integer("axis", -1) != -1 || depth < 1 || depth > 1 << 12)
    return call.error(ErrorCode::unsupported, "has its classes on another axis than the last, or too many");
  GANLET_CHECK(call.graph.budget().take(depth * depth));
  Tensor rows(DataType::float32, Shape{depth, depth});
  std::ranges::fill(rows.as<float>(), off);
  for (std::int64_t i = 0; i < depth; ++i)
    rows.as<float>()[static_cast<std::size_t>(i * depth + i)] = on;
  GANLET_TRY(const Value at, call.in_order(call.inputs[0]));
  Value value;
  value.shape = at.shape;
  value.shape.push_back({depth, false});
  GANLET_TRY(value.name, call.graph.node("Gather", {call.graph.constant(std::move(rows)), at.name},
                                         {attribute("axis", std::int64_t{0})}));
  return only(std::move(value));
}

} // namespace ganlet::importing::tf
