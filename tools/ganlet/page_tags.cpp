#include "page_tags.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ganlet::tool {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::ranges::equal(text.substr(0, word.size()), word, {}, lower) && // `word` is in lower case
         (text.size() == word.size() ||
          (blanks.find(text[word.size()]) != blanks.npos || text[word.size()] == '/' || text[word.size()] == '>'));
}

/// Where `word`, in lower case, begins at or behind `from`; npos if nowhere.
std::size_t find_word(std::string_view html, std::string_view word, std::size_t from) {
  for (std::size_t at = html.find('<', from); at != html.npos; at = html.find('<', at + 1))
    if (begins_with_word(html.substr(at), word))
      return at;
  return html.npos;
}

/// The character of an entity such as `amp` or `#39`; empty for those that only browsers know.
std::optional<char> character_of(std::string_view entity) {
  constexpr std::pair<std::string_view, char> known[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [name, character] : known)
    if (name == entity)
      return character;
  int code = 0;
  if (!entity.starts_with('#') ||
      std::from_chars(entity.data() + 1, entity.data() + entity.size(), code).ptr != entity.data() + entity.size())
    return std::nullopt;
  return code >= 0x20 && code < 0x7f ? std::optional(static_cast<char>(code)) : std::nullopt;
}

std::string without_entities(std::string_view text) {
  constexpr std::size_t longest = 6;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t end = text[at] == '&' ? text.substr(at, longest + 2).find(';') : text.npos;
    const auto character = end == text.npos ? std::nullopt : character_of(text.substr(at + 1, end - 1));
    plain += character.value_or(text[at]);
    at += character ? end : 0;
  }
  return plain;
}

/// Reads a tag's attributes from `at` on, and gives where the tag ends, behind its '>'; npos if it doesn't.
std::size_t read_attributes(std::string_view html, std::size_t at,
                            std::vector<std::pair<std::string, std::string>>& attributes) {
  for (;;) {
    at = html.find_first_not_of(" \t\r\n\f/", at);
    if (at == html.npos || html[at] == '>')
      return at == html.npos ? at : at + 1;
    const std::size_t name_end = std::min(html.find_first_of("= \t\r\n\f/>", at + 1), html.size());
    std::string name(html.substr(at, name_end - at)), value;
    std::ranges::transform(name, name.begin(), lower);
    at = std::min(html.find_first_not_of(blanks, name_end), html.size());
    if (at < html.size() && html[at] == '=') {
      at = std::min(html.find_first_not_of(blanks, at + 1), html.size());
      const bool is_quoted = at < html.size() && (html[at] == '"' || html[at] == '\'');
      const std::size_t begin = at + (is_quoted ? 1 : 0);
      const std::size_t end = is_quoted ? html.find(html[at], begin) : html.find_first_of(" \t\r\n\f>", begin);
      if (end == html.npos)
        return end;
      value = without_entities(html.substr(begin, end - begin));
      at = end + (is_quoted ? 1 : 0);
    }
    attributes.emplace_back(std::move(name), std::move(value));
  }
}

/// Where the scan goes on if a comment, or an element whose text is no markup, begins at `at`; `at` if none does.
std::size_t skip_raw(std::string_view html, std::size_t at) {
  if (html.substr(at).starts_with("<!--"))
    return std::min(html.find("-->", at + 4), html.size());
  for (const auto& [begin, end] : {std::pair{"<script", "</script"}, std::pair{"<style", "</style"},
                                   std::pair{"<textarea", "</textarea"}, std::pair{"<title", "</title"}})
    if (begins_with_word(html.substr(at), begin))
      return std::min(find_word(html, end, at + 1), html.size());
  return at;
}

} // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

std::vector<PageTag> tags_of_page(std::string_view html) {
  constexpr std::string_view name = "<ganlet-image", close = "</ganlet-image";
  std::vector<PageTag> tags;
  int line = 1;
  std::size_t counted = 0; // lines up to here
  std::size_t end = 0;     // of the element
  for (std::size_t at = html.find('<'); at < html.size(); at = html.find('<', at)) {
    if (const std::size_t behind = skip_raw(html, at); behind != at) {
      at = behind;
      continue;
    }
    if (!begins_with_word(html.substr(at), name)) {
      ++at;
      continue;
    }
    PageTag tag;
    line += static_cast<int>(std::ranges::count(html.substr(counted, at - counted), '\n'));
    counted = at;
    tag.line = line;
    tag.content = read_attributes(html, at + name.size(), tag.attributes);
    if (tag.content == html.npos)
      break;
    if (end < tag.content)
      end = find_word(html, close, tag.content);
    if (end == html.npos)
      break;
    at = tag.content;
    if (find_word(html.substr(0, end), name, tag.content) != html.npos)
      continue; // not closed
    tag.content_size = end - tag.content;
    at = end;
    tags.push_back(std::move(tag));
  }
  return tags;
}

bool is_only_a_picture(std::string_view content) {
  content = trimmed(content);
  std::vector<std::pair<std::string, std::string>> ignored;
  return content.empty() ||
         (begins_with_word(content, "<img") && read_attributes(content, 4, ignored) == content.size());
}

} // namespace ganlet::tool
