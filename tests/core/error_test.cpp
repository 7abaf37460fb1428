#include "core/error.h"

#include <set>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

TEST(Error, TextPutsThePlaceFirst) {
  EXPECT_EQ((Error(ErrorCode::io, "", "disk full")).text(), "disk full");
  EXPECT_EQ((Error(ErrorCode::io, "a.png", "disk full")).text(), "a.png: disk full");
}

TEST(Error, PlacesNestFromOutsideIn) {
  EXPECT_EQ((Error(ErrorCode::corrupt, "tensor", "short")).within("model.onnx").text(), "model.onnx: tensor: short");
  EXPECT_EQ((Error(ErrorCode::corrupt, "", "short")).within("model.onnx").text(), "model.onnx: short");
}

TEST(Error, TextsAreOneLine) {
  EXPECT_EQ((Error(ErrorCode::corrupt, "a\nb\x1b", "c\td")).within("e\r").text(), "e?: a?b?: c?d");
}

TEST(Error, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::device_lost); ++code)
    names.insert(name_of(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::device_lost) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

Result<int> half(int value) {
  if (value % 2 != 0)
    return fail(ErrorCode::invalid_argument, "half", "is odd");
  return value / 2;
}

Result<int> quarter(int value) {
  GANLET_TRY(const int once, half(value));
  GANLET_TRY(const int twice, half(once));
  return twice;
}

Result<void> needs_even(int value) {
  GANLET_CHECK(half(value));
  return {};
}

TEST(Error, TryGivesTheValueOrReturnsTheError) {
  EXPECT_EQ(quarter(12), 3);
  EXPECT_EQ(quarter(6).error().text(), "half: is odd");
  EXPECT_TRUE(needs_even(2));
  EXPECT_EQ(needs_even(1).error().code(), ErrorCode::invalid_argument);
}

} // namespace
} // namespace ganlet
