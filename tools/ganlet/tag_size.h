#pragma once

#include <string_view>
#include <utility>

namespace ganlet::tool {

/// How large a tag is shown: its attributes width, height and aspect-ratio, as web/embed/ganlet-image.js reads them.
class TagSize {
 public:
  /// Takes an attribute; false if it isn't one of these. What isn't a number says nothing.
  bool set(std::string_view name, std::string_view value);
  /// The width and height in whole CSS pixels, of a picture that has these where nothing is said. A width in percent
  /// isn't known before the page is laid out.
  std::pair<int, int> of(int width, int height) const;

 private:
  double width_ = 0, height_ = 0, ratio_ = 0; ///< 0: not given
};

} // namespace ganlet::tool
