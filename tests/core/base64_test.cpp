#include "core/base64.h"

#include <gtest/gtest.h>

namespace ganlet {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

TEST(Base64, WritesTheExamplesOfItsStandard) {
  // RFC 4648, section 10.
  EXPECT_EQ(to_base64(bytes_of(""), Base64::padded), "");
  EXPECT_EQ(to_base64(bytes_of("f"), Base64::padded), "Zg==");
  EXPECT_EQ(to_base64(bytes_of("fo"), Base64::padded), "Zm8=");
  EXPECT_EQ(to_base64(bytes_of("foobar"), Base64::padded), "Zm9vYmFy");
  EXPECT_EQ(to_base64(bytes_of("fo"), Base64::url), "Zm8");
  EXPECT_EQ(to_base64(bytes_of("\xFB\xFF"), Base64::padded), "+/8=");
  EXPECT_EQ(to_base64(bytes_of("\xFB\xFF"), Base64::url), "-_8");
}

TEST(Base64, IsTakenBack) {
  std::vector<std::byte> bytes;
  for (int size = 0; size < 300; ++size) {
    for (const Base64 form : {Base64::padded, Base64::url})
      EXPECT_EQ(from_base64(to_base64(bytes, form), form), bytes) << size;
    bytes.push_back(static_cast<std::byte>(size * 37));
  }
  EXPECT_EQ(from_base64("Zm9v\r\nYmFy\n", Base64::padded), bytes_of("foobar"));
}

TEST(Base64, RefusesWhatIsNot) {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zg==Zg==", "=Zg=", "Zm9v!mFy", "Zm-_"})
    EXPECT_EQ(from_base64(text, Base64::padded), std::nullopt) << text;
  for (const char* text : {"Z", "Zg==", "Zm+/", "Zm\n8"})
    EXPECT_EQ(from_base64(text, Base64::url), std::nullopt) << text;
}

} // namespace
} // namespace ganlet
