#include "tag.h"

#include <algorithm>

#include <CLI/Validators.hpp>

#include "core/text.h"

namespace ganlet::tool {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
    }
  return out;
}

void TagFlags::add(CLI::App& command) {
  const auto keep = [this](std::string name) {
    return [this, name](const std::string& text) { attributes.emplace_back(name, text); };
  };
  command.add_option_function<std::string>("--motion", keep("motion"), "How the picture moves")
      ->check(CLI::IsMember({"none", "walk", "morph", "breathe"}))
      ->type_name("NAME");
  command.add_option_function<std::string>("--palette", keep("palette"), "Its colours")
      ->check(CLI::IsMember({"plain", "grey", "inverted", "ink"}))
      ->type_name("NAME");
  command.add_option_function<std::string>("--ink", keep("ink"), "The colour of ink, as CSS has it");
  command.add_option_function<std::string>("--paper", keep("paper"), "The colour of paper, as CSS has it");
  command.add_option_function<std::string>("--alt", keep("alt"), "What the picture shows, for who can't see it");
  command.add_flag_callback(
      "--interactive", [this] { attributes.emplace_back("interactive", ""); }, "A click draws another");
  command.validate_optional_arguments(); // so that what follows --controls may be the model
  command
      .add_option_function<std::string>("--controls", keep("controls"), "Buttons below it, and a slider, if said so")
      ->expected(0, 1)
      ->check(CLI::IsMember({"", "slider"}))
      ->type_name("[slider]");
}

std::string tag_of(std::string_view model, const DrawRequest& request, const TagFlags& flags,
                   std::string_view content) {
  std::string tag = concat("<ganlet-image model=\"", escaped(model), "\"");
  const auto add = [&](std::string name, std::string_view value) {
    std::ranges::replace(name, '_', '-');
    tag += value.empty() ? concat(" ", name) : concat(" ", name, "=\"", escaped(value), "\"");
  };
  for (const auto& [name, value] : settings_of(request))
    add(name, value);
  for (const auto& [name, value] : flags.attributes)
    add(name, value);
  return concat(tag, ">", content, "</ganlet-image>");
}

} // namespace ganlet::tool
