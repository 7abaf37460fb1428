#include <algorithm>

#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

void show(Inside& inside, Inspection inspection) {
  // The first look is at the first layer whose channels are pictures.
  const auto image =
      std::ranges::find_if(inspection.layers, [](const Layer& layer) { return layer.width > 1 && layer.channels > 4; });
  if (inside.layers.empty() && image != inspection.layers.end())
    inside.open = static_cast<std::size_t>(image - inspection.layers.begin());
  inside.layers = std::move(inspection.layers);
  inside.tiles = platform::Texture(std::move(inspection.tiles));
  inside.picture = platform::Texture(std::move(inspection.picture));
  inside.tile_width = inspection.tile_width;
  inside.tile_height = inspection.tile_height;
  inside.tile_columns = inspection.tile_columns;
  platform::redraw();
}

void request(App& app, const Plan& plan, ModelNumber model) {
  Inside& inside = app.inside;
  const std::vector<float> latent = first_latent(plan, app.facts);
  const std::int64_t label = plan.labels.empty() ? 0 : plan.labels.front();
  if (inside.model != model) {
    inside.scales.clear();
    inside.chosen.reset();
    inside.open = 0;
    inside.layers.clear();
  }
  if (inside.model == model && inside.latent == latent && inside.label == label && inside.shown == inside.open &&
      inside.shown_scales == inside.scales)
    return;
  if (app.client.is_busy(JobKind::inside))
    return;
  inside.model = model;
  inside.latent = latent;
  inside.label = label;
  inside.shown = inside.open;
  inside.shown_scales = inside.scales;
  const InspectJob job{model, latent, label, inside.scales, inside.open};
  app.client.ask(JobKind::inside, job, [&app](Result<Inspection> inspection) {
    if (inspection)
      show(app.inside, std::move(*inspection));
    else
      app.say_problem(inspection.error().text());
  });
}

/// A bar for each layer, as long as it took; pressing one opens it.
void layers(Inside& inside) {
  double most = 0;
  for (const Layer& layer : inside.layers)
    most = std::max(most, layer.milliseconds);
  heading("Layers, and how long each takes");
  for (std::size_t i = 0; i < inside.layers.size(); ++i) {
    const Layer& layer = inside.layers[i];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = px(24);
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("layer", {width, height})) {
      inside.open = i;
      inside.chosen.reset();
    }
    ImGui::PopID();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool open = inside.open == i;
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

std::vector<ChannelScale>::iterator change_of(Inside& inside, int channel) {
  return std::ranges::find_if(
      inside.scales, [&](const ChannelScale& one) { return one.layer == inside.open && one.channel == channel; });
}

bool is_changed(Inside& inside, int channel) {
  return change_of(inside, channel) != inside.scales.end();
}

/// Pressing once silences, twice gives it back.
void silence_or_give_back(Inside& inside, int channel) {
  inside.chosen = ChannelScale{inside.open, channel, 0};
  if (const auto change = change_of(inside, channel); change != inside.scales.end())
    inside.scales.erase(change);
  else
    inside.scales.push_back(*inside.chosen);
}

void show_tiles(Inside& inside) {
  if (inside.open >= inside.layers.size() || !inside.tiles || inside.shown != inside.open)
    return;
  const Layer& layer = inside.layers[inside.open];
  heading("Channels");
  note(concat("From ", fixed(double{layer.low}, 2), " to ", fixed(double{layer.high}, 2), ", mean ",
              fixed(double{layer.mean}, 3), ", ", fixed(100.0 * double{layer.zeros}, 0), " % zeros"));
  const Image& image = inside.tiles.image();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, cell = width / static_cast<float>(inside.tile_columns);
  const float cell_height = cell * static_cast<float>(inside.tile_height) / static_cast<float>(inside.tile_width);
  const float height = cell_height * static_cast<float>(image.height / inside.tile_height);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  inside.tiles.draw(list, at, {at.x + width, at.y + height},
                    {.upscaling = 0, .cell_width = inside.tile_width, .cell_height = inside.tile_height});
  for (int channel = 0; channel < layer.channels; ++channel) {
    const ImVec2 low{at.x + cell * static_cast<float>(channel % inside.tile_columns),
                     at.y + cell_height * static_cast<float>(channel / inside.tile_columns)};
    ImGui::SetCursorScreenPos(low);
    ImGui::PushID(channel);
    if (ImGui::InvisibleButton("tile", {cell, cell_height}))
      silence_or_give_back(inside, channel);
    ImGui::PopID();
    const bool has_keys = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    const bool changed = is_changed(inside, channel);
    if (changed || ImGui::IsItemHovered() || has_keys)
      list.AddRect(low, {low.x + cell, low.y + cell_height}, changed ? theme.accent : theme.line, 0, 0,
                   px(has_keys ? 4 : 2));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + height});
  ImGui::Dummy({width, 0});
}

void show_changes(App& app) {
  Inside& inside = app.inside;
  if (inside.scales.empty()) {
    note("Press a channel to silence it.");
    return;
  }
  heading("What it draws then");
  const Image& image = inside.picture.image();
  if (inside.picture) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = std::min(ImGui::GetContentRegionAvail().x, px(180)),
                height = width * static_cast<float>(image.height) / static_cast<float>(image.width);
    inside.picture.draw(
        *ImGui::GetWindowDrawList(), at, {at.x + width, at.y + height},
        {.upscaling = static_cast<int>(app.state().upscaling), .color_map = static_cast<int>(app.state().colors)});
    ImGui::Dummy({width, height});
  }
  const auto last = inside.chosen ? std::ranges::find_if(inside.scales,
                                                         [&](const ChannelScale& one) {
                                                           return one.layer == inside.chosen->layer &&
                                                                  one.channel == inside.chosen->channel;
                                                         })
                                  : inside.scales.end();
  if (last != inside.scales.end())
    slider(concat("Channel ", last->channel, " times##factor").c_str(), &last->factor, -2, 4, "%.2f");
  if (button("Give all back"))
    inside.scales.clear();
}

void show_texture(App& app, const platform::Texture& texture, float width, bool is_difference) {
  const Image& image = texture.image();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = width * static_cast<float>(image.height) / static_cast<float>(std::max(image.width, 1));
  texture.draw(*ImGui::GetWindowDrawList(), at, {at.x + width, at.y + height},
               {.upscaling = static_cast<int>(app.state().upscaling),
                .color_map = is_difference ? 0 : static_cast<int>(app.state().colors),
                .cell_width = app.facts.image.width,
                .cell_height = app.facts.image.height});
  ImGui::Dummy({width, height});
}

/// The same with the model's other weights.
void precision(App& app) {
  bool first = true;
  for (const std::string& part : app.facts.parts) {
    if (!part.starts_with("generator") || part == app.engine.part)
      continue;
    if (first)
      heading("Beside other weights");
    const std::string label = concat("With ", printable(part, 32));
    if (!first)
      flow(width_of(label.c_str()));
    first = false;
    if (button(label.c_str()))
      app.compare_part(part);
  }
  if (!app.beside || first)
    return;
  const float width = ImGui::GetContentRegionAvail().x;
  show_texture(app, app.beside->picture, width, false);
  show_texture(app, app.beside->difference, width, true);
  note(app.beside->largest == 0 ? std::string("No difference.")
                                : concat("Below it the difference, eight times as strong: at most ",
                                         app.beside->largest, " of 255, ", fixed(app.beside->decibels, 1), " dB."));
}

} // namespace

void inside_panel(App& app) {
  title("Look inside");
  if (!app.has_model)
    return;
  const std::optional<Plan>& plan = app.picture.wanted;
  if (plan)
    request(app, *plan, app.picture.drawer->number);
  show_tiles(app.inside);
  show_changes(app);
  layers(app.inside);
  note(plan && plan->style
           ? "Of the first picture's latent, drawn by the generator as a whole: without noise and without "
             "mixed, moved or truncated styles."
           : "Of the first picture shown.");
  precision(app);
}

void App::ask_for_directions() {
  if (!facts.directions.empty())
    return;
  client.ask(JobKind::direction, DirectionsJob{model->number, most_directions},
             [this, asked = model](Result<std::vector<float>> found) {
               if (model != asked || !found)
                 return;
               facts.directions = std::move(*found);
               facts.direction_size = facts.latent_size;
               platform::redraw();
             });
}

} // namespace ganlet::studio
