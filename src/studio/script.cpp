#include "studio/script.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "core/text.h"

namespace ganlet::studio {

namespace {

struct Word {
  std::string_view name;
  Step::Kind kind;
  int numbers; ///< how many follow; -1 where text does
};

constexpr Word words[] = {
    {"set", Step::Kind::set, -1},
    {"do", Step::Kind::command, -1},
    {"panel", Step::Kind::panel, -1},
    {"wait", Step::Kind::wait, 0},
    {"frames", Step::Kind::frames, 1},
    {"click", Step::Kind::click, 2},
    {"drag", Step::Kind::drag, 4},
    {"wheel", Step::Kind::wheel, 3},
    {"type", Step::Kind::type, -1},
    {"key", Step::Kind::key, -1},
    {"screenshot", Step::Kind::screenshot, -1},
    {"memory", Step::Kind::memory, -1},
    {"open", Step::Kind::open, -1},
    {"quit", Step::Kind::quit, 0},
};

bool read_numbers(const std::string& text, int count, std::vector<float>& out) {
  const char* at = text.c_str();
  for (char* end = nullptr; count > 0; --count, at = end) {
    out.push_back(std::strtof(at, &end));
    if (end == at)
      return false;
  }
  return std::string_view(at).find_first_not_of(' ') == std::string_view::npos;
}

Result<Step> read_step(std::string_view line, int number) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string place = concat("line ", number);
  const auto word = std::ranges::find(words, line.substr(0, space), &Word::name);
  if (word == std::end(words))
    return fail(ErrorCode::corrupt, place, concat("there is no step '", printable(line.substr(0, space)), "'"));
  Step step{word->kind, std::string(line.substr(std::min(space + 1, line.size()))), {}};
  if (word->numbers < 0)
    return step;
  if (!read_numbers(step.text, word->numbers, step.numbers))
    return fail(ErrorCode::corrupt, place, concat(word->name, " takes ", word->numbers, " numbers"));
  step.text.clear();
  return step;
}

} // namespace

Result<std::vector<Step>> parse_script(std::string_view text) {
  std::vector<Step> steps;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#')
      continue;
    GANLET_TRY(Step step, read_step(line, number));
    steps.push_back(std::move(step));
  }
  return steps;
}

} // namespace ganlet::studio
