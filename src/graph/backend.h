#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "graph/device_picture.h"
#include "graph/preferences.h"
#include "graph/program.h"

namespace ganlet {

/// A way to run graphs: one row of the table in backends/backends.h.
struct Backend {
  std::string_view name;        ///< "reference", "xnn"
  std::string_view description; ///< a few words for people who choose
  /// Whether this machine can run it, as far as its instructions or device are concerned; the error says why not.
  Result<void> (*is_available)();
  /// Whether it can run this node of the graph; the error's message says why not.
  Result<void> (*can_run)(const Graph& graph, const Node& node);
  Preferences prefers; ///< for `lower`
  /// Takes the graph, packs its weights and drops each constant that running won't read. Errors: unsupported,
  /// limit_exceeded, cancelled.
  Result<std::unique_ptr<Program>> (*compile)(Graph graph, const CompileOptions& options);
  /// A picture on the device of these options, for outputs that stay there; null where windows show none of them.
  /// Errors: unsupported.
  Result<std::unique_ptr<DevicePicture>> (*make_picture)(const CompileOptions& options) = nullptr;
};

/// Checks inputs against the graph's, and returns the batch on which they agree (1 if the graph has none). Errors:
/// invalid_argument, with the input's name and both shapes; limit_exceeded.
Result<std::int64_t> batch_of(const Graph& graph, std::span<const Buffer> inputs, const Limits& limits);

} // namespace ganlet
