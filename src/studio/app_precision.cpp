#include "core/text.h"
#include "studio/app.h"

namespace ganlet::studio {

namespace {

struct Pair {
  Image picture;
  Difference difference;
};

Result<Pair> draw_both(const std::shared_ptr<LoadedModel>& model, const Engine& engine, const Plan& plan) {
  GANLET_TRY(const std::shared_ptr<LoadedModel> other, load(model->facts.folder, model->facts.name, engine));
  GANLET_TRY(const Image ours, draw_to_the_end(model, plan));
  GANLET_TRY(Image theirs, draw_to_the_end(other, plan));
  if (ours.width != theirs.width || ours.height != theirs.height)
    return fail(ErrorCode::invalid_argument, engine.part, "draws pictures of another size");
  Difference difference = difference_of(ours, theirs);
  return Pair{std::move(theirs), std::move(difference)};
}

} // namespace

void App::compare_part(const std::string& part) {
  Engine wanted = engine;
  wanted.part = part;
  Plan plan = plan_of(state(), facts);
  plan.style.reset(); // generators as a whole are compared
  fetch_parts({part}, [this, wanted, plan](const Result<void>& fetched) {
    if (!fetched) {
      say_problem(fetched.error().text());
      return;
    }
    worker.start(Worker::Kind::measure, [this, wanted, plan, ours = model](const Worker::Deliver& deliver) {
      auto pair = std::make_shared<Result<Pair>>(draw_both(ours, wanted, plan));
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
  });
}

} // namespace ganlet::studio
