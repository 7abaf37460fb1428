#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/display.h"
#include "platform/platform.h"
#include "studio/breed.h"
#include "studio/client.h"
#include "studio/encoding.h"
#include "studio/keepsakes.h"
#include "studio/link.h"
#include "studio/pad.h"
#include "studio/script.h"
#include "studio/timeline.h"

namespace ganlet::studio {

/// A model that can be chosen.
struct CatalogueModel {
  std::string id;
  std::string title;
  std::string summary;
  std::string license;
  std::int64_t bytes = 0; ///< of the part that draws; 0 while it isn't known
};

/// A picture on the screen that follows a plan.
struct Canvas {
  std::optional<Plan> wanted;                ///< what was asked for last
  std::shared_ptr<const RemoteModel> drawer; ///< of whom
  std::optional<Plan> waiting;               ///< asked for while the one before was nearly done
  platform::Texture texture;
  int cell_width = 0, cell_height = 0;
};

/// A picture that was drawn on the pad or opened, and what became of it.
struct EncodePad {
  Pad pad;
  std::array<std::uint8_t, 3> ink{26, 26, 31};
  std::optional<std::array<float, 2>> last; ///< where the pen is, while it draws
  platform::Texture picture;                ///< what is encoded: the pad, or an opened picture
  bool is_opened = false;
  bool is_fetching = false; ///< the encoder is on its way
  std::optional<Encoded> encoded;
  platform::Texture drawn; ///< all of `encoded->drawn` side by side
};

/// What looking inside shows, and what that was made for.
struct Inside {
  std::size_t open = 0; ///< the layer whose channels are shown
  std::vector<ChannelScale> scales;
  std::optional<ChannelScale> chosen;
  std::vector<Layer> layers;
  platform::Texture tiles, picture;
  int tile_width = 1, tile_height = 1, tile_columns = 1;
  std::vector<float> latent;
  std::int64_t label = -1;
  std::size_t shown = 0;
  std::vector<ChannelScale> shown_scales;
  ModelNumber model = 0;
};

/// The program: the state, what is known of the model, and what is on the screen. Panels are functions of it.
class App final : public platform::Program {
 public:
  App(const std::vector<Setting>& settings);

  void prepare() override;
  void frame() override;
  void received(std::span<const std::byte> message) override { client.receive(message); }
  void opened(const std::string& path) override;
  void command(const std::string& name) override;

  const State& state() const { return timeline.now(); }
  /// Goes on to a state; see Timeline::change for `kind`.
  void change(State next, std::string_view kind = {});
  void load(const std::string& name);
  void apply_settings(std::span<const Setting> settings);
  void show_fragment(const std::string& fragment);
  void new_seed();
  void save_picture();
  void copy_picture();
  void save_latent(bool as_json);
  /// What files and the clipboard get: the picture with its colours, enlarged.
  Image shown_picture() const;
  void start_export(FileKind kind);
  /// Loads another part of the model and draws the state with both.
  void compare_part(const std::string& part);
  /// Loads what mixing styles takes, once.
  void ask_for_style();
  /// Goes on from a picture: the encoder's latent of it becomes the present one.
  void encode(Image picture, bool is_opened);
  /// What draws a state: the model, or one kept on the way, which is loaded first; nothing while it is.
  std::shared_ptr<const RemoteModel> drawer_of(const State& wanted);
  /// A small picture of what a fragment shows, once it has been drawn; only of the model that is loaded.
  const platform::Texture* thumbnail_of(const std::string& fragment);
  void play(bool on);
  /// Ends playing for people who don't want things to move by themselves: what comes now they haven't played.
  void calm_down();
  void say_problem(const std::string& text);
  void say_done(const std::string& text);
  /// All of the state, to be kept; what is shared is shorter.
  std::string fragment() const { return link_of(state(), longest_kept).fragment; }
  /// The state that fresh models begin with: a grid where there is nothing to write.
  bool is_dark() const;
  void keep();

  // What panels read and change.
  Timeline timeline{State{}};
  Start start;
  Keepsakes keepsakes;
  Engine engine;
  Client client{platform::send};
  std::shared_ptr<const RemoteModel> model;
  ModelFacts facts; ///< of the model
  bool has_model = false;
  std::vector<CatalogueModel> catalogue;

  std::string panel = "Generate";
  std::string problem, news; ///< what went wrong, what went well
  double news_time = 0;
  std::string loading; ///< the name of the model under way
  std::int64_t loaded_bytes = 0, all_bytes = 0;

  Canvas picture, other; ///< the state's, and B's
  std::optional<State> b;
  double drawn_milliseconds = 0; ///< an image of the last drawing
  float zoom = 1;                ///< of the picture on the screen
  float pan_x = 0, pan_y = 0;

  std::vector<Place> litter;
  std::vector<platform::Texture> litter_pictures;
  std::vector<std::size_t> parents;
  float mutation = 0.2F;
  std::uint64_t litters = 0;

  bool playing = false;
  double played_from = 0;
  int shown_frame = -1;
  int export_done = 0, export_all = 0;
  int enlarge = 8;

  std::string path_text;
  double frame_seconds = 0, last_frame = 0;
  std::int64_t frames_drawn = 0;
  struct Measurement {
    double milliseconds = 0;
    std::int64_t images = 0;
    std::string what;
  };
  std::vector<Measurement> measurements;

  /// What another part of the model, such as its float32 weights, draws for the same state.
  struct Beside {
    std::string part;
    platform::Texture picture, difference; ///< the latter eight times as strong
    int largest = 0;                       ///< difference, in steps of 1/255
    double decibels = 0;                   ///< peak signal to noise; 0 where the pictures are equal
  };
  std::optional<Beside> beside;
  EncodePad encoding;
  Inside inside;
  std::int64_t loading_step = -1; ///< of training, whose generator is being loaded; -1 for none

 private:
  void load_latent(const std::string& path);
  /// Says what came of saving something.
  void report(const Result<std::string>& outcome);
  void run_script();
  bool run_step(const Step& step);
  void fail_to_load(const std::string& text);
  void begin_load(const std::string& path, const std::string& name);
  void read_catalogue();
  void read_catalogue_entry(const std::string& id);
  void fetch_model(const std::string& id, const std::string& folder);
  void fetch_parts(const std::vector<std::string>& names, std::function<void(Result<void>)> done);
  void use(std::shared_ptr<const RemoteModel> loaded, ModelFacts known);
  void load_kept(const TrainingStep& step);
  void keep_thumbnail();
  void fresh_grid(const ModelFacts& before);
  void update_pictures();
  void update(Canvas& canvas, const State& shown, const Plan& plan, JobKind kind);
  void request(Canvas& canvas, JobKind kind);
  void update_animation();
  void announce();
  void finish_frames();
  void ask_for_directions();

  bool asked_for_style_ = false;
  std::set<std::string> fetched_; ///< parts
  std::map<std::string, std::shared_ptr<const RemoteModel>>
      kept_generators_;                                 ///< by part; empty where one can't be loaded
  std::map<std::string, platform::Texture> thumbnails_; ///< by fragment; those being drawn are empty
  std::vector<Step> script_;
  std::size_t step_ = 0;
  int step_frames_ = 0;
  std::string announced_, kept_, address_;
  double changed_ = 0;
  std::uint64_t new_seeds_ = 0;
  bool captured_ = false;
  int settled_frames_ = 0;
};

/// Shows a window over everything: the top bar, the picture and the panels.
void show_interface(App& app);

} // namespace ganlet::studio
