#include "studio/panels.h"

#include <algorithm>

#include <imgui.h>
#include <imgui_stdlib.h>

#include "core/text.h"
#include "studio/link.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

// --- Keep ---

namespace {

/// A line of text that can be selected and copied.
void copyable(Actions& out, const char* label, std::string text) {
  heading(label);
  ImGui::PushID(label);
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - width_of("Copy") - ImGui::GetStyle().ItemSpacing.x);
  ImGui::InputText("##text", &text, ImGuiInputTextFlags_ReadOnly);
  ImGui::SameLine();
  if (button("Copy"))
    out.push_back(CopyText{text});
  ImGui::PopID();
}

void share(Actions& out, const Snapshot& now) {
  const Link link = link_of(now.state());
  copyable(out, "Link", concat(now.host.system.address(), "#", link.fragment));
  for (const std::string& what : link.left_out)
    note(concat("The link has no room for ", what, "."));
  copyable(out, "On the command line", command_of(now.state(), now.facts()));
}

void files(Actions& out, const Snapshot& now) {
  heading("Files");
  Desk desk = now.desk;
  if (slider("Pixels a pixel", &desk.enlarge, 1, 16, "%d"))
    set_desk(out, now, desk);
  const auto command = [&](const char* label, const char* name) {
    if (button(label))
      out.push_back(Command{name});
  };
  command("Save PNG", "save");
  if (now.host.files.makes_pages()) {
    flow(width_of("Save as page"));
    command("Save as page", "save-page");
  }
  flow(width_of("Latent .npy"));
  command("Latent .npy", "save-latent-npy");
  flow(width_of("Latent .json"));
  command("Latent .json", "save-latent-json");
  if (const std::string obstacle = now.host.clipboard.obstacle(); obstacle.empty()) {
    flow(width_of("Copy picture"));
    command("Copy picture", "copy");
  } else {
    note(obstacle);
  }
  if (now.host.files.has_dialogue())
    command("Load a latent", "choose");
  note("A latent, .npy or .json, can be dropped on the window too, and is shown.");
}

/// A fragment in words.
std::string in_words(const Snapshot& now, const std::string& fragment) {
  const State state = state_of(fragment);
  return state.model == now.facts().name ? description_of(state, now.facts())
                                         : concat(state.model, ", seed ", std::to_string(state.place.seed));
}

/// A line of a list: the picture, or room for it, and a description. True if it is pressed.
bool fragment_line(Actions& out, const Snapshot& now, const std::string& fragment, bool chosen) {
  const float side = px(40), gap = px(10);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::Selectable("##line", chosen, 0, {0, side});
  name_item(fragment);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool is_seen = ImGui::IsItemVisible(); // only these are drawn
  const platform::Texture* const picture = now.thumbnails.find(fragment);
  if (is_seen && picture == nullptr)
    out.push_back(WantThumbnail{fragment});
  if (is_seen && picture != nullptr) {
    const auto width = static_cast<float>(picture->image().width), height = static_cast<float>(picture->image().height);
    const float scale = side / std::max(width, height);
    const ImVec2 low{at.x + (side - width * scale) / 2, at.y + (side - height * scale) / 2};
    picture->draw(list, low, {low.x + width * scale, low.y + height * scale}, {.upscaling = 1});
  } else {
    list.AddRectFilled(at, {at.x + side, at.y + side}, theme.card, px(4));
  }
  const std::string words = in_words(now, fragment);
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

void fragments(Actions& out, const Snapshot& now, const char* label, const std::vector<std::string>& list,
               const char* empty) {
  heading(label);
  if (list.empty())
    note(empty);
  const std::string present = whole_fragment(now.state());
  ImGui::PushID(label);
  for (std::size_t i = 0; i < list.size(); ++i) {
    ImGui::PushID(static_cast<int>(i));
    if (fragment_line(out, now, list[i], list[i] == present) && list[i] != present)
      out.push_back(Command{concat("#", list[i])});
    ImGui::PopID();
  }
  ImGui::PopID();
}

} // namespace

Actions keep_panel(const Snapshot& now) {
  Actions out;
  title("Keep");
  if (!now.session.has_model())
    return out;
  share(out, now);
  files(out, now);
  fragments(out, now, "Favourites", now.keepsakes.favourites, "Keep, under the picture, puts it here.");
  fragments(out, now, "History", now.keepsakes.recent, "");
  return out;
}

// --- Models ---

namespace {

void catalogue_entry(Actions& out, const Snapshot& now, const CatalogueModel& entry) {
  Controls::current().begin_section(entry.title);
  const bool is_shown = now.session.has_model() && now.facts().name == entry.id;
  ImGui::PushID(entry.id.c_str());
  ImGui::Dummy({0, px(4)});
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(printable(entry.title).c_str());
  ImGui::PopTextWrapPos();
  if (!entry.summary.empty())
    note(printable(entry.summary, 300));
  std::string about = entry.bytes > 0 ? bytes_in_words(entry.bytes) : std::string();
  if (!entry.license.empty())
    about += concat(about.empty() ? "" : ", ", "licence ", printable(entry.license));
  note(about);
  if (const Loading& loading = now.session.loading(); loading.name == entry.id)
    progress(loading.all > 0 ? static_cast<float>(loading.bytes) / static_cast<float>(loading.all) : 0,
             loading.all > 0 ? concat(with_commas(loading.bytes), " of ", with_commas(loading.all), " bytes")
                             : std::string("Loading"));
  else if (is_shown)
    note("This is the model that draws now.");
  else if (button("Load"))
    out.push_back(LoadModel{entry.id});
  ImGui::PopID();
}

void own_model(Actions& out, const Snapshot& now) {
  heading("Your own");
  note("Drop an .onnx file, or a folder with a model.json, on the window.");
  if (now.host.files.has_dialogue()) {
    if (button("Open a file"))
      out.push_back(Command{"choose"});
    return;
  }
  ImGui::SetNextItemWidth(-1);
  Desk desk = now.desk;
  const bool entered = text_field("Path", "or the path of one", &desk.path, ImGuiInputTextFlags_EnterReturnsTrue);
  set_desk(out, now, desk);
  if (entered && !desk.path.empty())
    out.push_back(Open{desk.path});
}

void facts(const Snapshot& now) {
  const ModelFacts& model = now.facts();
  heading("Loaded");
  ImGui::TextUnformatted(printable(model.about.title).c_str());
  note(concat(bytes_in_words(model.about.bytes), ", ", with_commas(model.about.parameters), " parameters, ",
              with_commas(model.about.multiply_adds), " multiply-adds an image"));
  note(concat("Latent of ", model.latent_size, " numbers, ",
              model.labels.empty() ? "no classes" : concat(model.labels.size(), " classes"), ", ", model.image.width,
              " x ", model.image.height, " pixels, ", model.image.channels == 1 ? "grey" : "colour"));
  if (!model.about.license.empty())
    note(concat("Licence: ", printable(model.about.license)));
  if (!model.about.training_data.empty())
    note(concat("Trained on ", printable(model.about.training_data, 200)));
}

} // namespace

Actions models_panel(const Snapshot& now) {
  Actions out;
  title("Models");
  for (const CatalogueModel& entry : now.session.catalogue())
    catalogue_entry(out, now, entry);
  own_model(out, now);
  if (now.session.has_model())
    facts(now);
  return out;
}

} // namespace ganlet::studio
