#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "platform/display.h"
#include "studio/encoding.h"
#include "studio/session.h"

/// What the panels work with beside the state: each tool keeps what it has asked the worker for, and takes the answers.
namespace ganlet::studio {

/// A picture that was drawn on the pad or opened, and what the model makes of it.
class Encoder {
 public:
  const platform::Texture& picture() const { return picture_; } ///< that is encoded
  bool is_opened() const { return is_opened_; }                 ///< rather than drawn
  const std::optional<Encoded>& encoded() const { return encoded_; }
  const platform::Texture& drawn() const { return drawn_; } ///< all of `encoded()->drawn` side by side
  const std::optional<std::array<float, 2>>& pen() const { return pen_; }

  /// Draws on to a point in [0, 1] from the top left; the first point of a stroke has no line.
  void stroke(float x, float y, std::array<std::uint8_t, 3> ink);
  void lift_pen() { pen_.reset(); }
  void open(Image picture);
  void clear();
  void model_changed();
  /// Whether its encoder has to be fetched first; true once.
  bool takes_fetch() { return !std::exchange(is_fetching_, true); }
  void fetched() { is_fetching_ = false; }
  void ask(Session& session) const;
  void take(Encoded encoded);

 private:
  Pad pad_;
  std::optional<std::array<float, 2>> pen_; ///< where it is, while it draws
  platform::Texture picture_, drawn_;
  bool is_opened_ = false, is_fetching_ = false;
  std::optional<Encoded> encoded_;
};

/// What people choose when they look inside.
struct InsideView {
  std::size_t open = 0; ///< the layer whose channels are shown
  std::vector<ChannelScale> scales;
  std::optional<ChannelScale> chosen; ///< the one that the slider changes
  bool operator==(const InsideView&) const = default;
};

/// What a network does with the picture on the screen.
class Inside {
 public:
  const InsideView& view() const { return view_; }
  void set_view(InsideView view) { view_ = std::move(view); }
  const std::vector<Layer>& layers() const { return inspection_.layers; }
  const Inspection& inspection() const { return inspection_; } ///< its pictures are in the textures
  const platform::Texture& tiles() const { return tiles_; }
  const platform::Texture& picture() const { return picture_; }
  /// Whether the tiles are those of the open layer.
  bool is_current() const { return asked_ && asked_->tiles_of == view_.open; }

  /// Asks for what is to be seen, if it isn't what was asked for last.
  void update(Session& session, const DrawRequest& request, ModelNumber model);
  void take(Inspection inspection);

 private:
  InsideView view_;
  std::optional<InspectJob> asked_;
  Inspection inspection_;
  platform::Texture tiles_, picture_;
};

/// Nine pictures, two of which are the parents of the next nine.
class Breeding {
 public:
  const std::vector<Place>& litter() const { return litter_; }
  const platform::Texture& picture() const { return picture_; } ///< the nine, three in a row
  const std::vector<std::size_t>& parents() const { return parents_; }

  void begin(Session& session, const State& state);
  void next(Session& session, const State& state, float mutation);
  void end();
  /// Adds a parent, or removes it; of three the oldest goes.
  void choose(std::size_t index);
  void take(Drawing drawing) { picture_ = platform::Texture(std::move(drawing.picture)); }

 private:
  void ask(Session& session, const State& state);

  std::vector<Place> litter_;
  std::vector<std::size_t> parents_;
  platform::Texture picture_;
  std::uint64_t litters_ = 0;
};

/// Measurements, and the same picture by other weights.
class Bench {
 public:
  struct Measurement {
    double milliseconds = 0; ///< an image
    std::string what;
  };
  /// What another part of the model, such as its float32 weights, draws for the same state.
  struct Beside {
    std::string part;
    platform::Texture picture, difference; ///< the latter eight times as strong
    int largest = 0;                       ///< difference, in steps of 1/255
    double decibels = 0;                   ///< peak signal to noise; 0 where the pictures are equal
  };
  static constexpr int images = 256; ///< of a measurement

  const std::vector<Measurement>& measurements() const { return measurements_; }
  const std::optional<Beside>& beside() const { return beside_; }

  void measure(Session& session, State state);
  void take(const Drawing& drawing);
  /// Draws the state with another part too, once that can be read.
  void compare(Session& session, const std::string& part, const State& state);
  void part_is_ready(Session& session);
  void take(BesideJob::Answer answer);
  void model_changed() { beside_.reset(); }

 private:
  std::vector<Measurement> measurements_;
  std::string measured_; ///< what is being measured
  std::optional<Beside> beside_;
  BesideJob compared_; ///< what is being compared
};

/// An animation that plays, and one that is exported.
class Player {
 public:
  bool is_playing() const { return playing_; }
  /// The frame on the screen while it plays.
  int frame() const { return frame_; }
  void play(bool on, const Animation& animation, double seconds);
  /// Goes on to the frame that is due. Ends at the last one if the animation doesn't loop.
  void update(const Animation& animation, double seconds);

  /// Frames of the export under way; `all` is 0 for none.
  int exported() const { return exported_; }
  int all() const { return all_; }
  void start_export(Session& session, const State& state, FileKind kind, int enlarge);
  void cancel_export(Session& session);
  /// The file, with the last answer. Errors: those of drawing and encoding.
  Result<std::optional<PictureFile>> take(Result<AnimateJob::Answer> answer);

 private:
  bool playing_ = false;
  double played_from_ = 0;
  int frame_ = 0;
  int exported_ = 0, all_ = 0;
};

} // namespace ganlet::studio
