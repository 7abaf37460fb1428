#include "core/json.h"

#include <gtest/gtest.h>

namespace ganlet {
namespace {

std::string error_of(std::string_view text) {
  const Result<Json> document = parse_json(text, "file");
  return document ? "none" : document.error().text();
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i)
    text += part;
  return text;
}

TEST(Json, NestsThirtyTwoLevels) {
  EXPECT_EQ(error_of(repeated("[", 32) + "1" + repeated("]", 32)), "none");
  EXPECT_EQ(error_of(repeated("[", 33) + "1" + repeated("]", 33)),
            "file: isn't JSON: nested deeper than 32 levels at line 1, column 34");
}

TEST(Json, HasAMillionValues) {
  constexpr std::size_t most = std::size_t{1} << 20;
  EXPECT_EQ(error_of("[" + repeated("0,", most - 2) + "0]"), "none"); // the list counts too
  EXPECT_EQ(error_of("[" + repeated("0,", most - 1) + "0]"),
            "file: isn't JSON: more than 1048576 values at line 1, column 2097152");
}

TEST(Json, HalvesOfCharactersBelongTogether) {
  const Result<Json> whole = parse_json(R"("\ud83d\ude00")", "file");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->string, "\xf0\x9f\x98\x80");
  for (const char* const half : {R"("\ud83d")", R"("\ud83dx")", R"("\ud83d\ud83d")", R"("\ude00")"})
    EXPECT_NE(error_of(half).find("half a character is missing"), std::string::npos) << half;
}

} // namespace
} // namespace ganlet
