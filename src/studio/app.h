#pragma once

#include <string>
#include <vector>

#include "studio/link.h"
#include "studio/panels.h"
#include "studio/script.h"
#include "studio/widgets.h"

namespace ganlet::studio {

/// The program: it owns the parts that the panels show, performs people's actions, and distributes answers. Each frame
/// first performs the actions of the previous frame, then shows a snapshot in which nothing changes.
class App final : public platform::Program {
 public:
  /// `gpu_obstacle`: why networks can't draw into textures of the window, in words; empty if they can.
  App(platform::Host& host, const std::vector<Setting>& settings,
      const std::string& gpu_obstacle = "There is no window.");

  void prepare() override;
  void frame() override;
  void received(std::span<const std::byte> message) override;
  void fetched(platform::Ticket ticket, Result<std::string> path) override;
  void progressed(platform::Ticket ticket, std::int64_t done, std::int64_t all) override;
  void decoded(platform::Ticket ticket, Result<Image> picture) override;
  void captured(const Image& screen) override;
  void opened(const std::string& path) override;
  void refused(const std::string& problem) override;
  void command(const std::string& name) override;
  std::optional<platform::Area> place_of(std::string_view label) const override;

  /// What the panels show now; refers to members of this object.
  Snapshot snapshot() const;

 private:
  const State& state() const { return timeline_.now(); }
  bool is_dark() const;

  // Actions of people.
  void perform(const Change& action);
  void perform(const Command& action) { command(action.name); }
  void perform(const Open& action) { opened(action.path); }
  void perform(const LoadModel& action) { load(action.name); }
  void perform(const UseEngine& action);
  void perform(const ComparePart& action) { bench_.compare(session_, action.part, state()); }
  void perform(const CopyText& action);
  void perform(const WantThumbnail& action) { thumbnails_.ask(session_, action.fragment); }
  void perform(const SetDesk& action) { desk_ = action.desk; }
  void perform(const SetView& action) { viewer_.set_view(action.view); }
  void perform(const SetInside& action) { inside_.set_view(action.view); }
  void perform(const SetSide& action) { keepsakes_.side = action.width; }
  void perform(const Stroke& action);
  void perform(const LiftPen& action);
  void perform(const ChooseParent& action);
  void perform(const PointAt& action) { wall_.point_at(action.x, action.y); }

  bool perform_command(std::string_view name);
  bool perform_export(std::string_view name);
  /// Adds a step to the timeline; changes of the same kind in quick succession are a single step. `since` is the time
  /// at which the kind began, in ImGui's seconds; by default it is the last click while the button is held, and
  /// otherwise now.
  void change(State next, std::string_view kind = {}, std::optional<double> since = {});
  void apply_settings(std::span<const Setting> settings);
  void load(const std::string& name);
  void new_seed();
  void compare();
  void swap();
  void play(bool on);
  void toggle_wall(Wall::Motion motion);
  /// Whether the picture moves by itself.
  bool moves() const { return player_.is_playing() || wall_.is_on(); }
  bool is_dragged() const;
  /// Stops playing for people who prefer less motion; called when something is about to move that they didn't ask for.
  void calm_down();

  // Files.
  void load_latent(const std::string& path);
  enum class Keeping : std::uint8_t { nothing, file, clipboard };
  void keep_picture(Keeping how);
  void keep_picture(Keeping how, const Image& picture);
  void save_page();
  void save_latent(LatentFormat format);
  void encode();

  // Answers.
  Result<void> take(Reply reply);
  void settle(const Outcome& outcome);
  void model_changed();
  void fresh_grid();

  // Texts.
  void say_problem(const std::string& text);
  void say_done(const std::string& text);
  void report(const Result<std::string>& outcome);

  // Frames.
  void update();
  void announce();
  void keep();
  void run_script();
  bool run_step(const Step& step, int frame);
  bool is_idle() const;
  void finish_frames();

  platform::Host& host_;
  Start start_;
  Keepsakes keepsakes_;
  Timeline timeline_{State{}};
  Session session_;
  Viewer viewer_;
  Thumbnails thumbnails_;
  Encoder encoder_;
  Inside inside_;
  Breeding breeding_;
  Bench bench_;
  Player player_;
  Wall wall_;
  Desk desk_;
  Notices notices_;
  Frames frames_;
  Controls controls_;
  Actions actions_;
  Script script_;
  Keeping keeping_ = Keeping::nothing;  ///< what happens to the picture that is drawn for a file
  platform::Ticket opened_picture_ = 0; ///< the request that decodes an opened picture
  std::string model_before_;
  std::string captured_file_; ///< where the requested screenshot goes
  std::string announced_, kept_, address_;
  double changed_ = 0;
  double encoded_since_ = 0; ///< when the stroke began, or the picture was opened, for which an encoding is expected
  std::uint64_t new_seeds_ = 0;
  int idle_frames_ = 0; ///< consecutive idle frames during a script's `wait`
  int settled_frames_ = 0;
  bool ends_ = false; ///< once the screenshot of `Start::screenshot` is taken
};

} // namespace ganlet::studio
