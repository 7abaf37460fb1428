#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"

namespace ganlet {

/// The bytes of a file, or of standard input if `path` is "-". Errors: not_found, io (a directory, no permission),
/// limit_exceeded above `most` bytes; the place is the path.
Result<std::vector<std::byte>> read_whole(const std::filesystem::path& path, std::int64_t most);

/// The same for a path that comes out of another file, such as a part named by model.json: anything but a regular file
/// is refused, because a pipe would wait for a writer.
Result<std::vector<std::byte>> read_regular(const std::filesystem::path& path, std::int64_t most);

/// Writes a file atomically: the bytes go to a new file next to it, which takes its name once they are on the disk.
/// Until then, and if anything fails, the old file stays. "-" is standard output; it and other things that aren't
/// regular files (/dev/stdout, pipes) are written to directly. Errors: not_found (no such directory), io; the place is
/// the path.
Result<void> write_whole(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Appends bytes to an existing file. If writing fails, the old content stays readable, possibly followed by a part of
/// the bytes. Errors: not_found, io; the place is the path.
Result<void> append_to_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Where a file or folder that comes with the program may lie, such as "models": in the current directory, beside the
/// installed program, or above the program of a build folder.
std::vector<std::filesystem::path> installed_places(const std::string& path);

} // namespace ganlet
