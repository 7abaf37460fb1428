#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/App.hpp>

#include "generator/draw_request.h"

/// <ganlet-image> tags for pages.
namespace ganlet::tool {

/// Escapes markup characters as entities, so that a page shows the text as it is.
std::string escaped(std::string_view text);

/// Flags for the attributes of the element that aren't fields of a request: --motion, --palette, --ink, --paper,
/// --interactive, --controls, --alt.
struct TagFlags {
  std::vector<std::pair<std::string, std::string>> attributes; ///< as given; "" for an attribute without a value

  void add(CLI::App& command);
  /// Adds the part that draws, unless it is the one that tags mean without saying so.
  void set_part(const std::string& part);
};

/// Whether a tag's text changes with the time: `live:HH mm`, `live:date`, `live:countdown:2027-01-01`.
bool is_live(std::string_view text);
/// Errors: invalid_argument for a countdown that doesn't say to which day.
Result<void> check_live(std::string_view text);
/// What such texts show.
inline constexpr std::string_view live_symbols = "0123456789";

/// `<ganlet-image model="digits" text="2026">`, followed by `content` and the closing tag.
std::string tag_of(std::string_view model, const DrawRequest& request, const TagFlags& flags, std::string_view content);

} // namespace ganlet::tool
