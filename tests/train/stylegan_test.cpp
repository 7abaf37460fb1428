// What only the style-based family has: parts, styles per layer, augmentation in front of the discriminator.

#include <gtest/gtest.h>

#include "augmentation.h"
#include "checkpoint.h"
#include "core/rng.h"
#include "onnx/writer.h"
#include "style_networks.h"
#include "support/onnx_runtime.h"

namespace ganlet::train {
namespace {

Checkpoint fresh(std::int64_t side, std::int64_t channels) {
  const FamilyEntry& family = *find_family("stylegan");
  Settings settings{.family = "stylegan", .batch = 4, .options = family.options};
  settings.options.height = settings.options.width = side;
  settings.options.channels = channels;
  settings.options.classes = 0;
  Result<Checkpoint> checkpoint = new_checkpoint(settings);
  EXPECT_TRUE(checkpoint) << checkpoint.error().text();
  return std::move(*checkpoint);
}

Tensor run(const onnx::Model& model, const std::vector<test::NamedTensor>& inputs) {
  return test::run_in_onnx_runtime(onnx::write(model), inputs);
}

std::vector<test::NamedTensor> alone(test::NamedTensor input) {
  std::vector<test::NamedTensor> inputs;
  inputs.push_back(std::move(input));
  return inputs;
}

test::NamedTensor normal(const char* name, Shape shape, std::uint64_t seed) {
  test::NamedTensor input{name, Tensor(DataType::float32, shape)};
  Rng(seed).fill_normal(input.tensor.as<float>());
  return input;
}

float largest_difference(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.shape(), b.shape());
  float most = 0;
  for (std::size_t i = 0; i < a.as<float>().size(); ++i)
    most = std::max(most, std::abs(a.as<float>()[i] - b.as<float>()[i]));
  return most;
}

TEST(Stylegan, MappingAndSynthesisGiveWhatTheGeneratorGives) {
  constexpr std::int64_t count = 3, styles = 8, size = 128;
  const Checkpoint checkpoint = fresh(32, 3);
  const std::vector<ExportedPart> parts = checkpoint.family->parts();
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].name, "mapping");
  EXPECT_EQ(parts[1].name, "synthesis");
  const Tensor whole = run(checkpoint.family->exported(), alone(normal("z", Shape{count, 64}, 3)));
  EXPECT_EQ(whole.shape(), (Shape{count, 3, 32, 32}));

  const Tensor w = run(parts[0].model, alone(normal("z", Shape{count, 64}, 3)));
  ASSERT_EQ(w.shape(), (Shape{count, size}));
  test::NamedTensor repeated{"w", Tensor(DataType::float32, Shape{count, styles, size})};
  for (std::int64_t n = 0; n < count; ++n)
    for (std::int64_t i = 0; i < styles * size; ++i)
      repeated.tensor.as<float>()[static_cast<std::size_t>(n * styles * size + i)] =
          w.as<float>()[static_cast<std::size_t>(n * size + i % size)];
  // At the start the strength of the noise is 0.
  constexpr std::int64_t pixels = 4 * 4 + 2 * (8 * 8 + 16 * 16 + 32 * 32);
  std::vector<test::NamedTensor> inputs = alone(std::move(repeated));
  inputs.push_back(normal("noise", Shape{count, pixels}, 4));
  EXPECT_LE(largest_difference(run(parts[1].model, inputs), whole), 1e-5F);
}

TEST(Stylegan, SynthesisTakesAStyleForEachLayerAndNoiseAsTorchDoes) {
  torch::manual_seed(3);
  torch::NoGradGuard no_gradient;
  style::Generator generator(FamilyOptions{.height = 16, .width = 16, .channels = 3});
  generator->eval(); // noise is the layers' own
  std::vector<torch::Tensor> noise;
  for (std::size_t level = 0; level < generator->convolutions.size(); ++level) {
    std::vector<style::StyledLayer> layers{generator->convolutions[level]};
    if (level > 0)
      layers.insert(layers.begin(), generator->doublings[level - 1]);
    for (style::StyledLayer& layer : layers) {
      layer->strength.fill_(0.3 + 0.1 * static_cast<double>(noise.size()));
      noise.push_back(layer->noise.flatten().unsqueeze(0).expand({2, -1}));
    }
  }
  const auto input_of = [](const char* name, const torch::Tensor& values) {
    const torch::Tensor dense = values.contiguous();
    test::NamedTensor input{
        name, Tensor(DataType::float32, *Shape::make({dense.sizes().data(), dense.sizes().size()}, {}, name))};
    std::copy_n(dense.data_ptr<float>(), dense.numel(), input.tensor.as<float>().begin());
    return input;
  };
  const torch::Tensor w = torch::randn({2, generator->style_count(), style::style_size});
  std::vector<test::NamedTensor> inputs = alone(input_of("w", w));
  inputs.push_back(input_of("noise", torch::cat(noise, 1)));
  Tensor actual = run(generator->parts()[1].model, inputs);
  const torch::Tensor read = torch::from_blob(actual.as<float>().data(), {2, 3, 16, 16}, torch::kFloat);
  const torch::Tensor expected = generator->synthesize(w).clamp(-1, 1);
  EXPECT_LE((read - expected).abs().max().item<float>(), 1e-4F);
  // As one network it has the layers' own noise, which is also the array `noise`.
  const torch::Tensor z = torch::randn({2, 64});
  Tensor drawn = run(generator->exported(), alone(input_of("z", z)));
  EXPECT_LE((torch::from_blob(drawn.as<float>().data(), {2, 3, 16, 16}) - generator->forward(z).clamp(-1, 1))
                .abs()
                .max()
                .item<float>(),
            1e-4F);
  EXPECT_TRUE(torch::equal(generator->arrays()[0].values, torch::cat(noise, 1)[0]));
  // Neither would go unnoticed.
  const torch::Tensor one_style = generator->synthesize(w.slice(1, 0, 1).expand_as(w)).clamp(-1, 1);
  EXPECT_GT((one_style - expected).abs().max().item<float>(), 0.1F);
  generator->convolutions[0]->strength.zero_();
  EXPECT_GT((generator->synthesize(w).clamp(-1, 1) - expected).abs().max().item<float>(), 0.01F);
}

TEST(Stylegan, DrawsWhatItsGraphDraws) {
  const Checkpoint checkpoint = fresh(64, 3);
  test::NamedTensor z = normal("z", Shape{2, 64}, 3);
  const torch::Tensor latents = torch::from_blob(z.tensor.as<float>().data(), {2, 64}, torch::kFloat).clone();
  const Tensor actual = run(checkpoint.family->exported(), alone(std::move(z)));
  const torch::Tensor expected = checkpoint.family->draw(latents, {}).contiguous();
  ASSERT_EQ(actual.shape(), (Shape{2, 3, 64, 64}));
  const torch::Tensor read =
      torch::from_blob(const_cast<float*>(actual.as<float>().data()), {2, 3, 64, 64}, torch::kFloat);
  EXPECT_LE((read - expected).abs().max().item<float>(), 1e-4F);
  EXPECT_GT(expected.std().item<float>(), 0.05F);
}

// GANSpace's: over other latents than those they were found with, styles vary along each direction apart from the
// others, and less along each than along the one before.
TEST(Stylegan, DirectionsArePrincipalComponentsOfStyles) {
  const Checkpoint checkpoint = fresh(16, 1);
  constexpr std::int64_t count = 5000, size = 128;
  const torch::Tensor directions = checkpoint.family->arrays()[2].values;
  ASSERT_EQ(directions.sizes(), (std::vector<std::int64_t>{16, size}));
  EXPECT_TRUE(torch::equal(checkpoint.family->arrays()[2].values, directions));
  EXPECT_TRUE(torch::allclose(directions.matmul(directions.t()), torch::eye(16), 0, 1e-5));

  Tensor styles = run(checkpoint.family->parts()[0].model, alone(normal("z", Shape{count, 64}, 9)));
  const torch::Tensor w = torch::from_blob(styles.as<float>().data(), {count, size}, torch::kFloat);
  const torch::Tensor along = (w - w.mean(0)).matmul(directions.t());
  const torch::Tensor covariance = along.t().matmul(along) / count, variance = covariance.diag();
  EXPECT_LE((covariance - variance.diag()).abs().max().item<float>(), 0.1F * variance[0].item<float>());
  for (std::int64_t i = 1; i < 16; ++i)
    EXPECT_LE(variance[i].item<float>(), 1.1F * variance[i - 1].item<float>()) << i;
  const torch::Tensor mean_variance = (w - w.mean(0)).square().mean();
  EXPECT_GT(variance[0].item<float>(), 2 * mean_variance.item<float>());
}

TEST(Stylegan, SeparationNeedsColour) {
  Settings settings{.family = "stylegan", .options = {.height = 8, .width = 8, .separation = 1}};
  const Result<Checkpoint> checkpoint = new_checkpoint(settings);
  ASSERT_FALSE(checkpoint);
  EXPECT_EQ(checkpoint.error().text(), "--separation: parts layout from colour, and these pictures are grey");
}

TEST(Stylegan, OddPictureSizesAreAnError) {
  Settings settings{.family = "stylegan"};
  settings.options.width = settings.options.height = 36; // 9 doubled twice
  const Result<Checkpoint> checkpoint = new_checkpoint(settings);
  ASSERT_FALSE(checkpoint);
  EXPECT_EQ(checkpoint.error().text(),
            "stylegan: pictures of 36 x 36: must be square, with a side of 4 to 7 doubled at least once");
}

TEST(Augmentation, KeepsShapesAndPassesGradients) {
  torch::manual_seed(1);
  const torch::Tensor pictures = torch::rand({6, 3, 32, 32}).requires_grad_(true);
  const Augment all{.color = true, .translation = true, .cutout = true};
  const torch::Tensor changed = augmented(pictures, all);
  EXPECT_EQ(changed.sizes(), pictures.sizes());
  changed.square().sum().backward();
  EXPECT_GT(pictures.grad().abs().sum().item<float>(), 0);
  EXPECT_TRUE(torch::equal(augmented(pictures, {}), pictures));
}

TEST(Augmentation, TranslationMovesWholePictures) {
  torch::manual_seed(1);
  torch::Tensor pictures = torch::full({50, 1, 32, 32}, -1.0F);
  pictures.index_put_({torch::indexing::Slice(), 0, 16, 16}, 1.0F); // a dot in the middle
  const torch::Tensor moved = augmented(pictures, {.translation = true});
  EXPECT_TRUE(torch::equal((moved > 0).sum({1, 2, 3}), torch::ones({50}, torch::kLong)));
  const torch::Tensor rows = (moved > 0).nonzero().select(1, 2);
  EXPECT_EQ(rows.min().item<std::int64_t>(), 12);
  EXPECT_EQ(rows.max().item<std::int64_t>(), 20);
}

TEST(Augmentation, CutoutHidesAtMostAQuarter) {
  torch::manual_seed(1);
  const torch::Tensor hidden = (augmented(torch::ones({50, 1, 32, 32}), {.cutout = true}) == 0).sum({1, 2, 3});
  EXPECT_LE(hidden.max().item<std::int64_t>(), 16 * 16);
  EXPECT_GT(hidden.min().item<std::int64_t>(), 0);
}

} // namespace
} // namespace ganlet::train
