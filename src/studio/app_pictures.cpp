#include <algorithm>

#include "studio/app.h"

namespace ganlet::studio {

namespace {

/// A drawing that takes less than this may finish before a newer one begins: else dragging would show nothing until it
/// ends.
constexpr double short_milliseconds = 60;
constexpr int most_thumbnail_columns = 4; ///< of a grid, so that a list of large ones is soon drawn
constexpr int most_thumbnail_side = 96;   ///< pixels

Image thumbnail(const Image& image) {
  return shrunk(image, (std::max(image.width, image.height) + most_thumbnail_side - 1) / most_thumbnail_side);
}

} // namespace

void App::update(Canvas& canvas, const State& shown, const Plan& plan, JobKind kind) {
  if (needs_style(shown, facts) && facts.style_layers == 0)
    ask_for_style();
  const std::shared_ptr<const RemoteModel> drawer = drawer_of(shown);
  if (!drawer)
    return; // what is there stays meanwhile
  if (canvas.wanted == plan && canvas.drawer == drawer) {
    canvas.waiting.reset();
    return;
  }
  const double expected = drawn_milliseconds * static_cast<double>(plan.images(facts));
  if (client.is_busy(kind) && expected < short_milliseconds) {
    canvas.waiting = plan;
    return;
  }
  canvas.wanted = plan;
  canvas.drawer = drawer;
  canvas.waiting.reset();
  request(canvas, kind);
}

void App::request(Canvas& canvas, JobKind kind) {
  client.ask(kind, DrawJob{canvas.drawer->number, *canvas.wanted}, [this, &canvas](Result<Drawing> drawing) {
    if (!drawing) {
      say_problem(drawing.error().text());
      return;
    }
    drawn_milliseconds = drawing->milliseconds / static_cast<double>(std::max<std::int64_t>(drawing->images, 1));
    canvas.texture = platform::Texture(std::move(drawing->picture));
    canvas.cell_width = facts.image.width;
    canvas.cell_height = facts.image.height;
    platform::redraw();
  });
}

void App::update_pictures() {
  if (!has_model || facts.name != state().model)
    return;
  const Plan shown = playing ? frame_of(state(), facts, std::max(shown_frame, 0)) : plan_of(state(), facts);
  update(picture, state(), shown, JobKind::picture);
  if (b)
    update(other, *b, plan_of(*b, facts), JobKind::compare);
}

void App::keep_thumbnail() {
  const bool is_drawn = picture.wanted == plan_of(state(), facts) && picture.drawer == drawer_of(state());
  std::erase_if(thumbnails_, [this](const auto& one) { return !is_listed(keepsakes, one.first); });
  if (is_drawn)
    thumbnails_[fragment()] = platform::Texture(thumbnail(with_colors(picture.texture.image(), state().colors)));
}

const platform::Texture* App::thumbnail_of(const std::string& fragment) {
  if (const auto found = thumbnails_.find(fragment); found != thumbnails_.end())
    return found->second ? &found->second : nullptr;
  State wanted = state_of(fragment);
  const bool draws = has_model && wanted.model == facts.name && kept_generator(wanted, facts) == nullptr;
  if (!draws || client.is_busy(JobKind::thumbnail) || (needs_style(wanted, facts) && facts.style_layers == 0))
    return nullptr;
  wanted.columns = std::min(wanted.columns, most_thumbnail_columns);
  wanted.rows = std::min(wanted.rows, most_thumbnail_columns);
  client.ask(JobKind::thumbnail, DrawJob{model->number, plan_of(wanted, facts)},
             [this, fragment, colors = wanted.colors](Result<Drawing> drawing) {
               if (drawing)
                 thumbnails_[fragment] = platform::Texture(thumbnail(with_colors(std::move(drawing->picture), colors)));
               else
                 thumbnails_[fragment] = {}; // not asked for again
               platform::redraw();
             });
  return nullptr;
}

void App::play(bool on) {
  playing = on && !state().animation.keyframes.empty();
  played_from = platform::seconds();
  shown_frame = 0;
  platform::animate(playing);
  platform::redraw();
}

void App::calm_down() {
  if (platform::prefers_less_motion())
    play(false);
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
