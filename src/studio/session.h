#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "backends/automatic.h"
#include "platform/platform.h"
#include "studio/client.h"

namespace ganlet::studio {

/// A model that people can choose.
struct CatalogueModel {
  std::string id, title, summary, license;
  std::int64_t bytes = 0; ///< of the part that draws; 0 if unknown
};

/// The model being loaded.
struct Loading {
  std::string name;                ///< empty if none is
  std::int64_t bytes = 0, all = 0; ///< of its file; 0 if unknown
};

/// Reasons for fetching parts of the model, other than drawing.
enum class Need : std::uint8_t { encoder, kept, beside };

/// The result of a request to the session.
struct Outcome {
  enum class Kind : std::uint8_t {
    loaded,     ///< another model draws from now on
    not_loaded, ///< the previous model stays
    ready,      ///< the parts for `need` can be read
    failed,     ///< those parts, or something else, aren't available
  };
  Kind kind{};
  Need need{};
  std::string text; ///< for `not_loaded` and `failed`, for people
};

/// How the picture changes while it is shown.
struct Motion {
  bool is_animation = false; ///< frame by frame
  bool is_changing = false;  ///< by itself, or because somebody drags it
};

/// The loaded model, the facts and files that belong to it, and the worker that runs it. Requests take time; their
/// answers are values that carry the generation they belong to, and those for an earlier model are dropped.
class Session {
 public:
  Session(platform::Files& files, Client::Send send, Engine engine, std::string gpu_obstacle)
      : files_(files), client_(std::move(send)), engine_(std::move(engine)), gpu_obstacle_(std::move(gpu_obstacle)) {}

  bool has_model() const { return model_ != nullptr; }
  const ModelFacts& facts() const { return facts_; }
  const std::shared_ptr<const RemoteModel>& model() const { return model_; }
  Generation generation() const { return generation_; }
  const Engine& engine() const { return engine_; }
  /// Why networks can't draw into textures of the window, in words; empty if they can.
  const std::string& gpu_obstacle() const { return gpu_obstacle_; }
  /// Whether so many pictures, which are only shown, may stay on the window's GPU.
  bool draws_on_gpu(const Motion& motion, std::int64_t pictures) const {
    return engine_.name == gpu_backend ||
           (engine_.name == automatic_backend &&
            (motion.is_animation || (motion.is_changing && pictures >= least_grid_for_gpu)));
  }
  const std::vector<CatalogueModel>& catalogue() const { return catalogue_; }
  const Loading& loading() const { return loading_; }
  /// The step of training whose generator is being loaded; -1 if none is.
  std::int64_t loading_step() const { return kept_loading_.step; }
  bool is_busy() const { return client_.is_busy(); }
  bool is_busy(JobKind kind) const { return client_.is_busy(kind); }

  void read_catalogue();
  /// Loads a model by its id or path.
  void load(const std::string& name);
  /// Loads the model again with another backend, part or number of threads.
  void load_with(Engine engine, const std::string& name);
  /// Makes the files of a part of the model readable; the outcome is `ready` or `failed`.
  void fetch_part(Need need, const std::string& part);
  /// The model that draws a state: the loaded model, or a generator kept during its training. The latter is loaded
  /// first, and the result is null until then.
  std::shared_ptr<const RemoteModel> drawer_of(const State& wanted);

  void ask(JobKind kind, Job job) { client_.ask(kind, generation_, std::move(job)); }
  void cancel(JobKind kind) { client_.cancel(kind); }
  /// Decodes an answer of the worker. Empty if it isn't for the present model, or if it was about the model itself,
  /// which the session handles.
  std::optional<Reply> receive(std::span<const std::byte> message);
  /// The platform's answers to fetches. Unknown tickets are ignored.
  void fetched(platform::Ticket ticket, Result<std::string> path);
  void progressed(platform::Ticket ticket, std::int64_t done, std::int64_t all);
  /// A ticket for another request to the platform.
  platform::Ticket new_ticket() { return ++last_ticket_; }
  /// The outcomes since the last call.
  std::vector<Outcome> take_outcomes() { return std::exchange(outcomes_, {}); }

 private:
  /// Files that are fetched one after another, and the reason.
  struct Fetch {
    enum class Purpose : std::uint8_t { catalogue, entry, description, model, part };
    Purpose purpose{};
    std::string id{};              ///< of the model
    std::uint64_t serial = 0;      ///< of the load or the generation that it belongs to
    std::vector<ModelPart> left{}; ///< the files after the current one
    std::string folder{};          ///< for `model`
    Need need{};                   ///< for `part`
    std::string part{};
  };
  struct KeptGenerator {
    std::int64_t step = -1; ///< of the generator being loaded
    std::string part;
    std::shared_ptr<const RemoteModel> model;
  };

  void fetch(const std::string& path, Fetch fetch);
  void fetch_next(Fetch fetch);
  void have_catalogue(const std::string& path);
  void have_entry(const std::string& id, const std::string& path);
  void have_description(const std::string& id, const std::string& folder);
  void have_part(const Fetch& fetch);
  void begin_load(const std::string& path, const std::string& name);
  void fail_to_load(const std::string& text);
  void fail_part(const Fetch& fetch, const std::string& text);
  void fail(Need need, const std::string& text);
  void use(ModelFacts known);
  void take_kept(Result<ModelFacts> known);
  /// Handles an answer about the model itself; false for others.
  bool take(Reply& reply);

  platform::Files& files_;
  Client client_;
  Engine engine_;
  std::string gpu_obstacle_;
  Generation generation_ = 0;
  std::uint64_t loads_ = 0; ///< the number of loads requested
  std::shared_ptr<const RemoteModel> model_, loading_model_;
  ModelFacts facts_;
  Loading loading_;
  std::vector<CatalogueModel> catalogue_;
  std::set<std::string> parts_; ///< those that have been fetched
  KeptGenerator kept_loading_;
  std::map<std::string, std::shared_ptr<const RemoteModel>> kept_; ///< by part; null if it can't be loaded
  std::map<platform::Ticket, Fetch> fetches_;
  platform::Ticket last_ticket_ = 0;
  std::vector<Outcome> outcomes_;
};

} // namespace ganlet::studio
