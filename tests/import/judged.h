#pragma once

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "graph/lower.h"
#include "image/npy.h"
#include "imported.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "reference/reference.h"

#ifdef GANLET_WITH_ONNX_RUNTIME
#include "support/onnx_runtime.h"
#endif

/// Whether imported networks give the arrays that lie beside their files, NAME.0.npy, ... and NAME.expected.npy.
namespace ganlet::test {

inline Tensor array(const fs::path& file) {
  return read_npy(content_of(file), {}, file.string()).value();
}

inline std::vector<Tensor> inputs_of(const fs::path& model) {
  std::vector<Tensor> inputs;
  for (int i = 0;; ++i) {
    const fs::path file = fs::path(model).replace_extension("." + std::to_string(i) + ".npy");
    if (!fs::exists(file))
      return inputs;
    inputs.push_back(array(file));
  }
}

inline void expect_near(const Tensor& given, const fs::path& model) {
  const Tensor wanted = array(fs::path(model).replace_extension(".expected.npy"));
  ASSERT_EQ(given.shape().text(), wanted.shape().text());
  float most = 1, worst = 0;
  for (std::size_t i = 0; i < wanted.as<float>().size(); ++i) {
    most = std::max(most, std::abs(wanted.as<float>()[i]));
    const float off = std::abs(given.as<float>()[i] - wanted.as<float>()[i]);
    worst = off <= worst ? worst : off; // also where it isn't a number
  }
  EXPECT_LE(worst, 1e-4F * most);
}

/// Pictures as the file declares them, however they lay while they were computed.
inline Result<Tensor> run_on_reference(std::span<const std::byte> file, const std::vector<Tensor>& inputs,
                                       std::span<const std::uint64_t> seeds = {}) {
  GANLET_TRY(onnx::Model model, onnx::read(file, {}));
  GANLET_TRY(Graph graph, lower(std::move(model), {.evaluate = reference::evaluate}));
  GANLET_TRY(const auto program, reference::backend.compile(std::move(graph), {}));
  program->seed(seeds);
  std::vector<TensorView> views;
  for (const Tensor& input : inputs)
    views.push_back(input.view());
  GANLET_TRY(const auto outputs, program->run(views));
  const auto given = outputs[0].as<const float>();
  if (!program->graph().values[program->graph().outputs[0]].channels_last)
    return Tensor::of<float>(outputs[0].shape, given);
  const Shape& shape = outputs[0].shape;
  const std::int64_t channels = shape[3], pixels = shape[1] * shape[2];
  Tensor turned(DataType::float32, Shape{shape[0], channels, shape[1], shape[2]});
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    const std::int64_t image = i / (channels * pixels), pixel = i / channels % pixels, channel = i % channels;
    turned.as<float>()[static_cast<std::size_t>((image * channels + channel) * pixels + pixel)] =
        given[static_cast<std::size_t>(i)];
  }
  return turned;
}

/// On ganlet's reference.
inline void expect_reference_right(const fs::path& file) {
  const auto model = import_model(file);
  EXPECT_TRUE(model) << model.error().text();
  if (!model)
    return;
  const auto given = run_on_reference(onnx::write(*model), inputs_of(file));
  EXPECT_TRUE(given) << given.error().text();
  if (given)
    expect_near(*given, file);
}

/// On ganlet's reference, for what it doesn't compute, and for that alone.
inline void expect_refused(const fs::path& file, std::string_view why) {
  const auto model = import_model(file);
  ASSERT_TRUE(model) << model.error().text();
  const auto given = run_on_reference(onnx::write(*model), inputs_of(file));
  ASSERT_FALSE(given);
  EXPECT_NE(given.error().text().find(why), std::string::npos) << given.error().text();
}

#ifdef GANLET_WITH_ONNX_RUNTIME
/// As saved, in ONNX Runtime.
inline void expect_onnx_runtime_right(const fs::path& file) {
  const auto model = import_model(file);
  if (!model)
    return;
  std::vector<NamedTensor> inputs;
  for (Tensor& input : inputs_of(file))
    inputs.push_back({model->inputs[inputs.size()].name, std::move(input)});
  expect_near(run_in_onnx_runtime(onnx::write(*model), inputs), file);
}
#endif

} // namespace ganlet::test
