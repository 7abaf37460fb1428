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
  std::optional<DrawRequest> wanted;         ///< the last request
  std::shared_ptr<const RemoteModel> drawer; ///< the model that draws it
  bool on_gpu = false;                       ///< whether the GPU might
  platform::Texture texture;
  int cell_width = 0, cell_height = 0;
};

/// The visible part of the picture, and a drag over it.
struct View {
  float zoom = 1;
  float pan_x = 0, pan_y = 0;
  std::optional<Place> dragged_from; ///< where a drag through the seeds began
  bool operator==(const View&) const = default;
};

/// The place to which a drag by (x, y) pixels leads from `from`; `side` pixels are the distance from one seed to the
/// next.
Place dragged(const Place& from, float x, float y, float side);

class Viewer {
 public:
  const Canvas& picture() const { return picture_; }
  const Canvas& other() const { return other_; }
  /// The state shown beside the present one.
  const std::optional<State>& b() const { return b_; }
  void set_b(std::optional<State> state) { b_ = std::move(state); }
  const View& view() const { return view_; }
  void set_view(const View& view) { view_ = view; }
  /// The time per image of the last drawing.
  double milliseconds() const { return milliseconds_; }
  /// Why the GPU didn't draw it, although it was to; else empty.
  const std::string& gpu_problem() const { return gpu_problem_; }

  /// Requests what should be shown, unless that was the last request. What `moves` by itself is shown as often as the
  /// network can draw it.
  void update(Session& session, const State& state, const DrawRequest& shown, bool moves, const Motion& motion);
  /// To be called when another model draws: everything is requested again.
  void model_changed();
  /// Errors: those of drawing.
  Result<void> take(JobKind kind, Result<Drawing> drawing, const ModelFacts& facts);

 private:
  void update(Session& session, Canvas& canvas, const State& shown, const DrawRequest& request, JobKind kind,
              bool moves, const Motion& motion);

  Canvas picture_, other_;
  std::optional<State> b_;
  View view_;
  double milliseconds_ = 0;
  std::string gpu_problem_;
};

/// Thumbnails of fragments.
class Thumbnails {
 public:
  /// Null until it has been drawn.
  const platform::Texture* find(const std::string& fragment) const;
  /// Requests a thumbnail, unless another is in progress or the loaded model can't draw it.
  void ask(Session& session, const std::string& fragment);
  void take(Result<Drawing> drawing);
  void put(const std::string& fragment, const Image& picture, ColorMap colors);
  /// Drops the thumbnails of fragments for which `is_listed` is false.
  template <typename IsListed> void keep_only(IsListed is_listed) {
    std::erase_if(pictures_, [&](const auto& one) { return !is_listed(one.first); });
  }

 private:
  std::map<std::string, platform::Texture> pictures_; ///< by fragment; an empty texture if it can't be drawn
  std::string asked_;                                 ///< the fragment being drawn
  ColorMap colors_{};                                 ///< its colours
};

} // namespace ganlet::studio
