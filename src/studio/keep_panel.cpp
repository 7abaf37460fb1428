#include <algorithm>

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
  const std::string obstacle = platform::obstacle_to_copying();
  if (obstacle.empty()) {
    flow(width_of("Copy picture"));
    if (button("Copy picture"))
      app.copy_picture();
  } else {
    note(obstacle);
  }
  if (platform::has_file_dialogue() && button("Load a latent"))
    platform::choose_file();
  note("A latent, .npy or .json, can be dropped on the window too, and is shown.");
}

/// A fragment as people can read it.
std::string in_words(const App& app, const std::string& fragment) {
  const State state = state_of(fragment);
  return state.model == app.facts.name ? description_of(state, app.facts)
                                       : concat(state.model, ", seed ", std::to_string(state.place.seed));
}

/// A line of a list: the picture, or a place for it, and what it is in words; true where it is pressed.
bool fragment_line(App& app, const std::string& fragment, bool chosen) {
  const float side = px(40), gap = px(10);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::Selectable("##line", chosen, 0, {0, side});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool is_seen = ImGui::IsItemVisible(); // only these are worth drawing
  if (const platform::Texture* picture = is_seen ? app.thumbnail_of(fragment) : nullptr) {
    const auto width = static_cast<float>(picture->image().width), height = static_cast<float>(picture->image().height);
    const float scale = side / std::max(width, height);
    const ImVec2 low{at.x + (side - width * scale) / 2, at.y + (side - height * scale) / 2};
    picture->draw(list, low, {low.x + width * scale, low.y + height * scale}, {.upscaling = 1});
  } else {
    list.AddRectFilled(at, {at.x + side, at.y + side}, theme.card, px(4));
  }
  const std::string words = in_words(app, fragment);
  const float room = ImGui::GetContentRegionAvail().x - side - gap;
  ImGui::PushFont(theme.small);
  const ImVec2 size = ImGui::CalcTextSize(words.c_str(), nullptr, false, room);
  const ImVec4 clip{at.x, at.y, at.x + side + gap + room, at.y + side};
  const float top = at.y + std::max(0.0F, (side - size.y) / 2);
  list.AddText(ImGui::GetFont(), ImGui::GetFontSize(), {at.x + side + gap, top}, ImGui::GetColorU32(ImGuiCol_Text),
               words.c_str(), nullptr, room, &clip);
  ImGui::PopFont();
  return pressed;
}

void fragments(App& app, const char* label, const std::vector<std::string>& list, const char* empty) {
  heading(label);
  if (list.empty())
    note(empty);
  const std::string now = app.fragment();
  const std::vector<std::string> shown = list; // choosing one changes the list
  ImGui::PushID(label);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    ImGui::PushID(static_cast<int>(i));
    if (fragment_line(app, shown[i], shown[i] == now) && shown[i] != now)
      app.show_fragment(shown[i]);
    ImGui::PopID();
  }
  ImGui::PopID();
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
