#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/App.hpp>

#include "generator/draw_request.h"

/// <ganlet-image>, as commands write it into pages.
namespace ganlet::tool {

/// Text that a page shows as it stands: markup's characters as entities.
std::string escaped(std::string_view text);

/// Flags of what is an element's own and no field of a request: --motion, --palette, --ink, --paper, --interactive,
/// --controls, --alt.
struct TagFlags {
  std::vector<std::pair<std::string, std::string>> attributes; ///< as given; "" for one without a value

  void add(CLI::App& command);
};

/// `<ganlet-image model="digits" text="2026">`, its `content` and its end.
std::string tag_of(std::string_view model, const DrawRequest& request, const TagFlags& flags, std::string_view content);

} // namespace ganlet::tool
