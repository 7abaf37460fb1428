#include "studio/worker.h"

#include <atomic>

#include "platform/background_thread.h"
#include "studio/both_sides.h"
#include "studio/tiny_folder.h"

namespace ganlet::studio {
namespace {

constexpr const char* digits_folder = GANLET_SOURCE_DIR "/models/digits";

DrawJob job_of(const test::BothSides& sides, const RemoteModel& model, const std::string& text) {
  State state;
  state.text = text;
  return {model.number, request_of(state, sides.facts)};
}

TEST(Worker, RunsASliceAtATimeAndAnswers) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  ASSERT_TRUE(model);
  sides.ask(JobKind::picture, job_of(sides, *model, "314159265358979323846264"));
  EXPECT_TRUE(sides.client.is_busy(JobKind::picture));
  int slices = 0;
  while (sides.work())
    ++slices;
  EXPECT_GT(slices, 1);
  EXPECT_TRUE(sides.replies.empty());
  sides.collect();
  EXPECT_EQ(std::get<Result<Drawing>>(sides.replies.at(0).answer)->images, 24);
  EXPECT_FALSE(sides.client.is_busy());
}

TEST(Worker, ANewerJobTakesTheOldersPlace) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  const auto ask = [&](const std::string& text) { sides.ask(JobKind::picture, job_of(sides, *model, text)); };
  ask("1"); // answered, too late
  while (sides.work()) {
  }
  ask("222222222222222222222222"); // begun
  EXPECT_TRUE(sides.work());
  ask("333");
  sides.finish();
  ASSERT_EQ(sides.replies.size(), 1U);
  EXPECT_EQ(std::get<Result<Drawing>>(sides.replies[0].answer)->images, 3);
}

TEST(Worker, EachKindOfJobIsDoneBesideTheOthers) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  ASSERT_TRUE(model);
  // Comparing a part used to take the place of a measurement under way, whose answer never came.
  sides.ask(JobKind::measure, job_of(sides, *model, "12"));
  sides.ask(JobKind::beside, BesideJob{model->number, {{}, "generator"}, job_of(sides, *model, "34").request});
  sides.finish();
  EXPECT_EQ(sides.kinds(), (std::vector{JobKind::beside, JobKind::measure}));
}

TEST(Worker, TheUrgentComesFirst) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  for (const JobKind kind : {JobKind::thumbnail, JobKind::picture, JobKind::compare})
    sides.ask(kind, job_of(sides, *model, "7"));
  sides.finish();
  EXPECT_EQ(sides.kinds(), (std::vector{JobKind::picture, JobKind::compare, JobKind::thumbnail}));
}

TEST(Worker, AnswersCarryTheGenerationOfTheirQuestion) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  sides.client.ask(JobKind::picture, 41, job_of(sides, *model, "7"));
  sides.client.ask(JobKind::direction, 42, DirectionsJob{model->number, 3});
  sides.finish();
  ASSERT_EQ(sides.replies.size(), 2U);
  EXPECT_EQ(sides.replies[0].generation, 41U);
  EXPECT_EQ(sides.replies[1].generation, 42U);
}

TEST(Worker, CancelledJobsAnswerNothing) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  AnimateJob job{model->number, {}, sides.facts, FileKind::gif, 1, {}};
  job.state.animation.keyframes = {{.seed = 1}, {.seed = 2}};
  sides.ask(JobKind::animation, job);
  sides.work();
  sides.client.cancel(JobKind::animation);
  sides.collect();
  EXPECT_TRUE(sides.replies.empty());
  EXPECT_FALSE(sides.work());
  EXPECT_FALSE(sides.client.is_busy());
}

TEST(Worker, ForgetsModelsThatNobodyHas) {
  test::BothSides sides;
  auto model = sides.load(digits_folder);
  const DrawJob job = job_of(sides, *model, "7");
  model.reset();
  EXPECT_EQ(sides.answer(JobKind::picture, job).error().text(), "worker: has no model 1");
}

TEST(Worker, SaysWhyAModelCantBeLoaded) {
  test::BothSides sides;
  const auto model = sides.client.new_model();
  const auto answer = sides.answer(JobKind::load, LoadJob{model->number, "nowhere/at-all.onnx", "it", {}});
  EXPECT_NE(answer.error().text().find("at-all.onnx"), std::string::npos) << answer.error().text();
}

TEST(Worker, PassesOnWhatConcernsModelsThatItDoesNotSupport) {
  test::TinyFolder folder;
  folder.add("generator", test::colored_generator());
  const std::filesystem::path rare = folder.path / "rare.onnx";
  test::ModelBuilder build;
  build.input("z", {-1, 4}).node("Blur", {"z"}, {"image"}).output("image");
  ASSERT_TRUE(write_whole(rare, onnx::write(build.model())));
  std::vector<Question> passed;
  std::vector<Reply> otherwise, replies;
  Worker worker([&](const std::vector<std::byte>& bytes) { replies.push_back(*reply_of(bytes)); }, nullptr,
                [&](std::span<const std::byte> question, std::span<const std::byte> reply) {
                  passed.push_back(*question_of(question));
                  if (!reply.empty())
                    otherwise.push_back(*reply_of(reply));
                });
  const auto send = [&](const Question& question) {
    worker.receive(to_bytes(question));
    while (worker.work()) {
    }
  };
  send(Ask{JobKind::load, 1, 0, LoadJob{1, folder.path.string(), "tiny", {}}});
  send(Cancel{JobKind::picture});
  EXPECT_TRUE(passed.empty());
  send(Ask{JobKind::load, 2, 0, LoadJob{2, rare.string(), "rare", {}}});
  ASSERT_EQ(otherwise.size(), 1U);
  EXPECT_EQ(otherwise[0].task, 2U);
  EXPECT_EQ(std::get<Result<ModelFacts>>(otherwise[0].answer).error().code(), ErrorCode::unsupported);
  send(Ask{JobKind::direction, 3, 0, DirectionsJob{2, 3}});
  send(Ask{JobKind::direction, 4, 0, DirectionsJob{1, 3}}); // the other worker's of this kind is too late
  send(Forget{2});
  send(Cancel{JobKind::picture});
  ASSERT_EQ(passed.size(), 4U);
  EXPECT_EQ(std::get<LoadJob>(std::get<Ask>(passed[0]).job).path, rare.string());
  EXPECT_EQ(std::get<Ask>(passed[1]).task, 3U);
  EXPECT_EQ(std::get<Cancel>(passed[2]).kind, JobKind::direction);
  EXPECT_EQ(std::get<Forget>(passed[3]).model, 2U);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[1].task, 4U);
}

TEST(Worker, DoesAllKindsOfJobs) {
  test::BothSides sides;
  test::TinyFolder folder;
  test::fill_styled(folder);
  const auto styled = sides.load(folder.path.string());
  ASSERT_TRUE(styled);
  State state;
  state.text.clear();
  const BesideJob::Answer beside =
      *sides.answer(JobKind::beside, BesideJob{styled->number, {{}, "along_000005"}, request_of(state, sides.facts)});
  const Inspection inspection =
      *sides.answer(JobKind::inside, InspectJob{styled->number, {.latents = {0, 0.1F, 0.2F, 0.3F}}, {}, 0});
  EXPECT_GT(beside.difference.largest, 0);
  EXPECT_EQ(inspection.layers.size(), 7U); // of the mapping network the Mul, then two Gathers to the last Tanh
  EXPECT_EQ(inspection.picture.width, 2);

  const auto model = sides.load(digits_folder);
  const auto directions = *sides.answer(JobKind::direction, DirectionsJob{model->number, 3});
  EXPECT_EQ(directions.size(), 3U * 64);
}

/// The worker behind a thread, as the desktop has it.
class WorkerBackground final : public platform::Background {
 public:
  WorkerBackground(platform::Send send, const std::atomic<bool>* stop) : worker_(std::move(send), stop) {}
  void receive(std::span<const std::byte> message) override { worker_.receive(message); }
  bool work() override { return worker_.work(); }

 private:
  Worker worker_;
};

std::unique_ptr<platform::Background> make_worker(platform::Send send, const std::atomic<bool>* stop) {
  return std::make_unique<WorkerBackground>(std::move(send), stop);
}

/// What ThreadSanitizer watches: models are loaded, drawn, taken back and forgotten while answers are received.
TEST(Threads, LoadDrawCancelAndForgetAtOnce) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  std::atomic<int> answered = 0;
  platform::BackgroundThread background(&make_worker, [&] { ++answered; });
  Client client([&](std::vector<std::byte> message) { background.send(std::move(message)); });
  const auto receive_until = [&](auto done) {
    while (!done())
      for (const auto& message : background.take())
        if (const auto reply = client.receive(message); reply && reply->kind == JobKind::picture)
          EXPECT_TRUE(std::get<Result<Drawing>>(reply->answer));
  };
  for (Generation round = 1; round <= 20; ++round) {
    const auto model = client.new_model();
    ModelFacts facts;
    client.ask(JobKind::load, round, LoadJob{model->number, folder.path.string(), "tiny", {}});
    bool is_loaded = false;
    while (!is_loaded)
      for (const auto& message : background.take())
        if (const auto reply = client.receive(message); reply && reply->kind == JobKind::load) {
          facts = *std::get<Result<ModelFacts>>(reply->answer);
          EXPECT_EQ(reply->generation, round);
          is_loaded = true;
        }
    State state;
    state.text.clear();
    for (int drag = 0; drag < 10; ++drag) {
      state.place.x = drag;
      client.ask(JobKind::picture, round, DrawJob{model->number, request_of(state, facts)});
    }
    AnimateJob film{model->number, state, facts, FileKind::gif, 1, {}};
    film.state.animation.keyframes = {{.seed = 1}, {.seed = 2}};
    client.ask(JobKind::animation, round, film);
    client.ask(JobKind::direction, round, DirectionsJob{model->number, 1});
    client.cancel(JobKind::animation);
    receive_until([&] { return !client.is_busy(); });
  } // the model is forgotten here, with the worker still at it
  EXPECT_GE(answered, 60);
}

TEST(Threads, EndWhileWorkIsLeft) {
  for (int i = 0; i < 5; ++i) {
    platform::BackgroundThread background(&make_worker, [] {});
    Client client([&](std::vector<std::byte> message) { background.send(std::move(message)); });
    const auto model = client.new_model();
    client.ask(JobKind::load, 1, LoadJob{model->number, digits_folder, "digits", {}});
  }
}

} // namespace
} // namespace ganlet::studio
