// The shipped model as a whole: what it promises, and its pictures against ONNX Runtime's.

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "core/rng.h"
#include "generator/latent.h"
#include "generator/model_folder.h"
#include "graph/lower.h"
#include "image/whole_file.h"
#include "onnx/reader.h"
#include "program.h"
#include "reference/reference.h"
#include "support/onnx_runtime.h"
#include "xnn/xnn.h"

namespace ganlet::test {
namespace {

const std::filesystem::path folder = std::filesystem::path(GANLET_SOURCE_DIR) / "models/digits";

std::vector<std::byte> bytes_of_part(const std::string& name) {
  const auto found = find_model(folder.string(), {});
  EXPECT_TRUE(found) << found.error().text();
  const auto part = found->description.part(name);
  EXPECT_TRUE(part) << part.error().text();
  auto bytes = read_part(*found, *part, {});
  EXPECT_TRUE(bytes) << bytes.error().text();
  return std::move(*bytes);
}

Graph graph_of(const std::vector<std::byte>& file) {
  auto model = onnx::read(file, {});
  EXPECT_TRUE(model) << model.error().text();
  auto graph = lower(std::move(*model), {.evaluate = reference::evaluate});
  EXPECT_TRUE(graph) << graph.error().text();
  return std::move(*graph);
}

/// Latents of seeds `first` to `first` + 9, one of each class.
struct Inputs {
  explicit Inputs(std::uint64_t first) : z(DataType::float32, {10, 64}), label(DataType::int64, {10}) {
    for (std::size_t i = 0; i < 10; ++i) {
      fill_latent(first + i, Distribution::normal, z.as<float>().subspan(i * 64, 64));
      label.as<std::int64_t>()[i] = static_cast<std::int64_t>(i);
    }
  }

  Tensor z, label;
};

/// One channel: (N,H,W,C) and (N,C,H,W) are the same.
std::vector<float> run(Program& program, const Inputs& inputs) {
  const TensorView views[] = {inputs.z.view(), inputs.label.view()};
  const auto outputs = program.run(views);
  EXPECT_TRUE(outputs) << outputs.error().text();
  const auto values = (*outputs)[0].as<const float>();
  return {values.begin(), values.end()};
}

std::vector<float> run_in_onnx_runtime(const std::vector<std::byte>& file, const Inputs& inputs) {
  std::vector<NamedTensor> named;
  named.push_back({"z", inputs.z.clone()});
  named.push_back({"label", inputs.label.clone()});
  const Tensor output = test::run_in_onnx_runtime(file, named);
  return {output.as<float>().begin(), output.as<float>().end()};
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return largest;
}

TEST(Digits, KeepsToItsSizes) {
  const std::vector<std::byte> file = bytes_of_part("generator");
  const auto graph = graph_of(file);
  EXPECT_LE(file.size(), 450'000U);
  EXPECT_LE(parameters_of(graph), 500'000);
  EXPECT_LE(multiply_adds_of(graph, 1), 30'000'000);
  for (const std::string name : {"README.md", "preview.png", "model.json"})
    EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
}

TEST(Digits, FloatsAgreeWithOnnxRuntime) {
  const std::vector<std::byte> file = bytes_of_part("generator_f32");
  const auto fast = xnn::backend.compile(graph_of(file), {});
  const auto plain = reference::backend.compile(graph_of(file), {});
  for (std::uint64_t seed = 0; seed < 64; seed += 10) {
    const Inputs inputs(seed);
    const std::vector<float> expected = run_in_onnx_runtime(file, inputs);
    EXPECT_LE(largest_difference(run(**fast, inputs), expected), 1e-4);
    EXPECT_LE(largest_difference(run(**plain, inputs), expected), 1e-4);
  }
}

TEST(Digits, Int8WeightsMeanTheSameToOnnxRuntime) {
  // Only the activations differ: ONNX Runtime keeps them in float32, as our reference does.
  const std::vector<std::byte> file = bytes_of_part("generator");
  const auto plain = reference::backend.compile(graph_of(file), {});
  const Inputs inputs(0);
  EXPECT_LE(largest_difference(run(**plain, inputs), run_in_onnx_runtime(file, inputs)), 1e-4);
}

TEST(Digits, Int8IsCloseToFloats) {
  const auto floats = xnn::backend.compile(graph_of(bytes_of_part("generator_f32")), {});
  const auto integers = xnn::backend.compile(graph_of(bytes_of_part("generator")), {});
  double sum = 0;
  int images = 0;
  for (std::uint64_t seed = 0; seed < 70; seed += 10) {
    const Inputs inputs(seed);
    const std::vector<float> expected = run(**floats, inputs), given = run(**integers, inputs);
    for (std::size_t image = 0; image < 10 && images < 64; ++image, ++images) {
      double squares = 0;
      for (std::size_t i = image * 784; i < (image + 1) * 784; ++i)
        squares += std::pow(static_cast<double>(expected[i]) - static_cast<double>(given[i]), 2);
      sum += 10 * std::log10(4 * 784 / squares); // values lie in [-1, 1]
    }
  }
  EXPECT_GE(sum / images, 40.0) << "mean PSNR in dB";
}

/// The digits of a text in one hand: brightness from 0 to 255.
std::vector<std::vector<double>> written(Model& model, const std::string& text, std::uint64_t seed, float jitter) {
  auto drawing = model.draw({.text = text, .jitter = jitter, .seed = seed}, Keep::nothing);
  EXPECT_TRUE(drawing) << drawing.error().text();
  std::vector<std::vector<double>> digits;
  while (drawing && !drawing->is_done()) {
    const auto images = drawing->step();
    if (!images)
      throw std::runtime_error(images.error().text());
    for (std::size_t i = 0; i < images->values.size(); ++i) {
      if (i % 784 == 0)
        digits.emplace_back();
      digits.back().push_back(to_byte(images->values[i], drawing->facts().range));
    }
  }
  return digits;
}

/// In how many pixels two of these digits that are most alike differ by at least `step`.
int least_difference(const std::vector<std::vector<double>>& digits, double step) {
  int least = 784;
  for (std::size_t a = 0; a < digits.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      int differing = 0;
      for (std::size_t i = 0; i < 784; ++i)
        differing += std::fabs(digits[a][i] - digits[b][i]) >= step ? 1 : 0;
      least = std::min(least, differing);
    }
  return least;
}

TEST(Digits, WithJitterEqualDigitsDifferVisibly) {
  auto model = load_model(folder.string(), {});
  ASSERT_TRUE(model) << model.error().text();
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    EXPECT_GE(least_difference(written(*model, "7777", seed, 0.15F), 64), 5) << "by a quarter of the range; " << seed;
    for (const char digit : std::string("0123456789")) {
      const std::string text(4, digit);
      EXPECT_GE(least_difference(written(*model, text, seed, 0.15F), 24), 5) << text << ", seed " << seed;
      const auto still = written(*model, text, seed, 0);
      ASSERT_EQ(still.size(), 4U);
      for (const auto& one : still)
        EXPECT_EQ(one, still[0]) << text << ", seed " << seed;
    }
  }
}

TEST(Digits, TheGoldenPictureIsDrawn) {
  // tests/golden/2026.npy: ganlet generate digits --text 2026 --seed 7 --backend reference -o tests/golden/2026.npy
  const Folder work;
  const std::string out = (work / "2026.npy").string();
  const Outcome outcome = run_program(work, "generate digits --text 2026 --seed 7 --backend reference -o " + out);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(content_of(out), content_of(std::filesystem::path(GANLET_SOURCE_DIR) / "tests/golden/2026.npy"));
}

} // namespace
} // namespace ganlet::test
