#include "screen.h"

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

int Screen::run(const std::string& script, const std::string& arguments, const std::string& environment) {
  std::ofstream(folder_ / "script.txt") << script;
  const std::string command = "cd " + folder_.string() + " && XDG_CONFIG_HOME=" + folder_.string() + " " + environment +
                              " LIBGL_ALWAYS_SOFTWARE=1 timeout 3000 " +
                              "xvfb-run -a -s '-screen 0 1400x1000x24' " GANLET_STUDIO " --script script.txt " +
                              arguments + " 2>log.txt";
  return std::system(command.c_str());
}

Image Screen::shot(const std::string& name) {
  const auto bytes = read_whole(folder_ / (name + ".png"), std::int64_t{1} << 24);
  EXPECT_TRUE(bytes) << name;
  auto image = bytes ? decode_image(*bytes, name) : Result<Image>(Image{});
  return image ? std::move(*image) : Image{};
}

void Screen::expect_golden(const std::string& name, const Box& drawing) {
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
  std::size_t different = 0;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      if (x >= drawing.left && x < drawing.right && y >= drawing.top && y < drawing.bottom)
        continue;
      const std::size_t i = std::size_t{4} * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                                              static_cast<std::size_t>(x));
      different += std::abs(image.pixels[i] - golden->pixels[i]) > 32 ||
                   std::abs(image.pixels[i + 1] - golden->pixels[i + 1]) > 32;
    }
  EXPECT_LT(static_cast<double>(different), 0.01 * static_cast<double>(image.pixels.size() / 4)) << name;
}

std::array<int, 3> color_at(const Image& image, int x, int y) {
  const std::size_t i = static_cast<std::size_t>(4 * (y * image.width + x));
  return {image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]};
}

} // namespace ganlet
