#pragma once

namespace ganlet::studio {

class App;

/// The panels, in the order of the rail.
void generate_panel(App& app);
void explore_panel(App& app);
void animate_panel(App& app);
void inside_panel(App& app);
void speed_panel(App& app);
void keep_panel(App& app);
void models_panel(App& app);

struct Panel {
  const char* name;
  void (*show)(App& app);
};

inline constexpr Panel panels[] = {{"Generate", generate_panel}, {"Explore", explore_panel}, {"Animate", animate_panel},
                                   {"Inside", inside_panel},     {"Speed", speed_panel},     {"Keep", keep_panel},
                                   {"Models", models_panel}};

/// The picture in a rectangle of the screen, with what dragging and the wheel do to it.
void show_picture(App& app, float width, float height);

} // namespace ganlet::studio
