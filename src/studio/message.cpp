#include "studio/message.h"

#include "studio/archive.h"

namespace ganlet {

// The members of each struct, in the struct's namespace, where the archives find them.
template <typename T, typename Of>
concept Either = std::same_as<std::remove_const_t<T>, Of>;

void fields(auto& archive, Either<Image> auto& value) {
  archive(value.width, value.height, value.pixels);
}
void fields(auto& archive, Either<ImageSize> auto& value) {
  archive(value.width, value.height, value.channels);
}
void fields(auto& archive, Either<LayerRange> auto& value) {
  archive(value.first, value.last);
}
void fields(auto& archive, Either<TrainingStep> auto& value) {
  archive(value.part, value.step, value.losses);
}

void fields(auto& archive, Either<Noise> auto& value) {
  archive(value.kind, value.seed);
}
void fields(auto& archive, Either<StyleMix> auto& value) {
  archive(value.seed, value.layers);
}
void fields(auto& archive, Either<DrawRequest> auto& value) {
  archive(value.text, value.text_limit, value.vary, value.jitter, value.count, value.label, value.labels, value.seed,
          value.seeds, value.latents, value.truncation, value.cutoff, value.mix, value.noise, value.style_shifts,
          value.step, value.columns);
}

namespace studio {

void fields(auto& archive, Either<Place> auto& value) {
  archive(value.seed, value.x, value.y, value.latent, value.amounts);
}
void fields(auto& archive, Either<Style> auto& value) {
  archive(value.mix, value.cutoff, value.noise);
}
void fields(auto& archive, Either<Animation> auto& value) {
  archive(value.keyframes, value.interpolation, value.loop, value.reverse, value.frames, value.milliseconds);
}
void fields(auto& archive, Either<State> auto& value) {
  archive(value.model, value.place, value.text, value.vary, value.jitter, value.label, value.columns, value.rows,
          value.truncation, value.style, value.trained, value.upscaling, value.colors, value.animation);
}
void fields(auto& archive, Either<ModelAbout> auto& value) {
  archive(value.title, value.summary, value.license, value.training_data, value.version, value.bytes, value.parameters,
          value.multiply_adds);
}
void fields(auto& archive, Either<Directions> auto& value) {
  archive(value.values, value.size, value.of_styles, value.names);
}
void fields(auto& archive, Either<StyleFacts> auto& value) {
  archive(value.layers, value.truncates);
}
void fields(auto& archive, Either<ModelFacts> auto& value) {
  archive(value.name, value.about, value.latent_size, value.distribution, value.image, value.labels,
          value.writes_digits, value.directions, value.style, value.has_encoder, value.parts, value.folder,
          value.training);
}
void fields(auto& archive, Either<Engine> auto& value) {
  archive(value.name, value.threads, value.device, value.part);
}
void fields(auto& archive, Either<PictureFile> auto& value) {
  archive(value.name, value.bytes);
}
void fields(auto& archive, Either<Difference> auto& value) {
  archive(value.picture, value.largest, value.decibels);
}
void fields(auto& archive, Either<Encoded> auto& value) {
  archive(value.latent, value.seen, value.drawn, value.nearest);
}
void fields(auto& archive, Either<Drawing> auto& value) {
  archive(value.picture, value.texture, value.gpu_problem, value.images, value.milliseconds);
}
void fields(auto& archive, Either<ChannelScale> auto& value) {
  archive(value.layer, value.channel, value.factor);
}
void fields(auto& archive, Either<Layer> auto& value) {
  archive(value.name, value.width, value.height, value.channels, value.low, value.high, value.mean, value.zeros,
          value.milliseconds);
}
void fields(auto& archive, Either<Inspection> auto& value) {
  archive(value.layers, value.tiles, value.tile_width, value.tile_height, value.tile_columns, value.picture);
}

void fields(auto& archive, Either<LoadJob> auto& value) {
  archive(value.model, value.path, value.name, value.engine);
}
void fields(auto& archive, Either<EncodeJob> auto& value) {
  archive(value.model, value.picture);
}
void fields(auto& archive, Either<DrawJob> auto& value) {
  archive(value.model, value.request, value.on_gpu);
}
void fields(auto& archive, Either<DirectionsJob> auto& value) {
  archive(value.model, value.most);
}
void fields(auto& archive, Either<InspectJob> auto& value) {
  archive(value.model, value.request, value.scales, value.tiles_of);
}
void fields(auto& archive, Either<BesideJob> auto& value) {
  archive(value.model, value.other, value.request);
}
void fields(auto& archive, Either<BesideJob::Answer> auto& value) {
  archive(value.picture, value.difference);
}
void fields(auto& archive, Either<AnimateJob> auto& value) {
  archive(value.model, value.state, value.facts, value.kind, value.enlarge, value.origin);
}
void fields(auto& archive, Either<AnimateJob::Answer> auto& value) {
  archive(value.done, value.all, value.file);
}

void fields(auto& archive, Either<Ask> auto& value) {
  archive(value.kind, value.task, value.generation, value.job);
}
void fields(auto& archive, Either<Cancel> auto& value) {
  archive(value.kind);
}
void fields(auto& archive, Either<Forget> auto& value) {
  archive(value.model);
}
void fields(auto& archive, Either<Reply> auto& value) {
  archive(value.kind, value.task, value.generation, value.is_last, value.answer);
}

namespace {

template <typename T> std::vector<std::byte> written(const T& value) {
  Writer writer;
  writer(value);
  return std::move(writer).take();
}

template <typename T> std::optional<T> read(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  T value;
  reader(value);
  if (reader.failed() || !reader.at_end())
    return std::nullopt;
  return value;
}

} // namespace

std::vector<std::byte> to_bytes(const Question& question) {
  return written(question);
}
std::vector<std::byte> to_bytes(const Reply& reply) {
  return written(reply);
}

std::optional<Question> question_of(std::span<const std::byte> bytes) {
  std::optional<Question> question = read<Question>(bytes);
  const Ask* const ask = question ? std::get_if<Ask>(&*question) : nullptr;
  const Cancel* const cancel = question ? std::get_if<Cancel>(&*question) : nullptr;
  if ((ask && static_cast<std::size_t>(ask->kind) >= job_kinds) ||
      (cancel && static_cast<std::size_t>(cancel->kind) >= job_kinds))
    return std::nullopt;
  return question;
}

std::optional<Reply> reply_of(std::span<const std::byte> bytes) {
  std::optional<Reply> reply = read<Reply>(bytes);
  if (reply && static_cast<std::size_t>(reply->kind) >= job_kinds)
    return std::nullopt;
  return reply;
}

} // namespace studio
} // namespace ganlet
