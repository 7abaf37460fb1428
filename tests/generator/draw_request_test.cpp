// The table of a request's fields, and the names and values that links, flags and JSON have for them.

#include "generator/draw_request.h"

#include <fstream>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "core/base64.h"
#include "core/text.h"

namespace ganlet {
namespace {

DrawRequest read(const std::vector<std::pair<std::string, std::string>>& settings) {
  RequestReader reader;
  for (const auto& [name, text] : settings) {
    const auto known = reader.set(name, text);
    EXPECT_TRUE(known) << known.error().text();
    EXPECT_TRUE(known && *known) << name;
  }
  auto request = std::move(reader).finish();
  EXPECT_TRUE(request) << request.error().text();
  return request ? *request : DrawRequest();
}

std::string error_of(const std::string& name, const std::string& text) {
  const auto set = RequestReader().set(name, text);
  return set ? *set ? "no error" : "unknown" : set.error().text();
}

std::string json_error(const std::string& json) {
  const auto request = request_of_json(json);
  return request ? "no error" : request.error().text();
}

TEST(RequestFields, HaveNamesThatAreNoAttributesOfEveryElement) {
  for (const RequestField& field : request_fields()) {
    EXPECT_FALSE(field.help.empty()) << field.name;
    for (const char* const taken : {"style", "part", "class", "id", "title", "slot", "animate"})
      EXPECT_NE(field.name, taken);
    EXPECT_EQ(request_field(field.name), &field);
  }
}

TEST(RequestFields, AreOneNameInEachWayOfWriting) {
  for (const char* const name : {"text_limit", "text-limit", "textLimit"})
    EXPECT_EQ(request_field(name)->name, "text_limit") << name;
  for (const auto& [alias, name] : std::vector<std::pair<std::string, std::string>>{{"z", "latents"},
                                                                                    {"latent", "latents"},
                                                                                    {"embeddings", "latents"},
                                                                                    {"psi", "truncation"},
                                                                                    {"trained", "step"}})
    EXPECT_EQ(request_field(alias)->name, name);
  for (const char* const name : {"", "tex", "texts", "text_", "text_limits", "with"})
    EXPECT_EQ(request_field(name), nullptr) << name;
}

TEST(RequestReader, ReadsWhatLinksAndFlagsWrite) {
  const DrawRequest request = read({{"text", "2026"},
                                    {"seed", "18446744073709551615"},
                                    {"vary", ""},
                                    {"jitter", "0.15"},
                                    {"labels", "1,2,3"},
                                    {"latents", "0.5,-1e-3,2"},
                                    {"truncation", "0.7"},
                                    {"cutoff", "4"},
                                    {"mix", "7:0-3"},
                                    {"noise", "each"},
                                    {"step", "5000"},
                                    {"columns", "4"}});
  EXPECT_EQ(request.text, "2026");
  EXPECT_EQ(request.seed, UINT64_MAX);
  EXPECT_TRUE(request.vary);
  EXPECT_EQ(request.jitter, 0.15F);
  EXPECT_EQ(request.labels, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(request.latents, (std::vector<float>{0.5F, -1e-3F, 2}));
  EXPECT_EQ(request.truncation, 0.7F);
  EXPECT_EQ(request.mix, (StyleMix{7, {0, 3}}));
  EXPECT_EQ(request.noise, (Noise{Noise::Kind::each, 0}));
  EXPECT_EQ(request.step, 5000);
}

TEST(RequestReader, ReadsWhatPublishedLinksWrote) {
  EXPECT_EQ(read({{"psi", "70"}}).truncation, 0.7F);
  EXPECT_EQ(read({{"trained", "816"}}).step, 816);
  const std::byte steps[] = {std::byte{25}, std::byte{0xE7}}; // of 0.04
  const DrawRequest request = read({{"z", to_base64(steps, Base64::url)}});
  ASSERT_EQ(request.latents.size(), 2U);
  EXPECT_FLOAT_EQ(request.latents[0], 1);
  EXPECT_FLOAT_EQ(request.latents[1], -1);
  EXPECT_EQ(read({{"with", "7"}, {"layers", "2"}}).mix, (StyleMix{7, {2, 2}}));
}

TEST(RequestReader, SaysWhatAFieldTakes) {
  EXPECT_EQ(error_of("seed", "-1"), "seed: must be a whole number from 0 to 18446744073709551615, is -1");
  EXPECT_EQ(error_of("truncation", "1.5"), "truncation: must be 0 to 1, is 1.5");
  EXPECT_EQ(error_of("truncation", "nan"), "truncation: must be 0 to 1, is 'nan'");
  EXPECT_EQ(error_of("mix", "7:3-0"), "mix: must be a seed and layers, such as 7:0-3, is '7:3-0'");
  EXPECT_EQ(error_of("noise", "loud"), "noise: must be fixed, off, each or a seed, is 'loud'");
  EXPECT_EQ(error_of("psi", "101"), "psi: must be 0 to 100, per cent, is 101");
  EXPECT_EQ(error_of("colour", "red"), "unknown");
  RequestReader half;
  ASSERT_TRUE(half.set("with", "7"));
  EXPECT_EQ(std::move(half).finish().error().text(), "layers: is missing: with and layers go together");
}

TEST(RequestJson, ReadsEachType) {
  const auto request = request_of_json(
      R"({"text": "12", "textLimit": 10, "vary": true, "seed": "18446744073709551615", "z": [[0.1, 2], [3, 4e-1]],
          "mix": {"seed": 7, "layers": [0, 3]}, "noise": 9, "label": null, "labels": [1]})");
  ASSERT_TRUE(request) << request.error().text();
  EXPECT_EQ(request->text_limit, 10);
  EXPECT_TRUE(request->vary);
  EXPECT_EQ(request->seed, UINT64_MAX);
  EXPECT_EQ(request->latents, (std::vector<float>{0.1F, 2, 3, 0.4F}));
  EXPECT_EQ(request->mix, (StyleMix{7, {0, 3}}));
  EXPECT_EQ(request->noise, (Noise{Noise::Kind::seeded, 9}));
  EXPECT_FALSE(request->label);
  EXPECT_EQ(request_of_json(R"({"with": 7, "layers": [0, 3]})")->mix, request->mix);
}

TEST(RequestJson, RefusesWhatIsNoRequest) {
  EXPECT_EQ(json_error("[]"), "request: must be an object");
  EXPECT_EQ(json_error("{\"sed\": 1}"), "sed: is no field of a request");
  EXPECT_EQ(json_error("{\"seed\": 1.5}"), "seed: must be a whole number from 0 to 18446744073709551615, is 1.5");
  EXPECT_EQ(json_error("{\"label\": \"x\"}"), "label: must be a whole number from 0, is 'x'");
  EXPECT_EQ(json_error("{\"latents\": [1, {}]}"), "latents: must be numbers, is [1, {}]");
  EXPECT_EQ(json_error("{\"seed\": [1]}"), "seed: must be a whole number from 0 to 18446744073709551615, is [1]");
  EXPECT_EQ(json_error("{\"seed\": 1"), "request: isn't JSON: it ends too early at line 1, column 11");
}

TEST(RequestJson, WhatIsWrittenIsReadAsTheSame) {
  DrawRequest request{.text = "1\"\\2",
                      .vary = true,
                      .jitter = 0.15F,
                      .labels = {1, 2},
                      .seed = UINT64_MAX,
                      .latents = {0.1F, -1e-12F, 3.4e20F, 1.0F / 3},
                      .truncation = 0.7F,
                      .cutoff = 3,
                      .mix = StyleMix{5, {1, 2}},
                      .noise = {Noise::Kind::seeded, 8},
                      .step = 7,
                      .columns = 2};
  const auto back = request_of_json(json_of(request));
  ASSERT_TRUE(back) << back.error().text() << json_of(request);
  EXPECT_EQ(*back, request) << json_of(request);
  EXPECT_EQ(read(settings_of(request)), request);
  EXPECT_EQ(json_of({}), "{}");
  // An empty text isn't none: it is refused when it is drawn.
  EXPECT_EQ(json_of({.text = ""}), R"({"text":""})");
  EXPECT_EQ(request_of_json(R"({"text":""})"), DrawRequest{.text = ""});
}

/// Scripts write names as `textLimit`.
std::string name_in_scripts(std::string_view field) {
  std::string name;
  bool follows_bar = false;
  for (const char c : field) {
    if (c != '_')
      name += follows_bar ? static_cast<char>(c - 'a' + 'A') : c;
    follows_bar = c == '_';
  }
  return name;
}

std::string type_in_scripts(const RequestField& field) {
  using R = DrawRequest;
  constexpr const char* seed = "number | bigint | string";
  const auto is = [&](auto member) { return std::holds_alternative<decltype(member)>(field.member); };
  if (is(&R::text))
    return "string";
  if (is(&R::vary))
    return "boolean";
  if (is(&R::seed))
    return seed;
  if (is(&R::seeds))
    return concat("readonly (", seed, ")[]");
  if (is(&R::labels) || is(&R::latents))
    return "ArrayLike<number>";
  if (is(&R::mix))
    return concat("string | { readonly seed: ", seed, "; readonly layers: readonly [first: number, last: number] }");
  if (is(&R::noise))
    return "'fixed' | 'off' | 'each' | number | bigint";
  return "number";
}

/// The default value as a comment has it; empty if that is words.
std::string default_of(const RequestField& field) {
  const DrawRequest request;
  return std::visit(
      [&](auto member) -> std::string {
        using T = std::decay_t<decltype(request.*member)>;
        if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>)
          return field.name == "columns" ? "" : concat(request.*member);
        else if constexpr (std::is_same_v<T, Noise>)
          return request.*member == Noise() ? "`fixed`" : "another";
        else
          return "";
      },
      field.member);
}

/// Compares a comment's "Default 1000.", "0 to 1" and "up to 1000" with the table.
void check_comment(const RequestField& field, const std::string& comment) {
  std::smatch found;
  EXPECT_EQ(std::regex_search(comment, found, std::regex(R"(Default (`?\w+`?)\.)")) ? found[1].str() : "",
            default_of(field));
  if (std::regex_search(comment, found, std::regex(R"((\d+) to (\d+)[.,])"))) {
    EXPECT_EQ(std::stod(found[1]), field.low);
    EXPECT_EQ(std::stod(found[2]), field.high);
  }
  if (std::regex_search(comment, found, std::regex(R"(up to (\d+)\b)")))
    EXPECT_EQ(std::stod(found[1]), field.high);
}

TEST(RequestFields, AreThoseThatScriptsAreToldOf) {
  std::ifstream file(GANLET_SOURCE_DIR "/wasm/ganlet.d.ts");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t begin = text.find("interface DrawRequest {"), end = text.find("\n}", begin);
  ASSERT_NE(end, std::string::npos);
  const std::string members = text.substr(begin, end - begin);
  const std::regex member(R"(\n  /\*\*((?:[^*]|\*[^/])*)\*/\n  (\w+)\?: ((?:[^;{]|\{[^}]*\})*);)");
  std::set<std::string> told;
  for (std::sregex_iterator one(members.begin(), members.end(), member), none; one != none; ++one) {
    const std::string name = (*one)[2];
    SCOPED_TRACE(name);
    told.insert(name);
    if (const RequestField* const field = request_field(name)) {
      EXPECT_EQ((*one)[3], type_in_scripts(*field));
      check_comment(*field, (*one)[1]);
    }
  }
  EXPECT_EQ(told.erase("signal"), 1U); // no field: it ends the call
  for (const std::string& name : told)
    EXPECT_NE(request_field(name), nullptr) << name;
  for (const RequestField& field : request_fields())
    if (field.name != "style_shifts") // the studio's: not told of on the command line either
      EXPECT_TRUE(told.contains(name_in_scripts(field.name))) << field.name;
}

} // namespace
} // namespace ganlet
