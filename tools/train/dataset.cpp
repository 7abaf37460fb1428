#include "dataset.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include <zlib.h>

#include "core/sha256.h"
#include "core/text.h"

namespace ganlet::train {

namespace {

namespace fs = std::filesystem;

/// An idx file: a magic number whose last byte is the rank, big-endian sizes, then unsigned bytes.
struct IdxFile {
  std::vector<std::int64_t> sizes;
  std::vector<std::uint8_t> values;
};

constexpr std::int64_t most_bytes = std::int64_t{1} << 32;

/// The path itself, or with .gz behind it.
Result<fs::path> find_plain_or_gz(const fs::path& path) {
  for (const fs::path& candidate : {path, fs::path(path.string() + ".gz")})
    if (fs::exists(candidate))
      return candidate;
  return fail(ErrorCode::not_found, path.string(), "no such file, nor one with .gz");
}

/// Reads a file that may be gzipped: zlib hands plain ones through.
Result<std::vector<std::uint8_t>> read_inflated(const fs::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file)
    return fail(ErrorCode::io, path.string(), "can't be read");
  std::vector<std::uint8_t> bytes;
  constexpr std::size_t chunk = std::size_t{1} << 20;
  while (true) {
    const std::size_t before = bytes.size();
    bytes.resize(before + chunk);
    const int count = gzread(file.get(), bytes.data() + before, static_cast<unsigned>(chunk));
    bytes.resize(before + static_cast<std::size_t>(std::max(count, 0)));
    int status = Z_OK;
    const char* const message = gzerror(file.get(), &status);
    if (count < 0 || status == Z_BUF_ERROR)
      return fail(ErrorCode::corrupt, path.string(), status == Z_BUF_ERROR ? "is truncated" : message);
    if (count == 0)
      return bytes;
    if (static_cast<std::int64_t>(bytes.size()) > most_bytes)
      return fail(ErrorCode::limit_exceeded, path.string(), concat("has more than ", most_bytes, " bytes"));
  }
}

Result<IdxFile> read_idx_file(const fs::path& wanted, std::size_t rank) {
  GANLET_TRY(const fs::path path, find_plain_or_gz(wanted));
  GANLET_TRY(const std::vector<std::uint8_t> bytes, read_inflated(path));
  const std::size_t header = 4 + 4 * rank;
  constexpr std::uint8_t unsigned_bytes = 8;
  const std::array<std::uint8_t, 4> magic{0, 0, unsigned_bytes, static_cast<std::uint8_t>(rank)};
  if (bytes.size() < header || !std::equal(magic.begin(), magic.end(), bytes.begin()))
    return fail(ErrorCode::corrupt, path.string(), concat("isn't an idx file of unsigned bytes with rank ", rank));
  IdxFile file;
  std::int64_t elements = 1;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::uint8_t* const at = bytes.data() + 4 + 4 * axis;
    file.sizes.push_back(std::int64_t{at[0]} << 24 | at[1] << 16 | at[2] << 8 | at[3]);
    elements = file.sizes.back() > most_bytes / std::max<std::int64_t>(elements, 1) ? most_bytes
                                                                                    : elements * file.sizes.back();
  }
  const auto present = static_cast<std::int64_t>(bytes.size() - header);
  if (elements != present)
    return fail(ErrorCode::corrupt, path.string(),
                concat("its header promises ", elements, " bytes for ", std::span<const std::int64_t>(file.sizes),
                       ", but ", present, " follow"));
  file.values.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  return file;
}

} // namespace

Result<Dataset> read_idx(const fs::path& folder, Split split) {
  const std::string prefix = split == Split::train ? "train" : "t10k";
  const fs::path images_path = folder / (prefix + "-images-idx3-ubyte");
  GANLET_TRY(IdxFile images, read_idx_file(images_path, 3));
  GANLET_TRY(IdxFile labels, read_idx_file(folder / (prefix + "-labels-idx1-ubyte"), 1));
  if (images.values.empty())
    return fail(ErrorCode::corrupt, images_path.string(), "holds no pictures");
  if (images.sizes[0] != labels.sizes[0])
    return fail(ErrorCode::corrupt, images_path.string(),
                concat("has ", images.sizes[0], " pictures, but there are ", labels.sizes[0], " labels"));
  Dataset data;
  data.count = images.sizes[0];
  data.height = images.sizes[1];
  data.width = images.sizes[2];
  data.classes = 1 + *std::max_element(labels.values.begin(), labels.values.end());
  data.pixels = std::move(images.values);
  data.labels = std::move(labels.values);
  return data;
}

std::string fingerprint(const Dataset& data) {
  std::vector<std::byte> bytes;
  bytes.reserve(data.pixels.size() + data.labels.size() + data.inputs.size() + 64);
  const std::string sizes =
      concat(data.count, " ", data.height, " ", data.width, data.channels == 1 ? "" : concat(" ", data.channels), "\n");
  for (const std::span<const std::byte> part :
       {std::as_bytes(std::span(sizes)), std::as_bytes(std::span(data.pixels)), std::as_bytes(std::span(data.labels)),
        std::as_bytes(std::span(data.inputs))})
    bytes.insert(bytes.end(), part.begin(), part.end());
  return sha256_text(bytes);
}

} // namespace ganlet::train
