#include <imgui.h>
#include <imgui_stdlib.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

/// A line of text that can be read and copied.
void copyable(App& app, const char* label, std::string text) {
  heading(label);
  ImGui::PushID(label);
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - width_of("Copy") - ImGui::GetStyle().ItemSpacing.x);
  ImGui::InputText("##text", &text, ImGuiInputTextFlags_ReadOnly);
  ImGui::SameLine();
  if (button("Copy")) {
    ImGui::SetClipboardText(text.c_str());
    app.say_done("Copied");
  }
  ImGui::PopID();
}

void share(App& app) {
  const Link link = link_of(app.state());
  copyable(app, "Link", concat(platform::address(), "#", link.fragment));
  for (const std::string& what : link.left_out)
    note(concat("The link has no room for ", what, "."));
  copyable(app, "On the command line", command_of(app.state(), app.facts));
}

void files(App& app) {
  heading("Files");
  slider("Pixels a pixel", &app.enlarge, 1, 16, "%d");
  if (button("Save PNG"))
    app.save_picture();
  flow(width_of("Latent .npy"));
  if (button("Latent .npy"))
    app.save_latent(false);
  flow(width_of("Latent .json"));
  if (button("Latent .json"))
    app.save_latent(true);
  if (platform::can_copy_picture()) {
    flow(width_of("Copy picture"));
    if (button("Copy picture") && app.picture.texture)
      platform::copy_picture(enlarged(with_colors(app.picture.texture.image(), app.state().colors), app.enlarge));
  }
  note("A saved .npy can be dropped on the window, and is shown.");
}

/// A fragment as people can read it.
std::string in_words(const App& app, const std::string& fragment) {
  State state;
  Start start;
  (void)apply(settings_of_link(fragment), state, start);
  return state.model == app.facts.name ? description_of(state, app.facts)
                                       : concat(state.model, ", seed ", std::to_string(state.place.seed));
}

void fragments(App& app, const char* label, const std::vector<std::string>& list, const char* empty) {
  heading(label);
  if (list.empty())
    note(empty);
  const std::string now = app.fragment();
  const std::vector<std::string> shown = list; // choosing one changes the list
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string name = concat(in_words(app, shown[i]), "##", label, i);
    if (ImGui::Selectable(name.c_str(), shown[i] == now) && shown[i] != now)
      app.show_fragment(shown[i]);
  }
}

} // namespace

void keep_panel(App& app) {
  title("Keep");
  if (!app.has_model)
    return;
  share(app);
  files(app);
  fragments(app, "Favourites", app.keepsakes.favourites, "Keep, under the picture, puts it here.");
  fragments(app, "History", app.keepsakes.recent, "");
}

} // namespace ganlet::studio
