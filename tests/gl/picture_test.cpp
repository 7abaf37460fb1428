// Pictures that stay on a GPU: what a kernel makes of a network's numbers, against what the host makes of them.

#include "gpu/picture.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "gl/device.h"
#include "gl/gl.h"
#include "gl/window_picture.h"
#include "gpu/program.h"
#include "image/image.h"
#include "xnn/graph_builder.h"

namespace ganlet::test {
namespace {

using ganlet::testing::batch_dim;
using ganlet::testing::fixed;
using ganlet::testing::GraphBuilder;
using ganlet::testing::random_tensor;

constexpr int width = 5, height = 3;

/// Gives each number less itself halved: the same twice would be no work for a device.
Graph halving(int channels, bool is_channels_last) {
  GraphBuilder build;
  const SymbolicShape shape = is_channels_last
                                  ? SymbolicShape{batch_dim(), fixed(height), fixed(width), fixed(channels)}
                                  : SymbolicShape{batch_dim(), fixed(channels), fixed(height), fixed(width)};
  const ValueId x = build.input(shape), half = build.constant(Tensor::of<float>(Shape{}, {0.5F}));
  return build.finish({build.node(op::Binary{op::BinaryKind::multiply}, {x, half}, shape)});
}

std::vector<float> halved(const Tensor& numbers, int channels, bool is_channels_last) {
  std::vector<float> out;
  const auto given = numbers.as<float>();
  constexpr std::size_t area = width * height;
  const auto count = static_cast<std::size_t>(channels);
  for (std::size_t image = 0; image < given.size() / (area * count); ++image)
    for (std::size_t pixel = 0; pixel < area; ++pixel)
      for (std::size_t c = 0; c < count; ++c)
        out.push_back(
            0.5F * given[is_channels_last ? (image * area + pixel) * count + c : (image * count + c) * area + pixel]);
  return out;
}

std::vector<std::uint8_t> read_back(gl::Device& device, const gpu::Range& pixels) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(pixels.bytes));
  device.read(pixels, reinterpret_cast<std::byte*>(bytes.data()));
  const gpu::Ticket ticket = device.submit();
  for (Result<bool> done = false; done && !*done;)
    done = device.is_done(ticket, true);
  return bytes;
}

/// Two runs fill a picture of two columns.
void expect_the_hosts_picture(int channels, bool is_channels_last) {
  const auto device = *gl::Device::open(-1);
  const auto program = *gl::backend.compile(halving(channels, is_channels_last), {});
  const PictureLayout layout{5, 2, width, height, channels, is_channels_last, -1.5F, 1};
  gpu::Picture picture(device);
  {
    const gl::Device::Use use(*device);
    ASSERT_TRUE(picture.begin(layout));
  }
  std::vector<Image> wanted;
  for (const auto& [first, count] : {std::pair<std::int64_t, std::int64_t>{0, 2}, {2, 3}}) {
    Tensor numbers =
        random_tensor(is_channels_last ? Shape{count, height, width, channels} : Shape{count, channels, height, width},
                      static_cast<std::uint32_t>(count), 6);
    numbers.as<float>()[0] = std::numeric_limits<float>::quiet_NaN();
    const Buffer given{numbers.view(), nullptr};
    const Place there = Place::device;
    Budget budget(std::int64_t{1} << 30);
    auto running = program->start(std::span(&given, 1), budget, std::span(&there, 1));
    ASSERT_TRUE(running);
    const auto outputs = running->wait();
    ASSERT_TRUE(outputs);
    ASSERT_NE((*outputs)[0].device, nullptr);
    EXPECT_EQ((*outputs)[0].view.data, nullptr) << "it was read back";
    {
      const gl::Device::Use use(*device);
      ASSERT_TRUE(picture.add(*(*outputs)[0].device, first, count));
    }
    const std::vector<float> values = halved(numbers, channels, is_channels_last);
    const std::size_t each = values.size() / static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      wanted.push_back(image_of(std::span(values).subspan(i * each, each), width, height, channels, {-1.5F, 1}));
  }
  const gl::Device::Use use(*device);
  const std::vector<std::uint8_t> found = read_back(*device, picture.pixels());
  const Image whole = grid(wanted, 2);
  ASSERT_EQ(found.size(), whole.pixels.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], whole.pixels[i], 1) << channels << " channels, byte " << i;
  picture.release();
}

TEST(GlPicture, HasThePixelsThatTheHostWouldMake) {
  for (const int channels : {1, 3, 4})
    for (const bool is_channels_last : {true, false})
      expect_the_hosts_picture(channels, is_channels_last);
}

TEST(GlPicture, TexturesAreWrittenInTurns) {
  const auto picture = *gl::backend.make_picture({});
  std::vector<std::uint32_t> names;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(picture->begin({1, 1, width, height, 3}));
    const auto name = picture->finish();
    ASSERT_TRUE(name) << name.error().text();
    names.push_back(*name);
  }
  EXPECT_EQ(names[4], names[0]);
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_EQ(std::ranges::count(names, names[i]), 1);
}

TEST(GlPicture, IsRefusedWhereItIsTooLargeOrOfAnotherDevice) {
  const auto picture = *gl::backend.make_picture({});
  const auto huge = picture->begin({1 << 20, 1024, 256, 256, 3});
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code(), ErrorCode::limit_exceeded);
  ASSERT_TRUE(picture->begin({1, 1, width, height, 3}));
  const gpu::ArenaMemory elsewhere;
  EXPECT_EQ(picture->add(elsewhere, 0, 1).error().code(), ErrorCode::invalid_argument);
  CompileOptions of_window;
  of_window.device = CompileOptions::of_window;
  EXPECT_EQ(gl::backend.make_picture(of_window).error().message(), "there is no window whose OpenGL is shared");
}

TEST(GlPicture, OnlyEglsContextsAreShared) {
  EXPECT_EQ(gl::share_current_context().error().message(),
            "the window's OpenGL isn't EGL's, so that nothing else can share it");
}

} // namespace
} // namespace ganlet::test
