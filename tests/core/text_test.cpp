#include "core/text.h"

#include <cstdio>
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

TEST(Text, RealNumbersAreAsPrintfHasThem) {
  std::vector<double> values{0,
                             -0.0,
                             1,
                             -1,
                             255,
                             0.5,
                             1.0 / 3,
                             0.1F,
                             123456,
                             1234567,
                             999999.5,
                             9999995,
                             99999.5,
                             0.0001,
                             0.00012345678,
                             0.000099999951,
                             1e-5,
                             1e10,
                             1e100,
                             2.5e-300,
                             5e-324,
                             1.7976931348623157e308};
  values.push_back(std::numeric_limits<double>::infinity());
  values.push_back(-std::numeric_limits<double>::infinity());
  for (double value = 1.2345678e-9; value < 1e12; value *= 1.37)
    values.push_back(-value);
  for (const double value : values) {
    char wanted[32];
    std::snprintf(wanted, sizeof wanted, "%g", value);
    EXPECT_EQ(concat(value), wanted);
  }
  EXPECT_EQ(concat(std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(Text, NullIsNoText) {
  const char* const nothing = nullptr;
  EXPECT_EQ(concat("GIF: ", nothing), "GIF: ");
}

TEST(Text, CommasStandBeforeEachThreeDigits) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1098960), "1,098,960");
  EXPECT_EQ(with_commas(-100), "-100");
  EXPECT_EQ(with_commas(-123456), "-123,456");
}

TEST(Text, PrintableIsOneLine) {
  EXPECT_EQ(printable("a\nb\tc\x7f\x1b[31m"), "a?b?c??[31m");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("Größe"), "Größe");
  EXPECT_EQ(printable("\xe6\x89\x8b\xe5\x86\x99"), "\xe6\x89\x8b\xe5\x86\x99");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "31m"),
            "a?31m"); // C1's CSI
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "gnp.exe\xe2\x81\xa6\xd8\x9c"),
            "a?gnp.exe??"); // directions of writing
  EXPECT_EQ(printable("a\xe2\x80\xa8"
                      "b\x9b"
                      "c\xff"),
            "a?b?c?");
}

TEST(Text, PrintableCutsWhatIsLong) {
  EXPECT_EQ(printable(std::string(80, 'x')), std::string(80, 'x'));
  EXPECT_EQ(printable(std::string(81, 'x')), std::string(80, 'x') + "...");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("Größe", 3), "Gr...");
}

} // namespace
} // namespace ganlet
