#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/App.hpp>

#include "generator/draw_request.h"

namespace ganlet::tool {

/// `from:any text` is the seed that <ganlet-image> makes of it, the text's 64-bit FNV-1a hash; `random` another each
/// time; other texts are themselves.
std::string seed_of(const std::string& text);

/// The flags that say what to draw, written from the table of a request's fields.
class RequestFlags {
 public:
  /// Adds a flag for each of these fields, or for all but `left_out` of them.
  void add(CLI::App& command, std::initializer_list<std::string_view> fields);
  void add_all_but(CLI::App& command, std::initializer_list<std::string_view> left_out);

  /// What the flags said. Throws CLI::ValidationError for a value that a field doesn't take.
  DrawRequest request() const;

 private:
  void add_field(CLI::App& command, const RequestField& field);

  /// By name, in the order given. Shared with the options' callbacks.
  std::shared_ptr<std::vector<std::pair<std::string, std::string>>> given_ =
      std::make_shared<std::vector<std::pair<std::string, std::string>>>();
};

} // namespace ganlet::tool
