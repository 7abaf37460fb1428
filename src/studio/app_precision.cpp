#include "studio/app.h"

namespace ganlet::studio {

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
    client.ask(JobKind::beside, BesideJob{model->number, wanted, plan},
               [this, part = wanted.part](Result<BesideJob::Answer> drawn) {
                 if (!drawn) {
                   say_problem(drawn.error().text());
                   return;
                 }
                 Difference& difference = drawn->difference;
                 beside =
                     Beside{part, platform::Texture(std::move(drawn->picture)),
                            platform::Texture(std::move(difference.picture)), difference.largest, difference.decibels};
                 platform::redraw();
               });
  });
}

} // namespace ganlet::studio
