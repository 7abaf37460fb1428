#include <imgui.h>
#include <imgui_stdlib.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

void catalogue_entry(App& app, const CatalogueModel& entry) {
  const bool is_shown = app.has_model && app.facts.name == entry.id;
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
  if (app.loading == entry.id)
    progress(app.all_bytes > 0 ? static_cast<float>(app.loaded_bytes) / static_cast<float>(app.all_bytes) : 0,
             app.all_bytes > 0 ? concat(with_commas(app.loaded_bytes), " of ", with_commas(app.all_bytes), " bytes")
                               : std::string("Loading"));
  else if (is_shown)
    note("This is the model that draws now.");
  else if (button("Load"))
    app.load(entry.id);
  ImGui::PopID();
}

void own_model(App& app) {
  heading("Your own");
  note("Drop an .onnx file, or a folder with a model.json, on the window.");
  if (platform::has_file_dialogue()) {
    if (button("Open a file"))
      platform::choose_file();
    return;
  }
  ImGui::SetNextItemWidth(-1);
  const bool entered =
      ImGui::InputTextWithHint("##path", "or the path of one", &app.path_text, ImGuiInputTextFlags_EnterReturnsTrue);
  if (entered && !app.path_text.empty())
    app.opened(app.path_text);
}

void facts(const App& app) {
  const ModelFacts& model = app.facts;
  heading("Loaded");
  ImGui::TextUnformatted(printable(model.title).c_str());
  note(concat(bytes_in_words(model.bytes), ", ", with_commas(model.parameters), " parameters, ",
              with_commas(model.multiply_adds), " multiply-adds an image"));
  note(concat("Latent of ", model.latent_size, " numbers, ",
              model.labels.empty() ? "no classes" : concat(model.labels.size(), " classes"), ", ", model.image.width,
              " x ", model.image.height, " pixels, ", model.image.channels == 1 ? "grey" : "colour"));
  if (!model.license.empty())
    note(concat("Licence: ", printable(model.license)));
  if (!model.training_data.empty())
    note(concat("Trained on ", printable(model.training_data, 200)));
}

} // namespace

void models_panel(App& app) {
  title("Models");
  for (const CatalogueModel& entry : app.catalogue)
    catalogue_entry(app, entry);
  own_model(app);
  if (app.has_model)
    facts(app);
}

} // namespace ganlet::studio
