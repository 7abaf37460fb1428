#pragma once

#include <filesystem>
#include <string>

#include "dataset.h"
#include "pictures.h"

/// Pictures in pairs, for families from pictures to pictures: to each picture of a data set, one that it is to be made
/// of (`Dataset::inputs`).
namespace ganlet::train {

/// What stands for outlines in the place of a second folder.
inline constexpr const char* from_edges = "edges";

/// Pairs each picture of `data` with its outline (outline.h).
void pair_with_outlines(Dataset& data);

/// Reads the pictures of `truths`, and pairs each with that of the same name (without its extension, and with the
/// folders in between) in `inputs`. Both are cut and scaled alike, and none may be left out. Errors: those of
/// `read_pictures`; not_found for a picture without its pair; invalid_argument for pictures that are to be held back,
/// which are chosen by their own pixels.
Result<Pictures> read_pairs(const std::filesystem::path& inputs, const std::filesystem::path& truths,
                            PictureOptions options);

} // namespace ganlet::train
