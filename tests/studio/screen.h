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

  /// The program's status, 0 if all of the script could be done; `wrapper` is a command that starts it.
  int run(const std::string& script, const std::string& arguments, const std::string& environment = {},
          const std::string& wrapper = {});

  /// The picture `name`.png that a script took; empty, and the test failed, where there is none.
  Image shot(const std::string& name);

  /// The whole picture, all four channels: rasterizers differ in the last bits, so at most one pixel in ten thousand
  /// may differ by more than 4 of 255. Golden pictures are drawn by the reference backend, which is the same
  /// everywhere.
  void expect_golden(const std::string& name);

  std::filesystem::path folder_;
  int limit_seconds = 3000; ///< after which a script is ended
};

/// Arguments that show the models of this repository.
inline const std::string models = " --models " GANLET_SOURCE_DIR "/models ";
/// The backend of golden pictures.
inline const std::string by_reference = " --backend reference ";

/// The red, green and blue of a pixel.
std::array<int, 3> color_at(const Image& image, int x, int y);

} // namespace ganlet
