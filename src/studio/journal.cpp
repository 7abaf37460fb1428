#include "studio/journal.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text.h"
#include "studio/link.h"

namespace ganlet::studio {

namespace {

constexpr std::size_t longest_line = longest_kept + 16; ///< with what it is

void read_line(std::string_view line, Keepsakes& out) {
  const std::size_t space = line.find(' ');
  if (space == line.npos || line.size() > longest_line)
    return;
  const std::string_view name = line.substr(0, space);
  const std::string value(line.substr(space + 1));
  if (name == "favourite" && out.favourites.size() < Keepsakes::most_favourites)
    out.favourites.push_back(value);
  else if (name == "recent" && out.recent.size() < Keepsakes::most_recent)
    out.recent.push_back(value);
  else if (name == "theme" && (value == "dark" || value == "light"))
    out.theme = value;
  else if (name == "panel")
    out.panel = value;
  else if (name == "last")
    out.last = value;
  else if (name == "side") {
    int side = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), side).ec == std::errc() && side >= 0 && side < 4000)
      out.side = side;
  }
}

} // namespace

void Timeline::change(State next, std::string_view kind, double seconds) {
  if (next == now())
    return;
  const bool goes_on = !kind.empty() && kind == kind_ && seconds - changed_ < together && !can_redo();
  if (goes_on && at_ > 0) {
    states_[at_] = std::move(next);
  } else {
    states_.resize(at_ + 1);
    states_.push_back(std::move(next));
    if (states_.size() > longest)
      states_.erase(states_.begin());
    at_ = states_.size() - 1;
  }
  kind_ = kind;
  changed_ = seconds;
}

void Timeline::undo() {
  at_ -= can_undo();
  settle();
}

void Timeline::redo() {
  at_ += can_redo();
  settle();
}

void put_first(std::vector<std::string>& list, const std::string& fragment, std::size_t most) {
  std::erase(list, fragment);
  list.insert(list.begin(), fragment);
  if (list.size() > most)
    list.resize(most);
}

void toggle_favourite(Keepsakes& keepsakes, const std::string& fragment) {
  if (std::erase(keepsakes.favourites, fragment) == 0)
    put_first(keepsakes.favourites, fragment, Keepsakes::most_favourites);
}

bool is_favourite(const Keepsakes& keepsakes, std::string_view fragment) {
  return std::ranges::find(keepsakes.favourites, fragment) != keepsakes.favourites.end();
}

bool is_listed(const Keepsakes& keepsakes, std::string_view fragment) {
  return is_favourite(keepsakes, fragment) || std::ranges::find(keepsakes.recent, fragment) != keepsakes.recent.end();
}

std::string to_text(const Keepsakes& keepsakes) {
  std::string text;
  const auto line = [&](std::string_view name, const std::string& value) { text += concat(name, " ", value, "\n"); };
  if (!keepsakes.theme.empty())
    line("theme", keepsakes.theme);
  if (!keepsakes.panel.empty())
    line("panel", keepsakes.panel);
  if (keepsakes.side > 0)
    line("side", std::to_string(keepsakes.side));
  line("last", keepsakes.last);
  for (const std::string& fragment : keepsakes.favourites)
    line("favourite", fragment);
  for (const std::string& fragment : keepsakes.recent)
    line("recent", fragment);
  return text;
}

Keepsakes keepsakes_of(std::string_view text) {
  Keepsakes keepsakes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), keepsakes);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return keepsakes;
}

} // namespace ganlet::studio
