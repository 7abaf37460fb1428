#include "generator/latent_ranges.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "generator/latent.h"

namespace ganlet {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

/// A text's parts before and behind the first `mark`; without one, all and nothing.
std::pair<std::string_view, std::optional<std::string_view>> split(std::string_view text, std::string_view mark) {
  const std::size_t end = text.find(mark);
  if (end == std::string_view::npos)
    return {trimmed(text), std::nullopt};
  return {trimmed(text.substr(0, end)), trimmed(text.substr(end + mark.size()))};
}

tl::unexpected<Error> wrong_term(std::string_view term) {
  return fail(ErrorCode::invalid_argument, "",
              concat("'", printable(term),
                     "' isn't normal, uniform [LOW, HIGH], sphere, one-hot of K or a number, or one of them * NUMBER"));
}

/// "[0, 1]", or nothing for [-1, 1].
std::optional<ValueRange> read_ends(std::string_view text) {
  if (text.empty())
    return ValueRange{-1, 1};
  if (text.front() != '[' || text.back() != ']')
    return std::nullopt;
  const auto [first, second] = split(text.substr(1, text.size() - 2), ",");
  const auto low = number_of(first), high = number_of(second.value_or(""));
  if (!low || !high || !(*low < *high))
    return std::nullopt;
  return ValueRange{static_cast<float>(*low), static_cast<float>(*high)};
}

/// Adds a term, `times` which it counts, to a range.
Result<void> add_term(std::string_view term, float times, LatentRange& range) {
  constexpr std::string_view uniform = "uniform", one_hot = "one-hot of ";
  if (term == "normal") {
    range.normal += times;
  } else if (term == "sphere") {
    range.sphere += times;
  } else if (term.starts_with(uniform)) {
    const auto ends = read_ends(trimmed(term.substr(uniform.size())));
    if (!ends || range.uniform || times <= 0)
      return wrong_term(term);
    range.uniform = ValueRange{ends->low * times, ends->high * times};
  } else if (term.starts_with(one_hot)) {
    const auto count = number_of(term.substr(one_hot.size()));
    if (!count || *count < 1 || *count > 1 << 20 || *count != std::floor(*count) || range.has_classes() || times == 0)
      return wrong_term(term);
    const auto classes = static_cast<std::int64_t>(*count);
    if (range.size != 0 && range.size != classes)
      return fail(ErrorCode::invalid_argument, "",
                  concat("'", printable(term), "' is as long as the range, which has ", range.size, " numbers"));
    range.size = classes;
    range.one_hot = times;
  } else if (const auto constant = number_of(term)) {
    range.constant += static_cast<float>(*constant) * times;
  } else {
    return wrong_term(term);
  }
  return {};
}

} // namespace

Result<LatentRange> read_latent_range(std::string_view text, std::int64_t size) {
  LatentRange range{.size = size};
  for (std::optional<std::string_view> rest = text; rest;) {
    const auto [product, others] = split(*rest, " + ");
    const auto [term, factor] = split(product, " * ");
    const std::optional<double> times = factor ? number_of(*factor) : 1;
    if (!times)
      return wrong_term(product);
    GANLET_CHECK(add_term(term, static_cast<float>(*times), range));
    rest = others;
  }
  const ValueRange ends = range.uniform.value_or(ValueRange{0, 1});
  for (const float number : {range.constant, range.normal, range.sphere, range.one_hot, ends.high - ends.low})
    if (!std::isfinite(number))
      return fail(ErrorCode::invalid_argument, "", "has numbers that float32 can't hold");
  return range;
}

std::string text_of(const LatentRange& range) {
  std::string text;
  const auto add = [&](std::string_view term, float times) {
    if (times != 0)
      text += concat(text.empty() ? "" : " + ", term, times == 1 ? "" : concat(" * ", double{times}));
  };
  if (range.has_classes())
    add(concat("one-hot of ", range.size), range.one_hot);
  add("normal", range.normal);
  if (range.uniform)
    add(concat("uniform [", double{range.uniform->low}, ", ", double{range.uniform->high}, "]"), 1);
  add("sphere", range.sphere);
  if (range.constant != 0 || text.empty())
    text += concat(text.empty() ? "" : " + ", double{range.constant});
  return text;
}

std::int64_t classes_of(std::span<const LatentRange> ranges) {
  const auto found = std::ranges::find_if(ranges, &LatentRange::has_classes);
  return found == ranges.end() ? 0 : found->size;
}

const LatentRange& range_at(std::span<const LatentRange> ranges, std::int64_t column) {
  while (column >= ranges[0].size) {
    column -= ranges[0].size;
    ranges = ranges.subspan(1);
  }
  return ranges[0];
}

void shape_latent(std::span<const LatentRange> ranges, std::int64_t label, std::span<float> latent) {
  for (const LatentRange& range : ranges) {
    const std::span<float> numbers = latent.first(static_cast<std::size_t>(range.size));
    latent = latent.subspan(numbers.size());
    double square = 0;
    for (const float z : numbers)
      square += static_cast<double>(z) * static_cast<double>(z);
    const float length = square > 0 ? static_cast<float>(std::sqrt(square)) : 1;
    for (float& number : numbers) {
      const float z = number;
      number = range.constant + range.normal * z + range.sphere * (z / length);
      if (range.uniform)
        number += range.uniform->low + (range.uniform->high - range.uniform->low) * static_cast<float>(share_below(z));
    }
    if (range.has_classes())
      numbers[static_cast<std::size_t>(label)] += range.one_hot;
  }
}

} // namespace ganlet
