// Every request of tests/requests.jsonl as flags and as lines of JSON: one picture, byte for byte, or one error.

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base64.h"
#include "core/text.h"
#include "generator/draw_request.h"
#include "image/npy.h"
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

/// Whether only JSON can say this: flags show a wrong list, or an object, as the text that they got.
bool is_json_alone(const json& value) {
  const auto is_number = [](const json& element) { return element.is_number() || element.is_array(); };
  const bool is_mix = value.is_object() && value.contains("seed");
  return (value.is_object() && !is_mix) || (value.is_array() && !std::ranges::all_of(value, is_number));
}

/// Words of a shell; nothing where a key has no flag: flags are of today's names, and of those that flags have had.
std::optional<std::string> flags_of(const json& request) {
  std::string flags;
  for (const auto& [key, value] : request.items()) {
    const RequestField* const field = request_field(key);
    const bool is_flag = key == "with" || key == "layers" || key == "styles" || (field && field->name == key);
    if ((!is_flag && key != "textLimit") || is_json_alone(value))
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
      EXPECT_TRUE(without_texts(content_of(file)) == without_texts(std::string(bytes)));
    }
  }
  EXPECT_GE(compared, 80);
}

// tests/runs.jsonl: arrays of zeros for a model's network, and the shapes of its outputs or the error, as in
// JavaScript.
TEST(Requests, ArraysAreTakenByNameAsInScripts) {
  const Folder folder;
  std::istringstream lines(content_of(GANLET_SOURCE_DIR "/tests/runs.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    SCOPED_TRACE(line);
    const json row = json::parse(line);
    std::string call = "run " + row["model"].get<std::string>();
    for (const auto& [name, input] : row["inputs"].items()) {
      const auto sizes = input["shape"].get<std::vector<std::int64_t>>();
      const DataType type = input["type"] == "int64" ? DataType::int64 : DataType::float32;
      const auto bytes = write_npy(Tensor(type, *Shape::make(sizes, {}, name)).view());
      const auto file = folder / (name + ".npy");
      write_content(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      call += concat(" --input ", name, "=", file.string());
    }
    const Outcome outcome = run_program(folder, call + " -o " + (folder / "out.npy").string());
    if (row.contains("error")) {
      const json& error = row["error"];
      EXPECT_EQ(problem_of(outcome.err),
                concat(error["place"].get<std::string>(), ": ", error["message"].get<std::string>()));
      continue;
    }
    ASSERT_EQ(outcome.err, "");
    const std::string file = content_of(folder / "out.npy");
    const auto array = read_npy(std::as_bytes(std::span(file)), {}, "");
    ASSERT_TRUE(array);
    const std::span<const std::int64_t> sizes = array->shape().sizes();
    EXPECT_EQ(std::vector(sizes.begin(), sizes.end()), row["outputs"].begin()->get<std::vector<std::int64_t>>());
  }
}

} // namespace
} // namespace ganlet::test
