#include <algorithm>

#include "onnx/reader.h"

namespace ganlet::onnx {

namespace {
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Ignores the case of `text`; `prefix` is in lower case.
bool starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower);
}

std::string_view without_leading_space(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}
} // namespace

std::string_view foreign_kind(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view words = without_leading_space(text);
  // None of these can begin an ONNX file: read as a tag, '<' has wire type 4, which ONNX never has, and so on.
  if (starts_with(words, "<!doctype html") || starts_with(words, "<html") || starts_with(words, "<head"))
    return "HTML, probably a 404";
  if (starts_with(words, "<?xml"))
    return "XML, probably a server's error message";
  if (starts_with(words, "version https://git-lfs"))
    return "a Git LFS pointer (the file itself was never fetched)";
  if (starts_with(words, "<<<<<<< "))
    return "a file with Git's conflict markers (the merge was never finished)";
  if (text.starts_with("PK\x03\x04"))
    return "a zip archive (such as a PyTorch or Keras checkpoint)";
  if (text.starts_with("\x89HDF"))
    return "an HDF5 file (such as a Keras checkpoint)";
  if (text.starts_with("\x1f\x8b"))
    return "a gzip archive";
  return {};
}

} // namespace ganlet::onnx
