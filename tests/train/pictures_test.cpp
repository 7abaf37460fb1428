#include "pictures.h"

#include <array>
#include <set>

#include <gtest/gtest.h>

#include "image/image_writer.h"
#include "tools/program.h"

namespace ganlet::train {
namespace {

using test::Folder;
namespace fs = std::filesystem;

using Color = std::array<std::uint8_t, 4>;

/// The left half in one colour, the right half in another.
Image two_halves(int width, int height, Color left, Color right) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Color& color = x < width / 2 ? left : right;
      image.pixels.insert(image.pixels.end(), color.begin(), color.end());
    }
  return image;
}

constexpr Color red{255, 0, 0, 255}, blue{0, 0, 255, 255}, nothing{0, 0, 0, 0};

void write(const fs::path& file, const Image& image) {
  fs::create_directories(file.parent_path());
  ASSERT_TRUE(write_image(file, image));
}

PictureOptions of_size(std::int64_t size) {
  PictureOptions options;
  options.size = size;
  return options;
}

Pictures read(const Folder& folder, const PictureOptions& options) {
  Result<Pictures> pictures = read_pictures(folder.path(), options);
  EXPECT_TRUE(pictures) << pictures.error().text();
  return pictures ? std::move(*pictures) : Pictures{};
}

std::string error_of(const Folder& folder, const PictureOptions& options) {
  const Result<Pictures> pictures = read_pictures(folder.path(), options);
  return pictures ? "no error" : pictures.error().text();
}

using Bytes = std::vector<std::uint8_t>;

TEST(ReadPictures, TakesPngAndJpegInAnyCaseAlsoBelow) {
  const Folder folder;
  write(folder / "a.PNG", two_halves(8, 8, red, red));
  write(folder / "b.jpeg", two_halves(8, 8, red, red));
  write(folder / "deep/er/c.Jpg", two_halves(8, 8, red, red));
  test::write_content(folder / "readme.txt", "no picture");
  const Pictures pictures = read(folder, of_size(8));
  EXPECT_EQ(pictures.train.count, 3);
  EXPECT_EQ(pictures.train.channels, 3);
  EXPECT_EQ(pictures.train.pixels.size(), 3U * 8 * 8 * 3);
  EXPECT_EQ(pictures.train.classes, 0);
  EXPECT_TRUE(pictures.skipped.empty());
  for (std::size_t i = 0; i < pictures.train.pixels.size(); ++i)
    EXPECT_NEAR(pictures.train.pixels[i], i % 3 == 0 ? 255 : 0, 3); // JPEG isn't exact
}

TEST(ReadPictures, ScalesByAveragingAreas) {
  const Folder folder;
  write(folder / "a.png", two_halves(6, 6, red, blue));
  EXPECT_EQ(read(folder, of_size(2)).train.pixels, (Bytes{255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255}));
  // Thirds of 6 pixels: the middle one has one red and one blue column.
  const Bytes row = {255, 0, 0, 128, 0, 128, 0, 0, 255};
  const Bytes pixels = read(folder, of_size(3)).train.pixels;
  EXPECT_EQ(Bytes(pixels.begin(), pixels.begin() + 9), row);
}

TEST(ReadPictures, CutsTheMiddleOutOrAnyPlaceThatTheSeedDecides) {
  const Folder folder;
  write(folder / "wide.png", two_halves(64, 4, red, blue));
  PictureOptions options = of_size(4);
  const Bytes middle = read(folder, options).train.pixels;
  EXPECT_EQ(Bytes(middle.begin(), middle.begin() + 12), (Bytes{255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255}));
  options.crop = Crop::random;
  std::set<Bytes> places;
  for (options.seed = 1; options.seed < 20; ++options.seed) {
    const Bytes once = read(folder, options).train.pixels;
    EXPECT_EQ(read(folder, options).train.pixels, once);
    places.insert(once);
  }
  EXPECT_GT(places.size(), 1U); // red or blue alone, at least
}

TEST(ReadPictures, PutsTransparentPixelsOnTheGround) {
  const Folder folder;
  write(folder / "a.png", two_halves(2, 2, red, nothing));
  PictureOptions options = of_size(2);
  options.ground = {10, 20, 30};
  EXPECT_EQ(read(folder, options).train.pixels, (Bytes{255, 0, 0, 10, 20, 30, 255, 0, 0, 10, 20, 30}));
}

TEST(ReadPictures, MakesGreyOfColors) {
  const Folder folder;
  write(folder / "a.png", two_halves(2, 2, red, {100, 100, 100, 255}));
  PictureOptions options = of_size(2);
  options.channels = 1;
  EXPECT_EQ(read(folder, options).train.pixels, (Bytes{76, 100, 76, 100}));
}

TEST(ReadPictures, TakesGreyAndColourTogether) {
  const Folder folder;
  write(folder / "colour.png", two_halves(2, 2, red, blue));
  write(folder / "grey.png", two_halves(2, 2, {100, 100, 100, 255}, {200, 200, 200, 255}));
  const auto first_row = [&](std::int64_t channels) {
    PictureOptions options = of_size(2);
    options.channels = channels;
    const Bytes pixels = read(folder, options).train.pixels;
    const auto each = static_cast<std::ptrdiff_t>(4 * channels);
    Bytes rows(pixels.begin(), pixels.begin() + each / 2);
    rows.insert(rows.end(), pixels.begin() + each, pixels.begin() + each + each / 2);
    return rows;
  };
  EXPECT_EQ(first_row(3), (Bytes{255, 0, 0, 0, 0, 255, 100, 100, 100, 200, 200, 200}));
  EXPECT_EQ(first_row(1), (Bytes{76, 29, 100, 200}));
}

TEST(ReadPictures, TakesLabelsFromSubFolders) {
  const Folder folder;
  write(folder / "dogs/1.png", two_halves(2, 2, red, red));
  write(folder / "cats/old/2.png", two_halves(2, 2, red, red));
  write(folder / "cats/3.png", two_halves(2, 2, red, red));
  PictureOptions options = of_size(2);
  options.labels = true;
  const Pictures pictures = read(folder, options);
  EXPECT_EQ(pictures.train.classes, 2);
  EXPECT_EQ(pictures.train.labels, (Bytes{0, 0, 1}));
  write(folder / "stray.png", two_halves(2, 2, red, red));
  EXPECT_EQ(error_of(folder, options),
            (folder / "stray.png").string() + ": lies in no sub-folder that would be its class");
}

/// A JPEG whose Exif block has nothing but an orientation.
void write_turned(const fs::path& file, const Image& image, char orientation) {
  using namespace std::string_literals;
  const auto jpeg = encode_jpeg(image, 100);
  ASSERT_TRUE(jpeg);
  const std::string bytes(reinterpret_cast<const char*>(jpeg->data()), jpeg->size());
  const std::string block = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + orientation + "\0\0\0\0\0\0"s;
  const std::string segment = "\xff\xe1\0"s + static_cast<char>(8 + block.size()) + "Exif\0\0"s + block;
  test::write_content(file, bytes.substr(0, 2) + segment + bytes.substr(2));
}

TEST(ReadPictures, TurnsPhotographsUpright) {
  // Red on the left and blue on the right where they are seen, stored as each orientation has it: 2 to 4 mirror or turn
  // by half, 5 to 8 lay the picture on its side.
  const Image as_seen = two_halves(16, 16, red, blue), mirrored = two_halves(16, 16, blue, red);
  Image red_on_top{16, 16, {}}, blue_on_top{16, 16, {}};
  for (int i = 0; i < 16 * 16; ++i) {
    const Color& first = i < 128 ? red : blue;
    const Color& second = i < 128 ? blue : red;
    red_on_top.pixels.insert(red_on_top.pixels.end(), first.begin(), first.end());
    blue_on_top.pixels.insert(blue_on_top.pixels.end(), second.begin(), second.end());
  }
  const std::array<const Image*, 8> stored{&as_seen,    &mirrored,    &mirrored,    &as_seen,
                                           &red_on_top, &blue_on_top, &blue_on_top, &red_on_top};
  const Folder folder;
  for (std::size_t i = 0; i < stored.size(); ++i)
    write_turned(folder / (std::to_string(i + 1) + ".jpg"), *stored[i], static_cast<char>(i + 1));
  const Pictures pictures = read(folder, of_size(2));
  ASSERT_EQ(pictures.train.count, 8);
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t row = 0; row < 2; ++row) {
      const std::uint8_t* const pixels = &pictures.train.pixels[12 * i + 6 * row];
      EXPECT_GT(pixels[0], 200) << "orientation " << i + 1;
      EXPECT_LT(pixels[2], 50) << "orientation " << i + 1;
      EXPECT_LT(pixels[3], 50) << "orientation " << i + 1;
      EXPECT_GT(pixels[5], 200) << "orientation " << i + 1;
    }
}

TEST(ReadPictures, LeavesHiddenFilesAndFoldersOutAndCountsThem) {
  const Folder folder;
  write(folder / "a.png", two_halves(8, 8, red, red));
  for (const char* const hidden : {".ipynb_checkpoints/a-checkpoint.png", "__MACOSX/._a.png", "._a.png",
                                   ".thumbnails/normal/a.png", "@eaDir/a.png", "deep/.cache/a.jpg"})
    write(folder / hidden, two_halves(8, 8, blue, blue));
  const Pictures pictures = read(folder, of_size(8));
  EXPECT_EQ(pictures.train.count, 1);
  EXPECT_EQ(pictures.files.hidden, 6);
  EXPECT_EQ(summary(pictures), "read 1 pictures; left out 6 hidden");
  PictureOptions options = of_size(8);
  options.labels = true;
  fs::create_directory(folder / "class");
  fs::rename(folder / "a.png", folder / "class/a.png");
  EXPECT_EQ(read(folder, options).train.class_names, std::vector<std::string>{"class"});
}

TEST(ReadPictures, AFolderThatIsHiddenItselfIsRead) {
  const Folder folder;
  write(folder / ".data/a.png", two_halves(8, 8, red, red));
  const Result<Pictures> pictures = read_pictures(folder / ".data", of_size(8));
  ASSERT_TRUE(pictures) << pictures.error().text();
  EXPECT_EQ(pictures->train.count, 1);
}

TEST(ReadPictures, CountsWhatItPassesOverByKind) {
  const Folder folder;
  for (int i = 0; i < 10; ++i)
    write(folder / (std::to_string(i) + ".png"), two_halves(8, 8, red, red));
  for (int i = 0; i < 90; ++i)
    test::write_content(folder / (std::to_string(i) + (i % 2 == 0 ? ".webp" : ".WEBP")), "RIFF");
  test::write_content(folder / "tiny.png", "");
  test::write_content(folder / "LICENSE", "");
  const Pictures pictures = read(folder, of_size(8));
  EXPECT_EQ(summary(pictures), "read 10 pictures; left out 1 without an extension, 90 .webp, 1 that can't be used");

  const Folder others;
  test::write_content(others / "a.webp", "RIFF");
  test::write_content(others / ".b.png", "");
  EXPECT_EQ(error_of(others, of_size(8)),
            others.path().string() + ": holds no .png, .jpg or .jpeg, only these: 1 .webp, 1 hidden");
  const Result<bool> holds = holds_pictures(others.path());
  ASSERT_FALSE(holds);
  EXPECT_EQ(holds.error().text(), others.path().string() +
                                      ": has no idx files (train-images-idx3-ubyte, plain or .gz), and holds no .png, "
                                      ".jpg or .jpeg, only these: 1 .webp, 1 hidden");
}

TEST(ReadPictures, TellsOfPicturesThatLieTooDeepToHaveTheClassesMeant) {
  const Folder folder;
  for (const char* const file : {"images/cats/1.png", "images/dogs/2.png", "images/dogs/3.png"})
    write(folder / file, two_halves(8, 8, red, red));
  PictureOptions options = of_size(8);
  options.labels = true;
  EXPECT_EQ(summary(read(folder, options)),
            "read 3 pictures; left out none; 3 lie in folders within their class's; all "
            "are of one class, 'images', the only sub-folder");
  write(folder / "more/4.png", two_halves(8, 8, red, red));
  EXPECT_EQ(summary(read(folder, options)), "read 4 pictures; left out none; 3 lie in folders within their class's");
}

TEST(ReadPictures, NamesWhatItLeavesOutAndRefusesItWhenStrict) {
  const Folder folder;
  write(folder / "good.png", two_halves(8, 8, red, blue));
  write(folder / "tiny.png", two_halves(4, 9, red, blue));
  test::write_content(folder / "page.jpg", "<!doctype html>");
  write(folder / "torn.png", two_halves(8, 8, red, blue));
  fs::resize_file(folder / "torn.png", 50);
  write(folder / "torn.jpg", two_halves(64, 64, red, blue));
  fs::resize_file(folder / "torn.jpg", fs::file_size(folder / "torn.jpg") - 100);
  test::write_content(folder / "nothing.jpg", "");
  test::write_content(folder / "photo.jpg", std::string("RIFF\x1a\0\0\0WEBPVP8L", 16));
  PictureOptions options = of_size(8);
  options.cache = folder / "cache";
  const Pictures pictures = read(folder, options);
  EXPECT_EQ(pictures.train.count, 1);
  ASSERT_EQ(pictures.skipped.size(), 6U);
  EXPECT_EQ(pictures.skipped[0].text(), (folder / "nothing.jpg").string() + ": is neither PNG nor JPEG");
  EXPECT_EQ(pictures.skipped[1].text(), (folder / "page.jpg").string() + ": is neither PNG nor JPEG");
  EXPECT_EQ(pictures.skipped[2].text(),
            (folder / "photo.jpg").string() + ": is a WebP picture; save it as PNG or JPEG");
  EXPECT_EQ(pictures.skipped[3].text(), (folder / "tiny.png").string() + ": has 4 x 9 pixels, less than 8 x 8");
  EXPECT_EQ(pictures.skipped[4].place(), (folder / "torn.jpg").string());
  EXPECT_EQ(pictures.skipped[5].place(), (folder / "torn.png").string());
  const auto written = fs::last_write_time(options.cache);
  const Pictures cached = read(folder, options);
  EXPECT_EQ(fs::last_write_time(options.cache), written) << "it was decoded again";
  EXPECT_EQ(cached.train.pixels, pictures.train.pixels);
  ASSERT_EQ(cached.skipped.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(cached.skipped[i].text(), pictures.skipped[i].text());
    EXPECT_EQ(cached.skipped[i].code(), pictures.skipped[i].code());
  }
  options.strict = true;
  EXPECT_EQ(error_of(folder, options), (folder / "nothing.jpg").string() + ": is neither PNG nor JPEG");
}

TEST(ReadPictures, EmptyOrMissingOrHopelessFoldersAreErrors) {
  const Folder folder;
  EXPECT_EQ(error_of(folder, of_size(8)), folder.path().string() + ": holds no .png, .jpg or .jpeg");
  const Result<Pictures> missing = read_pictures(folder / "missing", of_size(8));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::not_found);
  EXPECT_EQ(error_of(folder, of_size(8)), folder.path().string() + ": holds no .png, .jpg or .jpeg");
  test::write_content(folder / "page.jpg", "<!doctype html>");
  EXPECT_EQ(error_of(folder, of_size(8)), folder.path().string() + ": none of its 1 pictures can be used; the first: " +
                                              (folder / "page.jpg").string() + ": is neither PNG nor JPEG");
  const Result<Pictures> file = read_pictures(folder / "page.jpg", of_size(8));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().place(), (folder / "page.jpg").string());
  const Folder small;
  for (const char* const name : {"a.png", "b.png"})
    write(small / name, two_halves(4, 4, red, blue));
  EXPECT_EQ(error_of(small, of_size(8)), small.path().string() + ": none of its 2 pictures can be used; the first: " +
                                             (small / "a.png").string() + ": has 4 x 4 pixels, less than 8 x 8");
}

TEST(ReadPictures, CacheIsTakenForTheSameFilesAndOptionsOnly) {
  const Folder folder, elsewhere;
  write(folder / "a.png", two_halves(8, 8, red, blue));
  PictureOptions options = of_size(8);
  options.cache = elsewhere / "cache";
  const Bytes first = read(folder, options).train.pixels;
  const auto written = fs::last_write_time(options.cache);
  EXPECT_EQ(read(folder, options).train.pixels, first);
  EXPECT_EQ(fs::last_write_time(options.cache), written);
  options.size = 4;
  EXPECT_EQ(read(folder, options).train.pixels.size(), 4U * 4 * 3);
  write(folder / "a.png", two_halves(9, 9, blue, red));
  EXPECT_EQ(read(folder, options).train.pixels[2], 255);
}

TEST(ReadPictures, HoldsAShareBackForValidation) {
  const Folder folder;
  for (int i = 0; i < 10; ++i)
    write(folder / (std::to_string(i) + ".png"),
          two_halves(2, 2, {static_cast<std::uint8_t>(20 * i), 0, 0, 255}, nothing));
  PictureOptions options = of_size(2);
  options.validation = 0.3;
  const Pictures pictures = read(folder, options);
  EXPECT_EQ(pictures.train.count, 7);
  EXPECT_EQ(pictures.validation.count, 3);
  EXPECT_EQ(read(folder, options).validation.pixels, pictures.validation.pixels);
  options.seed = 2; // neither seeds nor names choose them
  EXPECT_EQ(read(folder, options).validation.pixels, pictures.validation.pixels);
  for (int i = 0; i < 10; ++i)
    fs::rename(folder / (std::to_string(i) + ".png"), folder / ("same_order_" + std::to_string(i) + ".png"));
  EXPECT_EQ(read(folder, options).validation.pixels, pictures.validation.pixels);
  std::set<std::uint8_t> seen;
  for (const Dataset* part : {&pictures.train, &pictures.validation})
    for (std::int64_t i = 0; i < part->count; ++i)
      seen.insert(part->pixels[static_cast<std::size_t>(i * part->pixels_each())]);
  EXPECT_EQ(seen.size(), 10U);
}

} // namespace
} // namespace ganlet::train
