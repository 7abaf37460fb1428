#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "import/importer.h"

/// Files that Python writes for these tests, with h5py, which no other library stands in for.
namespace ganlet::test {

namespace fs = std::filesystem;

inline std::vector<std::byte> content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

inline std::string words_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What `script` of this folder, given a folder of its own and `arguments`, writes; it goes when this does. PYTHON
/// names another Python than Debian's.
class Made {
 public:
  explicit Made(const std::string& script, const std::string& arguments = "") {
    char name[] = "/tmp/ganlet-import-XXXXXX";
    folder_ = mkdtemp(name);
    const char* const python = std::getenv("PYTHON");
    const std::string command = std::string(python != nullptr ? python : "/usr/bin/python3") + " -B " +
                                GANLET_SOURCE_DIR + "/tests/import/" + script + " " + folder_.string() + " " +
                                arguments;
    works_ = std::system(command.c_str()) == 0;
  }
  ~Made() { fs::remove_all(folder_); }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;

  bool works() const { return works_; }
  const fs::path& folder() const { return folder_; }
  /// The models among them: files, and folders of TensorFlow.js's.
  std::vector<fs::path> models() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder_))
      if (const auto extension = entry.path().extension(); extension != ".npy" && extension != ".txt")
        found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
  }

 private:
  fs::path folder_;
  bool works_ = false;
};

/// A file of tensors whose name begins with chain_ as the chain that they are.
inline Result<onnx::Model> import_model(const fs::path& path, const Limits& limits = {}) {
  const fs::path file = fs::is_directory(path) ? path / "model.json" : path;
  const auto beside = [&](const std::string& name) -> Result<std::vector<std::byte>> {
    return content_of(file.parent_path() / name);
  };
  Budget budget(limits.load_units);
  const bool chain = file.filename().string().starts_with("chain_");
  return importing::read(content_of(file), {"", beside, chain}, limits, budget);
}

} // namespace ganlet::test
