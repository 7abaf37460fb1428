#include "model_pool.h"

#include <algorithm>

#include "core/text.h"
#include "options.h"

namespace ganlet::tool {

namespace {

/// Only letters, digits, '-', '_' and the '@' before a version, so that it can't be a path or a hidden file.
bool is_id(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '@';
  };
  return !name.empty() && std::ranges::all_of(name, is_letter);
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
  std::string why = ": a model is named by letters and digits, and perhaps @ and its version";
  if (is_id(name)) {
    GANLET_TRY(FoundById found, find_by_id(name, options_.models));
    if (found.model)
      return std::move(*found.model);
    why = found.other_version ? concat("; the newest version is ", *found.other_version) : std::string();
  }
  return fail(ErrorCode::not_found, "model", concat("there is no '", printable(name, 40), "'", why));
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
