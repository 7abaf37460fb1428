#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

std::string name_of(const Place& place, std::size_t index) {
  if (!place.latent.empty())
    return concat("by hand##", index);
  return concat(std::to_string(place.seed), place.is_plain() ? "" : ", moved", "##", index);
}

void keyframes(App& app) {
  heading("Keyframes");
  State next = app.state();
  auto& frames = next.animation.keyframes;
  if (frames.empty())
    note("Add the present picture, go somewhere else, add that; the animation leads through all of them.");
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string name = name_of(frames[i], i);
    if (i > 0)
      flow(width_of(name.c_str()));
    if (choice(name.c_str(), frames[i] == next.place) && !app.playing) {
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
  app.change(std::move(next));
  if (app.state().animation.keyframes.empty())
    app.play(false);
}

void movement(App& app) {
  heading("Movement");
  State next = app.state();
  Animation& animation = next.animation;
  if (choice("Along the sphere", animation.interpolation == Interpolation::spherical))
    animation.interpolation = Interpolation::spherical;
  flow(width_of("Straight"));
  if (choice("Straight", animation.interpolation == Interpolation::linear))
    animation.interpolation = Interpolation::linear;
  ImGui::Checkbox("Loop without a seam", &animation.loop);
  ImGui::Checkbox("Backwards", &animation.reverse);
  app.change(next);
  if (slider("Frames", &animation.frames, 2, 240, "%d"))
    app.change(next, "frames");
  if (slider("A frame takes", &animation.milliseconds, 10, 200, "%d ms"))
    app.change(next, "milliseconds");
}

void exports(App& app) {
  heading("Export");
  const int columns =
      writes_text(app.state(), app.facts) ? static_cast<int>(app.state().text.size()) : app.state().columns;
  const int width = columns * app.facts.image.width * app.enlarge,
            height = app.state().rows * app.facts.image.height * app.enlarge;
  slider("Pixels a pixel", &app.enlarge, 1, 16, "%d");
  note(concat(width, " x ", height, " pixels, ", app.state().animation.frames, " frames, ",
              fixed(app.state().animation.frames * app.state().animation.milliseconds / 1000.0, 1), " s"));
  if (app.export_all > 0) {
    progress(static_cast<float>(app.export_done) / static_cast<float>(app.export_all),
             app.export_done < app.export_all ? concat(app.export_done, " of ", app.export_all, " frames")
                                              : std::string("Encoding"));
    if (button("Cancel")) {
      app.client.cancel(JobKind::animation);
      app.export_all = 0;
    }
    return;
  }
  constexpr std::pair<const char*, FileKind> kinds[] = {{"GIF", FileKind::gif},
                                                        {"WebP", FileKind::webp},
                                                        {"APNG", FileKind::apng},
                                                        {"PNGs (.zip)", FileKind::png_sequence}};
  bool first = true;
  for (const auto& [name, kind] : kinds) {
    if (!first)
      flow(width_of(name));
    first = false;
    if (button(name))
      app.start_export(kind);
  }
}

} // namespace

void animate_panel(App& app) {
  title("Animate");
  if (!app.has_model)
    return;
  keyframes(app);
  if (app.state().animation.keyframes.empty())
    return;
  if (button(app.playing ? "Stop" : "Play", true, ImGui::GetContentRegionAvail().x))
    app.play(!app.playing);
  if (app.playing)
    progress(static_cast<float>(app.shown_frame + 1) / static_cast<float>(app.state().animation.frames),
             concat("Frame ", app.shown_frame + 1, " of ", app.state().animation.frames));
  movement(app);
  exports(app);
}

} // namespace ganlet::studio
