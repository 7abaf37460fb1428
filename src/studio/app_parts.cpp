#include <algorithm>

#include "core/text.h"
#include "studio/app.h"

// Parts of the model besides what draws, each fetched and loaded once something asks for it.
namespace ganlet::studio {

namespace {

/// Loads a generator kept on the way, which must draw what the model draws.
Result<std::shared_ptr<LoadedModel>> load_part(const ModelFacts& facts, Engine engine, const std::string& part) {
  engine.part = part;
  GANLET_TRY(std::shared_ptr<LoadedModel> loaded, load(facts.folder, facts.name, engine));
  const ModelFacts& other = loaded->facts;
  if (other.latent_size != facts.latent_size || !(other.image == facts.image) ||
      other.labels.size() != facts.labels.size())
    return fail(ErrorCode::invalid_argument, part, "has other latents, classes or pictures than the model");
  return loaded;
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
    worker.start(Worker::Kind::parts, [this, asked = model](const Worker::Deliver& deliver) {
      auto outcome = std::make_shared<Result<void>>(load_style(*asked));
      deliver([this, outcome, layers = asked->facts.style_layers, truncates = asked->facts.truncates_styles] {
        if (!*outcome) {
          say_problem(outcome->error().text());
          return;
        }
        facts.style_layers = layers;
        facts.truncates_styles = truncates;
        platform::redraw();
      });
      return false;
    });
    platform::wake();
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
    worker.start(Worker::Kind::encoding, [this, shown = encoding.picture.image(),
                                          asked = model](const Worker::Deliver& deliver) {
      auto result = std::make_shared<Result<Encoded>>(studio::encode(*asked, shown));
      deliver([this, result] {
        if (!*result) {
          say_problem(result->error().text());
          return;
        }
        problem.clear();
        encoding.encoded = std::move(**result);
        encoding.drawn =
            platform::Texture(grid(encoding.encoded->drawn, static_cast<int>(encoding.encoded->drawn.size())));
        change(with_encoded(state(), *encoding.encoded, facts), "encode");
        platform::redraw();
      });
      return false;
    });
    platform::wake();
  });
}

std::shared_ptr<LoadedModel> App::drawer_of(const State& wanted) {
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
  const auto end = [this, step](Result<std::shared_ptr<LoadedModel>> loaded) {
    if (loading_step != step.step)
      return; // another is wanted by now
    loading_step = -1;
    kept_generators_[step.part] = loaded ? std::move(*loaded) : nullptr;
    if (!loaded)
      say_problem(loaded.error().text());
    platform::redraw();
  };
  fetch_parts({step.part}, [this, step, end](Result<void> fetched) {
    if (!fetched) {
      end(tl::unexpected(std::move(fetched).error()));
      return;
    }
    worker.start(Worker::Kind::kept, [facts = facts, engine = engine, step, end](const Worker::Deliver& deliver) {
      auto loaded = std::make_shared<Result<std::shared_ptr<LoadedModel>>>(load_part(facts, engine, step.part));
      deliver([loaded, end] { end(std::move(*loaded)); });
      return false;
    });
    platform::wake();
  });
}

} // namespace ganlet::studio
