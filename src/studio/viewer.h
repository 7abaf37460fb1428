#pragma once

#include <map>
#include <optional>
#include <string>

#include "platform/display.h"
#include "studio/session.h"

/// Pictures that follow states: the one on the screen, the one beside it, and small ones for lists.
namespace ganlet::studio {

/// A picture on the screen that follows what is wanted.
struct Canvas {
  std::optional<DrawRequest> wanted;         ///< what was asked for last
  std::shared_ptr<const RemoteModel> drawer; ///< by which model
  platform::Texture texture;
  int cell_width = 0, cell_height = 0;
};

/// Which part of the picture is seen, and a drag over it.
struct View {
  float zoom = 1;
  float pan_x = 0, pan_y = 0;
  std::optional<Place> dragged_from; ///< where a drag over the seeds began
  bool operator==(const View&) const = default;
};

/// The place that a drag by (x, y) pixels leads to from `from`: over `side` pixels it goes from one seed to the next.
Place dragged(const Place& from, float x, float y, float side);

class Viewer {
 public:
  const Canvas& picture() const { return picture_; }
  const Canvas& other() const { return other_; }
  /// The state that is shown beside the present one.
  const std::optional<State>& b() const { return b_; }
  void set_b(std::optional<State> state) { b_ = std::move(state); }
  const View& view() const { return view_; }
  void set_view(const View& view) { view_ = view; }
  /// How long an image of the last drawing took.
  double milliseconds() const { return milliseconds_; }

  /// Asks for what is to be seen, if it isn't what was asked for last.
  void update(Session& session, const State& state, const DrawRequest& shown);
  /// Another model draws: everything is asked for again.
  void model_changed();
  /// Errors: those of drawing.
  Result<void> take(JobKind kind, Result<Drawing> drawing, const ModelFacts& facts);

 private:
  void update(Session& session, Canvas& canvas, const State& shown, const DrawRequest& request, JobKind kind);

  Canvas picture_, other_;
  std::optional<State> b_;
  View view_;
  double milliseconds_ = 0;
};

/// Small pictures of what fragments show.
class Thumbnails {
 public:
  /// Null until it has been drawn.
  const platform::Texture* find(const std::string& fragment) const;
  /// Asks for one, unless another is under way or the model that is loaded can't draw it.
  void ask(Session& session, const std::string& fragment);
  void take(Result<Drawing> drawing);
  void put(const std::string& fragment, const Image& picture, ColorMap colors);
  /// Forgets those of fragments that `is_listed` doesn't name any more.
  template <typename IsListed> void keep_only(IsListed is_listed) {
    std::erase_if(pictures_, [&](const auto& one) { return !is_listed(one.first); });
  }

 private:
  std::map<std::string, platform::Texture> pictures_; ///< by fragment; empty if it can't be drawn
  std::string asked_;                                 ///< the fragment under way
  ColorMap colors_{};                                 ///< its colours
};

} // namespace ganlet::studio
