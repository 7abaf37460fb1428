// Every request of tests/requests.jsonl as flags and as lines of JSON: one picture, byte for byte, or one error.

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base64.h"
#include "generator/draw_request.h"
#include "program.h"

namespace ganlet::test {
namespace {

using nlohmann::json;

/// Requests by model.
std::map<std::string, std::vector<json>> requests() {
  std::map<std::string, std::vector<json>> by_model;
  std::istringstream lines(content_of(GANLET_SOURCE_DIR "/tests/requests.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const json one = json::parse(line);
    by_model[one["model"]].push_back(one["request"]);
  }
  return by_model;
}

std::string text_of(const json& value) {
  if (value.is_string())
    return value;
  if (value.is_object())
    return text_of(value["seed"]) + ":" + text_of(value["layers"][0]) + "-" + text_of(value["layers"][1]);
  if (!value.is_array())
    return value.dump();
  std::string list;
  for (const json& element : value)
    list += (list.empty() ? "" : ",") + text_of(element);
  return list;
}

/// Words of a shell; nothing where a key has no flag: flags are of today's names, and of those that flags have had.
std::optional<std::string> flags_of(const json& request) {
  std::string flags;
  for (const auto& [key, value] : request.items()) {
    const RequestField* const field = request_field(key);
    const bool is_flag = key == "with" || key == "layers" || key == "styles" || (field && field->name == key);
    if (!is_flag && key != "textLimit")
      return std::nullopt;
    if (value.is_null() || value == false)
      continue;
    std::string name = key == "textLimit" ? "text-limit" : key;
    std::ranges::replace(name, '_', '-');
    const bool takes_value = field == nullptr || !std::holds_alternative<bool DrawRequest::*>(field->member);
    const std::string text =
        key == "layers" && value.is_array() ? text_of(value[0]) + "-" + text_of(value[1]) : text_of(value);
    flags += " --" + name + (takes_value ? (text.starts_with('-') ? "='" : " '") + text + "'" : "");
  }
  return flags;
}

/// What the program said, without its name in front and the advice behind.
std::string problem_of(std::string text) {
  if (const std::string name = "ganlet: "; text.starts_with(name))
    text.erase(0, name.size());
  return text.substr(0, text.find('\n'));
}

TEST(Requests, FlagsAndLinesOfJsonAreAnsweredAlike) {
  const Folder folder;
  int compared = 0;
  for (const auto& [model, all] : requests()) {
    std::string lines;
    for (const json& request : all)
      lines += request.dump() + "\n";
    write_content(folder / "lines", lines);
    const Outcome batch = run_program(folder, "batch " + model + " <" + (folder / "lines").string());
    ASSERT_EQ(batch.status, 0) << batch.err;
    std::istringstream answers(batch.out);
    for (const json& request : all) {
      SCOPED_TRACE(model + " " + request.dump());
      std::string line;
      ASSERT_TRUE(std::getline(answers, line));
      const json answer = json::parse(line);
      const auto flags = flags_of(request);
      if (!flags)
        continue;
      const auto file = folder / "picture.png";
      const Outcome outcome = run_program(folder, "generate " + model + *flags + " -o " + file.string());
      ++compared;
      if (answer.contains("error")) {
        EXPECT_NE(outcome.status, 0);
        EXPECT_EQ(problem_of(outcome.err), answer["error"].get<std::string>());
        continue;
      }
      ASSERT_EQ(outcome.status, 0) << outcome.err;
      const auto picture = from_base64(answer["prediction"].get<std::string>(), Base64::padded);
      ASSERT_TRUE(picture);
      const std::string_view bytes(reinterpret_cast<const char*>(picture->data()), picture->size());
      EXPECT_TRUE(without_texts(content_of(file)) == bytes);
    }
  }
  EXPECT_GE(compared, 80);
}

} // namespace
} // namespace ganlet::test
