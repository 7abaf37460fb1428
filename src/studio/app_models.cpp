#include <algorithm>
#include <filesystem>
#include <utility>

#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"

namespace ganlet::studio {

namespace {

/// Makes files of a model of the catalogue readable, one after the other.
void fetch_all(const std::string& id, std::vector<ModelPart> files, const platform::Progress& progress,
               std::function<void(Result<void>)> done) {
  if (files.empty()) {
    done({});
    return;
  }
  const std::string path = concat("models/", id, "/", files.front().file.filename().string());
  files.erase(files.begin());
  platform::fetch(path, progress,
                  [id, files = std::move(files), progress, done = std::move(done)](Result<std::string> fetched) {
                    if (fetched)
                      fetch_all(id, files, progress, done);
                    else
                      done(tl::unexpected(std::move(fetched).error()));
                  });
}

} // namespace

void App::read_catalogue() {
  platform::fetch("models/index.json", {}, [this](Result<std::string> path) {
    const auto entries = path ? read_catalog(std::filesystem::path(*path).parent_path())
                              : Result<std::vector<CatalogEntry>>(fail(ErrorCode::not_found, "", ""));
    if (!entries)
      return;
    for (const CatalogEntry& entry : *entries) {
      catalogue.push_back({entry.id, entry.title, {}, {}, 0});
      read_catalogue_entry(entry.id);
    }
    platform::redraw();
  });
}

void App::read_catalogue_entry(const std::string& id) {
  platform::fetch(concat("models/", id, "/model.json"), {}, [this, id](Result<std::string> path) {
    auto folder = path ? find_model(std::filesystem::path(*path).parent_path().string(), {})
                       : Result<ModelFolder>(fail(ErrorCode::not_found, "", ""));
    const auto entry = std::ranges::find(catalogue, id, &CatalogueModel::id);
    if (!folder || entry == catalogue.end())
      return;
    entry->title = folder->description.title;
    entry->summary = folder->summary;
    entry->license = folder->license;
    if (auto part = folder->part(engine.part); part && part->bytes)
      entry->bytes = *part->bytes;
    platform::redraw();
  });
}

void App::load(const std::string& name) {
  calm_down();
  loading = name;
  loaded_bytes = all_bytes = 0;
  problem.clear();
  if (!is_id(name)) {
    begin_load(name, name);
    return;
  }
  platform::fetch(concat("models/", name, "/model.json"), {}, [this, name](Result<std::string> path) {
    if (loading != name)
      return;
    if (!path) {
      fail_to_load(path.error().text());
      return;
    }
    fetch_model(name, std::filesystem::path(*path).parent_path().string());
  });
}

/// The model before goes on.
void App::fail_to_load(const std::string& text) {
  loading.clear();
  if (has_model && state().model != facts.name) {
    State next = state();
    next.model = facts.name;
    timeline.change(std::move(next), {}, ImGui::GetTime());
  }
  say_problem(text);
}

/// Fetches the files that loading reads: the directions, where the model has them, then what draws.
void App::fetch_model(const std::string& id, const std::string& folder) {
  auto described = find_model(folder, {});
  if (described && !described->has_part(engine.part))
    engine.part = "generator"; // the model before had a part of that name
  auto part =
      described ? described->part(engine.part) : Result<ModelPart>(tl::unexpected(std::move(described).error()));
  if (!part) {
    fail_to_load(part.error().text());
    return;
  }
  std::vector<ModelPart> files = described->arrays;
  std::erase_if(files, [](const ModelPart& array) { return array.name != "directions"; });
  files.push_back(*part);
  const auto progress = [this](std::int64_t done, std::int64_t all) {
    loaded_bytes = done;
    all_bytes = all;
    platform::redraw();
  };
  fetch_all(id, std::move(files), progress, [this, id, folder](const Result<void>& fetched) {
    if (loading != id)
      return;
    if (fetched)
      begin_load(folder, id);
    else
      fail_to_load(fetched.error().text());
  });
}

/// Makes more of the present model readable. Names that it hasn't are an error.
void App::fetch_parts(const std::vector<std::string>& names, std::function<void(Result<void>)> done) {
  auto folder = find_model(facts.folder, {});
  std::vector<ModelPart> files;
  for (const std::string& name : names) {
    if (fetched_.contains(name))
      continue;
    auto part = folder ? folder->part(name) : Result<ModelPart>(tl::unexpected(std::move(folder).error()));
    if (!part) {
      done(tl::unexpected(std::move(part).error()));
      return;
    }
    files.push_back(*part);
  }
  if (!is_id(facts.name))
    files.clear(); // they lie there, or were dropped together with model.json
  fetch_all(facts.name, std::move(files), {},
            [done = std::move(done), names, asked = model, this](Result<void> fetched) {
              if (model != asked)
                return;
              if (fetched)
                fetched_.insert(names.begin(), names.end());
              done(std::move(fetched));
            });
}

void App::begin_load(const std::string& path, const std::string& name) {
  const auto loaded = client.new_model();
  client.ask(JobKind::load, LoadJob{loaded->number, path, name, engine}, [this, loaded](Result<ModelFacts> known) {
    if (!known) {
      fail_to_load(known.error().text());
      return;
    }
    loading.clear();
    use(loaded, std::move(*known));
  });
}

/// From now on this is the model; what belonged to the one before goes.
void App::use(std::shared_ptr<const RemoteModel> loaded, ModelFacts known) {
  const ModelFacts before = std::exchange(facts, std::move(known));
  model = std::move(loaded);
  has_model = true;
  picture.wanted.reset();
  other.wanted.reset();
  litter.clear();
  beside.reset();
  encoding = {};
  asked_for_style_ = false;
  fetched_.clear();
  kept_generators_.clear();
  loading_step = -1;
  for (const JobKind kind : {JobKind::parts, JobKind::encoding, JobKind::kept, JobKind::thumbnail})
    client.cancel(kind);
  fresh_grid(before);
  ask_for_directions();
  platform::redraw();
}

void App::fresh_grid(const ModelFacts& before) {
  State next = state();
  next.model = facts.name;
  const bool is_other = !before.name.empty() && before.name != facts.name;
  if (is_other && !next.place.latent.empty())
    next.place = {.seed = next.place.seed};
  if (!facts.writes_digits && next.columns * next.rows == 1 && (is_other || state() == State{.model = facts.name}))
    next.columns = next.rows = 4;
  if (is_other)
    next.trained.reset();
  change(std::move(next));
}

} // namespace ganlet::studio
