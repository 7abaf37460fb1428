#include "gpu/linear.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "gpu/finite.h"
#include "shaders/convolution.h"
#include "shaders/sum_parts.h"
#include "shaders/tiled_convolution.h"

namespace ganlet::gpu {

namespace {

std::size_t offset_of(const Shape& shape, std::int64_t o, std::int64_t ky, std::int64_t kx, std::int64_t i) {
  if (shape.rank() == 2)
    return static_cast<std::size_t>(o * shape[1] + i);
  return static_cast<std::size_t>(((o * shape[1] + ky) * shape[2] + kx) * shape[3] + i);
}

/// How weights are kept, as shaders/convolution_parts.comp numbers it.
enum class Storage : std::uint8_t { float32, float16, int8 };

constexpr float largest_half = 65504;

Storage storage_of(const Tensor& weights, const KernelChoice& forced) {
  if (weights.type() == DataType::int8)
    return Storage::int8;
  const auto fits = [](float weight) { return std::fabs(weight) <= largest_half; };
  return forced.half_weights && std::ranges::all_of(weights.as<float>(), fits) ? Storage::float16 : Storage::float32;
}

/// The nearest float16 to a number up to the largest, as bits; of two, the even one.
std::uint32_t half_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
  if (magnitude < 0x38800000) // below 2^-14 they are multiples of 2^-24, as floats from 0.5 to 1 are
    return sign | (std::bit_cast<std::uint32_t>(std::fabs(value) + 0.5F) - 0x3F000000);
  return sign | (magnitude + 0xFFF + (magnitude >> 13 & 1) - 0x38000000) >> 13;
}

/// Fills words with weights, in the order of their numbers.
class PackedWeights {
 public:
  PackedWeights(const Tensor& weights, Storage storage, std::int64_t count)
      : weights_(weights), bits_(storage == Storage::float32   ? 32
                                 : storage == Storage::float16 ? 16
                                                               : 8),
        words_(static_cast<std::size_t>((count * bits_ + 127) / 128 * 4)) {}

  /// Weight number `to` is element `from` of the tensor.
  void set(std::int64_t to, std::size_t from) {
    const std::uint32_t bits = bits_ == 8    ? std::bit_cast<std::uint8_t>(weights_.as<std::int8_t>()[from])
                               : bits_ == 16 ? half_of(weights_.as<float>()[from])
                                             : std::bit_cast<std::uint32_t>(weights_.as<float>()[from]);
    words_[static_cast<std::size_t>(to * bits_ / 32)] |= bits << (to * bits_ % 32);
  }
  std::span<const std::uint32_t> words() const { return words_; }

 private:
  const Tensor& weights_;
  std::int64_t bits_;
  std::vector<std::uint32_t> words_;
};

constexpr std::int64_t divided_up(std::int64_t count, std::int64_t by) {
  return (count + by - 1) / by;
}

class LinearKernel final : public Kernel {
 public:
  LinearKernel(const Making& making, Nodes nodes, const Taps& taps)
      : input_(making.graph.nodes[nodes[0]].inputs[0]), output_(making.graph.nodes[nodes.back()].output),
        tuning_(making.tuning) {
    const Site site{making.graph, making.graph.nodes[nodes[0]]};
    const Tensor& weights = *site.constant(1);
    const Shape& shape = weights.shape();
    const std::int64_t inputs = shape[shape.rank() - 1], outputs = shape[0] / taps.groups;
    storage_ = storage_of(weights, tuning_.forced);
    set_sizes(taps, inputs, outputs);
    if (nodes.size() > 1) {
      const auto& unary = std::get<op::Unary>(making.graph.nodes[nodes[1]].operation);
      uniforms_.kind = static_cast<std::uint32_t>(unary.kind);
      uniforms_.a = std::clamp(unary.a, -largest_finite, largest_finite);
      uniforms_.b = std::clamp(unary.b, -largest_finite, largest_finite);
    }
    pack(making.constants, weights, taps);
    pack_ends(making.constants, weights, site.constant(2));
  }

  const shaders::Shader& shader() const override {
    const auto& speeds = tuning_.speeds;
    const int fastest = static_cast<int>(std::ranges::max_element(speeds) - speeds.begin());
    return shader_of(tuning_.forced.tile < 0 ? fastest : tuning_.forced.tile);
  }

  void record(Recorder& recorder) const override {
    shaders::Convolution uniforms = uniforms_;
    uniforms.batch = narrowed(recorder.shape(input_)[0]);
    const std::int64_t values = recorder.shape(output_).elements();
    uniforms.values = narrowed(values);
    const int tile = best_tile(uniforms);
    const std::int64_t parts = parts_of(uniforms, tile, values);
    uniforms.parts = narrowed(parts);
    std::int64_t groups = 0;
    for (std::size_t phase = 0; phase < uniforms.phase_count; ++phase) {
      uniforms.phases[2 * phase][0] = narrowed(groups);
      groups += groups_of(uniforms, phase, tile, parts);
    }
    recorder.count_multiply_adds(multiply_adds(uniforms, tile));
    const Binding output = recorder.value(output_);
    const Binding made = parts > 1 ? recorder.scratch(4 * parts * values) : output;
    recorder.add(shader_of(tile), uniforms, {weights_, taps_, ends_, recorder.value(input_), made}, groups);
    if (parts == 1)
      return;
    shaders::SumParts rest;
    rest.parts = uniforms.parts;
    rest.values = uniforms.values;
    rest.groups = uniforms.groups;
    rest.group_outputs = uniforms.group_outputs;
    rest.kind = uniforms.kind;
    rest.a = uniforms.a;
    rest.b = uniforms.b;
    rest.low = uniforms.low;
    rest.high = uniforms.high;
    recorder.add(rest, {ends_, made, output}, Recorder::groups_of(values), 0);
  }

 private:
  using Uniforms = shaders::Convolution;
  static_assert(sizeof(Uniforms) == sizeof(shaders::TiledConvolution)); // both are convolution_parts.comp's

  std::int64_t fours() const { return divided_up(uniforms_.group_outputs, 4); }
  std::int64_t depth(const Uniforms& uniforms, std::size_t phase) const {
    return std::int64_t{uniforms.phases[2 * phase + 1][2]} * uniforms.group_inputs;
  }
  static std::int64_t pixels(const Uniforms& uniforms, std::size_t phase) {
    const auto& size = uniforms.phases[2 * phase];
    return std::int64_t{uniforms.batch} * size[1] * size[2];
  }
  /// Invocations along each side of a tile.
  static std::int64_t side(int tile) { return tile == 1 ? 8 : 16; }

  const shaders::Shader& shader_of(int tile) const {
    const auto storage = static_cast<std::size_t>(storage_);
    return tile == 0 ? shaders::Convolution::shader(storage)
                     : shaders::TiledConvolution::shader(storage, static_cast<std::size_t>(tile - 1));
  }

  /// Work groups of a phase.
  std::int64_t groups_of(const Uniforms& uniforms, std::size_t phase, int tile, std::int64_t parts) const {
    const std::int64_t count = pixels(uniforms, phase);
    if (tile == 0)
      return Recorder::groups_of(divided_up(count, 4) * fours() * uniforms.groups * parts);
    return divided_up(count, 4 * side(tile)) * divided_up(fours(), side(tile)) * uniforms.groups * parts;
  }

  /// With those of a tile's unused elements.
  std::int64_t multiply_adds(const Uniforms& uniforms, int tile) const {
    std::int64_t all = 0;
    for (std::size_t phase = 0; phase < uniforms.phase_count; ++phase) {
      const std::int64_t count = pixels(uniforms, phase);
      if (tile == 0)
        all += 16 * divided_up(count, 4) * fours() * uniforms.groups * depth(uniforms, phase);
      else
        all += groups_of(uniforms, phase, tile, 1) * 16 * side(tile) * side(tile) *
               (divided_up(depth(uniforms, phase), 16) * 16);
    }
    return all;
  }

  int best_tile(const Uniforms& uniforms) const {
    if (tuning_.forced.tile >= 0)
      return tuning_.forced.tile;
    int best = 0;
    double least = 0;
    for (int tile = 0; tile < static_cast<int>(tuning_.speeds.size()); ++tile) {
      const double speed = tuning_.speeds[static_cast<std::size_t>(tile)];
      const double time = speed > 0 ? static_cast<double>(multiply_adds(uniforms, tile)) / speed : 0;
      if (speed > 0 && (least == 0 || time < least)) {
        best = tile;
        least = time;
      }
    }
    return best;
  }

  /// So many that there are some work groups for each of a GPU's processors, and each part is worth its start.
  std::int64_t parts_of(const Uniforms& uniforms, int tile, std::int64_t values) const {
    constexpr std::int64_t wanted_groups = 256, least_depth = 64;
    std::int64_t groups = 0, deepest = 1;
    for (std::size_t phase = 0; phase < uniforms.phase_count; ++phase) {
      groups += groups_of(uniforms, phase, tile, 1);
      deepest = std::max(deepest, depth(uniforms, phase));
    }
    std::int64_t parts = tuning_.forced.parts;
    if (parts == 0)
      parts =
          tuning_.cuts_sums ? std::min(wanted_groups / std::max<std::int64_t>(groups, 1), deepest / least_depth) : 1;
    parts = std::clamp<std::int64_t>(parts, 1, std::min<std::int64_t>(deepest, 64));
    return 4 * parts * values <= tuning_.most_bytes ? parts : 1;
  }

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
    PackedWeights packed(weights, storage_, taps.groups * uniforms_.taps_of_all * inputs * row);
    std::int64_t tap = 0;
    for (const Taps::Phase& phase : taps.phases)
      for (std::size_t t = 0; t < phase.offsets.size(); ++t, ++tap) {
        for (const std::int64_t offset : phase.offsets[t])
          offsets.push_back(static_cast<std::uint32_t>(offset)); // as int
        const auto [ky, kx] = phase.kernel_positions[t];
        for (std::int64_t o = 0; o < weights.shape()[0]; ++o)
          for (std::int64_t i = 0; i < inputs; ++i) {
            const std::int64_t before = o / outputs * uniforms_.taps_of_all + tap;
            packed.set((before * inputs + i) * row + o % outputs, offset_of(weights.shape(), o, ky, kx, i));
          }
      }
    taps_ = constants.add(std::span<const std::uint32_t>(offsets));
    weights_ = constants.add(packed.words());
  }

  /// For each 4 channels their bias, and what their sums are multiplied by.
  void pack_ends(Constants& constants, const Tensor& weights, const Tensor* bias) {
    const std::int64_t outputs = uniforms_.group_outputs;
    std::vector<float> ends(static_cast<std::size_t>(8 * fours() * uniforms_.groups));
    for (std::int64_t o = 0; o < weights.shape()[0]; ++o) {
      const std::int64_t four = o / outputs * fours() + o % outputs / 4;
      const auto place = static_cast<std::size_t>(8 * four + o % outputs % 4), of = static_cast<std::size_t>(o);
      ends[place] = bias ? bias->as<float>()[of] : 0;
      ends[place + 4] = storage_ == Storage::int8 ? weights.scale[of] : 1;
    }
    ends_ = constants.add(std::span<const float>(ends));
  }

  ValueId input_, output_;
  Tuning tuning_;
  Storage storage_ = Storage::float32;
  Uniforms uniforms_;
  Binding taps_, weights_, ends_;
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
