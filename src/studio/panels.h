#pragma once

#include <string>
#include <variant>
#include <vector>

#include "studio/journal.h"
#include "studio/tools.h"
#include "studio/viewer.h"

/// The interface: functions from a snapshot of the program to the actions of people in this frame.
namespace ganlet::studio {

/// Settings of the interface; they aren't part of links, and undo doesn't change them.
struct Desk {
  std::string panel = "Generate"; ///< the open panel
  int enlarge = 8;                ///< the size of a picture's pixel in a file's pixels
  float mutation = 0.2F;          ///< of children in breeding, 0 to 1
  std::array<std::uint8_t, 3> ink{26, 26, 31};
  std::string path; ///< the path being typed
  bool operator==(const Desk&) const = default;
};

/// Messages to people.
struct Notices {
  std::string problem;  ///< what went wrong
  std::string news;     ///< what went well
  double news_time = 0; ///< when the news came
};

/// Timing of the program's frames.
struct Frames {
  double seconds = 0; ///< since the previous frame
  double last = 0;    ///< when the previous frame was
  std::int64_t drawn = 0;
};

/// Everything that the panels show. It doesn't change while a frame is laid out.
struct Snapshot {
  const Session& session;
  const Viewer& viewer;
  const Timeline& timeline;
  const Keepsakes& keepsakes;
  const Thumbnails& thumbnails;
  const Encoder& encoder;
  const Inside& inside;
  const Breeding& breeding;
  const Bench& bench;
  const Player& player;
  const Wall& wall;
  const Desk& desk;
  const Notices& notices;
  const Frames& frames;
  const platform::Host& host;

  const State& state() const { return timeline.now(); }
  const ModelFacts& facts() const { return session.facts(); }
};

// Actions of people.

/// Moves on to a state; see Timeline::change for `kind`.
struct Change {
  State next;
  std::string kind{};
};
/// One of the commands of App::command.
struct Command {
  std::string name;
};
/// Opens a file or folder.
struct Open {
  std::string path;
};
struct LoadModel {
  std::string name;
};
struct UseEngine {
  Engine engine;
};
struct ComparePart {
  std::string part;
};
struct CopyText {
  std::string text;
};
/// Requests a small picture of a fragment.
struct WantThumbnail {
  std::string fragment;
};
struct SetDesk {
  Desk desk;
};
struct SetView {
  View view;
};
struct SetInside {
  InsideView view;
};
/// Sets the panels' width, in units; 0 for the usual one.
struct SetSide {
  int width = 0;
};
/// Moves the pen to a point of the pad, drawing a line.
struct Stroke {
  float x = 0, y = 0;
};
struct LiftPen {};
struct ChooseParent {
  std::size_t index = 0;
};
/// Where the pointer is over the picture, for Wall::point_at.
struct PointAt {
  float x = 0, y = 0;
};
using Action = std::variant<Change, Command, Open, LoadModel, UseEngine, ComparePart, CopyText, WantThumbnail, SetDesk,
                            SetView, SetInside, SetSide, Stroke, LiftPen, ChooseParent, PointAt>;
using Actions = std::vector<Action>;

/// Adds a change of state, unless `next` is the present state: panels call this with what they show, in each frame.
void change(Actions& out, const Snapshot& now, State next, std::string kind = {});
void set_desk(Actions& out, const Snapshot& now, Desk desk);

/// The panels, in the order of the rail.
Actions generate_panel(const Snapshot& now);
Actions explore_panel(const Snapshot& now);
Actions style_panel(const Snapshot& now);
Actions encode_panel(const Snapshot& now);
Actions animate_panel(const Snapshot& now);
Actions learning_panel(const Snapshot& now);
Actions inside_panel(const Snapshot& now);
Actions speed_panel(const Snapshot& now);
Actions keep_panel(const Snapshot& now);
Actions models_panel(const Snapshot& now);

struct Panel {
  const char* name;
  Actions (*show)(const Snapshot& now);
  bool (*is_of_use)(const ModelFacts& model); ///< the rail leaves out panels that the model has no use for
};

inline constexpr auto always = [](const ModelFacts&) { return true; };

inline constexpr Panel panels[] = {
    {"Generate", generate_panel, always},
    {"Explore", explore_panel, always},
    {"Styles", style_panel, [](const ModelFacts& model) { return model.style.layers > 0; }},
    {"Encode", encode_panel, [](const ModelFacts& model) { return model.has_encoder; }},
    {"Animate", animate_panel, always},
    {"Learning", learning_panel, [](const ModelFacts& model) { return !model.training.empty(); }},
    {"Inside", inside_panel, always},
    {"Speed", speed_panel, always},
    {"Keep", keep_panel, always},
    {"Models", models_panel, always},
};

/// The picture, in a rectangle of the screen, with its reactions to dragging and the wheel.
Actions show_picture(const Snapshot& now, float width, float height);

/// A window that covers everything: the top bar, the picture and the panels.
Actions show_interface(const Snapshot& now);

} // namespace ganlet::studio
