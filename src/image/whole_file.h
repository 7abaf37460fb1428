#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"

namespace ganlet {

/// The bytes of a file, or of standard input where `path` is "-".
/// Errors: not_found, io (a directory, no permission), limit_exceeded above `most` bytes; the place is the path.
Result<std::vector<std::byte>> read_whole(const std::filesystem::path& path, std::int64_t most);

/// Writes a file whole or not at all: the bytes go to a file beside it, which takes its name once they are on the disk.
/// What stood there before stays until then, and stays for good if anything fails. "-" is standard output; it and other
/// things that aren't regular files (/dev/stdout, pipes) are written to directly. Errors: not_found (no such
/// directory), io; the place is the path.
Result<void> write_whole(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Adds bytes to the end of a file that exists. Errors: not_found, io; the place is the path. What stood there before
/// stays readable, with a part of the bytes behind it where writing failed.
Result<void> append_to_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

} // namespace ganlet
