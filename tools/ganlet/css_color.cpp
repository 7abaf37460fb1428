#include "css_color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "core/text.h"
#include "page_tags.h"

namespace ganlet::tool {

namespace {

constexpr std::pair<std::string_view, std::uint32_t> color_names[] = {
    {"aliceblue", 0xF0F8FF},
    {"antiquewhite", 0xFAEBD7},
    {"aqua", 0x00FFFF},
    {"aquamarine", 0x7FFFD4},
    {"azure", 0xF0FFFF},
    {"beige", 0xF5F5DC},
    {"bisque", 0xFFE4C4},
    {"black", 0x000000},
    {"blanchedalmond", 0xFFEBCD},
    {"blue", 0x0000FF},
    {"blueviolet", 0x8A2BE2},
    {"brown", 0xA52A2A},
    {"burlywood", 0xDEB887},
    {"cadetblue", 0x5F9EA0},
    {"chartreuse", 0x7FFF00},
    {"chocolate", 0xD2691E},
    {"coral", 0xFF7F50},
    {"cornflowerblue", 0x6495ED},
    {"cornsilk", 0xFFF8DC},
    {"crimson", 0xDC143C},
    {"cyan", 0x00FFFF},
    {"darkblue", 0x00008B},
    {"darkcyan", 0x008B8B},
    {"darkgoldenrod", 0xB8860B},
    {"darkgray", 0xA9A9A9},
    {"darkgreen", 0x006400},
    {"darkgrey", 0xA9A9A9},
    {"darkkhaki", 0xBDB76B},
    {"darkmagenta", 0x8B008B},
    {"darkolivegreen", 0x556B2F},
    {"darkorange", 0xFF8C00},
    {"darkorchid", 0x9932CC},
    {"darkred", 0x8B0000},
    {"darksalmon", 0xE9967A},
    {"darkseagreen", 0x8FBC8F},
    {"darkslateblue", 0x483D8B},
    {"darkslategray", 0x2F4F4F},
    {"darkslategrey", 0x2F4F4F},
    {"darkturquoise", 0x00CED1},
    {"darkviolet", 0x9400D3},
    {"deeppink", 0xFF1493},
    {"deepskyblue", 0x00BFFF},
    {"dimgray", 0x696969},
    {"dimgrey", 0x696969},
    {"dodgerblue", 0x1E90FF},
    {"firebrick", 0xB22222},
    {"floralwhite", 0xFFFAF0},
    {"forestgreen", 0x228B22},
    {"fuchsia", 0xFF00FF},
    {"gainsboro", 0xDCDCDC},
    {"ghostwhite", 0xF8F8FF},
    {"gold", 0xFFD700},
    {"goldenrod", 0xDAA520},
    {"gray", 0x808080},
    {"green", 0x008000},
    {"greenyellow", 0xADFF2F},
    {"grey", 0x808080},
    {"honeydew", 0xF0FFF0},
    {"hotpink", 0xFF69B4},
    {"indianred", 0xCD5C5C},
    {"indigo", 0x4B0082},
    {"ivory", 0xFFFFF0},
    {"khaki", 0xF0E68C},
    {"lavender", 0xE6E6FA},
    {"lavenderblush", 0xFFF0F5},
    {"lawngreen", 0x7CFC00},
    {"lemonchiffon", 0xFFFACD},
    {"lightblue", 0xADD8E6},
    {"lightcoral", 0xF08080},
    {"lightcyan", 0xE0FFFF},
    {"lightgoldenrodyellow", 0xFAFAD2},
    {"lightgray", 0xD3D3D3},
    {"lightgreen", 0x90EE90},
    {"lightgrey", 0xD3D3D3},
    {"lightpink", 0xFFB6C1},
    {"lightsalmon", 0xFFA07A},
    {"lightseagreen", 0x20B2AA},
    {"lightskyblue", 0x87CEFA},
    {"lightslategray", 0x778899},
    {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xB0C4DE},
    {"lightyellow", 0xFFFFE0},
    {"lime", 0x00FF00},
    {"limegreen", 0x32CD32},
    {"linen", 0xFAF0E6},
    {"magenta", 0xFF00FF},
    {"maroon", 0x800000},
    {"mediumaquamarine", 0x66CDAA},
    {"mediumblue", 0x0000CD},
    {"mediumorchid", 0xBA55D3},
    {"mediumpurple", 0x9370DB},
    {"mediumseagreen", 0x3CB371},
    {"mediumslateblue", 0x7B68EE},
    {"mediumspringgreen", 0x00FA9A},
    {"mediumturquoise", 0x48D1CC},
    {"mediumvioletred", 0xC71585},
    {"midnightblue", 0x191970},
    {"mintcream", 0xF5FFFA},
    {"mistyrose", 0xFFE4E1},
    {"moccasin", 0xFFE4B5},
    {"navajowhite", 0xFFDEAD},
    {"navy", 0x000080},
    {"oldlace", 0xFDF5E6},
    {"olive", 0x808000},
    {"olivedrab", 0x6B8E23},
    {"orange", 0xFFA500},
    {"orangered", 0xFF4500},
    {"orchid", 0xDA70D6},
    {"palegoldenrod", 0xEEE8AA},
    {"palegreen", 0x98FB98},
    {"paleturquoise", 0xAFEEEE},
    {"palevioletred", 0xDB7093},
    {"papayawhip", 0xFFEFD5},
    {"peachpuff", 0xFFDAB9},
    {"peru", 0xCD853F},
    {"pink", 0xFFC0CB},
    {"plum", 0xDDA0DD},
    {"powderblue", 0xB0E0E6},
    {"purple", 0x800080},
    {"rebeccapurple", 0x663399},
    {"red", 0xFF0000},
    {"rosybrown", 0xBC8F8F},
    {"royalblue", 0x4169E1},
    {"saddlebrown", 0x8B4513},
    {"salmon", 0xFA8072},
    {"sandybrown", 0xF4A460},
    {"seagreen", 0x2E8B57},
    {"seashell", 0xFFF5EE},
    {"sienna", 0xA0522D},
    {"silver", 0xC0C0C0},
    {"skyblue", 0x87CEEB},
    {"slateblue", 0x6A5ACD},
    {"slategray", 0x708090},
    {"slategrey", 0x708090},
    {"snow", 0xFFFAFA},
    {"springgreen", 0x00FF7F},
    {"steelblue", 0x4682B4},
    {"tan", 0xD2B48C},
    {"teal", 0x008080},
    {"thistle", 0xD8BFD8},
    {"tomato", 0xFF6347},
    {"turquoise", 0x40E0D0},
    {"violet", 0xEE82EE},
    {"wheat", 0xF5DEB3},
    {"white", 0xFFFFFF},
    {"whitesmoke", 0xF5F5F5},
    {"yellow", 0xFFFF00},
    {"yellowgreen", 0x9ACD32},
};
static_assert(std::ranges::is_sorted(color_names, {}, &std::pair<std::string_view, std::uint32_t>::first));

std::optional<CssColor> named(std::string_view name) {
  if (name == "transparent")
    return CssColor{};
  const auto found =
      std::ranges::lower_bound(color_names, name, {}, &std::pair<std::string_view, std::uint32_t>::first);
  if (found == std::end(color_names) || found->first != name)
    return std::nullopt;
  const auto byte = [&](int shift) { return static_cast<std::uint8_t>(found->second >> shift & 255); };
  return CssColor{byte(16), byte(8), byte(0), 255};
}

std::optional<CssColor> of_digits(std::string_view text) {
  std::string digits;
  for (const char c : text)
    digits += std::string(text.size() < 6 ? 2 : 1, c);
  if (text.size() == 3 || text.size() == 6)
    digits += "ff";
  if (digits.size() != 8 || digits.find_first_not_of("0123456789abcdef") != digits.npos)
    return std::nullopt;
  const unsigned long value = std::stoul(digits, nullptr, 16);
  const auto byte = [&](int shift) { return static_cast<std::uint8_t>(value >> shift & 255); };
  return CssColor{byte(24), byte(16), byte(8), byte(0)};
}

/// One argument of a function: a number and what stands behind it, such as "%" or "deg"; or `none`, as a unit.
struct Argument {
  double number = 0;
  std::string_view unit;
};

std::optional<Argument> argument_of(std::string_view text) {
  if (text == "none")
    return Argument{0, text};
  const std::size_t end = std::min(text.find_first_not_of("+-.0123456789e"), text.size());
  const std::string_view digits = text.substr(0, end);
  const auto number = number_of(digits);
  if (!number || digits.ends_with('.'))
    return std::nullopt;
  return Argument{*number, text.substr(end)};
}

/// The words between any of these separators.
std::vector<std::string_view> words_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(separators); at != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(separators, end);
  }
  return words;
}

/// What stands between the brackets of `rgb(1, 2, 3, 0.5)` or `rgb(1 2 3 / 50%)`: three arguments, and the opacity.
struct Arguments {
  std::vector<Argument> colors;
  Argument opacity{1, ""};
  bool has_commas = false;
};

std::optional<Arguments> arguments_of(std::string_view text) {
  Arguments arguments;
  const auto commas = std::ranges::count(text, ','), slashes = std::ranges::count(text, '/');
  arguments.has_commas = commas > 0;
  const auto words = words_of(text, concat(blanks, arguments.has_commas ? "," : "/"));
  const bool has_opacity = words.size() == 4;
  const bool are_parted = arguments.has_commas ? slashes == 0 && commas + 1 == std::ssize(words)
                                               : slashes == (has_opacity ? 1 : 0) &&
                                                     words_of(text.substr(0, text.find('/')), blanks).size() == 3;
  if (!are_parted || (words.size() != 3 && !has_opacity))
    return std::nullopt;
  for (const std::string_view word : words) {
    const auto argument = argument_of(word);
    if (!argument || (arguments.has_commas && argument->unit == "none"))
      return std::nullopt;
    arguments.colors.push_back(*argument);
  }
  if (has_opacity) {
    arguments.opacity = arguments.colors.back();
    arguments.colors.pop_back();
  }
  return arguments;
}

/// Which share of `all` a number is, or says in percent. Empty for other units.
std::optional<double> share_of(const Argument& argument, double all) {
  if (argument.unit == "%")
    return argument.number / 100;
  return argument.unit.empty() || argument.unit == "none" ? std::optional(argument.number / all) : std::nullopt;
}

/// An angle in degrees. Empty for what is none.
std::optional<double> degrees_of(const Argument& angle) {
  constexpr std::pair<std::string_view, double> units[] = {
      {"", 1}, {"none", 1}, {"deg", 1}, {"grad", 0.9}, {"turn", 360}, {"rad", 180 / std::numbers::pi}};
  const auto unit = std::ranges::find(units, angle.unit, &std::pair<std::string_view, double>::first);
  return unit == std::end(units) ? std::nullopt : std::optional(angle.number * unit->second);
}

/// Red, green and blue from 0 to 1.
using Shares = std::array<double, 3>;

/// A hue whose strongest colour has the share `most`, and whose weakest has `least`.
Shares of_hue(double degrees, double most, double least) {
  Shares shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double away = std::abs(std::remainder(degrees - 120 * static_cast<double>(i), 360)) / 60;
    shares[i] = least + (most - least) * std::clamp(2 - away, 0.0, 1.0);
  }
  return shares;
}

std::optional<Shares> of_rgb(const Arguments& arguments) {
  const auto is_mixed = [&](const Argument& one) { return one.unit != arguments.colors[0].unit; };
  if (arguments.has_commas && std::ranges::any_of(arguments.colors, is_mixed))
    return std::nullopt;
  Shares shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto share = share_of(arguments.colors[i], 255);
    if (!share)
      return std::nullopt;
    shares[i] = *share;
  }
  return shares;
}

/// hsl(), or hwb() if `has_whiteness`.
std::optional<Shares> of_hsl(const Arguments& arguments, bool has_whiteness) {
  const std::vector<Argument>& colors = arguments.colors;
  const auto hue = degrees_of(colors[0]), first = share_of(colors[1], 100), second = share_of(colors[2], 100);
  const bool are_percent = colors[1].unit == "%" && colors[2].unit == "%";
  if (!hue || !first || !second || (arguments.has_commas && (has_whiteness || !are_percent)))
    return std::nullopt;
  if (has_whiteness) {
    const double white = std::clamp(*first, 0.0, 1.0), black = std::clamp(*second, 0.0, 1.0);
    const double all = std::max(white + black, 1.0);
    return of_hue(*hue, 1 - black / all, white / all);
  }
  const double saturation = std::clamp(*first, 0.0, 1.0), lightness = std::clamp(*second, 0.0, 1.0);
  const double half = saturation * std::min(lightness, 1 - lightness);
  return of_hue(*hue, lightness + half, lightness - half);
}

std::optional<CssColor> of_function(std::string_view name, std::string_view inside) {
  const bool is_rgb = name == "rgb" || name == "rgba", is_hsl = name == "hsl" || name == "hsla";
  const auto arguments = arguments_of(inside);
  if (!arguments || (!is_rgb && !is_hsl && name != "hwb"))
    return std::nullopt;
  const auto shares = is_rgb ? of_rgb(*arguments) : of_hsl(*arguments, !is_hsl);
  const auto opacity = share_of(arguments->opacity, 1);
  if (!shares || !opacity)
    return std::nullopt;
  const auto byte = [](double share) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.0, 1.0) * 255));
  };
  const auto& [red, green, blue] = *shares;
  return CssColor{byte(red), byte(green), byte(blue), byte(*opacity)};
}

} // namespace

std::optional<CssColor> css_color(std::string_view text) {
  std::string lower(trimmed(text));
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::string_view color = lower;
  if (color.starts_with('#'))
    return of_digits(color.substr(1));
  const std::size_t open = color.find('(');
  if (open == color.npos || !color.ends_with(')'))
    return named(color);
  return of_function(color.substr(0, open), color.substr(open + 1, color.size() - open - 2));
}

} // namespace ganlet::tool
