#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "platform/display.h"
#include "studio/encoding.h"
#include "studio/session.h"

/// The tools that the panels use besides the state. Each keeps the requests that it has sent to the worker, and handles
/// the answers.
namespace ganlet::studio {

/// A picture that was drawn on the pad or opened, and what the model makes of it.
class Encoder {
 public:
  const platform::Texture& picture() const { return picture_; } ///< the picture to encode
  bool is_opened() const { return is_opened_; }                 ///< true if it was opened, false if it was drawn
  const std::optional<Encoded>& encoded() const { return encoded_; }
  const platform::Texture& drawn() const { return drawn_; } ///< all of `encoded()->drawn`, side by side
  const std::optional<std::array<float, 2>>& pen() const { return pen_; }

  /// Draws a line to a point in [0, 1] from the top left; the first point of a stroke draws a dot.
  void stroke(float x, float y, std::array<std::uint8_t, 3> ink);
  void lift_pen() { pen_.reset(); }
  void open(Image picture);
  void clear();
  void model_changed();
  /// Whether the model's encoder still has to be fetched; returns true only once.
  bool takes_fetch() { return !std::exchange(is_fetching_, true); }
  void fetched() { is_fetching_ = false; }
  void ask(Session& session) const;
  void take(Encoded encoded);

 private:
  Pad pad_;
  std::optional<std::array<float, 2>> pen_; ///< its position while it draws
  platform::Texture picture_, drawn_;
  bool is_opened_ = false, is_fetching_ = false;
  std::optional<Encoded> encoded_;
};

/// People's choices while looking inside.
struct InsideView {
  std::size_t open = 0; ///< the layer whose channels are shown
  std::vector<ChannelScale> scales;
  std::optional<ChannelScale> chosen; ///< the one that the slider changes
  bool operator==(const InsideView&) const = default;
};

/// What the network computes for the picture on the screen.
class Inside {
 public:
  const InsideView& view() const { return view_; }
  void set_view(InsideView view) { view_ = std::move(view); }
  const std::vector<Layer>& layers() const { return inspection_.layers; }
  const Inspection& inspection() const { return inspection_; } ///< without pictures, which are in the textures
  const platform::Texture& tiles() const { return tiles_; }
  const platform::Texture& picture() const { return picture_; }
  /// Whether the tiles belong to the open layer.
  bool is_current() const { return asked_ && asked_->tiles_of == view_.open; }

  /// Requests what should be shown, unless that was the last request.
  void update(Session& session, const DrawRequest& request, ModelNumber model);
  void take(Inspection inspection);

 private:
  InsideView view_;
  std::optional<InspectJob> asked_;
  Inspection inspection_;
  platform::Texture tiles_, picture_;
};

/// Nine pictures, two of which become the parents of the next nine.
class Breeding {
 public:
  const std::vector<Place>& litter() const { return litter_; }
  const platform::Texture& picture() const { return picture_; } ///< the nine, three per row
  const std::vector<std::size_t>& parents() const { return parents_; }

  void begin(Session& session, const State& state);
  void next(Session& session, const State& state, float mutation);
  void end();
  /// Adds or removes a parent; with a third one, the oldest is dropped.
  void choose(std::size_t index);
  void take(Drawing drawing) { picture_ = platform::Texture(std::move(drawing.picture)); }

 private:
  void ask(Session& session, const State& state);

  std::vector<Place> litter_;
  std::vector<std::size_t> parents_;
  platform::Texture picture_;
  std::uint64_t litters_ = 0;
};

/// Speed measurements, and the same picture drawn with other weights.
class Bench {
 public:
  struct Measurement {
    double milliseconds = 0; ///< per image
    std::string model;       ///< its title
    std::string what;
  };
  /// What another part of the model, such as its float32 weights, draws for the same state.
  struct Beside {
    std::string part;
    platform::Texture picture, difference; ///< `difference` is amplified eight times
    int largest = 0;                       ///< the largest difference, in steps of 1/255
    double decibels = 0;                   ///< peak signal-to-noise ratio; 0 if the pictures are equal
  };
  static constexpr int images = 256; ///< per measurement

  const std::vector<Measurement>& measurements() const { return measurements_; }
  const std::optional<Beside>& beside() const { return beside_; }

  /// What was measured, in words; the model is named if another one is loaded.
  static std::string words(const Measurement& one, const ModelFacts& loaded) {
    return one.model == loaded.about.title ? one.what : one.model + ", " + one.what;
  }

  void measure(Session& session, State state);
  void take(const Drawing& drawing);
  /// Draws the state with another part as well, once that part can be read.
  void compare(Session& session, const std::string& part, const State& state);
  void part_is_ready(Session& session);
  void take(BesideJob::Answer answer);
  void model_changed() { beside_.reset(); }

 private:
  std::vector<Measurement> measurements_;
  Measurement measured_; ///< what is being measured
  std::optional<Beside> beside_;
  BesideJob compared_; ///< what is being compared
};

/// A wall of pictures whose latents move, by themselves or with the pointer. The state stays what it is.
class Wall {
 public:
  enum class Motion : std::uint8_t { none, walk, follow };
  static constexpr int side = 8; ///< pictures of a row, and rows

  Motion motion() const { return motion_; }
  bool is_on() const { return motion_ != Motion::none; }
  void start(Motion motion, double seconds);
  void stop() { motion_ = Motion::none; }
  /// Where the pointer is, from the middle of the picture; 1 is the picture's side, and the distance of two seeds.
  void point_at(float x, float y) { pointer_ = {x, y}; }
  const std::array<float, 2>& pointer() const { return pointer_; }
  /// What it shows.
  State shown(State state, double seconds) const;

 private:
  Motion motion_ = Motion::none;
  double since_ = 0;
  std::array<float, 2> pointer_{};
};

/// The animation that is playing, and the one being exported.
class Player {
 public:
  bool is_playing() const { return playing_; }
  /// The frame that is shown while it plays.
  int frame() const { return frame_; }
  void play(bool on, const Animation& animation, double seconds);
  /// Advances to the frame that is due. Stops at the last one if the animation doesn't loop.
  void update(const Animation& animation, double seconds);

  /// Frames of the export in progress; `all` is 0 if there is none.
  int exported() const { return exported_; }
  int all() const { return all_; }
  void start_export(Session& session, const State& state, FileKind kind, int enlarge);
  void cancel_export(Session& session);
  /// Handles an answer; returns the file with the last one. Errors: those of drawing and encoding.
  Result<std::optional<PictureFile>> take(Result<AnimateJob::Answer> answer);

 private:
  bool playing_ = false;
  double played_from_ = 0;
  int frame_ = 0;
  int exported_ = 0, all_ = 0;
};

} // namespace ganlet::studio
