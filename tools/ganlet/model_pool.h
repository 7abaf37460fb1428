#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "generator/model_folder.h"

namespace ganlet::tool {

/// Opened models, for whoever needs one for a while: a model isn't thread-safe, so each user has one of its own, and
/// gives it back for the next. May be used by several threads.
class ModelPool {
 public:
  /// `models` are the directories that ids are looked up in.
  ModelPool(std::vector<std::filesystem::path> models, LoadOptions options);

  /// A model until it goes out of scope.
  class Lease {
   public:
    Lease(ModelPool& pool, std::string name, std::unique_ptr<Model> model)
        : pool_(&pool), name_(std::move(name)), model_(std::move(model)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Model& operator*() const { return *model_; }
    Model* operator->() const { return model_.get(); }

   private:
    ModelPool* pool_;
    std::string name_;
    std::unique_ptr<Model> model_;
  };

  /// `digits`, or `digits@2`: that version of it, from a folder of that name where it isn't the newest. No file beside
  /// the models is named by this. Errors: not_found at "model"; those of loading.
  Result<Lease> open(const std::string& name);
  /// What the catalogue lists. Errors: not_found, corrupt.
  Result<std::vector<ModelFolder>> list() const;

 private:
  void give_back(std::string name, std::unique_ptr<Model> model);
  Result<ModelFolder> find(const std::string& name) const;

  static constexpr std::size_t most_idle = 16;
  LoadOptions options_;
  std::mutex mutex_;
  std::list<std::pair<std::string, std::unique_ptr<Model>>> idle_; ///< the one used last is the first
};

} // namespace ganlet::tool
