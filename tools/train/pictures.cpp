#include "pictures.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/rng.h"
#include "core/sha256.h"
#include "core/text.h"
#include "image/area_average.h"
#include "image/image_reader.h"
#include "image/whole_file.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_bytes = std::int64_t{1} << 30;

/// Any of MNIST's files, so that what is missing of them can be named.
bool holds_idx(const fs::path& folder) {
  for (const char* const name :
       {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"})
    if (fs::exists(folder / name) || fs::exists(folder / (std::string(name) + ".gz")))
      return true;
  return false;
}

/// What lies below, with a picture at least. Errors: those of files_below, not_found.
Result<PictureFiles> pictures_below(const fs::path& folder) {
  GANLET_TRY(PictureFiles files, files_below(folder));
  if (files.pictures.empty()) {
    const std::string others = others_in_words(files);
    return fail(ErrorCode::not_found, folder.string(),
                concat("holds no .png, .jpg or .jpeg", others.empty() ? "" : ", only these: ", others));
  }
  return files;
}

/// The largest square that lies within a picture.
Region square_of(const Image& image, Crop crop, const Rng& random, std::uint64_t index) {
  Region square = middle_square(image.width, image.height);
  if (crop == Crop::random) {
    const auto place = [&](std::int64_t side, std::uint64_t number) {
      return random.below(static_cast<std::uint32_t>(side - square.width + 1), number);
    };
    square.left = place(image.width, 2 * index);
    square.top = place(image.height, 2 * index + 1);
  }
  return square;
}

/// A picture of the wanted size, or why there is none.
using Made = Result<std::vector<std::uint8_t>>;

Made make_picture(const fs::path& file, std::uint64_t index, const PictureOptions& options) {
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_bytes));
  GANLET_TRY(const Image image, decode_image(bytes, file.string()));
  if (image.width < options.size || image.height < options.size)
    return fail(
        ErrorCode::invalid_argument, file.string(),
        concat("has ", image.width, " x ", image.height, " pixels, less than ", options.size, " x ", options.size));
  std::vector<std::uint8_t> pixels;
  for (const double value : scaled(image, square_of(image, options.crop, Rng(options.seed), index), options.size,
                                   options.size, options.channels, options.ground))
    pixels.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)));
  return pixels;
}

/// In parallel; what comes of it doesn't depend on who did what.
std::vector<Made> make_pictures(const std::vector<fs::path>& files, const PictureOptions& options) {
  std::vector<std::optional<Made>> made(files.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++)
      made[i] = make_picture(files[i], i, options);
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i)
      threads.emplace_back(work);
    work();
  }
  std::vector<Made> all;
  for (std::optional<Made>& each : made)
    all.push_back(std::move(*each));
  return all;
}

/// Classes by number, and the class of each file.
struct Labels {
  std::vector<std::string> names;
  std::vector<std::uint8_t> each;
};

/// The class of each file: the first folder below `folder` that it lies in, by the order of names.
Result<Labels> labels_of(const fs::path& folder, const std::vector<fs::path>& files) {
  const auto class_of = [&](const fs::path& file) { return fs::relative(file, folder).begin()->string(); };
  std::map<std::string, std::uint8_t> classes;
  for (const fs::path& file : files) {
    if (file.parent_path() == folder || fs::relative(file, folder).begin()->string() == file.filename().string())
      return fail(ErrorCode::invalid_argument, file.string(), "lies in no sub-folder that would be its class");
    classes.emplace(class_of(file), std::uint8_t{0});
  }
  constexpr std::size_t most_classes = 256;
  if (classes.size() > most_classes)
    return fail(ErrorCode::invalid_argument, folder.string(), concat("has more than ", most_classes, " sub-folders"));
  Labels labels;
  for (auto& [name, label] : classes) {
    label = static_cast<std::uint8_t>(labels.names.size());
    labels.names.push_back(name);
  }
  for (const fs::path& file : files)
    labels.each.push_back(classes.at(class_of(file)));
  return labels;
}

/// What decides the pictures: the files as they are on the disk, and how they are cut.
std::string origin_of(const std::vector<fs::path>& files, const PictureOptions& options) {
  std::string text =
      concat("pictures 3, ", options.size, " ", options.channels, " ", options.ground[0], " ", options.ground[1], " ",
             options.ground[2], " ", options.crop == Crop::center ? "center" : "random", " ", options.seed, "\n");
  for (const fs::path& file : files) {
    std::error_code error;
    text += concat(file.string(), " ", static_cast<std::int64_t>(fs::file_size(file, error)), " ",
                   static_cast<std::int64_t>(fs::last_write_time(file, error).time_since_epoch().count()), "\n");
  }
  return sha256_text(std::as_bytes(std::span<const char>(text)));
}

/// The cache: a line of JSON with the origin and the pictures that were left out, then the bytes of the others.
std::string cache_header(const std::string& origin, const std::vector<Made>& made) {
  nlohmann::ordered_json header{{"origin", origin}, {"skipped", nlohmann::ordered_json::array()}};
  for (std::size_t i = 0; i < made.size(); ++i)
    if (!made[i]) {
      const Error& error = made[i].error();
      header["skipped"].push_back({{"picture", i},
                                   {"code", static_cast<int>(error.code())},
                                   {"place", error.place()},
                                   {"message", error.message()}});
    }
  return header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

/// Throws nlohmann::json::exception where it isn't one. Nothing where the cache is of something else.
std::optional<std::vector<Made>> read_cache(std::span<const std::uint8_t> bytes, const std::string& origin,
                                            std::size_t count, std::size_t bytes_each) {
  const auto end_of_line = std::ranges::find(bytes, '\n');
  const auto header = nlohmann::json::parse(bytes.begin(), end_of_line);
  const std::size_t skipped = header.at("skipped").size();
  const auto pixels = bytes.subspan(std::min(bytes.size(), static_cast<std::size_t>(end_of_line - bytes.begin()) + 1));
  if (header.at("origin") != origin || skipped > count || pixels.size() != (count - skipped) * bytes_each)
    return std::nullopt;
  std::map<std::size_t, Error> errors;
  for (const auto& each : header.at("skipped"))
    errors.emplace(each.at("picture"),
                   Error(static_cast<ErrorCode>(each.at("code").get<int>()), each.at("place").get<std::string>(),
                         each.at("message").get<std::string>()));
  if (errors.size() != skipped || (skipped > 0 && errors.rbegin()->first >= count))
    return std::nullopt;
  std::vector<Made> made;
  auto at = pixels.begin();
  for (std::size_t i = 0; i < count; ++i)
    if (const auto error = errors.find(i); error != errors.end()) {
      made.emplace_back(tl::unexpect, std::move(error->second));
    } else {
      made.emplace_back(std::vector<std::uint8_t>(at, at + static_cast<std::ptrdiff_t>(bytes_each)));
      at += static_cast<std::ptrdiff_t>(bytes_each);
    }
  return made;
}

std::optional<std::vector<Made>> load_cache(const PictureOptions& options, const std::string& origin,
                                            std::size_t count) {
  if (options.cache.empty() || !fs::exists(options.cache))
    return std::nullopt;
  const Result<std::vector<std::byte>> bytes = read_whole(options.cache, std::int64_t{1} << 34);
  if (!bytes)
    return std::nullopt;
  try {
    return read_cache({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()}, origin, count,
                      static_cast<std::size_t>(options.size * options.size * options.channels));
  } catch (const nlohmann::json::exception&) {
    return std::nullopt; // an older version's
  }
}

/// Not where a file couldn't be read: it may be readable next time.
Result<void> save_cache(const PictureOptions& options, const std::string& origin, const std::vector<Made>& made) {
  if (options.cache.empty() ||
      std::ranges::any_of(made, [](const Made& each) { return !each && each.error().code() == ErrorCode::io; }))
    return {};
  const std::string header = cache_header(origin, made);
  const auto header_bytes = std::as_bytes(std::span<const char>(header));
  std::vector<std::byte> bytes(header_bytes.begin(), header_bytes.end());
  for (const Made& each : made)
    if (each) {
      const auto pixels = std::as_bytes(std::span(*each));
      bytes.insert(bytes.end(), pixels.begin(), pixels.end());
    }
  return write_whole(options.cache, bytes);
}

/// `usable` in the order of the SHA-256 of their pixels: no seed and no name decides which are held back, and pictures
/// that are alike to the last bit lie side by side.
std::vector<std::size_t> by_hash(std::vector<std::size_t> usable, const std::vector<Made>& made) {
  std::map<std::size_t, std::string> hashes;
  for (const std::size_t i : usable)
    hashes[i] = sha256_text(std::as_bytes(std::span(*made[i])));
  std::ranges::sort(usable, {}, [&hashes](std::size_t i) { return std::pair(hashes.at(i), i); });
  return usable;
}

void append(Dataset& data, const std::vector<std::uint8_t>& pixels, std::uint8_t label) {
  data.pixels.insert(data.pixels.end(), pixels.begin(), pixels.end());
  data.labels.push_back(label);
  ++data.count;
}

/// "white", "black", "grey" or six hexadecimal digits.
Result<std::array<std::uint8_t, 3>> ground_of(const std::string& text) {
  const std::string digits = text == "white" ? "ffffff" : text == "black" ? "000000" : text == "grey" ? "808080" : text;
  if (digits.size() != 6 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
    return fail(ErrorCode::invalid_argument, "--ground", "is white, black, grey or six hexadecimal digits");
  const unsigned long value = std::stoul(digits, nullptr, 16);
  return std::array{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8 & 0xff),
                    static_cast<std::uint8_t>(value & 0xff)};
}

} // namespace

Result<PictureOptions> picture_options(const Settings& settings) {
  if (settings.crop != "center" && settings.crop != "random")
    return fail(ErrorCode::invalid_argument, "--crop", "is center or random");
  PictureOptions options;
  options.size = settings.options.height;
  options.channels = settings.options.channels;
  GANLET_TRY(options.ground, ground_of(settings.ground));
  options.crop = settings.crop == "center" ? Crop::center : Crop::random;
  options.validation = settings.validation;
  return options;
}

Result<bool> holds_pictures(const fs::path& folder) {
  if (!fs::is_directory(folder))
    return fail(ErrorCode::not_found, folder.string(), "there is no such folder");
  const Result<PictureFiles> files = pictures_below(folder);
  if (files)
    return true;
  if (!holds_idx(folder))
    return fail(files.error().code(), folder.string(),
                concat("has no idx files (train-images-idx3-ubyte, plain or .gz), and ", files.error().message()));
  return false;
}

std::string summary(const Pictures& pictures) {
  std::string left_out = others_in_words(pictures.files);
  if (!pictures.skipped.empty())
    left_out += concat(left_out.empty() ? "" : ", ", pictures.skipped.size(), " that can't be used");
  std::string text = concat("read ", pictures.train.count + pictures.validation.count, " pictures; left out ",
                            left_out.empty() ? "none" : left_out);
  if (pictures.deeper > 0)
    text += concat("; ", pictures.deeper, " lie in folders within their class's");
  if (pictures.train.class_names.size() == 1)
    text += concat("; all are of one class, '", printable(pictures.train.class_names[0]), "', the only sub-folder");
  return text;
}

namespace {

/// All that can be used, shared out between training and validation.
void share_out(const std::vector<Made>& made, const Labels& labels, const PictureOptions& options, Pictures& to) {
  std::vector<std::size_t> usable;
  for (std::size_t i = 0; i < made.size(); ++i)
    if (made[i])
      usable.push_back(i);
  std::vector<bool> held_back(made.size());
  if (const auto share = static_cast<std::size_t>(options.validation * static_cast<double>(usable.size())); share > 0)
    for (const std::size_t i : by_hash(usable, made) | std::views::take(share))
      held_back[i] = true;
  for (Dataset* const part : {&to.train, &to.validation}) {
    part->height = part->width = options.size;
    part->channels = options.channels;
    part->classes = static_cast<std::int64_t>(labels.names.size());
    part->class_names = labels.names;
  }
  for (const std::size_t i : usable)
    append(held_back[i] ? to.validation : to.train, *made[i], labels.each[i]);
}

} // namespace

Result<Pictures> read_pictures(const fs::path& folder, const PictureOptions& options) {
  Pictures pictures;
  GANLET_TRY(pictures.files, pictures_below(folder));
  const std::vector<fs::path>& files = pictures.files.pictures;
  Labels labels{{}, std::vector<std::uint8_t>(files.size())};
  if (options.labels) {
    GANLET_TRY(labels, labels_of(folder, files));
    pictures.deeper = std::ranges::count_if(files, [&](const fs::path& file) {
      const fs::path below = file.lexically_relative(folder);
      return std::distance(below.begin(), below.end()) > 2;
    });
  }
  const std::string origin = origin_of(files, options);
  std::optional<std::vector<Made>> cached = load_cache(options, origin, files.size());
  std::vector<Made> made = cached ? std::move(*cached) : make_pictures(files, options);
  if (!cached)
    GANLET_CHECK(save_cache(options, origin, made));
  share_out(made, labels, options, pictures);
  for (Made& each : made)
    if (!each && options.strict)
      return tl::unexpected<Error>(std::move(each).error());
    else if (!each)
      pictures.skipped.push_back(std::move(each).error());
  if (pictures.skipped.size() == files.size())
    return fail(
        ErrorCode::not_found, folder.string(),
        concat("none of its ", files.size(), " pictures can be used; the first: ", pictures.skipped.front().text()));
  return pictures;
}

} // namespace ganlet::train
