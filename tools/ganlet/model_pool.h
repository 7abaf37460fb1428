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

/// A pool of opened models. A model isn't thread-safe, so each user borrows one and returns it for the next.
/// Thread-safe.
class ModelPool {
 public:
  /// `models` are the directories in which ids are looked up.
  ModelPool(std::vector<std::filesystem::path> models, LoadOptions options);

  /// A borrowed model, returned when this goes out of scope.
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

  /// Borrows `digits`, or `digits@2`: that version of it, from a folder of this name if it isn't the newest. Names
  /// can't lead to files outside the models' directories. Errors: not_found at "model"; those of loading.
  Result<Lease> open(const std::string& name);
  /// The models in the catalogue. Errors: not_found, corrupt.
  Result<std::vector<ModelFolder>> list() const;

 private:
  void give_back(std::string name, std::unique_ptr<Model> model);
  Result<ModelFolder> find(const std::string& name) const;

  static constexpr std::size_t most_idle = 16;
  LoadOptions options_;
  std::mutex mutex_;
  std::list<std::pair<std::string, std::unique_ptr<Model>>> idle_; ///< most recently used first
};

} // namespace ganlet::tool
