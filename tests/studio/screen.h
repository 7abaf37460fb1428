#pragma once

#include <array>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "image/image_reader.h"

namespace ganlet {

/// A rectangle of a screen.
struct Box {
  int left, top, right, bottom;
};

/// The picture in a window of 900 x 620.
constexpr Box stage_box{444, 64, 876, 536};

/// Runs the program's scripts, each test in a folder of its own; the pictures that they take lie there.
class Screen : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// What the program ends with, 0 where all of the script could be done.
  int run(const std::string& script, const std::string& arguments, const std::string& environment = {});

  /// The picture `name`.png that a script took; empty, and the test failed, where there is none.
  Image shot(const std::string& name);

  /// Rasterizers differ in the last bits and in the edges of letters: at most one pixel in a hundred may differ by more
  /// than an eighth. What lies in `drawing` is the model's doing, and isn't compared.
  void expect_golden(const std::string& name, const Box& drawing);

  std::filesystem::path folder_;
};

/// Arguments that show the models of this repository.
inline const std::string models = " --models " GANLET_SOURCE_DIR "/models ";

/// The first channels of a pixel.
std::array<int, 3> color_at(const Image& image, int x, int y);

} // namespace ganlet
