#include "studio/drawing.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ganlet::studio {

namespace {

using Clock = std::chrono::steady_clock;

/// How long a slice may take, so that a newer job never waits long.
constexpr double slice_milliseconds = 6;
constexpr std::int64_t most_a_slice = 16;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::int64_t squared_difference(const Image& a, const Image& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i) {
    const int by = int{a.pixels[i]} - int{b.pixels[i]};
    sum += std::int64_t{by} * by;
  }
  return sum;
}

} // namespace

Result<std::optional<Drawing>> PlanDrawing::go_on() {
  const std::int64_t all = plan_.images(model_->facts), first = static_cast<std::int64_t>(images_.size());
  const auto few = static_cast<std::int64_t>(slice_milliseconds / std::max(model_->milliseconds, 0.01));
  const std::int64_t count = std::min(all - first, std::clamp<std::int64_t>(few, 1, most_a_slice));
  const Clock::time_point start = Clock::now();
  GANLET_CHECK(plan_.style ? draw_styled(first, count) : draw_whole(first, count));
  const double took = milliseconds_since(start);
  milliseconds_ += took;
  // The first runs are slow, while memory is planned; a running mean forgets them.
  model_->milliseconds = 0.7 * model_->milliseconds + 0.3 * took / static_cast<double>(count);
  is_done_ = first + count >= all;
  if (!is_done_)
    return std::optional<Drawing>();
  return Drawing{grid(images_, plan_.columns), all, milliseconds_};
}

Result<void> PlanDrawing::draw_whole(std::int64_t first, std::int64_t count) {
  const Generator& generator = model_->generator;
  const Request request = plan_.request(model_->facts);
  if (first == 0)
    GANLET_CHECK(generator.count_of(request)); // drawing a part of a request checks nothing
  const ImageSize size = generator.roles().image_size;
  return model_->generator.generate_values(
      request, first, count, [&](std::span<const float> values, std::int64_t, std::int64_t n) {
        const std::size_t each = values.size() / static_cast<std::size_t>(n);
        for (std::size_t at = 0; at < values.size(); at += each)
          images_.push_back(
              image_of(values.subspan(at, each), size.width, size.height, size.channels, generator.value_range()));
        return true;
      });
}

Result<void> PlanDrawing::draw_styled(std::int64_t first, std::int64_t count) {
  if (!model_->style)
    return fail(ErrorCode::invalid_argument, model_->facts.name, "its mapping and synthesis networks aren't loaded");
  for (std::int64_t image = first; image < first + count; ++image) {
    GANLET_TRY(Image picture, model_->style->draw(plan_.style_request(image, model_->facts)));
    images_.push_back(std::move(picture));
  }
  return {};
}

Result<Image> draw_to_the_end(std::shared_ptr<LoadedModel> model, Plan plan) {
  PlanDrawing drawing(std::move(model), std::move(plan));
  while (true) {
    GANLET_TRY(std::optional<Drawing> done, drawing.go_on());
    if (done)
      return std::move(done->picture);
  }
}

Result<std::optional<AnimateJob::Answer>> Film::go_on() {
  using Answer = std::optional<AnimateJob::Answer>;
  const Animation& animation = job_.state.animation;
  if (!file_) {
    GANLET_TRY(file_, FilmWriter::begin(job_.kind, animation.milliseconds));
  }
  if (file_->frames() == animation.frames) {
    is_done_ = true;
    GANLET_TRY(PictureFile file, std::move(*file_).finish());
    return Answer({animation.frames, animation.frames, std::move(file)});
  }
  if (!frame_)
    frame_.emplace(model_, frame_of(job_.state, job_.facts, file_->frames()));
  GANLET_TRY(std::optional<Drawing> drawn, frame_->go_on());
  if (!drawn)
    return Answer();
  GANLET_CHECK(file_->add(enlarged(with_colors(std::move(drawn->picture), job_.state.colors), job_.enlarge)));
  frame_.reset();
  return Answer({file_->frames(), animation.frames, {}});
}

Result<Encoded> encode(LoadedModel& model, const Image& picture) {
  if (!model.encoder)
    GANLET_CHECK(load_encoder(model));
  Encoded encoded;
  GANLET_TRY(encoded.seen, model.encoder->prepared(picture));
  GANLET_TRY(encoded.latent, model.encoder->encode(picture));
  const auto classes = static_cast<std::int64_t>(model.facts.labels.size());
  Request request;
  request.count = std::max<std::int64_t>(classes, 1);
  std::vector<float> latents;
  for (std::int64_t i = 0; i < request.count; ++i)
    latents.insert(latents.end(), encoded.latent.begin(), encoded.latent.end());
  request.latents = latents;
  GANLET_TRY(encoded.drawn, model.generator.generate(request)); // picture i is of class i
  const auto nearest = std::ranges::min_element(
      encoded.drawn, {}, [&](const Image& drawn) { return squared_difference(drawn, encoded.seen); });
  encoded.nearest = static_cast<std::size_t>(nearest - encoded.drawn.begin());
  return encoded;
}

} // namespace ganlet::studio
