#include "gpu/linear.h"

#include <algorithm>

#include "gpu/finite.h"

namespace ganlet::gpu {

namespace {

std::size_t offset_of(const Shape& shape, std::int64_t o, std::int64_t ky, std::int64_t kx, std::int64_t i) {
  if (shape.rank() == 2)
    return static_cast<std::size_t>(o * shape[1] + i);
  return static_cast<std::size_t>(((o * shape[1] + ky) * shape[2] + kx) * shape[3] + i);
}

float weight_at(const Tensor& weights, std::size_t offset, std::int64_t o) {
  return weights.type() == DataType::float32
             ? weights.as<float>()[offset]
             : static_cast<float>(weights.as<std::int8_t>()[offset]) * weights.scale[static_cast<std::size_t>(o)];
}

class LinearKernel final : public Kernel {
 public:
  LinearKernel(const Making& making, Nodes nodes, const Taps& taps)
      : input_(making.graph.nodes[nodes[0]].inputs[0]), output_(making.graph.nodes[nodes.back()].output) {
    const Site site{making.graph, making.graph.nodes[nodes[0]]};
    const Tensor& weights = *site.constant(1);
    const Shape& shape = weights.shape();
    const std::int64_t inputs = shape[shape.rank() - 1], outputs = shape[0] / taps.groups;
    set_sizes(taps, inputs, outputs);
    if (nodes.size() > 1) {
      const auto& unary = std::get<op::Unary>(making.graph.nodes[nodes[1]].operation);
      uniforms_.kind = static_cast<std::uint32_t>(unary.kind);
      uniforms_.a = std::clamp(unary.a, -largest_finite, largest_finite);
      uniforms_.b = std::clamp(unary.b, -largest_finite, largest_finite);
    }
    pack(making.constants, weights, taps);
    std::vector<float> bias(static_cast<std::size_t>(taps.groups * fours() * 4));
    if (const Tensor* const given = site.constant(2))
      for (std::int64_t o = 0; o < shape[0]; ++o)
        bias[static_cast<std::size_t>(o / outputs * fours() * 4 + o % outputs)] =
            given->as<float>()[static_cast<std::size_t>(o)];
    bias_ = making.constants.add(std::span<const float>(bias));
  }

  const shaders::Shader& shader() const override { return shaders::Convolution::shader; }

  void record(Recorder& recorder) const override {
    shaders::Convolution uniforms = uniforms_;
    const Shape& x = recorder.shape(input_);
    uniforms.batch = narrowed(x[0]);
    std::int64_t groups = 0;
    for (std::size_t phase = 0; phase < uniforms.phase_count; ++phase) {
      auto& size = uniforms.phases[2 * phase];
      size[0] = narrowed(groups);
      const std::int64_t pixels = x[0] * size[1] * size[2];
      const std::int64_t tiles = (pixels + 3) / 4 * fours() * uniforms.groups;
      groups += Recorder::groups_of(tiles);
      recorder.count_multiply_adds(16 * tiles * uniforms.phases[2 * phase + 1][2] * uniforms.group_inputs);
    }
    recorder.add(uniforms, {taps_, weights_, bias_, recorder.value(input_), recorder.value(output_)}, groups);
  }

 private:
  std::int64_t fours() const { return (uniforms_.group_outputs + 3) / 4; }

  void set_sizes(const Taps& taps, std::int64_t inputs, std::int64_t outputs) {
    uniforms_.phase_count = narrowed(static_cast<std::int64_t>(taps.phases.size()));
    uniforms_.input_rows = narrowed(taps.input[0]);
    uniforms_.input_columns = narrowed(taps.input[1]);
    uniforms_.input_channels = narrowed(inputs * taps.groups);
    uniforms_.group_inputs = narrowed(inputs);
    uniforms_.group_outputs = narrowed(outputs);
    uniforms_.groups = narrowed(taps.groups);
    uniforms_.output_rows = narrowed(taps.output[0]);
    uniforms_.output_columns = narrowed(taps.output[1]);
    uniforms_.input_step_row = narrowed(taps.input_step[0]);
    uniforms_.input_step_column = narrowed(taps.input_step[1]);
    uniforms_.output_step_row = narrowed(taps.output_step[0]);
    uniforms_.output_step_column = narrowed(taps.output_step[1]);
    uniforms_.kind = 15; // of activation.comp: none
    uniforms_.low = std::clamp(taps.clamp.low, -largest_finite, largest_finite);
    uniforms_.high = std::clamp(taps.clamp.high, -largest_finite, largest_finite);
    std::uint32_t first = 0;
    for (std::size_t i = 0; i < taps.phases.size(); ++i) {
      const Taps::Phase& phase = taps.phases[i];
      const std::uint32_t count = narrowed(static_cast<std::int64_t>(phase.offsets.size()));
      uniforms_.phases[2 * i] = {0, phase.rows, phase.columns, phase.row};
      uniforms_.phases[2 * i + 1] = {phase.column, first, count, 0};
      first += count;
    }
    uniforms_.taps_of_all = first;
  }

  void pack(Constants& constants, const Tensor& weights, const Taps& taps) {
    const std::int64_t inputs = uniforms_.group_inputs, outputs = uniforms_.group_outputs, row = 4 * fours();
    std::vector<std::uint32_t> offsets;
    std::vector<float> packed(static_cast<std::size_t>(taps.groups * uniforms_.taps_of_all * inputs * row));
    std::size_t tap = 0;
    for (const Taps::Phase& phase : taps.phases)
      for (std::size_t t = 0; t < phase.offsets.size(); ++t, ++tap) {
        for (const std::int64_t offset : phase.offsets[t])
          offsets.push_back(static_cast<std::uint32_t>(offset)); // as int
        const auto [ky, kx] = phase.kernel_positions[t];
        for (std::int64_t o = 0; o < weights.shape()[0]; ++o)
          for (std::int64_t i = 0; i < inputs; ++i) {
            const std::int64_t before = o / outputs * uniforms_.taps_of_all + static_cast<std::int64_t>(tap);
            packed[static_cast<std::size_t>((before * inputs + i) * row + o % outputs)] =
                weight_at(weights, offset_of(weights.shape(), o, ky, kx, i), o);
          }
      }
    taps_ = constants.add(std::span<const std::uint32_t>(offsets));
    weights_ = constants.add(std::span<const float>(packed));
  }

  ValueId input_, output_;
  shaders::Convolution uniforms_;
  Binding taps_, weights_, bias_;
};

} // namespace

MadeKernel make_linear(const Making& making, Nodes nodes, const Taps& taps) {
  return std::make_unique<LinearKernel>(making, nodes, taps);
}

std::string weights_refusal(const Site& site) {
  const bool has_bias = site.has_input(2);
  return site.constant(1) == nullptr || (has_bias && site.constant(2) == nullptr) ? "its weights aren't constant" : "";
}

std::string window_refusal(const op::Window& window) {
  // Positions, also those outside of a picture, are counted in 32 bits.
  constexpr std::int64_t largest = std::int64_t{1} << 20;
  for (std::size_t axis = 0; axis < 2; ++axis)
    if (window.kernel[axis] > 1024 || window.stride[axis] > largest || window.dilation[axis] > largest ||
        window.pad_before[axis] > largest || window.pad_after[axis] > largest)
      return "its window is too large for indices of 32 bits";
  return "";
}

} // namespace ganlet::gpu
