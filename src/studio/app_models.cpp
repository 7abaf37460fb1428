#include <algorithm>
#include <filesystem>

#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"

namespace ganlet::studio {

namespace {

bool is_id(const std::string& name) {
  return name.find_first_of("/\\.") == std::string::npos;
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
    const auto folder = path ? find_model(std::filesystem::path(*path).parent_path().string(), {})
                             : Result<ModelFolder>(fail(ErrorCode::not_found, "", ""));
    const auto entry = std::ranges::find(catalogue, id, &CatalogueModel::id);
    if (!folder || entry == catalogue.end())
      return;
    entry->title = folder->description.title;
    entry->summary = folder->summary;
    entry->license = folder->license;
    if (const auto part = folder->part(engine.part); part && part->bytes)
      entry->bytes = *part->bytes;
    platform::redraw();
  });
}

void App::load(const std::string& name) {
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
    fetch_part(name, std::filesystem::path(*path).parent_path().string());
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

/// Fetches the files that loading reads, one after the other: the directions, where the model has them, then what
/// draws.
void App::fetch_part(const std::string& id, const std::string& folder) {
  const auto described = find_model(folder, {});
  if (described && !described->part(engine.part))
    engine.part = "generator"; // the model before had a part of that name
  const auto part =
      described ? described->part(engine.part) : Result<ModelPart>(fail(ErrorCode::not_found, id, "has no model.json"));
  if (!part) {
    fail_to_load(described ? part.error().text() : described.error().text());
    return;
  }
  const auto fetch_file = [id](const ModelPart& file, platform::Progress progress,
                               std::function<void(Result<std::string>)> done) {
    platform::fetch(concat("models/", id, "/", file.file.filename().string()), std::move(progress), std::move(done));
  };
  const auto then = [this, id, folder, fetch_file, file = *part](const Result<std::string>&) {
    const auto progress = [this](std::int64_t done, std::int64_t all) {
      loaded_bytes = done;
      all_bytes = all;
      platform::redraw();
    };
    fetch_file(file, progress, [this, id, folder](Result<std::string> path) {
      if (loading != id)
        return;
      if (path) {
        begin_load(folder, id);
        return;
      }
      fail_to_load(path.error().text());
    });
  };
  if (const auto directions = described->part("directions"))
    fetch_file(*directions, {}, then);
  else
    then(std::string());
}

void App::begin_load(const std::string& path, const std::string& name) {
  worker.start(Worker::Kind::load, [this, path, name, wanted = engine](const Worker::Deliver& deliver) {
    auto result = std::make_shared<Result<std::shared_ptr<LoadedModel>>>(studio::load(path, name, wanted));
    deliver([this, result] {
      if (!*result) {
        fail_to_load(result->error().text());
        return;
      }
      loading.clear();
      const ModelFacts before = facts;
      model = **result;
      facts = model->facts;
      has_model = true;
      picture.wanted.reset();
      other.wanted.reset();
      litter.clear();
      beside.reset();
      fresh_grid(before);
      ask_for_directions();
      platform::redraw();
    });
    return false;
  });
  platform::wake();
}

void App::fresh_grid(const ModelFacts& before) {
  State next = state();
  next.model = facts.name;
  const bool is_other = !before.name.empty() && before.name != facts.name;
  if (is_other && !next.place.latent.empty())
    next.place = {.seed = next.place.seed};
  if (!facts.writes_digits && next.columns * next.rows == 1 && (is_other || state() == State{.model = facts.name}))
    next.columns = next.rows = 4;
  change(std::move(next));
}

} // namespace ganlet::studio
