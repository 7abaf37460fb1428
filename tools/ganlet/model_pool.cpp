#include "model_pool.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/text.h"
#include "options.h"

namespace ganlet::tool {

namespace {

/// Only letters, digits, '-' and '_', so that it can't be a path or a hidden file.
bool is_id(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, is_letter);
}

/// A version number; empty if the text isn't one, or isn't its only spelling, by which the pool keeps the model.
std::optional<std::int64_t> version_of(std::string_view text) {
  std::int64_t version = 0;
  std::from_chars(text.data(), text.data() + text.size(), version);
  return text == std::to_string(version) ? std::optional(version) : std::nullopt;
}

tl::unexpected<Error> unknown(std::string_view name, std::string_view why) {
  return fail(ErrorCode::not_found, "model", concat("there is no '", printable(name, 40), "'", why));
}

} // namespace

ModelPool::ModelPool(std::vector<std::filesystem::path> models, LoadOptions options) : options_(std::move(options)) {
  options_.models = std::move(models);
}

ModelPool::Lease::~Lease() {
  if (model_)
    pool_->give_back(std::move(name_), std::move(model_));
}

void ModelPool::give_back(std::string name, std::unique_ptr<Model> model) {
  std::list<std::pair<std::string, std::unique_ptr<Model>>> dropped; // destroyed after the lock is released
  const std::scoped_lock lock(mutex_);
  idle_.emplace_front(std::move(name), std::move(model));
  if (idle_.size() > most_idle)
    dropped.splice(dropped.begin(), idle_, std::prev(idle_.end()));
}

Result<ModelFolder> ModelPool::find(const std::string& name) const {
  const std::size_t at = std::min(name.find('@'), name.size());
  const std::string id = name.substr(0, at);
  const auto wanted = at < name.size() ? version_of(std::string_view(name).substr(at + 1)) : std::nullopt;
  if (!is_id(id) || (at < name.size() && !wanted))
    return unknown(name, ": a model is named by letters and digits, and perhaps @ and its version");
  std::error_code ignored;
  std::optional<std::int64_t> found;
  for (const std::filesystem::path& directory : options_.models)
    for (const std::string& folder : {id, name}) {
      if (!std::filesystem::is_regular_file(directory / folder / "model.json", ignored))
        continue;
      GANLET_TRY(ModelFolder model, find_model((directory / folder).string(), {}));
      found = model.description.version;
      if (!wanted || found == wanted)
        return model;
    }
  return unknown(name, found ? concat("; the newest version is ", *found) : std::string());
}

Result<ModelPool::Lease> ModelPool::open(const std::string& name) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(idle_, name, &std::pair<std::string, std::unique_ptr<Model>>::first);
    if (found != idle_.end()) {
      Lease lease(*this, name, std::move(found->second));
      idle_.erase(found);
      return lease;
    }
  }
  GANLET_TRY(ModelFolder folder, find(name));
  GANLET_TRY(Model model, load_model(std::move(folder), options_));
  return Lease(*this, name, std::make_unique<Model>(std::move(model)));
}

Result<std::vector<ModelFolder>> ModelPool::list() const {
  return catalogued(options_.models);
}

} // namespace ganlet::tool
