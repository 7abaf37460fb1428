#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "dataset.h"
#include "image/area_average.h"
#include "picture_files.h"
#include "settings.h"

namespace ganlet::train {

enum class Crop { center, random };

/// How a folder of pictures becomes a data set.
struct PictureOptions {
  std::int64_t size = 32;       ///< width and height of what is made of them
  std::int64_t channels = 3;    ///< 1 is grey, 3 is RGB
  Ground ground = white_ground; ///< RGB that shows through where a picture is transparent
  Crop crop = Crop::center;     ///< where the square is taken from; random ones depend on `seed`
  bool labels = false;          ///< sub-folders are classes, in the order of their names
  bool strict = false;          ///< a picture that can't be used is an error
  double validation = 0;        ///< share that is held back: the first by the hash of their pixels
  std::uint64_t seed = 1;
  std::filesystem::path cache; ///< file that keeps what was decoded, for the same files and options; empty: none
};

/// How a run makes data of a folder: squares of its pictures' height, in its channels.
/// Errors: invalid_argument where `ground` isn't white, black, grey or six hexadecimal digits, or `crop` isn't center
/// or random; the place is the option's name.
Result<PictureOptions> picture_options(const Settings& settings);

/// What was made of a folder.
struct Pictures {
  Dataset train;
  Dataset validation;
  PictureFiles files;         ///< what lies in the folder
  std::vector<Error> skipped; ///< pictures that were left out, and why; the file's name is the place
  std::int64_t deeper = 0;    ///< pictures with labels that lie in sub-folders of their class's folder
};

/// How many pictures were read, how many files were left out and why: "read 10 pictures; left out 90 .webp, 2 hidden".
std::string summary(const Pictures& pictures);

/// Whether there is a picture (.png, .jpg or .jpeg in any case) in the folder or below it; otherwise it has idx files.
/// Errors: not_found where there is no such folder, or neither in it.
Result<bool> holds_pictures(const std::filesystem::path& folder);

/// Reads all pictures of a folder and those below it, in the order of their paths, but for hidden files and folders.
/// Turns each as Exif says, cuts the largest square out and scales it by averaging areas. Pictures that are broken or
/// smaller than wanted are left out, unless `strict`. Errors: not_found (no such folder, no pictures in it, or none of
/// them can be used), io, corrupt (with `strict`), invalid_argument (labels without sub-folders, more than 256 of
/// them).
Result<Pictures> read_pictures(const std::filesystem::path& folder, const PictureOptions& options);

} // namespace ganlet::train
