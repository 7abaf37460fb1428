#pragma once

#include <string>
#include <vector>

#include "core/limits.h"
#include "import/bytes.h"

namespace ganlet::importing {

/// A zip archive (PKWARE's APPNOTE 6.3): the files that its central directory lists, stored or deflated. Refers to the
/// archive's bytes, which must outlive it. Encrypted files, archives of several volumes and archives of more than 4 GB
/// aren't read.
class Zip {
 public:
  /// Errors: corrupt, limit_exceeded.
  static Result<Zip> open(Bytes archive, const Limits& limits, Budget& budget);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// As the directory has them, with their folders.
  std::vector<std::string_view> names() const;
  /// The first file whose name ends with `end`, either as a whole or after a '/'; "" if there is none.
  std::string_view name_ending(std::string_view end) const;
  /// The content of a file. Errors: not_found, corrupt (also if its checksum differs), unsupported, limit_exceeded
  /// (larger than `Limits::file_bytes`), cancelled.
  Result<std::vector<std::byte>> read(std::string_view name, Budget& budget) const;

 private:
  struct Entry {
    std::string name;
    std::uint64_t flags, method, check_sum, compressed, size, offset;
  };

  const Entry* find(std::string_view name) const;

  Bytes archive_;
  Limits limits_;
  std::vector<Entry> entries_;
};

} // namespace ganlet::importing
