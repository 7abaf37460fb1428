#include "studio/tools.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "studio/breed.h"

namespace ganlet::studio {

// --- Encoder ---

void Encoder::stroke(float x, float y, std::array<std::uint8_t, 3> ink) {
  if (is_opened_)
    clear();
  const std::array<float, 2> now{x, y}, from = pen_.value_or(now);
  pad_.stroke(from[0], from[1], x, y, ink);
  pen_ = now;
  picture_ = platform::Texture(pad_.image());
}

void Encoder::open(Image picture) {
  pad_.clear();
  is_opened_ = true;
  picture_ = platform::Texture(std::move(picture));
}

void Encoder::clear() {
  pad_.clear();
  is_opened_ = false;
  picture_ = {};
  encoded_.reset();
}

void Encoder::model_changed() {
  clear();
  pen_.reset();
  is_fetching_ = false;
}

void Encoder::ask(Session& session) const {
  if (picture_) // the pad may have been cleared
    session.ask(JobKind::encoding, EncodeJob{session.model()->number, picture_.image()});
}

void Encoder::take(Encoded encoded) {
  drawn_ = platform::Texture(grid(encoded.drawn, static_cast<int>(encoded.drawn.size())));
  encoded_ = std::move(encoded);
}

// --- Inside ---

void Inside::update(Session& session, const DrawRequest& request, ModelNumber model) {
  if (!asked_ || asked_->model != model) {
    view_ = {};
    inspection_.layers.clear();
  }
  InspectJob wanted{model, first_of(request, session.facts()), view_.scales, view_.open};
  if (asked_ == wanted || session.is_busy(JobKind::inside))
    return;
  asked_ = wanted;
  session.ask(JobKind::inside, std::move(wanted));
}

void Inside::take(Inspection inspection) {
  // At first, shows the first layer whose channels are pictures.
  const auto image =
      std::ranges::find_if(inspection.layers, [](const Layer& layer) { return layer.width > 1 && layer.channels > 4; });
  if (inspection_.layers.empty() && image != inspection.layers.end())
    view_.open = static_cast<std::size_t>(image - inspection.layers.begin());
  tiles_ = platform::Texture(std::exchange(inspection.tiles, {}));
  picture_ = platform::Texture(std::exchange(inspection.picture, {}));
  inspection_ = std::move(inspection);
}

// --- Breeding ---

void Breeding::begin(Session& session, const State& state) {
  litter_ = first_litter(state.place);
  ask(session, state);
}

void Breeding::next(Session& session, const State& state, float mutation) {
  if (parents_.size() != 2)
    return;
  litter_ = next_litter(litter_[parents_[0]], litter_[parents_[1]], mutation, ++litters_, session.facts());
  ask(session, state);
}

void Breeding::end() {
  litter_.clear();
  parents_.clear();
}

void Breeding::ask(Session& session, const State& state) {
  parents_.clear();
  picture_ = {};
  if (const std::shared_ptr<const RemoteModel> drawer = session.drawer_of(state)) // else it is being loaded
    session.ask(JobKind::litter, DrawJob{drawer->number, request_of_places(litter_, 3, state, session.facts())});
}

void Breeding::choose(std::size_t index) {
  if (std::erase(parents_, index) > 0 || index >= litter_.size())
    return;
  parents_.push_back(index);
  if (parents_.size() > 2)
    parents_.erase(parents_.begin());
}

// --- Bench ---

void Bench::measure(Session& session, State state) {
  state.text.clear();
  state.columns = state.rows = 16;
  state.style = {};
  state.truncation = 1;
  const Engine& engine = session.engine();
  measured_.model = session.facts().about.title;
  measured_.what =
      concat(engine.name, ", ", engine.part, ", ", engine.threads, engine.threads == 1 ? " thread" : " threads");
  const bool on_gpu = session.draws_on_gpu({.is_changing = true}, 256);
  session.ask(JobKind::measure, DrawJob{session.model()->number, request_of(state, session.facts()), on_gpu});
}

void Bench::take(const Drawing& drawing) {
  if (!drawing.gpu_problem.empty())
    measured_.what += concat("; on the processor: ", drawing.gpu_problem);
  measured_.milliseconds = drawing.milliseconds / static_cast<double>(std::max<std::int64_t>(drawing.images, 1));
  measurements_.push_back(measured_);
}

void Bench::compare(Session& session, const std::string& part, const State& state) {
  compared_ = {session.model()->number, session.engine(), request_of(state, session.facts())};
  compared_.other.part = part;
  session.fetch_part(Need::beside, part);
}

void Bench::part_is_ready(Session& session) {
  session.ask(JobKind::beside, compared_);
}

void Bench::take(BesideJob::Answer answer) {
  Difference& difference = answer.difference;
  beside_ = Beside{compared_.other.part, platform::Texture(std::move(answer.picture)),
                   platform::Texture(std::move(difference.picture)), difference.largest, difference.decibels};
}

// --- Wall ---

void Wall::start(Motion motion, double seconds) {
  motion_ = motion;
  since_ = seconds;
  pointer_ = {};
}

State Wall::shown(State state, double seconds) const {
  constexpr double seconds_a_seed = 2;
  const auto steps = [](double seeds) { return static_cast<std::int32_t>(std::lround(seeds * thousandths)); };
  state.text.clear();
  state.columns = state.rows = side;
  Place& place = state.place;
  if (!place.latent.empty())
    place = {.seed = place.seed}; // numbers set by hand are the same in all pictures
  if (motion_ == Motion::walk) {
    place.y += steps((seconds - since_) / seconds_a_seed); // down, where the rows' seeds are far from the others'
  } else {
    place.x += steps(double{pointer_[0]});
    place.y += steps(double{pointer_[1]});
  }
  return state;
}

// --- Player ---

void Player::play(bool on, const Animation& animation, double seconds) {
  playing_ = on && !animation.keyframes.empty();
  played_from_ = seconds;
  frame_ = 0;
}

void Player::update(const Animation& animation, double seconds) {
  if (!playing_)
    return;
  const auto frame = static_cast<std::int64_t>((seconds - played_from_) * 1000 / animation.milliseconds);
  frame_ = static_cast<int>(frame % animation.frames);
  if (animation.keyframes.empty() || (!animation.loop && frame >= animation.frames))
    playing_ = false;
}

void Player::start_export(Session& session, const State& state, FileKind kind, int enlarge) {
  const std::shared_ptr<const RemoteModel> drawer = session.drawer_of(state);
  if (!drawer)
    return; // it is being loaded
  exported_ = 0;
  all_ = state.animation.frames;
  session.ask(JobKind::animation,
              AnimateJob{drawer->number, state, session.facts(), kind, enlarge, origin_of(state, session.facts())});
}

void Player::cancel_export(Session& session) {
  session.cancel(JobKind::animation);
  all_ = 0;
}

Result<std::optional<PictureFile>> Player::take(Result<AnimateJob::Answer> answer) {
  if (answer && !answer->file) {
    exported_ = answer->done;
    all_ = answer->all;
    return std::optional<PictureFile>();
  }
  all_ = 0;
  GANLET_TRY(AnimateJob::Answer last, std::move(answer));
  return std::move(last.file);
}

} // namespace ganlet::studio
