#include "studio/worker.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/text.h"
#include "studio/inspector.h"

namespace ganlet::studio {

namespace {

Result<std::shared_ptr<LoadedModel>> find(const Models& models, ModelNumber number) {
  const auto found = models.by_number.find(number);
  if (found == models.by_number.end())
    return fail(ErrorCode::not_found, "worker", concat("has no model ", number));
  return found->second;
}

// Jobs that are done in a single call.

Result<ModelFacts> done(const LoadJob& job, Models& models) {
  GANLET_TRY(std::shared_ptr<LoadedModel> model, load(job.path, job.name, job.engine, models.stop));
  ModelFacts facts = model->facts;
  models.by_number[job.model] = std::move(model);
  return facts;
}

Result<Encoded> done(const EncodeJob& job, Models& models) {
  GANLET_TRY(const std::shared_ptr<LoadedModel> model, find(models, job.model));
  return encode(*model, job.picture);
}

Result<std::vector<float>> done(const DirectionsJob& job, Models& models) {
  GANLET_TRY(const std::shared_ptr<LoadedModel> model, find(models, job.model));
  return first_layer_directions(*model, static_cast<std::size_t>(std::max(job.most, 0)));
}

Result<Inspection> done(const InspectJob& job, Models& models) {
  GANLET_TRY(const std::shared_ptr<LoadedModel> model, find(models, job.model));
  return inspect(*model, job.latent, job.label, job.scales, job.tiles_of);
}

Result<BesideJob::Answer> done(const BesideJob& job, Models& models) {
  GANLET_TRY(const std::shared_ptr<LoadedModel> model, find(models, job.model));
  GANLET_TRY(const std::shared_ptr<LoadedModel> other,
             load(model->facts.folder, model->facts.name, job.other, models.stop));
  GANLET_TRY(const Image ours, draw_to_the_end(model, job.request));
  GANLET_TRY(Image theirs, draw_to_the_end(other, job.request));
  if (ours.width != theirs.width || ours.height != theirs.height)
    return fail(ErrorCode::invalid_argument, job.other.part, "draws pictures of another size");
  Difference difference = difference_of(ours, theirs);
  return BesideJob::Answer{std::move(theirs), std::move(difference)};
}

// Jobs that take many slices: (model, job) -> an object whose `go_on` returns an answer when it has one.

Result<SlicedDrawing> begun(const DrawJob& job, JobKind kind, Models& models) {
  GANLET_TRY(std::shared_ptr<LoadedModel> model, find(models, job.model));
  return SlicedDrawing(std::move(model), job.request,
                       job.on_gpu ? &models.gpu_pictures[static_cast<std::size_t>(kind)] : nullptr);
}

Result<Film> begun(const AnimateJob& job, JobKind, Models& models) {
  GANLET_TRY(std::shared_ptr<LoadedModel> model, find(models, job.model));
  return Film(std::move(model), job);
}

template <typename J>
concept Sliced = requires(const J& job, Models& models) { begun(job, JobKind::picture, models); };

} // namespace

Worker::Slice Worker::slice_of(Ask ask) {
  const auto reply = [this, kind = ask.kind, task = ask.task, generation = ask.generation](bool is_last, auto answer) {
    send_(to_bytes(Reply{kind, task, generation, is_last, std::move(answer)}));
  };
  return std::visit(
      [&]<typename J>(J& job) -> Slice {
        if constexpr (Sliced<J>) {
          auto under_way = std::make_shared<decltype(begun(job, ask.kind, models_))>(begun(job, ask.kind, models_));
          return [reply, under_way] {
            using Answer = Result<typename J::Answer>;
            if (!*under_way) {
              reply(true, Answer(tl::unexpected(std::move(*under_way).error())));
              return false;
            }
            Result<std::optional<typename J::Answer>> answer = (**under_way).go_on();
            const bool ends = !answer || (**under_way).is_done();
            if (!answer)
              reply(ends, Answer(tl::unexpected(std::move(answer).error())));
            else if (*answer)
              reply(ends, Answer(std::move(**answer)));
            return !ends;
          };
        } else {
          return [this, reply, job = std::move(job)] {
            reply(true, done(job, models_));
            return false;
          };
        }
      },
      ask.job);
}

void Worker::receive(std::span<const std::byte> message) {
  std::optional<Question> question = question_of(message);
  if (!question)
    return;
  if (auto* const ask = std::get_if<Ask>(&*question))
    slices_[static_cast<std::size_t>(ask->kind)] = slice_of(std::move(*ask));
  else if (const auto* const cancel = std::get_if<Cancel>(&*question))
    slices_[static_cast<std::size_t>(cancel->kind)] = {};
  else
    models_.by_number.erase(std::get<Forget>(*question).model);
}

bool Worker::work() {
  const auto found = std::ranges::find_if(slices_, [](const Slice& slice) { return slice != nullptr; });
  if (found == slices_.end())
    return false;
  if (!(*found)())
    *found = {};
  return true;
}

} // namespace ganlet::studio
