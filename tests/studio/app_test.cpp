// The whole program without a window: what its panels do, and what becomes of answers that come late.
#include "studio/headless.h"
#include "studio/tiny_folder.h"

namespace ganlet::studio {
namespace {

/// A styled model with generators kept on the way, float32 weights beside, and an encoder.
void fill_everything(test::TinyFolder& folder) {
  test::fill_styled(folder);
  folder.add("mapping_f32", test::doubling_mapping()).add("synthesis_f32", test::adding_synthesis());
  folder.add("encoder", test::reading_encoder());
}

/// Two models that can be chosen: "full", which has everything, and "plain".
class Late : public testing::Test {
 protected:
  Late() {
    fill_everything(full_);
    plain_.json["title"] = "Plain";
    plain_.add("generator", test::spreading_generator(1));
  }
  test::TinyFolder full_, plain_;
  test::Headless studio_{{{"full", full_.path.string()}, {"plain", plain_.path.string()}}, "#model=full"};

  /// Changes to the other model, and waits until it draws.
  void change_model() {
    studio_.command("model=plain");
    studio_.settle();
    ASSERT_EQ(studio_.now().facts().name, "plain");
  }
};

/// What makes the program ask for a job, as people would.
struct Way {
  JobKind kind;
  void (*ask)(test::Headless& studio);
};

class EachKind : public Late, public testing::WithParamInterface<Way> {};

/// A late answer that is right but for the time: its task is the one under way, but it belongs to an earlier model.
std::vector<std::byte> with_task(std::span<const std::byte> answer, std::uint64_t task) {
  Reply reply = *reply_of(answer);
  reply.task = task;
  return to_bytes(reply);
}

/// The same answer as the GPU gives it: what it drew is in a texture.
std::vector<std::byte> in_a_texture(std::span<const std::byte> answer) {
  Reply reply = *reply_of(answer);
  auto& drawing = std::get<Result<Drawing>>(reply.answer);
  drawing->picture.pixels.clear();
  drawing->texture = 1;
  return to_bytes(reply);
}

TEST_P(EachKind, IsDroppedAfterAChangeOfModel) {
  studio_.settle();
  studio_.held = GetParam().kind;
  GetParam().ask(studio_);
  studio_.settle();
  ASSERT_FALSE(studio_.held_answers.empty()) << "the program did not ask";
  const std::vector<std::byte> late = studio_.held_answers.back();
  studio_.held.reset();
  change_model();
  const std::string before = test::told(studio_.now());
  studio_.app().received(late);
  studio_.frames(5);
  EXPECT_EQ(test::told(studio_.now()), before);
  EXPECT_TRUE(studio_.host.saved.empty());
  // The same while another of its kind is under way: only the generation tells them apart.
  if (GetParam().kind == JobKind::picture || GetParam().kind == JobKind::litter) {
    studio_.command(GetParam().kind == JobKind::picture ? "seed=77" : "breed");
    const std::string waiting = test::told(studio_.now());
    const auto question = question_of(studio_.host.questions.back());
    studio_.app().received(with_task(late, std::get<Ask>(*question).task));
    studio_.frames(2);
    EXPECT_EQ(test::told(studio_.now()), waiting);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, EachKind,
    testing::Values(Way{JobKind::picture, [](test::Headless& studio) { studio.command("seed=5"); }},
                    Way{JobKind::file,
                        [](test::Headless& studio) {
                          studio.held = JobKind::picture;
                          studio.command("seed=5");
                          studio.settle();
                          studio.held = JobKind::file;
                          studio.app().received(in_a_texture(studio.held_answers.back()));
                          studio.held_answers.clear();
                          studio.command("save");
                        }},
                    Way{JobKind::compare, [](test::Headless& studio) { studio.command("compare"); }},
                    Way{JobKind::litter, [](test::Headless& studio) { studio.command("breed"); }},
                    Way{JobKind::kept, [](test::Headless& studio) { studio.command("trained=5"); }},
                    Way{JobKind::inside, [](test::Headless& studio) { studio.press("Inside"); }},
                    Way{JobKind::encoding,
                        [](test::Headless& studio) {
                          studio.press("Encode");
                          studio.press("Pad");
                        }},
                    Way{JobKind::beside,
                        [](test::Headless& studio) {
                          studio.press("Inside");
                          studio.settle();
                          studio.press("With generator_f32");
                        }},
                    Way{JobKind::thumbnail,
                        [](test::Headless& studio) {
                          studio.command("#model=full&grid=4x4&seed=40");
                          studio.app().command("favourite");
                          studio.command("#model=full&grid=4x4&seed=41");
                          studio.settle();
                          studio.press("Keep");
                        }}),
    [](const auto& info) { return std::to_string(static_cast<int>(info.param.kind)); });

TEST_F(Late, DirectionsOfAnEarlierModelAreDropped) {
  studio_.held = JobKind::direction;
  studio_.settle();
  ASSERT_FALSE(studio_.held_answers.empty());
  const std::vector<std::byte> late = studio_.held_answers.back();
  change_model();
  EXPECT_EQ(studio_.now().facts().directions.count(), 0U);
  studio_.app().received(late);
  studio_.frames(3);
  EXPECT_EQ(studio_.now().facts().directions.count(), 0U);
}

TEST_F(Late, AModelThatIsNoLongerWantedIsNotUsed) {
  studio_.settle();
  studio_.held = JobKind::load;
  studio_.command("model=plain");
  studio_.settle();
  ASSERT_FALSE(studio_.held_answers.empty());
  const std::vector<std::byte> late = studio_.held_answers.back();
  studio_.held.reset();
  studio_.command("model=full");
  studio_.app().received(late); // before the files of the newer one are there
  studio_.frames(2);
  EXPECT_EQ(studio_.now().facts().name, "full");
  studio_.settle();
  EXPECT_EQ(studio_.now().facts().name, "full");
  EXPECT_EQ(studio_.now().session.loading().name, "");
}

TEST_F(Late, AFilmAndAMeasurementOutliveTheirModel) {
  studio_.settle();
  studio_.command("keys=1,2&steps=3");
  studio_.settle();
  studio_.held = JobKind::animation;
  studio_.command("export-gif");
  studio_.settle();
  const std::vector<std::vector<std::byte>> film = std::exchange(studio_.held_answers, {});
  studio_.held = JobKind::measure;
  studio_.command("measure");
  studio_.settle();
  ASSERT_FALSE(film.empty() || studio_.held_answers.empty());
  change_model();
  for (const std::vector<std::byte>& answer : film)
    studio_.app().received(answer);
  studio_.app().received(studio_.held_answers.back());
  EXPECT_EQ(studio_.host.saved, std::vector<std::string>{"animation.gif"});
  EXPECT_EQ(studio_.now().player.all(), 0);
  ASSERT_EQ(studio_.now().bench.measurements().size(), 1U);
  const Bench::Measurement& measured = studio_.now().bench.measurements()[0];
  EXPECT_EQ(Bench::words(measured, studio_.now().facts()), "Tiny, xnn, generator, 1 thread");
  ModelFacts tiny;
  tiny.about.title = "Tiny";
  EXPECT_EQ(Bench::words(measured, tiny), "xnn, generator, 1 thread");
}

TEST_F(Late, FilesOfAnEarlierModelLeadToNothing) {
  studio_.settle();
  studio_.press("Inside");
  studio_.settle();
  studio_.press("With generator_f32");
  ASSERT_EQ(studio_.host.fetches.size(), 1U);
  const test::FakeHost::Fetch fetch = studio_.host.fetches.front();
  studio_.host.fetches.clear();
  change_model();
  // It used to draw the plan of then with the model of now.
  studio_.asked.clear();
  studio_.app().fetched(fetch.ticket, (full_.path / "mapping_f32.onnx").string());
  studio_.settle();
  EXPECT_FALSE(studio_.asked.contains(JobKind::beside));
  EXPECT_FALSE(studio_.now().bench.beside());
  EXPECT_EQ(studio_.now().notices.problem, "");
}

TEST_F(Late, APictureOpenedForAnEarlierModelIsNotEncoded) {
  studio_.settle();
  studio_.app().opened("somewhere/picture.png");
  ASSERT_EQ(studio_.host.pictures.size(), 1U);
  change_model();
  const std::string before = test::told(studio_.now());
  studio_.app().decoded(studio_.host.pictures.front().ticket, Image{1, 1, {0, 0, 0, 255}});
  studio_.settle();
  EXPECT_EQ(test::told(studio_.now()), before);
}

TEST_F(Late, AFailureOfAnEarlierModelIsNotShown) {
  studio_.settle();
  studio_.command("trained=5");
  ASSERT_FALSE(studio_.host.fetches.empty());
  const test::FakeHost::Fetch fetch = studio_.host.fetches.front();
  studio_.host.fetches.clear();
  studio_.command("#model=plain");
  studio_.settle();
  studio_.app().fetched(fetch.ticket, fail(ErrorCode::not_found, "along_000005.onnx", "is gone"));
  studio_.frames(3);
  EXPECT_EQ(studio_.now().notices.problem, "");
}

TEST_F(Late, MeasuringAndComparingAtOnceBothEnd) {
  studio_.settle();
  studio_.press("Inside");
  studio_.settle();
  studio_.command("measure");
  studio_.press("With generator_f32");
  studio_.settle();
  EXPECT_EQ(studio_.now().bench.measurements().size(), 1U);
  EXPECT_TRUE(studio_.now().bench.beside());
  EXPECT_FALSE(studio_.now().session.is_busy());
}

/// Thousandths of the way to the next seed, after a drag over the picture's middle by `pixels` in so many frames.
std::int32_t dragged_to(int pixels, int frames) {
  test::TinyFolder folder;
  folder.add("generator", test::spreading_generator(1));
  test::Headless studio({{"tiny", folder.path.string()}}, "#model=tiny");
  studio.settle();
  const ImVec2 middle = studio.middle_of("Picture");
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(middle.x, middle.y);
  studio.frames(2);
  io.AddMouseButtonEvent(0, true);
  studio.frames(2);
  for (int frame = 1; frame <= frames; ++frame) {
    io.AddMousePosEvent(middle.x - static_cast<float>(pixels * frame / frames), middle.y);
    studio.frame();
  }
  io.AddMouseButtonEvent(0, false);
  studio.frames(3);
  return studio.now().state().place.x;
}

TEST(Dragging, SlowlyGoesAsFarAsAtOnce) {
  // A pixel a frame is less than a thousandth and a half of the way here: rounded each frame it lost a third.
  const std::int32_t at_once = dragged_to(200, 2);
  EXPECT_GT(at_once, 100);
  EXPECT_EQ(dragged_to(200, 200), at_once);
}

TEST(Dragging, FollowsTheShorterSide) {
  EXPECT_EQ(dragged({.seed = 3, .x = 10}, -350, 70, 700).x, 510);
  EXPECT_EQ(dragged({.seed = 3, .x = 10}, -350, 70, 700).y, -100);
  EXPECT_EQ(dragged({.seed = 3, .latent = {1, 2}}, 2, 0, 3000), (Place{.seed = 3, .x = -1}));
}

TEST_F(Late, AWallShows64PicturesThatWalkOrFollowThePointer) {
  studio_.settle();
  const State before = studio_.now().state();
  const auto asked = [&] { return std::get<DrawJob>(studio_.asked[JobKind::picture].job).request; };
  studio_.command("wall-walk");
  EXPECT_TRUE(studio_.host.is_animated);
  studio_.work();
  const DrawRequest first = asked();
  EXPECT_EQ(first.count, 64);
  studio_.frames(30);
  studio_.work();
  EXPECT_NE(asked().latents, first.latents);
  studio_.command("wall-follow");
  studio_.settle(); // a pointer that stays asks for nothing
  const DrawRequest middle = asked();
  ImGuiIO& io = ImGui::GetIO();
  const ImVec2 at = studio_.middle_of("Picture");
  io.AddMousePosEvent(at.x + 100, at.y);
  studio_.settle();
  EXPECT_EQ(asked().count, 64);
  EXPECT_NE(asked().latents, middle.latents);
  studio_.command("wall-follow");
  EXPECT_FALSE(studio_.host.is_animated);
  studio_.settle();
  EXPECT_EQ(asked(), request_of(before, studio_.now().facts()));
  EXPECT_EQ(studio_.now().state(), before);
}

TEST_F(Late, EveryPanelOpensByItsName) {
  studio_.settle();
  for (const Panel& panel : panels) {
    studio_.press(panel.name);
    EXPECT_EQ(studio_.now().desk.panel, panel.name);
    studio_.settle();
  }
  EXPECT_EQ(studio_.now().notices.problem, "");
}

TEST_F(Late, EachPressIsAStepBack) {
  studio_.settle();
  studio_.press("+");
  studio_.press("+");
  EXPECT_EQ(studio_.now().state().place.seed, 14U);
  studio_.press("Undo");
  EXPECT_EQ(studio_.now().state().place.seed, 13U);
  studio_.press("Redo");
  EXPECT_EQ(studio_.now().state().place.seed, 14U);
}

/// What was asked for in the last frame of a drag used to be a step of its own where the drag had taken long.
TEST_F(Late, ADragIsOneStepHoweverLongItTakes) {
  studio_.settle();
  const Place before = studio_.now().state().place;
  const ImVec2 at = studio_.middle_of("Picture");
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(at.x, at.y);
  studio_.frames(2);
  io.AddMouseButtonEvent(0, true);
  for (int i = 1; i <= 120; ++i) { // two seconds
    io.AddMousePosEvent(at.x - static_cast<float>(i), at.y);
    studio_.frame();
  }
  io.AddMouseButtonEvent(0, false);
  studio_.frames(3);
  EXPECT_NE(studio_.now().state().place, before);
  studio_.press("Undo");
  EXPECT_EQ(studio_.now().state().place, before);
}

} // namespace
} // namespace ganlet::studio
