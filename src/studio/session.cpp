#include "studio/session.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/text.h"

namespace ganlet::studio {

namespace {

/// Whether an answer is useful after the model has changed: films and measurements say which model they are of.
constexpr bool outlives_model(JobKind kind) {
  return kind == JobKind::animation || kind == JobKind::measure;
}

/// Checks that a generator kept during training draws the same kind of images as the model.
Result<void> check_alike(const ModelFacts& facts, const ModelFacts& kept, const std::string& part) {
  if (kept.latent_size != facts.latent_size || !(kept.image == facts.image) ||
      kept.labels.size() != facts.labels.size())
    return ganlet::fail(ErrorCode::invalid_argument, part, "has other latents, classes or pictures than the model");
  return {};
}

/// The files that are needed to draw with a part, or to encode.
Result<std::vector<ModelPart>> files_of(const ModelDescription& description, const std::string& part) {
  ModelOptions options;
  options.part = part;
  GANLET_TRY(const Model model, Model::open(description, std::move(options)));
  DrawRequest whatever_may_be_asked;
  whatever_may_be_asked.truncation = 0;
  return model.needs(whatever_may_be_asked);
}

std::string path_in_catalogue(const std::string& id, const ModelPart& part) {
  return concat("models/", id, "/", part.file);
}

} // namespace

// --- files ---

void Session::fetch(const std::string& path, Fetch fetch) {
  const platform::Ticket ticket = new_ticket();
  fetches_[ticket] = std::move(fetch);
  files_.fetch(ticket, path);
}

/// Fetches the next file of the list; after the last one, continues with what they were fetched for.
void Session::fetch_next(Fetch next) {
  if (next.left.empty()) {
    if (next.purpose == Fetch::Purpose::model)
      begin_load(next.folder, next.id);
    else
      have_part(next);
    return;
  }
  const std::string path = path_in_catalogue(next.id, next.left.front());
  next.left.erase(next.left.begin());
  fetch(path, std::move(next));
}

void Session::fetched(platform::Ticket ticket, Result<std::string> path) {
  auto found = fetches_.extract(ticket);
  if (!found)
    return;
  Fetch& fetch = found.mapped();
  switch (fetch.purpose) {
  case Fetch::Purpose::catalogue:
    if (path)
      have_catalogue(*path);
    return;
  case Fetch::Purpose::entry:
    if (path)
      have_entry(fetch.id, *path);
    return;
  case Fetch::Purpose::description:
  case Fetch::Purpose::model:
    if (fetch.serial != loads_)
      return; // another model has been chosen by now
    if (!path)
      fail_to_load(path.error().text());
    else if (fetch.purpose == Fetch::Purpose::description)
      have_description(fetch.id, std::filesystem::path(*path).parent_path().string());
    else
      fetch_next(std::move(fetch));
    return;
  case Fetch::Purpose::part:
    if (fetch.serial != generation_)
      return; // they belong to an earlier model
    if (path)
      fetch_next(std::move(fetch));
    else
      fail_part(fetch, path.error().text());
  }
}

void Session::progressed(platform::Ticket ticket, std::int64_t done, std::int64_t all) {
  const auto found = fetches_.find(ticket);
  if (found == fetches_.end() || found->second.purpose != Fetch::Purpose::model || found->second.serial != loads_)
    return;
  loading_.bytes = done;
  loading_.all = all;
}

// --- the catalogue ---

void Session::read_catalogue() {
  fetch("models/index.json", {Fetch::Purpose::catalogue});
}

void Session::have_catalogue(const std::string& path) {
  const auto entries = read_catalog(std::filesystem::path(path).parent_path());
  if (!entries)
    return;
  for (const CatalogEntry& entry : *entries) {
    catalogue_.push_back({entry.id, entry.title, {}, {}, 0});
    fetch(concat("models/", entry.id, "/model.json"), {Fetch::Purpose::entry, entry.id});
  }
}

void Session::have_entry(const std::string& id, const std::string& path) {
  auto folder = find_model(std::filesystem::path(path).parent_path().string(), {});
  const auto entry = std::ranges::find(catalogue_, id, &CatalogueModel::id);
  if (!folder || entry == catalogue_.end())
    return;
  entry->title = folder->description.title;
  entry->summary = folder->description.summary;
  entry->license = folder->description.license;
  if (const auto files = files_of(folder->description, engine_.part))
    for (const ModelPart& file : *files)
      entry->bytes += file.bytes.value_or(0);
}

// --- loading a model ---

void Session::load(const std::string& name) {
  ++loads_;
  loading_ = {name};
  cancel(JobKind::load); // of another model, which isn't wanted any more
  if (is_id(name))
    fetch(concat("models/", name, "/model.json"), {Fetch::Purpose::description, name, loads_});
  else
    begin_load(name, name);
}

void Session::load_with(Engine engine, const std::string& name) {
  engine_ = std::move(engine);
  load(name);
}

void Session::fail_to_load(const std::string& text) {
  loading_ = {};
  loading_model_.reset();
  outcomes_.push_back({Outcome::Kind::not_loaded, {}, text});
}

/// Fetches the files that loading reads: the directions, if the model has them, then the parts that draw.
void Session::have_description(const std::string& id, const std::string& folder) {
  auto described = find_model(folder, {});
  if (described && !files_of(described->description, engine_.part))
    engine_.part = "generator"; // the previous model had a part of that name
  auto files = described ? files_of(described->description, engine_.part)
                         : Result<std::vector<ModelPart>>(tl::unexpected(std::move(described).error()));
  if (!files) {
    fail_to_load(files.error().text());
    return;
  }
  if (const ModelPart* const directions = described->description.find_part("directions"))
    files->insert(files->begin(), *directions);
  fetch_next({Fetch::Purpose::model, id, loads_, std::move(*files), folder});
}

void Session::begin_load(const std::string& path, const std::string& name) {
  std::shared_ptr<const RemoteModel> next = client_.new_model();
  ask(JobKind::load, LoadJob{next->number, path, name, engine_});
  // Assigned last: a model that an older job would have loaded is dropped once nothing loads it.
  loading_model_ = std::move(next);
}

/// Switches to this model; everything that belonged to the previous one is dropped.
void Session::use(ModelFacts known) {
  ++generation_;
  facts_ = std::move(known);
  model_ = std::exchange(loading_model_, nullptr);
  loading_ = {};
  parts_.clear();
  kept_.clear();
  kept_loading_ = {};
  for (std::size_t kind = 0; kind < job_kinds; ++kind)
    if (!outlives_model(static_cast<JobKind>(kind)))
      client_.cancel(static_cast<JobKind>(kind));
  if (facts_.directions.values.empty())
    ask(JobKind::direction, DirectionsJob{model_->number, most_directions});
  outcomes_.push_back({Outcome::Kind::loaded, {}, {}});
}

// --- more of the model ---

void Session::fetch_part(Need need, const std::string& part) {
  Fetch wanted{Fetch::Purpose::part, facts_.name, generation_, {}, {}, need, part};
  const bool is_in_catalogue = is_id(facts_.name); // else the files are there, or were dropped together with model.json
  if (is_in_catalogue && !parts_.contains(part)) {
    auto folder = find_model(facts_.folder, {});
    auto files = folder ? files_of(folder->description, part)
                        : Result<std::vector<ModelPart>>(tl::unexpected(std::move(folder).error()));
    if (!files) {
      fail_part(wanted, files.error().text());
      return;
    }
    wanted.left = std::move(*files);
  }
  fetch_next(std::move(wanted));
}

void Session::have_part(const Fetch& fetch) {
  parts_.insert(fetch.part);
  if (fetch.need == Need::kept) {
    if (fetch.part != kept_loading_.part)
      return; // another one is wanted by now
    Engine engine = engine_;
    engine.part = kept_loading_.part;
    std::shared_ptr<const RemoteModel> next = client_.new_model();
    ask(JobKind::kept, LoadJob{next->number, facts_.folder, facts_.name, engine});
    kept_loading_.model = std::move(next);
  } else {
    outcomes_.push_back({Outcome::Kind::ready, fetch.need, {}});
  }
}

void Session::fail_part(const Fetch& fetch, const std::string& text) {
  if (fetch.need == Need::kept) {
    kept_[fetch.part] = nullptr;
    if (fetch.part == kept_loading_.part)
      kept_loading_ = {};
  }
  fail(fetch.need, text);
}

void Session::fail(Need need, const std::string& text) {
  outcomes_.push_back({Outcome::Kind::failed, need, text});
}

std::shared_ptr<const RemoteModel> Session::drawer_of(const State& wanted) {
  const TrainingStep* const kept = kept_generator(wanted, facts_);
  if (kept == nullptr)
    return model_;
  if (const auto found = kept_.find(kept->part); found != kept_.end())
    return found->second;
  if (kept_loading_.step != kept->step) {
    kept_loading_ = {kept->step, kept->part, nullptr};
    fetch_part(Need::kept, kept->part);
  }
  return nullptr;
}

void Session::take_kept(Result<ModelFacts> known) {
  const KeptGenerator kept = std::exchange(kept_loading_, {});
  const Result<void> alike =
      known ? check_alike(facts_, *known, kept.part) : Result<void>(tl::unexpected(std::move(known).error()));
  kept_[kept.part] = alike ? kept.model : nullptr;
  if (!alike)
    fail(Need::kept, alike.error().text());
}

// --- answers ---

std::optional<Reply> Session::receive(std::span<const std::byte> message) {
  std::optional<Reply> reply = client_.receive(message);
  if (!reply || (reply->generation != generation_ && !outlives_model(reply->kind)))
    return std::nullopt;
  return take(*reply) ? std::nullopt : std::move(reply);
}

bool Session::take(Reply& reply) {
  switch (reply.kind) {
  case JobKind::load:
    if (auto* const known = std::get_if<Result<ModelFacts>>(&reply.answer)) {
      if (*known)
        use(std::move(**known));
      else
        fail_to_load(known->error().text());
    }
    return true;
  case JobKind::kept:
    if (auto* const known = std::get_if<Result<ModelFacts>>(&reply.answer))
      take_kept(std::move(*known));
    return true;
  case JobKind::direction:
    if (auto* const found = std::get_if<Result<DirectionsJob::Answer>>(&reply.answer); found && *found) {
      facts_.directions.values = std::move(**found);
      facts_.directions.size = facts_.latent_size;
    }
    return true;
  default:
    return false;
  }
}

} // namespace ganlet::studio
