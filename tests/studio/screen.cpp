#include "screen.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "image/image_writer.h"
#include "image/whole_file.h"

namespace ganlet {

namespace fs = std::filesystem;

void Screen::SetUp() {
  folder_ = fs::temp_directory_path() / ("ganlet-screen-" + std::to_string(::getpid()));
  fs::create_directories(folder_);
}

int Screen::run(const std::string& script, const std::string& arguments, const std::string& environment,
                const std::string& wrapper) {
  std::ofstream(folder_ / "script.txt") << script;
  const std::string command = "cd " + folder_.string() + " && XDG_CONFIG_HOME=" + folder_.string() + " " + environment +
                              " LIBGL_ALWAYS_SOFTWARE=1 timeout " + std::to_string(limit_seconds) +
                              " xvfb-run -a -s '-screen 0 1400x1000x24' " + wrapper +
                              " " GANLET_STUDIO " --script script.txt " + arguments + " 2>log.txt";
  return std::system(command.c_str());
}

Image Screen::shot(const std::string& name) {
  const auto bytes = read_whole(folder_ / (name + ".png"), std::int64_t{1} << 24);
  EXPECT_TRUE(bytes) << name;
  auto image = bytes ? decode_image(*bytes, name) : Result<Image>(Image{});
  return image ? std::move(*image) : Image{};
}

void Screen::expect_golden(const std::string& name) {
  const fs::path golden_file = fs::path(GANLET_SOURCE_DIR) / "tests/studio/golden" / (name + ".png");
  const Image image = shot(name);
  if (std::getenv("GANLET_WRITE_GOLDEN") != nullptr) {
    fs::create_directories(golden_file.parent_path());
    ASSERT_TRUE(write_image(golden_file, image));
    return;
  }
  const auto bytes = read_whole(golden_file, std::int64_t{1} << 24);
  ASSERT_TRUE(bytes) << golden_file;
  const auto golden = decode_image(*bytes, name);
  ASSERT_TRUE(golden);
  ASSERT_EQ(image.width, golden->width);
  ASSERT_EQ(image.height, golden->height);
  constexpr int tolerance = 4;
  std::size_t different = 0;
  int largest = 0;
  for (std::size_t pixel = 0; pixel < image.pixels.size(); pixel += 4) {
    int most = 0;
    for (std::size_t channel = 0; channel < 4; ++channel)
      most = std::max(most, std::abs(image.pixels[pixel + channel] - golden->pixels[pixel + channel]));
    different += most > tolerance;
    largest = std::max(largest, most);
  }
  EXPECT_LE(different, image.pixels.size() / 4 / 10000) << name << ": by up to " << largest;
}

std::array<int, 3> color_at(const Image& image, int x, int y) {
  const std::size_t i = static_cast<std::size_t>(4 * (y * image.width + x));
  return {image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]};
}

} // namespace ganlet
