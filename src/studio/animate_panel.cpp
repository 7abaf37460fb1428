#include "studio/panels.h"

#include <algorithm>

#include <imgui.h>

#include "core/text.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

// --- Animate ---

namespace {

std::string name_of(const Place& place, std::size_t index) {
  if (!place.latent.empty())
    return concat("by hand##", index);
  return concat(std::to_string(place.seed), place.is_plain() ? "" : ", moved", "##", index);
}

void keyframes(Actions& out, const Snapshot& now) {
  heading("Keyframes");
  State next = now.state();
  auto& frames = next.animation.keyframes;
  if (frames.empty())
    note("Add the present picture, go somewhere else, add that; the animation leads through all of them.");
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string name = name_of(frames[i], i);
    if (i > 0)
      flow(width_of(name.c_str()));
    if (choice(name.c_str(), frames[i] == next.place) && !now.player.is_playing()) {
      next.place = frames[i];
      break;
    }
  }
  if (button("Add this picture", frames.empty()))
    frames.push_back(next.place);
  flow(width_of("Add four seeds"));
  if (button("Add four seeds"))
    add_four_seeds(next.animation, next.place.seed);
  if (!frames.empty()) {
    if (button("Take out the last"))
      frames.pop_back();
    flow(width_of("Clear"));
    if (button("Clear"))
      frames.clear();
  }
  change(out, now, std::move(next));
}

void movement(Actions& out, const Snapshot& now) {
  heading("Movement");
  State next = now.state();
  Animation& animation = next.animation;
  if (choice("Along the sphere", animation.interpolation == Interpolation::spherical))
    animation.interpolation = Interpolation::spherical;
  flow(width_of("Straight"));
  if (choice("Straight", animation.interpolation == Interpolation::linear))
    animation.interpolation = Interpolation::linear;
  checkbox("Loop without a seam", &animation.loop);
  checkbox("Backwards", &animation.reverse);
  change(out, now, next);
  if (slider("Frames", &animation.frames, 2, 240, "%d"))
    change(out, now, next, "frames");
  if (slider("A frame takes", &animation.milliseconds, 10, 200, "%d ms"))
    change(out, now, next, "milliseconds");
}

void exports(Actions& out, const Snapshot& now) {
  heading("Export");
  Desk desk = now.desk;
  const Grid grid = grid_of(now.state(), now.facts());
  const int width = grid.columns * now.facts().image.width * desk.enlarge,
            height = grid.rows * now.facts().image.height * desk.enlarge;
  if (slider("Pixels a pixel", &desk.enlarge, 1, 16, "%d"))
    set_desk(out, now, desk);
  note(concat(width, " x ", height, " pixels, ", now.state().animation.frames, " frames, ",
              fixed(now.state().animation.frames * now.state().animation.milliseconds / 1000.0, 1), " s"));
  if (const int done = now.player.exported(), all = now.player.all(); all > 0) {
    progress(static_cast<float>(done) / static_cast<float>(all),
             done < all ? concat(done, " of ", all, " frames") : std::string("Encoding"));
    if (button("Cancel"))
      out.push_back(Command{"cancel-export"});
    return;
  }
  constexpr std::pair<const char*, const char*> kinds[] = {
      {"GIF", "export-gif"}, {"WebP", "export-webp"}, {"APNG", "export-apng"}, {"PNGs (.zip)", "export-zip"}};
  bool first = true;
  for (const auto& [name, command] : kinds) {
    if (!first)
      flow(width_of(name));
    first = false;
    if (button(name))
      out.push_back(Command{command});
  }
}

void wall(Actions& out, const Snapshot& now) {
  heading("Wall");
  note(concat(Wall::side * Wall::side, " pictures, moving. To stop, press the same again."));
  if (choice("Walk", now.wall.motion() == Wall::Motion::walk))
    out.push_back(Command{"wall-walk"});
  flow(width_of("Follow the pointer"));
  if (choice("Follow the pointer", now.wall.motion() == Wall::Motion::follow))
    out.push_back(Command{"wall-follow"});
}

/// What can be done with keyframes.
void animation(Actions& out, const Snapshot& now) {
  const bool plays = now.player.is_playing();
  if (button(plays ? "Stop" : "Play", true, ImGui::GetContentRegionAvail().x))
    out.push_back(Command{"play"});
  const int frame = now.player.frame() + 1, frames = now.state().animation.frames;
  if (plays)
    progress(static_cast<float>(frame) / static_cast<float>(frames), concat("Frame ", frame, " of ", frames));
  movement(out, now);
  exports(out, now);
}

} // namespace

Actions animate_panel(const Snapshot& now) {
  Actions out;
  title("Animate");
  if (!now.session.has_model())
    return out;
  keyframes(out, now);
  if (!now.state().animation.keyframes.empty())
    animation(out, now);
  wall(out, now);
  return out;
}

// --- Learning ---

namespace {

struct Curve {
  std::string name;
  std::vector<ImVec2> points; ///< step, loss
};

/// One curve for each loss name, in the order of first appearance.
std::vector<Curve> curves_of(const std::vector<TrainingStep>& training) {
  std::vector<Curve> curves;
  for (const TrainingStep& step : training)
    for (const auto& [name, loss] : step.losses) {
      auto found = std::ranges::find(curves, name, &Curve::name);
      if (found == curves.end())
        found = curves.insert(curves.end(), {name, {}});
      found->points.emplace_back(static_cast<float>(step.step), static_cast<float>(loss));
    }
  return curves;
}

/// Plots one loss over the steps, on its own scale, with a mark at the present step.
void plot(const Curve& curve, float last_step, float present) {
  const auto [low, high] = std::ranges::minmax(curve.points, {}, &ImVec2::y);
  const float range = high.y > low.y ? high.y - low.y : 1;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, line = px(18), height = px(46), inset = px(6);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto place = [&](ImVec2 point) {
    return ImVec2(at.x + inset + point.x / last_step * (width - 2 * inset),
                  at.y + line + height - inset - (point.y - low.y) / range * (height - 2 * inset));
  };
  const std::string values = concat(fixed(double{low.y}, 2), " to ", fixed(double{high.y}, 2));
  ImGui::PushFont(theme.small);
  list.AddText(at, theme.quiet, printable(curve.name, 32).c_str());
  list.AddText({at.x + width - ImGui::CalcTextSize(values.c_str()).x, at.y}, theme.quiet, values.c_str());
  ImGui::PopFont();
  list.AddRectFilled({at.x, at.y + line}, {at.x + width, at.y + line + height}, theme.card, px(6));
  const float mark = place({present, low.y}).x;
  list.AddLine({mark, at.y + line + px(3)}, {mark, at.y + line + height - px(3)}, theme.line, px(2));
  for (std::size_t i = 1; i < curve.points.size(); ++i)
    list.AddLine(place(curve.points[i - 1]), place(curve.points[i]), theme.accent, px(2));
  for (const ImVec2& point : curve.points)
    list.AddCircleFilled(place(point), px(point.x == present ? 4.5F : 2.5F), theme.accent);
  ImGui::Dummy({width, line + height + px(2)});
}

} // namespace

Actions learning_panel(const Snapshot& now) {
  Actions out;
  title("Watch it learn");
  const std::vector<TrainingStep>& training = now.facts().training;
  if (training.empty()) {
    note("This model comes without generators kept on the way of its training.");
    return out;
  }
  const TrainingStep* const kept = kept_generator(now.state(), now.facts());
  const auto last = static_cast<int>(training.size()) - 1;
  int index = kept == nullptr ? last : static_cast<int>(kept - training.data());
  const std::int64_t step = training[static_cast<std::size_t>(index)].step;
  const std::string words = concat(with_commas(step), " of ", with_commas(training.back().step), " steps");
  if (slider_in_words("Trained for", &index, 0, last, words)) {
    State next = now.state();
    next.trained = index == last ? std::nullopt : std::optional(training[static_cast<std::size_t>(index)].step);
    change(out, now, std::move(next), "trained");
  }
  note(now.session.loading_step() >= 0 ? "That generator is being loaded."
                                       : "The same seeds, as it drew them after so many steps.");
  const std::vector<Curve> curves = curves_of(training);
  if (curves.empty())
    return out;
  heading("Losses");
  for (const Curve& curve : curves)
    plot(curve, static_cast<float>(std::max<std::int64_t>(training.back().step, 1)), static_cast<float>(step));
  return out;
}

} // namespace ganlet::studio
