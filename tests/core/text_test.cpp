#include "core/text.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

TEST(Text, ConcatPutsPartsTogether) {
  const std::string name = "up2";
  const std::vector<std::int64_t> pads{1, -2, 3};
  EXPECT_EQ(
      concat("node '", name, '\'', ": pads ", std::span<const std::int64_t>(pads), " of ", 4, std::string_view("!")),
      "node 'up2': pads [1, -2, 3] of 4!");
  EXPECT_EQ(concat(), "");
  EXPECT_EQ(concat(std::span<const std::int64_t>()), "[]");
}

TEST(Text, NumbersAreDecimal) {
  EXPECT_EQ(concat(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(concat(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(concat(static_cast<std::uint8_t>(65)), "65");
  EXPECT_EQ(concat(0.1), "0.1");
  EXPECT_EQ(concat(1e-30, " ", 2.0), "1e-30 2");
}

TEST(Text, PrintableIsOneLine) {
  EXPECT_EQ(printable("a\nb\tc\x7f\x1b[31m"), "a?b?c??[31m");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("Größe"), "Größe");
}

TEST(Text, PrintableCutsWhatIsLong) {
  EXPECT_EQ(printable(std::string(80, 'x')), std::string(80, 'x'));
  EXPECT_EQ(printable(std::string(81, 'x')), std::string(80, 'x') + "...");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
}

} // namespace
} // namespace ganlet
