#include "studio/worker.h"

#include <atomic>
#include <mutex>
#include <thread>

#include "studio/both_sides.h"
#include "studio/tiny_folder.h"

namespace ganlet::studio {
namespace {

constexpr const char* digits_folder = GANLET_SOURCE_DIR "/models/digits";

DrawJob job_of(const test::BothSides& sides, const RemoteModel& model, const std::string& text) {
  State state;
  state.text = text;
  return {model.number, plan_of(state, sides.facts)};
}

TEST(Worker, RunsASliceAtATimeAndAnswers) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  ASSERT_TRUE(model);
  std::int64_t images = 0;
  sides.client.ask(JobKind::picture, job_of(sides, *model, "314159265358979323846264"),
                   [&](Result<Drawing> drawing) { images = drawing->images; });
  EXPECT_TRUE(sides.client.is_busy(JobKind::picture));
  int slices = 0;
  while (sides.work())
    ++slices;
  EXPECT_GT(slices, 1);
  EXPECT_EQ(images, 0);
  sides.collect();
  EXPECT_EQ(images, 24);
  EXPECT_FALSE(sides.client.is_busy());
}

TEST(Worker, ANewerJobTakesTheOldersPlace) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  std::string answered;
  const auto ask = [&](const std::string& text) {
    sides.client.ask(JobKind::picture, job_of(sides, *model, text), [&answered, text](const Result<Drawing>& drawing) {
      answered += text;
      EXPECT_EQ(drawing->images, static_cast<std::int64_t>(text.size()));
    });
  };
  ask("1"); // answered, too late
  while (sides.work()) {
  }
  ask("222222222222222222222222"); // begun
  EXPECT_TRUE(sides.work());
  ask("333");
  sides.finish();
  EXPECT_EQ(answered, "333");
}

TEST(Worker, TheUrgentComesFirst) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  std::string order;
  for (const auto& [kind, name] :
       {std::pair{JobKind::thumbnail, 't'}, {JobKind::picture, 'p'}, {JobKind::compare, 'c'}})
    sides.client.ask(kind, job_of(sides, *model, "7"),
                     [&order, letter = name](const Result<Drawing>&) { order += letter; });
  sides.finish();
  EXPECT_EQ(order, "pct");
}

TEST(Worker, CancelledJobsAnswerNothing) {
  test::BothSides sides;
  const auto model = sides.load(digits_folder);
  bool answered = false;
  AnimateJob job{model->number, {}, sides.facts, FileKind::gif, 1};
  job.state.animation.keyframes = {{.seed = 1}, {.seed = 2}};
  sides.client.ask(JobKind::animation, job, [&](const Result<AnimateJob::Answer>&) { answered = true; });
  sides.work();
  sides.client.cancel(JobKind::animation);
  sides.collect();
  EXPECT_FALSE(answered);
  EXPECT_FALSE(sides.work());
  EXPECT_FALSE(sides.client.is_busy());
}

TEST(Worker, ForgetsModelsThatNobodyHas) {
  test::BothSides sides;
  auto model = sides.load(digits_folder);
  const DrawJob job = job_of(sides, *model, "7");
  model.reset();
  std::string problem;
  sides.client.ask(JobKind::picture, job, [&](const Result<Drawing>& drawing) { problem = drawing.error().text(); });
  sides.finish();
  EXPECT_EQ(problem, "worker: has no model 1");
}

/// What the client has sent so far: A for Ask, C for Cancel, F for Forget.
std::string sent(const test::BothSides& sides) {
  std::string kinds;
  for (const auto& message : sides.questions)
    kinds += "ACF"[question_of(message)->index()];
  return kinds;
}

TEST(Worker, ModelsThatWontBeLoadedAreForgottenLast) {
  test::BothSides sides;
  const auto ask = [&] {
    const auto model = sides.client.new_model();
    sides.client.ask(JobKind::load, LoadJob{model->number, digits_folder, "digits", {}},
                     [model](const Result<ModelFacts>&) {});
  };
  ask();
  ask();
  EXPECT_EQ(sent(sides), "AAF"); // were it forgotten before, the worker might load it in between
  sides.client.cancel(JobKind::load);
  EXPECT_EQ(sent(sides), "AAFCF");
}

TEST(Worker, SaysWhyAModelCantBeLoaded) {
  test::BothSides sides;
  const auto model = sides.client.new_model();
  std::string problem;
  sides.client.ask(JobKind::load, LoadJob{model->number, "nowhere/at-all.onnx", "it", {}},
                   [&](const Result<ModelFacts>& facts) { problem = facts.error().text(); });
  sides.finish();
  EXPECT_NE(problem.find("at-all.onnx"), std::string::npos) << problem;
}

TEST(Worker, DoesAllKindsOfJobs) {
  test::BothSides sides;
  test::TinyFolder folder;
  test::fill_styled(folder);
  const auto styled = sides.load(folder.path.string());
  ASSERT_TRUE(styled);
  StyleJob::Answer style;
  sides.client.ask(JobKind::parts, StyleJob{styled->number},
                   [&](const Result<StyleJob::Answer>& answer) { style = *answer; });
  BesideJob::Answer beside;
  State state;
  state.text.clear();
  sides.client.ask(JobKind::beside, BesideJob{styled->number, {.part = "along_000005"}, plan_of(state, sides.facts)},
                   [&](Result<BesideJob::Answer> answer) { beside = std::move(*answer); });
  Inspection inspection;
  sides.client.ask(JobKind::inside, InspectJob{styled->number, {0, 0.1F, 0.2F, 0.3F}, 0, {}, 0},
                   [&](Result<Inspection> answer) { inspection = std::move(*answer); });
  sides.finish();
  EXPECT_EQ(style.layers, 2);
  EXPECT_TRUE(style.truncates);
  EXPECT_GT(beside.difference.largest, 0);
  EXPECT_EQ(inspection.layers.size(), 2U); // Mul, Tanh
  EXPECT_EQ(inspection.picture.width, 2);

  const auto model = sides.load(digits_folder);
  std::vector<float> directions;
  sides.client.ask(JobKind::direction, DirectionsJob{model->number, 3},
                   [&](Result<std::vector<float>> answer) { directions = std::move(*answer); });
  sides.finish();
  EXPECT_EQ(directions.size(), 3U * 64);
}

TEST(Worker, WorksOnAnotherThread) {
  std::mutex mutex;
  std::vector<std::vector<std::byte>> questions, answers;
  const auto put = [&](auto& to) {
    return [&](std::vector<std::byte> message) {
      const std::scoped_lock lock(mutex);
      to.push_back(std::move(message));
    };
  };
  const auto take = [&](auto& from) {
    const std::scoped_lock lock(mutex);
    return std::exchange(from, {});
  };
  Client client(put(questions));
  std::atomic<bool> stop = false;
  std::thread thread([&] {
    Worker worker(put(answers));
    while (!stop) {
      for (const auto& question : take(questions))
        worker.receive(question);
      worker.work();
    }
  });
  int last = 0;
  for (int i = 1; i <= 1000; ++i)
    client.ask(JobKind::direction, DirectionsJob{static_cast<ModelNumber>(i), 1},
               [&last, i](const Result<std::vector<float>>& answer) {
                 EXPECT_FALSE(answer);
                 last = i;
               });
  while (client.is_busy())
    for (const auto& answer : take(answers))
      client.receive(answer);
  stop = true;
  thread.join();
  EXPECT_EQ(last, 1000);
}

} // namespace
} // namespace ganlet::studio
