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
  return inspect(*model, job.request, job.scales, job.tiles_of);
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

bool Worker::passes_on(const LoadJob& job, const Reply& reply) {
  const auto& loaded = std::get<Result<ModelFacts>>(reply.answer);
  if (!send_on_ || loaded || loaded.error().code() != ErrorCode::unsupported)
    return false;
  elsewhere_.insert(job.model);
  send_on_(to_bytes(Question(Ask{reply.kind, reply.task, reply.generation, job})), to_bytes(reply));
  return true;
}

Worker::Slice Worker::slice_of(Ask ask) {
  const auto reply_of = [kind = ask.kind, task = ask.task, generation = ask.generation](bool is_last, auto answer) {
    return Reply{kind, task, generation, is_last, std::move(answer)};
  };
  const auto reply = [this, reply_of](bool is_last, auto answer) {
    send_(to_bytes(reply_of(is_last, std::move(answer))));
  };
  return std::visit(
      [&]<typename J>(J& job) -> Slice {
        if constexpr (Sliced<J>) {
          auto work = begun(job, ask.kind, models_);
          const auto under_way = std::make_shared<decltype(work)>(std::move(work));
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
        } else if constexpr (std::is_same_v<J, LoadJob>) {
          return [this, reply_of, job = std::move(job)] {
            const Reply loaded = reply_of(true, done(job, models_));
            if (!passes_on(job, loaded))
              send_(to_bytes(loaded));
            return false;
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
  if (auto* const ask = std::get_if<Ask>(&*question)) {
    Slice& slice = slices_[static_cast<std::size_t>(ask->kind)];
    const ModelNumber model = std::visit([](const auto& job) { return job.model; }, ask->job);
    if (elsewhere_.contains(model)) {
      slice = {};
      send_on_(message, {});
      return;
    }
    if (!elsewhere_.empty()) // the other worker may have an older job of this kind
      send_on_(to_bytes(Question(Cancel{ask->kind})), {});
    slice = slice_of(std::move(*ask));
  } else if (const auto* const cancel = std::get_if<Cancel>(&*question)) {
    slices_[static_cast<std::size_t>(cancel->kind)] = {};
    if (!elsewhere_.empty())
      send_on_(message, {});
  } else if (const ModelNumber model = std::get<Forget>(*question).model; elsewhere_.contains(model)) {
    send_on_(message, {});
    elsewhere_.erase(model);
  } else {
    models_.by_number.erase(model);
  }
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
