// No prefix of a model is a model, and no changed byte ends the program.

#include <gtest/gtest.h>

#include "onnx/quantize.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "small_models.h"

namespace ganlet::test {
namespace {

void expect_every_prefix_refused(const std::vector<std::byte>& bytes) {
  ASSERT_TRUE(onnx::read(bytes, Limits{}));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    // A copy of its own, so that the address sanitizer sees a step beyond it.
    const std::vector<std::byte> prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    const auto model = onnx::read(prefix, Limits{});
    ASSERT_FALSE(model) << "of " << bytes.size() << " bytes the first " << length << " were taken for a model";
    EXPECT_EQ(model.error().code(), ErrorCode::corrupt) << length << ": " << model.error().text();
    EXPECT_FALSE(model.error().place().empty()) << length << ": " << model.error().text();
  }
}

/// Zeros for every input, a batch of one.
Result<void> run_once(Graph& graph, const Limits& limits) {
  std::vector<Tensor> inputs;
  std::vector<TensorView> views;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    GANLET_TRY(const Shape shape, resolve(value.shape, 1, limits, value.name));
    views.push_back(inputs.emplace_back(value.type, shape).view());
  }
  CompileOptions options;
  options.limits = limits;
  GANLET_TRY(const auto program, reference::backend.compile(std::move(graph), options));
  GANLET_CHECK(program->run(views));
  return {};
}

/// Reading, lowering and running a changed file may work or fail.
void try_every_changed_byte(const std::vector<std::byte>& bytes, std::byte change) {
  Limits limits;
  limits.working_bytes = limits.tensor_elements = 1 << 20;
  limits.load_units = limits.run_units = 1 << 24;
  std::size_t refused = 0, run = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::vector<std::byte> changed = bytes;
    changed[at] ^= change;
    auto model = onnx::read(changed, limits);
    auto graph = model ? lower(std::move(*model), {.limits = limits, .evaluate = reference::evaluate})
                       : tl::unexpected(std::move(model).error());
    const auto ran = graph ? run_once(*graph, limits) : tl::unexpected(std::move(graph).error());
    if (ran) {
      ++run;
      continue;
    }
    ++refused;
    EXPECT_FALSE(ran.error().message().empty()) << "byte " << at;
  }
  EXPECT_GT(refused, 0u);
  EXPECT_GT(run, 0u);
}

std::vector<std::byte> quantized_file() {
  return onnx::write(onnx::quantize(small_generator().model()).value());
}

TEST(Truncation, EveryPrefixOfAGeneratorIsRefused) {
  expect_every_prefix_refused(onnx::write(small_generator().model()));
}

TEST(Truncation, EveryPrefixOfAQuantizedGeneratorIsRefused) {
  expect_every_prefix_refused(quantized_file());
}

TEST(Damage, EveryByteOfAGeneratorMayChange) {
  const auto bytes = onnx::write(small_generator().model());
  try_every_changed_byte(bytes, std::byte{0x01});
  try_every_changed_byte(bytes, std::byte{0x80});
  try_every_changed_byte(bytes, std::byte{0xff});
}

TEST(Damage, EveryByteOfAQuantizedGeneratorMayChange) {
  try_every_changed_byte(quantized_file(), std::byte{0x01});
  try_every_changed_byte(quantized_file(), std::byte{0x80});
}

} // namespace
} // namespace ganlet::test
