#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The <ganlet-image> elements of an HTML page.
namespace ganlet::tool {

/// What HTML and CSS take for blanks.
inline constexpr std::string_view blanks = " \t\r\n\f";
/// A text without blanks around it.
std::string_view trimmed(std::string_view text);

/// One element: where it stands in the page, in bytes, and what its tag says.
struct PageTag {
  std::vector<std::pair<std::string, std::string>> attributes; ///< names in lower case, values without entities
  std::size_t content = 0;                                     ///< where its content begins
  std::size_t content_size = 0;
  int line = 1; ///< of its tag, from 1
};

/// All elements in order that are closed, but for those in comments, scripts and other text that is no markup.
std::vector<PageTag> tags_of_page(std::string_view html);

/// Whether an element's content may be replaced by its picture: nothing, or one <img>.
bool is_only_a_picture(std::string_view content);

} // namespace ganlet::tool
