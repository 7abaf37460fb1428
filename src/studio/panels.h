#pragma once

#include "studio/state.h"

namespace ganlet::studio {

class App;

/// The panels, in the order of the rail.
void generate_panel(App& app);
void explore_panel(App& app);
void style_panel(App& app);
void encode_panel(App& app);
void animate_panel(App& app);
void learning_panel(App& app);
void inside_panel(App& app);
void speed_panel(App& app);
void keep_panel(App& app);
void models_panel(App& app);

struct Panel {
  const char* name;
  void (*show)(App& app);
  bool (*is_of_use)(const ModelFacts& model); ///< the rail leaves out what the model has nothing for
};

inline constexpr auto always = [](const ModelFacts&) { return true; };

inline constexpr Panel panels[] = {
    {"Generate", generate_panel, always},
    {"Explore", explore_panel, always},
    {"Styles", style_panel, [](const ModelFacts& model) { return model.has_style; }},
    {"Encode", encode_panel, [](const ModelFacts& model) { return model.has_encoder; }},
    {"Animate", animate_panel, always},
    {"Learning", learning_panel, [](const ModelFacts& model) { return !model.training.empty(); }},
    {"Inside", inside_panel, always},
    {"Speed", speed_panel, always},
    {"Keep", keep_panel, always},
    {"Models", models_panel, always},
};

/// The picture in a rectangle of the screen, with what dragging and the wheel do to it.
void show_picture(App& app, float width, float height);

} // namespace ganlet::studio
