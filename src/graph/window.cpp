#include "graph/window.h"

#include <algorithm>

#include "core/text.h"

namespace ganlet {

namespace {

/// Larger than any real window, and small enough that sums and products of a few such numbers stay far inside 64 bits.
constexpr std::int64_t most = 1 << 20;

Result<void> expect_between(const Builder& builder, std::string_view name, std::span<const std::int64_t> values,
                            std::int64_t least) {
  for (const std::int64_t value : values)
    if (value < least || value > most)
      return builder.error(concat(name, " has ", value, ", must be from ", least, " to ", most));
  return {};
}

/// Splits a padding of `total` rows; the odd one goes after, or before if `more_behind` is false, which is what
/// SAME_LOWER asks for.
std::pair<std::int64_t, std::int64_t> distributed(std::int64_t total, bool more_behind) {
  const std::int64_t half = total / 2;
  return more_behind ? std::pair(half, total - half) : std::pair(total - half, half);
}

} // namespace

/// One number for each spatial axis; empty if the file doesn't have the attribute.
Result<std::optional<std::array<std::int64_t, 2>>> WindowReader::pair(std::string_view name,
                                                                      std::int64_t vertical_otherwise) {
  using Pair = std::array<std::int64_t, 2>;
  GANLET_TRY(const auto list, context_.integers(name, {}));
  if (list.empty())
    return std::optional<Pair>();
  const std::size_t count = one_dimensional_ ? 1 : 2;
  if (list.size() != count)
    return context_.builder.error(
        concat(name, " needs ", count, count == 1 ? " value" : " values", ", has ", list.size()));
  return std::optional(one_dimensional_ ? Pair{vertical_otherwise, list[0]} : Pair{list[0], list[1]});
}

Result<void> WindowReader::read_sizes() {
  Builder& builder = context_.builder;
  GANLET_TRY(const auto kernel_shape, pair("kernel_shape", 1));
  if (!kernel_ && !kernel_shape)
    return builder.error("kernel_shape is missing");
  if (kernel_ && kernel_shape && *kernel_ != *kernel_shape)
    return builder.error(concat("kernel_shape is ", std::span<const std::int64_t>(*kernel_shape), ", the weights have ",
                                std::span<const std::int64_t>(*kernel_)));
  window_.kernel = kernel_shape ? *kernel_shape : *kernel_;
  GANLET_TRY(const auto strides, pair("strides", 1));
  window_.stride = strides.value_or(window_.stride);
  GANLET_TRY(const auto dilations, pair("dilations", 1));
  window_.dilation = dilations.value_or(window_.dilation);
  GANLET_CHECK(expect_between(builder, "kernel_shape", window_.kernel, 1));
  GANLET_CHECK(expect_between(builder, "strides", window_.stride, 1));
  return expect_between(builder, "dilations", window_.dilation, 1);
}

Result<void> WindowReader::read_pads() {
  Builder& builder = context_.builder;
  GANLET_TRY(auto_pad_, context_.word("auto_pad", "NOTSET"));
  static constexpr std::string_view known[] = {"", "NOTSET", "SAME_LOWER", "SAME_UPPER", "VALID"};
  if (std::ranges::find(known, auto_pad_) == std::end(known))
    return builder.error(concat("auto_pad '", printable(auto_pad_), "' isn't known"));
  const std::size_t count = one_dimensional_ ? 2 : 4;
  GANLET_TRY(const auto pads, context_.integers("pads", std::vector<std::int64_t>(count, 0), count));
  GANLET_CHECK(expect_between(builder, "pads", pads, 0));
  if (auto_pad_.empty())
    auto_pad_ = "NOTSET";
  if (auto_pad_ != "NOTSET")
    return {};
  window_.pad_before =
      one_dimensional_ ? std::array<std::int64_t, 2>{0, pads[0]} : std::array<std::int64_t, 2>{pads[0], pads[1]};
  window_.pad_after =
      one_dimensional_ ? std::array<std::int64_t, 2>{0, pads[1]} : std::array<std::int64_t, 2>{pads[2], pads[3]};
  return {};
}

Result<op::Window> WindowReader::window() {
  GANLET_CHECK(read_sizes());
  GANLET_CHECK(read_pads());
  if (auto_pad_ == "SAME_UPPER" || auto_pad_ == "SAME_LOWER")
    for (int axis = 0; axis < 2; ++axis) {
      const std::int64_t output = (input_[axis] + window_.stride[axis] - 1) / window_.stride[axis];
      const std::int64_t total =
          std::max<std::int64_t>(0, (output - 1) * window_.stride[axis] + extent(axis) - input_[axis]);
      std::tie(window_.pad_before[axis], window_.pad_after[axis]) = distributed(total, auto_pad_ == "SAME_UPPER");
    }
  return window_;
}

Result<TransposedWindow> WindowReader::transposed_window() {
  Builder& builder = context_.builder;
  GANLET_CHECK(read_sizes());
  GANLET_CHECK(read_pads());
  GANLET_TRY(const auto output_padding, pair("output_padding", 0));
  GANLET_TRY(const auto output_shape, pair("output_shape", 1));
  TransposedWindow out{window_, output_padding.value_or(std::array<std::int64_t, 2>{0, 0}), {}};
  GANLET_CHECK(expect_between(builder, "output_padding", out.output_padding, 0));
  if (output_shape)
    GANLET_CHECK(expect_between(builder, "output_shape", *output_shape, 1));
  for (int axis = 0; axis < 2; ++axis) {
    const std::int64_t full = (input_[axis] - 1) * window_.stride[axis] + extent(axis) + out.output_padding[axis];
    std::int64_t& before = out.window.pad_before[axis];
    std::int64_t& after = out.window.pad_after[axis];
    const bool same = auto_pad_ == "SAME_UPPER" || auto_pad_ == "SAME_LOWER";
    if (output_shape || same) {
      const std::int64_t wanted = output_shape ? (*output_shape)[axis] : input_[axis] * window_.stride[axis];
      std::tie(before, after) = distributed(std::max<std::int64_t>(0, full - wanted), auto_pad_ == "SAME_UPPER");
      out.output_padding[axis] += std::max<std::int64_t>(0, wanted - full);
    }
    // Rows that are added after the output and cut off again cancel.
    const std::int64_t common = std::min(after, out.output_padding[axis]);
    after -= common;
    out.output_padding[axis] -= common;
    out.output[axis] =
        (input_[axis] - 1) * window_.stride[axis] + extent(axis) + out.output_padding[axis] - before - after;
    if (input_[axis] < 1 || out.output[axis] < 1)
      return builder.error(concat("pads leave nothing of an output of ", full));
  }
  return out;
}

Result<SymbolicShape> sliding_shape(const Builder& builder, const SymbolicShape& images, const op::Window& window,
                                    bool ceil) {
  SymbolicShape out = images;
  for (int axis = 0; axis < 2; ++axis) {
    const std::int64_t size = images[static_cast<std::size_t>(axis) + 1].count;
    const std::int64_t stride = window.stride[axis];
    const std::int64_t room = size + window.pad_before[axis] + window.pad_after[axis] -
                              (window.dilation[axis] * (window.kernel[axis] - 1) + 1);
    if (room < 0)
      return builder.error(concat("a window of ", std::span<const std::int64_t>(window.kernel), " doesn't fit into ",
                                  size, axis == 0 ? " rows" : " columns"));
    std::int64_t count = room / stride + 1;
    if (ceil && room % stride != 0 && count * stride < size + window.pad_before[axis])
      ++count;
    out[static_cast<std::size_t>(axis) + 1] = {count, false};
  }
  return out;
}

Result<ValueId> as_images(Builder& builder, ValueId x, bool& one_dimensional) {
  one_dimensional = builder.rank(x) == 3;
  if (one_dimensional) {
    const SymbolicShape shape = builder.shape(x);
    GANLET_TRY(x, builder.reshape(x, {shape[0], shape[1], {1, false}, shape[2]}));
  }
  if (builder.rank(x) > 4)
    return builder.unsupported(
        concat("only 1-D and 2-D images are supported, the input has shape ", builder.text_of(x)));
  GANLET_TRY(x, builder.images(x));
  const SymbolicShape& shape = builder.shape(x);
  if (shape[1].per_batch || shape[2].per_batch || shape[3].per_batch)
    return builder.unsupported(concat("the images' size depends on the batch: ", builder.text_of(x)));
  return x;
}

Result<ValueId> from_images(Builder& builder, ValueId x, bool one_dimensional) {
  if (!one_dimensional)
    return x;
  GANLET_TRY(x, builder.plain(x));
  const SymbolicShape shape = builder.shape(x);
  return builder.reshape(x, {shape[0], shape[1], shape[3]});
}

} // namespace ganlet
