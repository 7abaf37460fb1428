// The operations that only move elements, as boxes for shaders/copy.comp.

#include "shaders/copy.h"
#include "gpu/kernel.h"

namespace ganlet::gpu {

namespace {

enum class Mode : std::uint32_t { number, edge, reflect, repeat }; // as in the shader

struct Axis {
  std::int64_t size = 1;                       ///< of the box
  std::int64_t to_stride = 0;                  ///< in the output
  std::int64_t from_size = 1, from_stride = 0; ///< of the input
  std::int64_t start = 0, step = 1;            ///< element i is the input's start + i step
};

struct Box {
  std::vector<Axis> axes;  ///< at most 6
  std::int64_t offset = 0; ///< in the output
  Mode mode = Mode::number;
  float value = 0;
};

/// One axis for each of the output's, with the input's strides in `from`.
Box whole(const Shape& to, const Shape& from_sizes, std::span<const std::int64_t> from) {
  Box box;
  const std::vector<std::int64_t> strides = strides_of(to.sizes());
  for (int axis = 0; axis < to.rank(); ++axis) {
    const auto index = static_cast<std::size_t>(axis);
    box.axes.push_back({to[axis], strides[index], from_sizes[axis], from[index], 0, 1});
  }
  return box;
}

Box plain(const Shape& shape) {
  return whole(shape, shape, strides_of(shape.sizes()));
}

Box box_of(const op::Reshape&, const Shape&, const Shape& to) {
  return plain(Shape{to.elements()});
}

Box box_of(const op::Transpose& operation, const Shape& from, const Shape& to) {
  const std::vector<std::int64_t> dense = strides_of(from.sizes());
  std::vector<std::int64_t> strides;
  for (const int axis : operation.permutation)
    strides.push_back(dense[static_cast<std::size_t>(axis)]);
  return whole(to, to, strides);
}

Box box_of(const op::Slice& operation, const Shape& from, const Shape& to) {
  Box box = whole(to, from, strides_of(from.sizes()));
  for (std::size_t axis = 0; axis < box.axes.size(); ++axis) {
    box.axes[axis].start = operation.starts[axis];
    box.axes[axis].step = operation.steps[axis];
  }
  return box;
}

Box box_of(const op::Pad& operation, const Shape& from, const Shape& to) {
  Box box = whole(to, from, strides_of(from.sizes()));
  for (std::size_t axis = 0; axis < box.axes.size(); ++axis)
    box.axes[axis].start = -operation.before[axis];
  box.mode = operation.mode == op::PadMode::edge      ? Mode::edge
             : operation.mode == op::PadMode::reflect ? Mode::reflect
                                                      : Mode::number;
  box.value = operation.value;
  return box;
}

/// The sizes with 1 in front of them, up to the rank.
Shape filled(const Shape& shape, int rank) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank - shape.rank()), 1);
  sizes.insert(sizes.end(), shape.sizes().begin(), shape.sizes().end());
  return Shape(sizes);
}

Box box_of(const op::Expand&, const Shape& given, const Shape& to) {
  const Shape from = filled(given, to.rank());
  std::vector<std::int64_t> strides = strides_of(from.sizes());
  for (int axis = 0; axis < to.rank(); ++axis)
    if (from[axis] == 1)
      strides[static_cast<std::size_t>(axis)] = 0;
  return whole(to, to, strides);
}

Box box_of(const op::Tile&, const Shape& given, const Shape& to) {
  const Shape from = filled(given, to.rank());
  Box box = whole(to, from, strides_of(from.sizes()));
  box.mode = Mode::repeat;
  return box;
}

/// (N,H,W,b,b,C), or (N,H,W,C,b,b), as (N,H,b,W,b,C).
Box box_of(const op::DepthToSpace& operation, const Shape& from, const Shape& to) {
  const std::int64_t block = operation.block, channels = to[3];
  const std::int64_t pixel = from[3], row = from[2] * pixel;
  const std::int64_t down = operation.block_first ? block * channels : block;
  const std::int64_t across = operation.block_first ? channels : 1;
  const std::int64_t channel = operation.block_first ? 1 : block * block;
  const Shape sizes{from[0], from[1], block, from[2], block, channels};
  const std::int64_t strides[] = {from[1] * row, row, down, pixel, across, channel};
  return whole(sizes, sizes, strides);
}

class CopyKernel final : public Kernel {
 public:
  explicit CopyKernel(const Node& node) : node_(node) {}

  const shaders::Shader& shader() const override { return shaders::Copy::shader; }

  void record(Recorder& recorder) const override {
    const Shape& to = recorder.shape(node_.output);
    if (const auto* const concat = std::get_if<op::Concat>(&node_.operation)) {
      record_parts(recorder, concat->axis);
      return;
    }
    const ValueId input = node_.inputs[0];
    // The plan lets a Reshape keep its bytes where it can.
    if (std::holds_alternative<op::Reshape>(node_.operation) && recorder.value(input).memory == Memory::arena &&
        recorder.value(input).offset == recorder.value(node_.output).offset)
      return;
    const Shape& from = recorder.shape(input);
    std::visit(
        [&](const auto& operation) {
          if constexpr (requires { box_of(operation, from, to); })
            add(recorder, box_of(operation, from, to), input, 1);
        },
        node_.operation);
  }

 private:
  void record_parts(Recorder& recorder, int axis) const {
    const Shape& to = recorder.shape(node_.output);
    const std::vector<std::int64_t> strides = strides_of(to.sizes());
    std::int64_t before = 0;
    for (const ValueId input : node_.inputs) {
      const Shape& from = recorder.shape(input);
      Box box = plain(from);
      for (std::size_t a = 0; a < box.axes.size(); ++a)
        box.axes[a].to_stride = strides[a];
      box.offset = before * strides[static_cast<std::size_t>(axis)];
      before += from[axis];
      add(recorder, box, input, static_cast<double>(from.elements()) / static_cast<double>(to.elements()));
    }
  }

  void add(Recorder& recorder, const Box& box, ValueId input, double share) const {
    shaders::Copy uniforms;
    std::int64_t count = 1;
    for (auto axis = box.axes.rbegin(); axis != box.axes.rend(); ++axis) {
      count *= axis->size;
      uniforms.boxes[uniforms.axes] = {narrowed(axis->size), narrowed(axis->to_stride), narrowed(axis->from_size),
                                       narrowed(axis->from_stride)};
      uniforms.moves[uniforms.axes++] = {narrowed(axis->start), narrowed(axis->step), 0, 0}; // as int
    }
    uniforms.mode = static_cast<std::uint32_t>(box.mode);
    uniforms.value = box.value;
    uniforms.offset = narrowed(box.offset);
    uniforms.count = narrowed(count);
    const Binding from = recorder.value(input), to = recorder.value(node_.output);
    recorder.add(uniforms, {from, to}, Recorder::groups_of(count), share, std::min(from.bytes, 4 * count) + 4 * count);
  }

  Node node_;
};

} // namespace

std::string refusal(const op::Pad& operation, const Site&) {
  constexpr std::int64_t largest = std::int64_t{1} << 28;
  for (const std::int64_t before : operation.before)
    if (before > largest || before < -largest)
      return "it pads too much for indices of 32 bits";
  return "";
}

MadeKernel make_copy(const Making& making, Nodes nodes) {
  return std::make_unique<CopyKernel>(making.graph.nodes[nodes[0]]);
}

} // namespace ganlet::gpu
