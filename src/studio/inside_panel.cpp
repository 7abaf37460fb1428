#include "studio/panels.h"

#include <algorithm>
#include <array>

#include <imgui.h>

#include "core/text.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

// --- Inside ---

namespace {

/// A bar for each layer, in proportion to its time; pressing one opens the layer.
void layers(Actions& out, const Snapshot& now) {
  double most = 0;
  for (const Layer& layer : now.inside.layers())
    most = std::max(most, layer.milliseconds);
  heading("Layers, and how long each takes");
  for (std::size_t i = 0; i < now.inside.layers().size(); ++i) {
    const Layer& layer = now.inside.layers()[i];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = px(24);
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("layer", {width, height})) {
      InsideView view = now.inside.view();
      view.open = i;
      view.chosen.reset();
      out.push_back(SetInside{view});
    }
    ImGui::PopID();
    name_item(concat("Layer ", i + 1));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool open = now.inside.view().open == i;
    const auto part = static_cast<float>(most > 0 ? layer.milliseconds / most : 0);
    list.AddRectFilled(at, {at.x + width, at.y + height},
                       open || ImGui::IsItemHovered() ? ImGui::GetColorU32(ImGuiCol_ButtonHovered) : theme.card, px(5));
    list.AddRectFilled(at, {at.x + px(3) + (width - px(3)) * part, at.y + height},
                       ImGui::GetColorU32(ImGuiCol_PlotHistogram, 0.25F), px(5));
    const std::string size =
        concat(layer.channels,
               layer.width * layer.height > 1 ? concat(" x ", layer.width, " x ", layer.height) : std::string());
    ImGui::PushFont(theme.small);
    const float middle = at.y + (height - ImGui::GetTextLineHeight()) / 2;
    const std::string name = concat(layer.name, "  ", size), time = concat(fixed(layer.milliseconds, 3), " ms");
    list.AddText({at.x + px(8), middle}, open ? theme.accent : ImGui::GetColorU32(ImGuiCol_Text), name.c_str());
    list.AddText({at.x + width - px(8) - ImGui::CalcTextSize(time.c_str()).x, middle}, theme.quiet, time.c_str());
    ImGui::PopFont();
    ImGui::SetCursorScreenPos({at.x, at.y + height + px(3)});
  }
  ImGui::Dummy({0, 0});
}

template <typename View> auto change_of(View& view, int channel) {
  return std::ranges::find_if(
      view.scales, [&](const ChannelScale& one) { return one.layer == view.open && one.channel == channel; });
}

bool is_changed(const InsideView& view, int channel) {
  return change_of(view, channel) != view.scales.end();
}

/// Pressing a channel silences it; pressing it again undoes that.
InsideView with_channel_pressed(InsideView view, int channel) {
  view.chosen = ChannelScale{view.open, channel, 0};
  if (const auto change = change_of(view, channel); change != view.scales.end())
    view.scales.erase(change);
  else
    view.scales.push_back(*view.chosen);
  return view;
}

void show_tiles(Actions& out, const Snapshot& now) {
  const Inside& inside = now.inside;
  const InsideView& view = inside.view();
  const Inspection& looked = inside.inspection();
  if (view.open >= inside.layers().size() || !inside.tiles() || !inside.is_current())
    return;
  const Layer& layer = inside.layers()[view.open];
  heading("Channels");
  note(concat("From ", fixed(double{layer.low}, 2), " to ", fixed(double{layer.high}, 2), ", mean ",
              fixed(double{layer.mean}, 3), ", ", fixed(100.0 * double{layer.zeros}, 0), " % zeros"));
  const Image& image = inside.tiles().image();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, cell = width / static_cast<float>(looked.tile_columns);
  const float cell_height = cell * static_cast<float>(looked.tile_height) / static_cast<float>(looked.tile_width);
  const float height = cell_height * static_cast<float>(image.height / looked.tile_height);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  inside.tiles().draw(list, at, {at.x + width, at.y + height},
                      {.upscaling = 0, .cell_width = looked.tile_width, .cell_height = looked.tile_height});
  for (int channel = 0; channel < layer.channels; ++channel) {
    const ImVec2 low{at.x + cell * static_cast<float>(channel % looked.tile_columns),
                     at.y + cell_height * static_cast<float>(channel / looked.tile_columns)};
    ImGui::SetCursorScreenPos(low);
    ImGui::PushID(channel);
    if (ImGui::InvisibleButton("tile", {cell, cell_height}))
      out.push_back(SetInside{with_channel_pressed(view, channel)});
    ImGui::PopID();
    name_item(concat("Channel ", channel));
    const bool has_keys = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    const bool changed = is_changed(view, channel);
    if (changed || ImGui::IsItemHovered() || has_keys)
      list.AddRect(low, {low.x + cell, low.y + cell_height}, changed ? theme.accent : theme.line, 0, 0,
                   px(has_keys ? 4 : 2));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + height});
  ImGui::Dummy({width, 0});
}

void show_changes(Actions& out, const Snapshot& now) {
  InsideView view = now.inside.view();
  if (view.scales.empty()) {
    note("Press a channel to silence it.");
    return;
  }
  heading("What it draws then");
  const platform::Texture& picture = now.inside.picture();
  if (picture) {
    const Image& image = picture.image();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = std::min(ImGui::GetContentRegionAvail().x, px(180)),
                height = width * static_cast<float>(image.height) / static_cast<float>(image.width);
    picture.draw(
        *ImGui::GetWindowDrawList(), at, {at.x + width, at.y + height},
        {.upscaling = static_cast<int>(now.state().upscaling), .color_map = static_cast<int>(now.state().colors)});
    ImGui::Dummy({width, height});
  }
  const auto last = view.chosen ? std::ranges::find_if(view.scales,
                                                       [&](const ChannelScale& one) {
                                                         return one.layer == view.chosen->layer &&
                                                                one.channel == view.chosen->channel;
                                                       })
                                : view.scales.end();
  if (last != view.scales.end() &&
      slider(concat("Channel ", last->channel, " times##factor").c_str(), &last->factor, -2, 4, "%.2f"))
    out.push_back(SetInside{view});
  if (button("Give all back")) {
    view.scales.clear();
    out.push_back(SetInside{view});
  }
}

void show_texture(const Snapshot& now, const platform::Texture& texture, float width, bool is_difference) {
  const Image& image = texture.image();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = width * static_cast<float>(image.height) / static_cast<float>(std::max(image.width, 1));
  texture.draw(*ImGui::GetWindowDrawList(), at, {at.x + width, at.y + height},
               {.upscaling = static_cast<int>(now.state().upscaling),
                .color_map = is_difference ? 0 : static_cast<int>(now.state().colors),
                .cell_width = now.facts().image.width,
                .cell_height = now.facts().image.height});
  ImGui::Dummy({width, height});
}

/// Draws the picture with the model's other weights, for comparison.
void precision(Actions& out, const Snapshot& now) {
  bool first = true;
  for (const std::string& part : now.facts().parts) {
    if (!part.starts_with("generator") || part == now.session.engine().part)
      continue;
    if (first)
      heading("Beside other weights");
    const std::string label = concat("With ", printable(part, 32));
    if (!first)
      flow(width_of(label.c_str()));
    first = false;
    if (button(label.c_str()))
      out.push_back(ComparePart{part});
  }
  const std::optional<Bench::Beside>& beside = now.bench.beside();
  if (!beside || first)
    return;
  const float width = ImGui::GetContentRegionAvail().x;
  show_texture(now, beside->picture, width, false);
  show_texture(now, beside->difference, width, true);
  note(beside->largest == 0 ? std::string("No difference.")
                            : concat("Below it the difference, eight times as strong: at most ", beside->largest,
                                     " of 255, ", fixed(beside->decibels, 1), " dB."));
}

} // namespace

Actions inside_panel(const Snapshot& now) {
  Actions out;
  title("Look inside");
  if (!now.session.has_model())
    return out;
  show_tiles(out, now);
  show_changes(out, now);
  layers(out, now);
  note(draws_by_styles(now.state(), now.session.facts())
           ? "Of the first picture's latent, with the training's noise and without mixed, moved or truncated styles."
           : "Of the first picture shown.");
  precision(out, now);
  return out;
}

// --- Speed ---

namespace {

void row(const char* name, const std::string& value) {
  ImGui::PushStyleColor(ImGuiCol_Text, theme.quiet);
  ImGui::TextUnformatted(name);
  ImGui::PopStyleColor();
  ImGui::SameLine(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(value.c_str()).x);
  ImGui::TextUnformatted(value.c_str());
}

void choices(Actions& out, const Snapshot& now) {
  Engine wanted = now.session.engine();
  heading("Backend");
  constexpr std::array<const char*, backend_choices.size()> labels{"XNNPACK", "Plain loops", "GPU", "Automatic"};
  const bool has_gpu = now.session.gpu_obstacle().empty();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (may_draw_in_window(backend_choices[i]) && !has_gpu)
      continue;
    if (i > 0)
      flow(width_of(labels[i]));
    if (choice(labels[i], wanted.name == backend_choices[i]))
      wanted.name = backend_choices[i];
  }
  if (!has_gpu)
    note(now.session.gpu_obstacle());
  else if (may_draw_in_window(wanted.name))
    note(now.viewer.gpu_problem().empty()
             ? std::string(wanted.name == gpu_backend ? "What is saved is drawn by XNNPACK."
                                                      : "While many pictures change, the faster one draws.")
             : concat("XNNPACK draws: ", now.viewer.gpu_problem()));
  heading("Weights");
  bool first = true;
  for (const std::string& part : now.facts().parts) {
    if (!part.starts_with("generator"))
      continue;
    const std::string name = printable(part, 32);
    if (!first)
      flow(width_of(name.c_str()));
    first = false;
    if (choice(name.c_str(), wanted.part == part))
      wanted.part = part;
  }
  const int processors = now.host.system.processors();
  if (processors > 1)
    slider("Threads", &wanted.threads, 1, std::min(processors, 16), "%d");
  if (wanted != now.session.engine())
    out.push_back(UseEngine{wanted});
}

} // namespace

Actions speed_panel(const Snapshot& now) {
  Actions out;
  title("Speed");
  if (!now.session.has_model())
    return out;
  choices(out, now);
  heading("Now");
  const double milliseconds = now.viewer.milliseconds(), frame = now.frames.seconds;
  row("Last drawing", concat(fixed(milliseconds, 2), " ms an image"));
  row("Images a second", fixed(1000 / std::max(milliseconds, 0.001), 0));
  row("Memory", bytes_in_words(now.host.system.memory()));
  row("Frames a second", now.player.is_playing() && frame > 0 ? fixed(1 / frame, 0) : std::string("at rest"));
  note(now.host.window.renderer());
  heading("Measure");
  const std::string label = concat("Draw ", Bench::images, " images");
  if (now.session.is_busy(JobKind::measure))
    note(concat(Bench::images, " images are being drawn."));
  else if (button(label.c_str()))
    out.push_back(Command{"measure"});
  for (const Bench::Measurement& one : now.bench.measurements()) {
    row(concat(fixed(one.milliseconds, 3), " ms an image").c_str(),
        concat(fixed(1000 / one.milliseconds, 0), " images/s"));
    note(Bench::words(one, now.facts()));
  }
  return out;
}

} // namespace ganlet::studio
