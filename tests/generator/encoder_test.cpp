#include "generator/encoder.h"

#include <gtest/gtest.h>

#include "generator/read_graph.h"
#include "onnx/writer.h"
#include "support/model_builder.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using test::integer;
using test::ModelBuilder;

/// The means of the rows of a 1 x 2 picture, or of a 2 x 1 one in two colours: each number of the latent is one number
/// of the input.
std::vector<std::byte> flat_encoder(std::initializer_list<std::int64_t> shape) {
  ModelBuilder build;
  build.input("picture", shape).node("Flatten", {"picture"}, {"z"}, {integer("axis", 1)}).output("z");
  return onnx::write(build.model());
}

Image two_pixels() {
  return {2, 2, {255, 0, 0, 255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 0, 255, 255}};
}

Result<Encoder> load(const std::vector<std::byte>& file) {
  GANLET_TRY(Graph graph, read_graph(file, {}, xnn::backend.prefers));
  return Encoder::make(std::move(graph), {-1, 1}, Preparation::square, xnn::backend, {});
}

TEST(Encoder, GivesPicturesInTheFilesOrder) {
  auto first = load(flat_encoder({-1, 3, 2, 2}));
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->latent_size(), 12);
  EXPECT_EQ(*first->encode(two_pixels()), (std::vector<float>{1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1, 1}));
  auto last = load(flat_encoder({-1, 2, 2, 3}));
  ASSERT_TRUE(last) << last.error().text();
  EXPECT_EQ(*last->encode(two_pixels()), (std::vector<float>{1, -1, -1, -1, -1, 1, 1, -1, -1, -1, -1, 1}));
}

TEST(Encoder, FixedBatchesAreFilledUp) {
  auto encoder = load(flat_encoder({4, 3, 2, 2}));
  ASSERT_TRUE(encoder) << encoder.error().text();
  EXPECT_EQ(encoder->encode(two_pixels())->size(), 12);
}

TEST(Encoder, OtherGraphsAreRefused) {
  EXPECT_EQ(load(flat_encoder({-1, 5})).error().text(),
            "encoder: its input must be float32 (N, C, H, W) or (N, H, W, C), with sizes that the file names");
  EXPECT_EQ(load(flat_encoder({-1, 5, 8, 7})).error().text(), "encoder: its input must have 1, 3 or 4 channels");
  // Whole numbers were taken for floating-point ones.
  ModelBuilder sizes;
  sizes.input("picture", {-1, 3, 2, 2}).node("Flatten", {"picture"}, {"flat"}, {integer("axis", 1)});
  sizes.node("Cast", {"flat"}, {"z"}, {integer("to", 7)}).output("z");
  EXPECT_EQ(load(onnx::write(sizes.model())).error().text(),
            "encoder: its first output must be the latent, float32 (N, Z)");
}

} // namespace
} // namespace ganlet
