// Pictures and latents as pages get them from a device that answers later.

#include <filesystem>

#include <gtest/gtest.h>

#include "generator/model_folder.h"
#include "reference/reference.h"
#include "support/drawn.h"
#include "support/pretend.h"

namespace ganlet::test {
namespace {

class Polled : public ::testing::Test {
 protected:
  void SetUp() override { pretence = {}; }
  void TearDown() override { pretence = {}; }
};

Model loaded(const std::string& model, const Backend& backend) {
  LoadOptions options;
  options.backend = &backend;
  options.models = {std::filesystem::path(GANLET_SOURCE_DIR) / "models"};
  auto made = load_model(model, options);
  EXPECT_TRUE(made) << made.error().text();
  return std::move(*made);
}

/// The picture, and how often the device wasn't ready.
std::pair<Image, int> polled(Model& model, const DrawRequest& request) {
  auto drawing = model.draw(request);
  EXPECT_TRUE(drawing) << drawing.error().text();
  int waits = 0;
  while (drawing && !drawing->is_done()) {
    const auto done = drawing->poll(2);
    EXPECT_TRUE(done) << done.error().text();
    if (!done)
      break;
    waits += *done ? 0 : 1;
  }
  return {std::move(*drawing).take_picture(), waits};
}

TEST_F(Polled, PicturesAreThoseOfTheReference) {
  DrawRequest digits{.count = 3, .seed = 5}, mixed{.count = 3, .seed = 5};
  mixed.mix = StyleMix{9, {0, 1}};
  for (const auto& [name, request] : {std::pair{"digits", digits}, {"nouns", mixed}}) {
    Model plain = loaded(name, reference::backend), model = loaded(name, pretend);
    const auto [picture, waits] = polled(model, request);
    EXPECT_EQ(picture.pixels, drawn(plain, request).pixels) << name;
    EXPECT_GT(waits, 4) << name;
  }
}

TEST_F(Polled, ADrawingThatIsGivenUpLeavesTheNextOneAsItIs) {
  Model model = loaded("digits", pretend);
  const DrawRequest request{.count = 3, .seed = 5};
  const Image wanted = drawn(model, request);
  {
    auto drawing = model.draw(request);
    ASSERT_TRUE(drawing);
    const auto done = drawing->poll(2);
    ASSERT_TRUE(done);
    EXPECT_FALSE(*done);
    const Drawing moved = std::move(*drawing); // goes on elsewhere, and ends there
  }
  EXPECT_EQ(polled(model, request).first.pixels, wanted.pixels);
}

TEST_F(Polled, ALostDeviceIsTold) {
  Model model = loaded("digits", pretend);
  pretence.is_lost_at = 1;
  auto drawing = model.draw({});
  ASSERT_TRUE(drawing);
  Result<bool> done = false;
  while (done && !*done)
    done = drawing->poll();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), ErrorCode::device_lost);
}

TEST_F(Polled, AnEncoderFindsWhatTheReferenceFinds) {
  Model plain = loaded("digits-vae-gan", reference::backend), model = loaded("digits-vae-gan", pretend);
  const Image picture = drawn(plain, {.seed = 3});
  const auto wanted = plain.encode(picture);
  ASSERT_TRUE(wanted) << wanted.error().text();
  const auto encoder = model.encoder();
  ASSERT_TRUE(encoder) << encoder.error().text();
  for (int again = 0; again < 2; ++again) {
    const auto started = (*encoder)->start(picture);
    ASSERT_TRUE(started) << started.error().text();
    if (again == 0)
      continue; // given up
    int waits = 0;
    auto latent = (*encoder)->poll();
    for (; latent && !*latent; ++waits)
      latent = (*encoder)->poll();
    ASSERT_TRUE(latent) << latent.error().text();
    EXPECT_EQ(**latent, *wanted);
    EXPECT_GT(waits, 0);
  }
}

} // namespace
} // namespace ganlet::test
