#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "graph/backend.h"

namespace ganlet {

/// The backends of this build. A build for pages contains those that can run in pages.
std::span<const Backend* const> backends();

/// The backend that runs a model if no other is asked for.
inline constexpr std::string_view default_backend = "xnn";
inline constexpr std::string_view reference_backend = "reference";
/// The one whose pictures may stay on the GPU that draws a window (`Backend::make_picture`).
inline constexpr std::string_view gpu_backend = "gl";
/// A choice instead of a backend: see backends/automatic.h.
inline constexpr std::string_view automatic_backend = "auto";
/// What people can ask for, if this build has it.
inline constexpr std::array<std::string_view, 4> backend_choices{default_backend, reference_backend, gpu_backend,
                                                                 automatic_backend};
constexpr bool may_draw_in_window(std::string_view choice) {
  return choice == gpu_backend || choice == automatic_backend;
}

/// How to run networks.
struct EngineChoice {
  std::string name{default_backend}; ///< one of `backend_choices`
  int threads = 1;                   ///< of the xnn backend
  int device = -1;                   ///< of the gl backend, counted from 0; -1: the first real one
  bool operator==(const EngineChoice&) const = default;
};

/// The names, for messages and help: "xnn, reference, gl, auto".
std::string backend_names();

/// The default backend for "auto", which is another one only for what moves (backends/automatic.h). Errors: not_found,
/// with a list of the names; unsupported if this machine can't run the backend.
Result<const Backend*> backend_named(std::string_view name);

} // namespace ganlet
