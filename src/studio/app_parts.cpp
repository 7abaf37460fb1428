#include <algorithm>

#include "core/text.h"
#include "studio/app.h"

// Parts of the model besides what draws, each fetched and loaded once something asks for it.
namespace ganlet::studio {

namespace {

/// Whether a generator kept on the way draws what the model draws.
Result<void> check_alike(const ModelFacts& facts, const ModelFacts& kept, const std::string& part) {
  if (kept.latent_size != facts.latent_size || !(kept.image == facts.image) ||
      kept.labels.size() != facts.labels.size())
    return fail(ErrorCode::invalid_argument, part, "has other latents, classes or pictures than the model");
  return {};
}

} // namespace

void App::ask_for_style() {
  if (asked_for_style_ || !facts.has_style)
    return;
  asked_for_style_ = true;
  std::vector<std::string> names{"mapping", "synthesis"};
  if (std::ranges::find(facts.parts, "mean_style") != facts.parts.end())
    names.emplace_back("mean_style");
  fetch_parts(names, [this](const Result<void>& fetched) {
    if (!fetched) {
      say_problem(fetched.error().text());
      return;
    }
    client.ask(JobKind::parts, StyleJob{model->number}, [this](const Result<StyleJob::Answer>& style) {
      if (!style) {
        say_problem(style.error().text());
        return;
      }
      facts.style_layers = style->layers;
      facts.truncates_styles = style->truncates;
      platform::redraw();
    });
  });
}

void App::encode(Image image, bool is_opened) {
  if (!facts.has_encoder) {
    say_problem(concat(facts.title, " has no encoder, which pictures need to be drawn by it."));
    return;
  }
  encoding.is_opened = is_opened;
  encoding.picture = platform::Texture(std::move(image));
  if (is_opened)
    encoding.pad.clear();
  if (encoding.is_fetching)
    return; // what the pad shows by then is encoded
  encoding.is_fetching = true;
  fetch_parts({"encoder"}, [this](const Result<void>& fetched) {
    encoding.is_fetching = false;
    if (!encoding.picture)
      return; // the pad was cleared meanwhile
    if (!fetched) {
      say_problem(fetched.error().text());
      return;
    }
    const EncodeJob job{model->number, encoding.picture.image()};
    client.ask(JobKind::encoding, job, [this](Result<Encoded> encoded) {
      if (!encoded) {
        say_problem(encoded.error().text());
        return;
      }
      problem.clear();
      encoding.encoded = std::move(*encoded);
      encoding.drawn =
          platform::Texture(grid(encoding.encoded->drawn, static_cast<int>(encoding.encoded->drawn.size())));
      change(with_encoded(state(), *encoding.encoded, facts), "encode");
      platform::redraw();
    });
  });
}

std::shared_ptr<const RemoteModel> App::drawer_of(const State& wanted) {
  const TrainingStep* const kept = kept_generator(wanted, facts);
  if (kept == nullptr)
    return model;
  const auto found = kept_generators_.find(kept->part);
  if (found != kept_generators_.end())
    return found->second;
  if (loading_step != kept->step)
    load_kept(*kept);
  return nullptr;
}

void App::load_kept(const TrainingStep& step) {
  loading_step = step.step;
  const auto end = [this, step](const std::shared_ptr<const RemoteModel>& loaded, const Result<void>& outcome) {
    if (loading_step != step.step)
      return; // another is wanted by now
    loading_step = -1;
    kept_generators_[step.part] = outcome ? loaded : nullptr;
    if (!outcome)
      say_problem(outcome.error().text());
    platform::redraw();
  };
  fetch_parts({step.part}, [this, step, end](const Result<void>& fetched) {
    if (!fetched) {
      end(nullptr, fetched);
      return;
    }
    const auto loaded = client.new_model();
    Engine wanted = engine;
    wanted.part = step.part;
    client.ask(JobKind::kept, LoadJob{loaded->number, facts.folder, facts.name, wanted},
               [this, loaded, step, end](Result<ModelFacts> known) {
                 end(loaded, known ? check_alike(facts, *known, step.part)
                                   : Result<void>(tl::unexpected(std::move(known).error())));
               });
  });
}

} // namespace ganlet::studio
