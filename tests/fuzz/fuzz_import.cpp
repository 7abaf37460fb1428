// A file of another framework: what is imported is an ONNX model that can be written and read back. Sections
// (sections.h) are the files of a zip archive of PyTorch's, since few mutations keep an archive's check sums.

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <zlib.h>

#include "fuzz.h"
#include "import/importer.h"
#include "import/torch_weights.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "sections.h"

namespace ganlet::fuzz {

namespace {

using Field = std::pair<std::uint64_t, int>; ///< a number and its bytes
using Sections = std::vector<std::span<const std::byte>>;

/// A zip archive whose entries aren't compressed.
class Archive {
 public:
  void add(std::string_view name, std::span<const std::byte> content) {
    std::vector<std::byte> fields; // those that an entry and the directory share
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    const std::uint64_t size = content.size();
    for (const auto& [value, bytes] : std::initializer_list<Field>{
             {10, 2}, {0, 2}, {0, 2}, {0, 4}, {sum, 4}, {size, 4}, {size, 4}, {name.size(), 2}, {0, 2}})
      put(fields, value, bytes);
    append(directory_, bytes_of("PK\1\2\n"));
    put(directory_, 0, 1);
    append(directory_, fields);
    put(directory_, 0, 10); // comment, disk, attributes
    put(directory_, entries_.size(), 4);
    append(directory_, bytes_of(name));
    append(entries_, bytes_of("PK\3\4"));
    append(entries_, fields);
    append(entries_, bytes_of(name));
    append(entries_, content);
    ++count_;
  }

  std::vector<std::byte> finish() && {
    const std::size_t offset = entries_.size(), size = directory_.size();
    append(entries_, directory_);
    append(entries_, bytes_of("PK\5\6"));
    for (const auto& [value, bytes] :
         std::initializer_list<Field>{{0, 4}, {count_, 2}, {count_, 2}, {size, 4}, {offset, 4}, {0, 2}})
      put(entries_, value, bytes);
    return std::move(entries_);
  }

 private:
  static void append(std::vector<std::byte>& to, std::span<const std::byte> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
  }
  static void put(std::vector<std::byte>& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      to.push_back(static_cast<std::byte>(i < 8 ? value >> (8 * i) & 0xFF : 0));
  }

  std::vector<std::byte> entries_, directory_;
  std::size_t count_ = 0;
};

/// One section and an empty one are the pickle of a file of tensors; two, a program of PyTorch 2.5 to 2.7 and its
/// tensors; three and more, one of 2.8, the description of its weights, and these.
std::vector<std::byte> archive_of(const Sections& sections) {
  Archive archive;
  if (sections.size() == 2 && sections[1].empty()) {
    archive.add("a/data.pkl", sections[0]);
    archive.add("a/data/0", sections[0]);
  } else if (sections.size() == 2) {
    archive.add("serialized_exported_program.json", sections[0]);
    archive.add("serialized_state_dict.pt", sections[1]);
  } else {
    archive.add("a/archive_format", {});
    archive.add("a/models/model.json", sections[0]);
    archive.add("a/data/weights/model_weights_config.json", sections[1]);
    for (std::size_t i = 2; i < sections.size(); ++i)
      archive.add("a/data/weights/weight_" + std::to_string(i - 2), sections[i]);
  }
  return std::move(archive).finish();
}

void try_file(std::span<const std::byte> bytes) {
  const auto beside = [](const std::string&) -> Result<std::vector<std::byte>> {
    return std::vector<std::byte>(4096, std::byte{1});
  };
  const bool has_tensors = importing::format_of(bytes) == importing::Format::torch_weights;
  Budget listing(limits.load_units);
  if (has_tensors)
    succeeded(importing::list_tensors(bytes, limits, listing));
  Budget budget(limits.load_units);
  const auto model = importing::read(bytes, {"", beside, has_tensors}, limits, budget);
  if (succeeded(model))
    succeeded(onnx::read(onnx::write(*model), limits));
}

} // namespace

void try_bytes(std::span<const std::byte> bytes) {
  const Sections sections = split(bytes);
  if (sections.size() > 1)
    try_file(archive_of(sections));
  else
    try_file(bytes);
}

} // namespace ganlet::fuzz
