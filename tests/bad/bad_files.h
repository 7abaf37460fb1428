#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/textproto.h"

/// The files of this folder as models: in Protocol Buffers' text format (.textproto), or as they are (.onnx) where they
/// are no Protocol Buffers at all.
namespace ganlet::test {

/// Throws std::runtime_error where there is no such file.
inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw std::runtime_error("can't read " + file.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The bytes that such a file stands for.
inline std::vector<std::byte> bytes_of(const std::filesystem::path& file) {
  const std::string text = text_of(file);
  if (file.extension() == ".textproto")
    return onnx_from_text(text);
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// Those of a folder, in the order of their names.
inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".textproto" || entry.path().extension() == ".onnx")
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

inline void write_bytes(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!stream)
    throw std::runtime_error("can't write " + file.string());
}

} // namespace ganlet::test
