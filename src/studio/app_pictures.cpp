#include <algorithm>

#include "studio/app.h"

namespace ganlet::studio {

namespace {

/// A drawing that takes less than this may finish before a newer one begins: else dragging would show nothing until it
/// ends.
constexpr double short_milliseconds = 60;

} // namespace

void App::update(Canvas& canvas, const Plan& plan, Worker::Kind kind) {
  if (canvas.wanted == plan) {
    canvas.waiting.reset();
    return;
  }
  const double expected = drawn_milliseconds * static_cast<double>(plan.images(facts));
  if (worker.is_busy(kind) && expected < short_milliseconds) {
    canvas.waiting = plan;
    return;
  }
  canvas.wanted = plan;
  canvas.waiting.reset();
  request(canvas, kind);
}

void App::request(Canvas& canvas, Worker::Kind kind) {
  worker.start(kind, draw(model, *canvas.wanted, [this, &canvas](Result<Drawing> drawing) {
                 if (!drawing) {
                   say_problem(drawing.error().text());
                   return;
                 }
                 drawn_milliseconds =
                     drawing->milliseconds / static_cast<double>(std::max<std::int64_t>(drawing->images, 1));
                 canvas.texture = platform::Texture(std::move(drawing->picture));
                 canvas.cell_width = facts.image.width;
                 canvas.cell_height = facts.image.height;
                 platform::redraw();
               }));
  platform::wake();
}

void App::update_pictures() {
  if (!has_model || facts.name != state().model)
    return;
  update(picture, playing ? frame_of(state(), facts, std::max(shown_frame, 0)) : plan_of(state(), facts),
         Worker::Kind::picture);
  if (b)
    update(other, plan_of(*b, facts), Worker::Kind::compare);
}

void App::play(bool on) {
  playing = on && !state().animation.keyframes.empty();
  played_from = platform::seconds();
  shown_frame = 0;
  platform::animate(playing);
  platform::redraw();
}

void App::update_animation() {
  if (!playing)
    return;
  const Animation& animation = state().animation;
  const auto frame = static_cast<std::int64_t>((platform::seconds() - played_from) * 1000 / animation.milliseconds);
  shown_frame = static_cast<int>(frame % animation.frames);
  if (!animation.loop && frame >= animation.frames)
    play(false);
}

} // namespace ganlet::studio
