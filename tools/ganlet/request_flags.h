#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/App.hpp>

#include "generator/draw_request.h"

namespace ganlet::tool {

/// Resolves the special seeds: `from:any text` is the text's 64-bit FNV-1a hash, as in <ganlet-image>; `random` is
/// another seed each time. Any other text is returned unchanged.
std::string seed_of(const std::string& text);

/// The flags for the fields of a request, generated from the table of fields.
class RequestFlags {
 public:
  /// Adds a flag for each of these fields, or for all fields except `left_out`.
  void add(CLI::App& command, std::initializer_list<std::string_view> fields);
  void add_all_but(CLI::App& command, std::initializer_list<std::string_view> left_out);

  /// The request that the flags specify. Throws CLI::ValidationError for a value that a field doesn't accept.
  DrawRequest request() const;

 private:
  void add_field(CLI::App& command, const RequestField& field);

  /// By name, in the order given. Shared with the options' callbacks.
  std::shared_ptr<std::vector<std::pair<std::string, std::string>>> given_ =
      std::make_shared<std::vector<std::pair<std::string, std::string>>>();
};

} // namespace ganlet::tool
