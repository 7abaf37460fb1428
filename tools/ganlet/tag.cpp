#include "tag.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <CLI/Validators.hpp>

#include "core/text.h"
#include "options.h"

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

void TagFlags::set_part(const std::string& part) {
  if (part != ModelChoice().part)
    attributes.emplace_back("model-part", part);
}

bool is_live(std::string_view text) {
  return text.starts_with("live:");
}

Result<void> check_live(std::string_view text) {
  constexpr std::string_view countdown = "live:countdown";
  if (!text.starts_with(countdown))
    return {};
  const std::string day(text.substr(std::min(countdown.size() + 1, text.size())));
  int year = 0;
  unsigned month = 0, date = 0;
  const bool is_read = std::sscanf(day.c_str(), "%4d-%2u-%2u", &year, &month, &date) == 3;
  if (!is_read || !(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(date)).ok())
    return fail(ErrorCode::invalid_argument, "text", "must be live:countdown: and a date such as 2027-01-01");
  return {};
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
