#include "plot.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "image/image_reader.h"
#include "image/whole_file.h"
#include "tools/program.h"

namespace ganlet::train {
namespace {

using test::Folder;

LossTable falling(std::int64_t rows) {
  LossTable table{{"discriminator", "generator", "reconstruction", "images_per_second"}, {}, {{}, {}, {}, {}}};
  for (std::int64_t i = 1; i <= rows; ++i) {
    table.steps.push_back(50 * i);
    table.columns[0].push_back(2.0 / static_cast<double>(i));
    table.columns[1].push_back(1.0);
    table.columns[2].push_back(100.0 / static_cast<double>(i));
    table.columns[3].push_back(300);
  }
  return table;
}

std::int64_t count_of(const std::string& text, const std::string& part) {
  std::int64_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST(LossChart, HasAnAxisLegendAndCurveForEachLoss) {
  const std::string svg = svg_of(loss_chart(falling(20)));
  for (const char* name : {">discriminator<", ">generator<", ">reconstruction<", ">step<", ">400<", ">1000<"})
    EXPECT_EQ(count_of(svg, name), name[1] == '4' || name[1] == '1' ? 2 : 1) << name << "\n" << svg; // a frame's each
  EXPECT_EQ(count_of(svg, "images_per_second"), 0);
  // Faint, mean and legend of each of three curves in three colours.
  EXPECT_EQ(count_of(svg, "rgb(0,114,178)"), 3);
  EXPECT_EQ(count_of(svg, "rgb(213,94,0)"), 3);
  EXPECT_EQ(count_of(svg, "rgb(0,158,115)"), 3);
}

TEST(LossChart, FallingValuesGoDownwards) {
  const Drawing chart = loss_chart(falling(20));
  const auto curve =
      std::ranges::find_if(chart.strokes, [](const Stroke& stroke) { return stroke.points.size() == 20; });
  ASSERT_NE(curve, chart.strokes.end());
  EXPECT_LT(curve->points.front().y, curve->points.back().y);
  EXPECT_LT(curve->points.front().x, curve->points.back().x);
}

TEST(LossChart, OfNothingIsEmptyAndOfOneRowIsDrawn) {
  EXPECT_TRUE(loss_chart(LossTable{}).strokes.empty());
  EXPECT_FALSE(loss_chart(falling(1)).strokes.empty());
}

TEST(Drawing, PngHasTheStrokesColorsWhereTheyRun) {
  Drawing drawing{20, 10, {{{{2, 5}, {18, 5}}, {255, 0, 0}, 1, 2}}, {{{2, 9}, "1", Anchor::start}}};
  const Image image = image_of(drawing, 2);
  EXPECT_EQ(image.width, 40);
  const auto pixel = [&](int x, int y) {
    return std::vector(image.row(y).begin() + 4 * x, image.row(y).begin() + 4 * x + 3);
  };
  EXPECT_EQ(pixel(20, 10), (std::vector<std::uint8_t>{255, 0, 0}));
  EXPECT_EQ(pixel(20, 2), (std::vector<std::uint8_t>{255, 255, 255}));
}

TEST(WritePlots, LeavesSvgAndPngInTheRun) {
  const Folder run;
  test::write_content(run / "log.csv", "step,critic,generator,images_per_second\n50,-1,0.5,100\n100,-2,0.25,100\n");
  const Result<void> outcome = write_plots(run.path());
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_NE(test::content_of(run / "losses.svg").find(">critic<"), std::string::npos);
  const Result<std::vector<std::byte>> png = read_whole(run / "losses.png", 1 << 24);
  ASSERT_TRUE(png);
  EXPECT_TRUE(decode_image(*png, "losses.png"));
}

} // namespace
} // namespace ganlet::train
