#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What programs of desktops keep from one run to the next, and can do without: files in $XDG_CACHE_HOME/ganlet, or in
/// ~/.cache/ganlet.
namespace ganlet {

/// What was kept under a key; empty if nothing was, or if it isn't whole. `kind` is how the file's name begins.
std::optional<std::string> cached(std::string_view kind, std::string_view key);

/// Keeps it, instead of what was kept before. Where that fails, the next program does without.
void keep_cached(std::string_view kind, std::string_view key, std::string_view content);

} // namespace ganlet
