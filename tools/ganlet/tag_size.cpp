#include "tag_size.h"

#include <algorithm>
#include <cmath>

#include "core/json.h"
#include "page_tags.h"

namespace ganlet::tool {

namespace {

/// A number above 0, of digits and perhaps a point; else 0.
double positive_number(std::string_view text) {
  text = trimmed(text);
  return text.find_first_not_of(".0123456789") == text.npos ? number_of(text).value_or(0) : 0;
}

double pixels_of(std::string_view text) {
  text = trimmed(text);
  return positive_number(text.ends_with("px") ? text.substr(0, text.size() - 2) : text);
}

double ratio_of(std::string_view text) {
  const std::size_t at = text.find_first_of("/:");
  if (at == text.npos)
    return positive_number(text);
  const double below = positive_number(text.substr(at + 1));
  return below > 0 ? positive_number(text.substr(0, at)) / below : 0;
}

int whole_pixels(double side) {
  constexpr double most = 1e6;
  return static_cast<int>(std::lround(std::clamp(side, 1.0, most)));
}

} // namespace

bool TagSize::set(std::string_view name, std::string_view value) {
  if (name == "width")
    width_ = pixels_of(value);
  else if (name == "height")
    height_ = pixels_of(value);
  else if (name == "aspect-ratio")
    ratio_ = ratio_of(value);
  else
    return false;
  return true;
}

std::pair<int, int> TagSize::of(int width, int height) const {
  const bool has_both = width_ > 0 && height_ > 0;
  const double shape = ratio_ > 0 ? ratio_ : has_both ? width_ / height_ : static_cast<double>(width) / height;
  const double shown = width_ > 0 ? width_ : height_ > 0 ? height_ * shape : width;
  return {whole_pixels(shown), whole_pixels(shown / shape)};
}

} // namespace ganlet::tool
