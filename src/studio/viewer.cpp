#include "studio/viewer.h"

#include <algorithm>
#include <cmath>

#include "studio/link.h"

namespace ganlet::studio {

namespace {

/// A drawing faster than this may finish before a newer one begins. Otherwise nothing would be shown until the end of a
/// drag.
constexpr double short_milliseconds = 60;
constexpr int most_thumbnail_columns = 4; ///< the grid in a thumbnail, so that lists of large ones are drawn soon
constexpr int most_thumbnail_side = 96;   ///< pixels

Image small(const Image& image) {
  return shrunk(image, (std::max(image.width, image.height) + most_thumbnail_side - 1) / most_thumbnail_side);
}

} // namespace

Place dragged(const Place& from, float x, float y, float side) {
  Place place = from;
  if (!place.latent.empty())
    place = {.seed = place.seed}; // numbers set by hand have no position on the plane
  place.x -= static_cast<std::int32_t>(std::round(x / side * thousandths));
  place.y -= static_cast<std::int32_t>(std::round(y / side * thousandths));
  return place;
}

void Viewer::model_changed() {
  picture_.wanted.reset();
  other_.wanted.reset();
}

void Viewer::update(Session& session, const State& state, const DrawRequest& shown, bool moves, const Motion& motion) {
  update(session, picture_, state, shown, JobKind::picture, moves, motion);
  if (b_)
    update(session, other_, *b_, request_of(*b_, session.facts()), JobKind::compare, false, {});
}

void Viewer::update(Session& session, Canvas& canvas, const State& shown, const DrawRequest& request, JobKind kind,
                    bool moves, const Motion& motion) {
  const std::shared_ptr<const RemoteModel> drawer = session.drawer_of(shown);
  const bool on_gpu = session.draws_on_gpu(motion, images_of(request));
  if (!drawer || (canvas.wanted == request && canvas.drawer == drawer && canvas.on_gpu == on_gpu))
    return; // the texture stays
  const double expected = milliseconds_ * static_cast<double>(images_of(request));
  if (session.is_busy(kind) && (moves || expected < short_milliseconds))
    return;
  canvas.wanted = request;
  canvas.drawer = drawer;
  canvas.on_gpu = on_gpu;
  session.ask(kind, DrawJob{drawer->number, request, on_gpu});
}

Result<void> Viewer::take(JobKind kind, Result<Drawing> drawing, const ModelFacts& facts) {
  if (!drawing)
    return tl::unexpected(std::move(drawing).error());
  Canvas& canvas = kind == JobKind::compare ? other_ : picture_;
  milliseconds_ = drawing->milliseconds / static_cast<double>(std::max<std::int64_t>(drawing->images, 1));
  gpu_problem_ = std::move(drawing->gpu_problem);
  const Image& picture = drawing->picture;
  canvas.texture = drawing->texture != 0 ? platform::Texture(drawing->texture, picture.width, picture.height)
                                         : platform::Texture(std::move(drawing->picture));
  canvas.cell_width = facts.image.width;
  canvas.cell_height = facts.image.height;
  return {};
}

const platform::Texture* Thumbnails::find(const std::string& fragment) const {
  const auto found = pictures_.find(fragment);
  return found != pictures_.end() && found->second ? &found->second : nullptr;
}

void Thumbnails::ask(Session& session, const std::string& fragment) {
  if (pictures_.contains(fragment) || session.is_busy(JobKind::thumbnail) || !session.has_model())
    return;
  const ModelFacts& facts = session.facts();
  State wanted = state_of(fragment);
  const bool draws = wanted.model == facts.name && kept_generator(wanted, facts) == nullptr;
  if (!draws)
    return;
  wanted.columns = std::min(wanted.columns, most_thumbnail_columns);
  wanted.rows = std::min(wanted.rows, most_thumbnail_columns);
  wanted.text.resize(std::min(wanted.text.size(), static_cast<std::size_t>(most_columns)));
  asked_ = fragment;
  colors_ = wanted.colors;
  session.ask(JobKind::thumbnail, DrawJob{session.model()->number, request_of(wanted, facts)});
}

void Thumbnails::take(Result<Drawing> drawing) {
  if (drawing)
    put(asked_, drawing->picture, colors_);
  else
    pictures_[asked_] = {}; // so that it isn't requested again
}

void Thumbnails::put(const std::string& fragment, const Image& picture, ColorMap colors) {
  pictures_[fragment] = platform::Texture(small(with_colors(picture, colors)));
}

} // namespace ganlet::studio
