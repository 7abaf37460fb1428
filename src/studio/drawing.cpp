#include "studio/drawing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "core/text.h"
#include "image/animation.h"

namespace ganlet::studio {

namespace {

using Clock = std::chrono::steady_clock;

/// How long a slice may take: about a third of a frame, so that cancelling and drawing never wait long.
constexpr double slice_milliseconds = 6;
constexpr std::int64_t most_a_slice = 16;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// A plan under way.
struct Progress {
  std::shared_ptr<LoadedModel> model;
  Plan plan;
  std::vector<Image> images;
  double milliseconds = 0;

  /// Draws a few more; true while there are some left. Errors: those of the generator.
  Result<bool> go_on() {
    const std::int64_t all = plan.images(model->facts), first = static_cast<std::int64_t>(images.size());
    const auto few = static_cast<std::int64_t>(slice_milliseconds / std::max(model->milliseconds, 0.01));
    const std::int64_t count = std::min(all - first, std::clamp<std::int64_t>(few, 1, most_a_slice));
    const Clock::time_point start = Clock::now();
    GANLET_CHECK(plan.style ? draw_styled(first, count) : draw_whole(first, count));
    const double took = milliseconds_since(start);
    milliseconds += took;
    // The first runs are slow, while memory is planned; a running mean forgets them.
    model->milliseconds = 0.7 * model->milliseconds + 0.3 * took / static_cast<double>(count);
    return first + count < all;
  }

 private:
  Result<void> draw_whole(std::int64_t first, std::int64_t count) {
    const Generator& generator = model->generator;
    const Request request = plan.request(model->facts);
    if (first == 0)
      GANLET_CHECK(generator.count_of(request)); // drawing a part of a request checks nothing
    const ImageSize size = generator.roles().image_size;
    return model->generator.generate_values(
        request, first, count, [&](std::span<const float> values, std::int64_t, std::int64_t n) {
          const std::size_t each = values.size() / static_cast<std::size_t>(n);
          for (std::size_t at = 0; at < values.size(); at += each)
            images.push_back(
                image_of(values.subspan(at, each), size.width, size.height, size.channels, generator.value_range()));
          return true;
        });
  }

  Result<void> draw_styled(std::int64_t first, std::int64_t count) {
    if (!model->style)
      return fail(ErrorCode::invalid_argument, model->facts.name, "its mapping and synthesis networks aren't loaded");
    for (std::int64_t image = first; image < first + count; ++image) {
      GANLET_TRY(Image picture, model->style->draw(plan.style_request(image, model->facts)));
      images.push_back(std::move(picture));
    }
    return {};
  }
};

std::uint8_t luma(const std::uint8_t* pixel) {
  return static_cast<std::uint8_t>((299 * pixel[0] + 587 * pixel[1] + 114 * pixel[2] + 500) / 1000);
}

constexpr std::array<int, 3> ink{26, 31, 56}, paper{250, 246, 237};

struct Encoding {
  FileKind kind;
  std::string_view extension;
  AnimationFormat format;
};

constexpr Encoding encodings[] = {{FileKind::png_sequence, "zip", AnimationFormat::apng},
                                  {FileKind::apng, "png", AnimationFormat::apng},
                                  {FileKind::gif, "gif", AnimationFormat::gif},
                                  {FileKind::webp, "webp", AnimationFormat::webp}};

const Encoding& encoding_of(FileKind kind) {
  return *std::ranges::find(encodings, kind, &Encoding::kind);
}

Result<ExportedFile> encode(const std::vector<Image>& frames, const Export& wanted) {
  const Encoding& encoding = encoding_of(wanted.kind);
  ExportedFile file{concat("animation.", encoding.extension), {}};
  if (wanted.kind != FileKind::png_sequence) {
    GANLET_TRY(file.bytes, encode_animation(frames, wanted.state.animation.milliseconds, encoding.format));
    return file;
  }
  std::vector<ExportedFile> files;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    std::string number = std::to_string(i);
    number.insert(0, 4 - std::min<std::size_t>(number.size(), 4), '0');
    GANLET_TRY(std::vector<std::byte> bytes, to_png(frames[i]));
    files.push_back({concat("frame-", number, ".png"), std::move(bytes)});
  }
  file.bytes = to_zip(files);
  return file;
}

/// CRC-32 (ISO 3309), bit by bit: files here are small.
std::uint32_t checksum(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~0U;
  for (const std::byte byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
  }
  return ~crc;
}

class ZipWriter {
 public:
  void add(const ExportedFile& file) {
    const auto offset = static_cast<std::uint32_t>(bytes_.size());
    const std::uint32_t crc = checksum(file.bytes);
    put(bytes_, 0x04034B50, 4);
    put_description(bytes_, file, crc);
    put_text(bytes_, file.name);
    bytes_.insert(bytes_.end(), file.bytes.begin(), file.bytes.end());
    put(directory_, 0x02014B50, 4);
    put(directory_, 10, 2); // made by version 1.0
    put_description(directory_, file, crc);
    put(directory_, 0, 2 + 2 + 2 + 4); // comment, disk, attributes
    put(directory_, offset, 4);
    put_text(directory_, file.name);
    ++files_;
  }
  std::vector<std::byte> take() && {
    const std::size_t start = bytes_.size();
    bytes_.insert(bytes_.end(), directory_.begin(), directory_.end());
    put(bytes_, 0x06054B50, 4);
    put(bytes_, 0, 4); // disks
    put(bytes_, files_, 2);
    put(bytes_, files_, 2);
    put(bytes_, directory_.size(), 4);
    put(bytes_, start, 4);
    put(bytes_, 0, 2); // comment
    return std::move(bytes_);
  }

 private:
  static void put(std::vector<std::byte>& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      to.push_back(static_cast<std::byte>(i < 8 ? value >> (8 * i) : 0));
  }
  static void put_text(std::vector<std::byte>& to, std::string_view text) {
    for (const char c : text)
      to.push_back(static_cast<std::byte>(c));
  }
  /// What local headers and the directory have in common.
  static void put_description(std::vector<std::byte>& to, const ExportedFile& file, std::uint32_t crc) {
    constexpr std::uint64_t first_of_1980 = 0x00210000; // the earliest date that the format can say
    put(to, 10, 2);                                     // needs version 1.0
    put(to, 0, 4);                                      // flags, stored
    put(to, first_of_1980, 4);
    put(to, crc, 4);
    put(to, file.bytes.size(), 4);
    put(to, file.bytes.size(), 4);
    put(to, file.name.size(), 2);
    put(to, 0, 2); // extra field
  }

  std::vector<std::byte> bytes_, directory_;
  std::size_t files_ = 0;
};

} // namespace

Worker::Slice draw(std::shared_ptr<LoadedModel> model, Plan plan, std::function<void(Result<Drawing>)> done) {
  auto progress = std::make_shared<Progress>(Progress{std::move(model), std::move(plan), {}, 0});
  return [progress, done = std::move(done)](const Worker::Deliver& deliver) {
    Result<bool> more = progress->go_on();
    if (more && *more)
      return true;
    auto result = std::make_shared<Result<Drawing>>(Drawing{});
    if (!more)
      *result = tl::unexpected(std::move(more).error());
    else
      **result = {grid(progress->images, progress->plan.columns), static_cast<std::int64_t>(progress->images.size()),
                  progress->milliseconds};
    deliver([result, done] { done(std::move(*result)); });
    return false;
  };
}

Result<Image> draw_to_the_end(std::shared_ptr<LoadedModel> model, Plan plan) {
  Progress progress{std::move(model), std::move(plan), {}, 0};
  for (bool more = true; more;) {
    GANLET_TRY(more, progress.go_on());
  }
  return grid(progress.images, progress.plan.columns);
}

Image with_colors(Image image, ColorMap colors) {
  if (colors == ColorMap::plain)
    return image;
  for (std::size_t at = 0; at < image.pixels.size(); at += 4) {
    std::uint8_t* pixel = &image.pixels[at];
    const int grey = luma(pixel);
    for (std::size_t c = 0; c < 3; ++c) {
      if (colors == ColorMap::grey)
        pixel[c] = static_cast<std::uint8_t>(grey);
      else if (colors == ColorMap::inverted)
        pixel[c] = static_cast<std::uint8_t>(255 - pixel[c]);
      else
        pixel[c] = static_cast<std::uint8_t>((ink[c] * grey + paper[c] * (255 - grey) + 127) / 255);
    }
  }
  return image;
}

Difference difference_of(const Image& a, const Image& b) {
  constexpr int strength = 8;
  Difference out{a, 0, 0};
  double squares = 0;
  for (std::size_t at = 0; at < a.pixels.size(); at += 4) {
    int most = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const int by = std::abs(int{a.pixels[at + c]} - int{b.pixels[at + c]});
      squares += by * by;
      most = std::max(most, by);
    }
    out.largest = std::max(out.largest, most);
    out.picture.pixels[at] = out.picture.pixels[at + 1] = out.picture.pixels[at + 2] =
        static_cast<std::uint8_t>(std::min(strength * most, 255));
  }
  const double mean = squares / std::max(0.75 * static_cast<double>(a.pixels.size()), 1.0);
  if (mean > 0)
    out.decibels = 10 * std::log10(255 * 255 / mean);
  return out;
}

Worker::Slice animate(std::shared_ptr<LoadedModel> model, Export wanted, std::function<void(int, int)> progress,
                      std::function<void(Result<ExportedFile>)> done) {
  struct Film {
    std::vector<Image> frames;
    std::unique_ptr<Progress> frame;
  };
  auto film = std::make_shared<Film>();
  return [=, model = std::move(model), wanted = std::move(wanted)](const Worker::Deliver& deliver) {
    const auto end = [&](Result<ExportedFile> result) {
      auto shared = std::make_shared<Result<ExportedFile>>(std::move(result));
      deliver([shared, done] { done(std::move(*shared)); });
      return false;
    };
    const int all = wanted.state.animation.frames, ready = static_cast<int>(film->frames.size());
    if (ready == all)
      return end(encode(film->frames, wanted));
    if (!film->frame)
      film->frame = std::make_unique<Progress>(Progress{model, frame_of(wanted.state, wanted.facts, ready), {}, 0});
    Result<bool> more = film->frame->go_on();
    if (!more)
      return end(tl::unexpected(std::move(more).error()));
    if (*more)
      return true;
    film->frames.push_back(enlarged(
        with_colors(grid(film->frame->images, film->frame->plan.columns), wanted.state.colors), wanted.enlarge));
    film->frame.reset();
    deliver([progress, ready, all] { progress(ready + 1, all); });
    return true;
  };
}

bool can_export(FileKind kind) {
  static const bool has_webp = [] {
    const Image pixel{1, 1, {0, 0, 0, 255}};
    return encode_animation(std::span(&pixel, 1), 40, AnimationFormat::webp).has_value();
  }();
  return kind != FileKind::webp || has_webp;
}

Result<std::vector<std::byte>> to_png(const Image& image) {
  // An animation of one frame is a PNG like any other, and needs no second encoder.
  return encode_animation(std::span(&image, 1), 1000, AnimationFormat::apng);
}

std::vector<std::byte> to_zip(const std::vector<ExportedFile>& files) {
  ZipWriter zip;
  for (const ExportedFile& file : files)
    zip.add(file);
  return std::move(zip).take();
}

} // namespace ganlet::studio
