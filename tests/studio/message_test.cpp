#include "studio/message.h"

#include <gtest/gtest.h>

#include "studio/random_state.h"

namespace ganlet::studio {
namespace {

/// A question's job after the way there.
template <typename J> J sent(J job) {
  const auto question = question_of(to_bytes(Question(Ask{JobKind::litter, 7, 8, job})));
  EXPECT_TRUE(question);
  const Ask& ask = std::get<Ask>(*question);
  EXPECT_EQ(ask.kind, JobKind::litter);
  EXPECT_EQ(ask.task, 7U);
  EXPECT_EQ(ask.generation, 8U);
  return std::get<J>(ask.job);
}

template <typename J> Result<typename J::Answer> answered(Result<typename J::Answer> answer) {
  auto reply = reply_of(to_bytes(Reply{JobKind::kept, 9, 10, true, std::move(answer)}));
  EXPECT_TRUE(reply && reply->kind == JobKind::kept && reply->task == 9 && reply->generation == 10 && reply->is_last);
  return std::get<Result<typename J::Answer>>(std::move(reply->answer));
}

/// A model with something in every field.
ModelFacts full_facts() {
  ModelFacts facts{.name = "a", .about = {"b", "c", "d", "e", 7, 1, 2, 3}};
  facts.latent_size = 4;
  facts.distribution = Distribution::uniform;
  facts.image = {5, 6, 3};
  facts.labels = {"one", "", "three"};
  facts.directions = {{1, 2, 3, 4}, 4, true, {"slant"}};
  facts.writes_digits = facts.has_encoder = true;
  facts.style = {7, true};
  facts.parts = {"generator", "encoder"};
  facts.folder = "models/a";
  facts.training = {{"along", 5, {{"generator", 0.5}, {"discriminator", 1.5}}}, {"generator", 20, {}}};
  return facts;
}

TEST(Message, KeepsAnyState) {
  Dice dice(3);
  for (int i = 0; i < 300; ++i) {
    AnimateJob job{3, random_state(dice), full_facts(), FileKind::webp, 4, {{"Software", "ganlet"}}};
    const AnimateJob back = sent(job);
    EXPECT_EQ(back.state, job.state);
    EXPECT_EQ(back.kind, FileKind::webp);
    EXPECT_EQ(back.enlarge, 4);
    EXPECT_EQ(back.origin, job.origin);
  }
}

TEST(Message, KeepsWhatIsKnownAboutAModel) {
  const ModelFacts facts = full_facts();
  const ModelFacts back = *answered<LoadJob>(facts);
  const auto about = [](const ModelAbout& of) {
    return std::tie(of.title, of.summary, of.license, of.training_data, of.version, of.bytes, of.parameters,
                    of.multiply_adds);
  };
  EXPECT_EQ(about(back.about), about(facts.about));
  EXPECT_EQ(std::tie(back.name, back.latent_size, back.distribution, back.image, back.labels),
            std::tie(facts.name, facts.latent_size, facts.distribution, facts.image, facts.labels));
  const auto directions = [](const Directions& of) { return std::tie(of.values, of.size, of.of_styles, of.names); };
  EXPECT_EQ(directions(back.directions), directions(facts.directions));
  EXPECT_EQ(std::tie(back.style.layers, back.style.truncates), std::tie(facts.style.layers, facts.style.truncates));
  EXPECT_EQ(std::tie(back.writes_digits, back.has_encoder, back.parts, back.folder),
            std::tie(facts.writes_digits, facts.has_encoder, facts.parts, facts.folder));
  ASSERT_EQ(back.training.size(), 2U);
  EXPECT_EQ(back.training[0].part, "along");
  EXPECT_EQ(back.training[0].step, 5);
  EXPECT_EQ(back.training[0].losses, facts.training[0].losses);
}

TEST(Message, KeepsRequestsAndEngines) {
  DrawRequest request{.text = "31", .text_limit = 9, .vary = true, .jitter = 0.5F, .count = 3, .label = 4};
  EXPECT_EQ(sent(DrawJob{8, request}).request, request);
  request = {.labels = {4, 5, 6},
             .seed = 11,
             .seeds = {4, 5, 6},
             .latents = {1, -2, 3},
             .truncation = 0.5F,
             .cutoff = 3,
             .mix = StyleMix{9, {1, 2}},
             .noise = {Noise::Kind::seeded, 7},
             .style_shifts = {0.5F, 1},
             .step = 100,
             .columns = 3};
  const BesideJob job = sent(BesideJob{8, {{"reference", 3}, "part"}, request});
  EXPECT_EQ(job.model, 8U);
  EXPECT_EQ(job.request, request);
  EXPECT_EQ(job.other, (Engine{{"reference", 3}, "part"}));
  const LoadJob load = sent(LoadJob{1, "path", "name", {{"xnn", 2}, "f32"}});
  EXPECT_EQ(std::tie(load.path, load.name), std::make_tuple("path", "name"));
  EXPECT_EQ(load.engine, (Engine{{"xnn", 2}, "f32"}));
}

TEST(Message, KeepsPicturesAndNumbers) {
  const Image image{2, 1, {1, 2, 3, 4, 5, 6, 7, 8}};
  EXPECT_EQ(sent(EncodeJob{1, image}).picture.pixels, image.pixels);
  const Encoded encoded = *answered<EncodeJob>(Encoded{{0.5F, 1}, image, {image, image}, 1});
  EXPECT_EQ(encoded.latent, (std::vector<float>{0.5F, 1}));
  EXPECT_EQ(encoded.drawn[1].pixels, image.pixels);
  EXPECT_EQ(encoded.nearest, 1U);
  const InspectJob inspect{1, {.label = 4, .latents = {2, 3}}, {{5, 6, 0.5F}}, 7};
  EXPECT_EQ(sent(inspect), inspect);
  const Inspection inspection =
      *answered<InspectJob>(Inspection{{{"Conv", 1, 2, 3, 4, 5, 6, 7, 8}}, image, 9, 10, 11, image});
  const Layer& layer = inspection.layers.at(0);
  EXPECT_EQ(std::tie(layer.name, layer.width, layer.height, layer.channels), std::make_tuple("Conv", 1, 2, 3));
  EXPECT_EQ(std::tie(layer.low, layer.high, layer.mean, layer.zeros, layer.milliseconds),
            std::make_tuple(4, 5, 6, 7, 8));
  EXPECT_EQ(std::tie(inspection.tile_width, inspection.tile_height, inspection.tile_columns),
            std::make_tuple(9, 10, 11));
  EXPECT_EQ(inspection.picture.height, 1);
  const auto film = *answered<AnimateJob>(AnimateJob::Answer{1, 2, PictureFile{"a.gif", {std::byte{7}}}});
  EXPECT_EQ(std::tie(film.done, film.all, film.file->name), std::make_tuple(1, 2, "a.gif"));
  EXPECT_EQ(film.file->bytes.size(), 1U);
  EXPECT_EQ(*answered<DirectionsJob>(std::vector<float>{1, 2}), (std::vector<float>{1, 2}));
  EXPECT_EQ(sent(DirectionsJob{1, 5}).most, 5);
  const auto drawing = *answered<DrawJob>(Drawing{image, 5, "no GPU", 3, 0.5});
  EXPECT_EQ(std::tie(drawing.texture, drawing.gpu_problem, drawing.images, drawing.milliseconds),
            std::make_tuple(5, "no GPU", 3, 0.5));
  EXPECT_TRUE(sent(DrawJob{8, {}, true}).on_gpu);
  const auto beside = *answered<BesideJob>(BesideJob::Answer{image, {image, 4, 30.5}});
  EXPECT_EQ(std::tie(beside.difference.largest, beside.difference.decibels), std::make_tuple(4, 30.5));
}

TEST(Message, KeepsErrors) {
  const auto answer = answered<DrawJob>(fail(ErrorCode::unsupported, "node 3", "isn't known"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::unsupported);
  EXPECT_EQ(answer.error().text(), "node 3: isn't known");
}

TEST(Message, IsRefusedWhereBytesAreMissingOrLeft) {
  const InspectJob job{1, {.latents = {2, 3}}, {}, 7};
  const std::vector<std::byte> whole = to_bytes(Question(Ask{JobKind::inside, 1, 1, job}));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(question_of(std::span(whole).first(size))) << size;
  std::vector<std::byte> longer = whole;
  longer.push_back({});
  EXPECT_FALSE(question_of(longer));
  std::vector<std::byte> other = whole;
  other[0] = std::byte{200};
  EXPECT_FALSE(question_of(other));
  const std::vector<std::byte> reply = to_bytes(Reply{JobKind::inside, 1, 1, true, Result<DirectionsJob::Answer>()});
  for (std::size_t size = 0; size < reply.size(); ++size)
    EXPECT_FALSE(reply_of(std::span(reply).first(size))) << size;
}

} // namespace
} // namespace ganlet::studio
