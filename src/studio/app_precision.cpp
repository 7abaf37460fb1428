#include <filesystem>

#include "core/text.h"
#include "studio/app.h"

namespace ganlet::studio {

namespace {

/// Draws a plan to the end; for the side that works.
Result<Image> drawn(LoadedModel& model, const Plan& plan) {
  GANLET_TRY(const std::vector<Image> images, model.generator.generate(plan.request(model.facts)));
  return grid(images, plan.columns);
}

struct Pair {
  Image picture;
  Difference difference;
};

Result<Pair> draw_both(LoadedModel& model, const std::string& folder, const Engine& engine, const Plan& plan) {
  GANLET_TRY(const std::shared_ptr<LoadedModel> other, load(folder, model.facts.name, engine));
  GANLET_TRY(const Image ours, drawn(model, plan));
  GANLET_TRY(Image theirs, drawn(*other, plan));
  if (ours.width != theirs.width || ours.height != theirs.height)
    return fail(ErrorCode::invalid_argument, engine.part, "draws pictures of another size");
  Difference difference = difference_of(ours, theirs);
  return Pair{std::move(theirs), std::move(difference)};
}

} // namespace

void App::compare_part(const std::string& part) {
  const auto compare = [this, part](const std::string& folder) {
    Engine wanted = engine;
    wanted.part = part;
    worker.start(Worker::Kind::measure,
                 [this, wanted, folder, model = model, plan = plan_of(state(), facts)](const Worker::Deliver& deliver) {
                   auto pair = std::make_shared<Result<Pair>>(draw_both(*model, folder, wanted, plan));
                   deliver([this, pair, wanted] {
                     if (!*pair) {
                       say_problem(pair->error().text());
                       return;
                     }
                     const Difference& difference = (*pair)->difference;
                     beside = Beside{wanted.part, platform::Texture(std::move((*pair)->picture)),
                                     platform::Texture(difference.picture), difference.largest, difference.decibels};
                     platform::redraw();
                   });
                   return false;
                 });
    platform::wake();
  };
  platform::fetch(concat("models/", facts.name, "/model.json"), {}, [this, part, compare](Result<std::string> path) {
    const auto folder =
        path ? find_model(std::filesystem::path(*path).parent_path().string(), {}) : find_model(facts.name, {});
    const auto file = folder ? folder->part(part)
                             : Result<ModelPart>(fail(ErrorCode::not_found, facts.name, "isn't a model's folder"));
    if (!file) {
      say_problem(file.error().text());
      return;
    }
    platform::fetch(concat("models/", facts.name, "/", file->file.filename().string()), {},
                    [compare, place = folder->path.string()](const Result<std::string>&) { compare(place); });
  });
}

} // namespace ganlet::studio
