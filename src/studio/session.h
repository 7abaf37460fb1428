#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/platform.h"
#include "studio/client.h"

namespace ganlet::studio {

/// A model that can be chosen.
struct CatalogueModel {
  std::string id, title, summary, license;
  std::int64_t bytes = 0; ///< of the part that draws; 0 while it isn't known
};

/// The model under way.
struct Loading {
  std::string name;                ///< empty for none
  std::int64_t bytes = 0, all = 0; ///< of its file; 0 while they aren't known
};

/// What parts of the model are fetched for, besides drawing.
enum class Need : std::uint8_t { encoder, kept, beside };

/// What a question of the session led to.
struct Outcome {
  enum class Kind : std::uint8_t {
    loaded,     ///< another model draws from now on
    not_loaded, ///< the model before goes on
    ready,      ///< the parts for `need` can be read
    failed,     ///< those parts, or something else, can't be had
  };
  Kind kind{};
  Need need{};
  std::string text; ///< of `not_loaded` and `failed`, for people
};

/// The model: which one is loaded, what is known about it, its files, and the worker that runs it. Questions take their
/// time; their answers are values that carry the generation they belong to, and those of an earlier model are dropped.
class Session {
 public:
  Session(platform::Files& files, Client::Send send, Engine engine)
      : files_(files), client_(std::move(send)), engine_(std::move(engine)) {}

  bool has_model() const { return model_ != nullptr; }
  const ModelFacts& facts() const { return facts_; }
  const std::shared_ptr<const RemoteModel>& model() const { return model_; }
  Generation generation() const { return generation_; }
  const Engine& engine() const { return engine_; }
  const std::vector<CatalogueModel>& catalogue() const { return catalogue_; }
  const Loading& loading() const { return loading_; }
  /// The step of training whose generator is being loaded; -1 for none.
  std::int64_t loading_step() const { return kept_loading_.step; }
  bool is_busy() const { return client_.is_busy(); }
  bool is_busy(JobKind kind) const { return client_.is_busy(kind); }

  void read_catalogue();
  /// Loads a model by its id or path.
  void load(const std::string& name);
  /// The same with another backend, part or number of threads.
  void load_with(Engine engine, const std::string& name);
  /// Makes the files of a part of the model readable; the outcome is `ready` or `failed`.
  void fetch_part(Need need, const std::string& part);
  /// What draws a state: the model, or a generator kept on the way of its training, which is loaded first; null while
  /// it is.
  std::shared_ptr<const RemoteModel> drawer_of(const State& wanted);

  void ask(JobKind kind, Job job) { client_.ask(kind, generation_, std::move(job)); }
  void cancel(JobKind kind) { client_.cancel(kind); }
  /// An answer of the worker, if it is to a question of the present model; those about the model itself are taken here,
  /// and nothing is left.
  std::optional<Reply> receive(std::span<const std::byte> message);
  /// The platform's answers to fetches. A ticket that isn't known is ignored.
  void fetched(platform::Ticket ticket, Result<std::string> path);
  void progressed(platform::Ticket ticket, std::int64_t done, std::int64_t all);
  /// A ticket for another question to the platform.
  platform::Ticket new_ticket() { return ++last_ticket_; }
  /// What has come of questions since the last call.
  std::vector<Outcome> take_outcomes() { return std::exchange(outcomes_, {}); }

 private:
  /// Files that are fetched one after the other, and what for.
  struct Fetch {
    enum class Purpose : std::uint8_t { catalogue, entry, description, model, part };
    Purpose purpose{};
    std::string id{};              ///< of the model
    std::uint64_t serial = 0;      ///< of the load or the generation that it belongs to
    std::vector<ModelPart> left{}; ///< after the one under way
    std::string folder{};          ///< of `model`
    Need need{};                   ///< of `part`
    std::string part{};
  };
  struct KeptGenerator {
    std::int64_t step = -1; ///< of the one under way
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
  /// Whether an answer was about the model itself.
  bool take(Reply& reply);

  platform::Files& files_;
  Client client_;
  Engine engine_;
  Generation generation_ = 0;
  std::uint64_t loads_ = 0; ///< counts what was asked to be loaded
  std::shared_ptr<const RemoteModel> model_, loading_model_;
  ModelFacts facts_;
  Loading loading_;
  std::vector<CatalogueModel> catalogue_;
  std::set<std::string> parts_; ///< that were fetched
  KeptGenerator kept_loading_;
  std::map<std::string, std::shared_ptr<const RemoteModel>> kept_; ///< by part; null if it can't be loaded
  std::map<platform::Ticket, Fetch> fetches_;
  platform::Ticket last_ticket_ = 0;
  std::vector<Outcome> outcomes_;
};

} // namespace ganlet::studio
