#include "loss_table.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/text.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

/// Cuts the first part up to `mark` off.
std::string_view next_part(std::string_view& text, char mark) {
  const std::string_view part = text.substr(0, text.find(mark));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

std::vector<std::string_view> cells_of(std::string_view row) {
  std::vector<std::string_view> cells;
  while (!row.empty())
    cells.push_back(next_part(row, ','));
  return cells;
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// Adds a row. False where it isn't as many numbers as there are columns.
bool add_row(std::string_view row, LossTable& table) {
  const std::vector<std::string_view> cells = cells_of(row);
  if (cells.size() != table.names.size() + 1)
    return false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::optional<double> number = number_of(cells[i]);
    if (!number)
      return false;
    if (i == 0)
      table.steps.push_back(static_cast<std::int64_t>(*number));
    else
      table.columns[i - 1].push_back(*number);
  }
  return true;
}

} // namespace

std::vector<std::pair<std::string, double>> LossTable::at(std::int64_t step) const {
  const auto behind = std::ranges::upper_bound(steps, step);
  std::vector<std::pair<std::string, double>> values;
  if (behind == steps.begin())
    return values;
  const auto row = static_cast<std::size_t>(behind - steps.begin() - 1);
  for (std::size_t column = 0; column < names.size(); ++column)
    values.emplace_back(names[column], columns[column][row]);
  return values;
}

Result<LossTable> read_loss_table(const std::filesystem::path& file) {
  constexpr std::int64_t most_bytes = std::int64_t{1} << 28;
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  LossTable table;
  const std::vector<std::string_view> header = cells_of(next_part(text, '\n'));
  if (header.empty() ? !bytes.empty() : header.front() != "step")
    return fail(ErrorCode::corrupt, concat(file.string(), ":1"), "must begin with a column called step");
  for (std::size_t i = 1; i < header.size(); ++i)
    table.names.emplace_back(header[i]);
  table.columns.resize(table.names.size());
  for (int line = 2; !text.empty(); ++line)
    if (!add_row(next_part(text, '\n'), table))
      return fail(ErrorCode::corrupt, concat(file.string(), ":", line),
                  concat("must be ", table.names.size() + 1, " numbers with commas between"));
  return table;
}

} // namespace ganlet::train
