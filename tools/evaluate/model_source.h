#pragma once

#include <string>

#include "dataset.h"
#include "generator/model_folder.h"

/// How models in ganlet's own engine are loaded, and how data sets' pictures become theirs.
namespace ganlet::evaluate {

/// A model by its file, folder or id, or a part of it written as `folder#part`. Errors: those of `load_model`.
Result<Model> load_part(const std::string& name, int threads);

/// Picture i of grey or RGB ones, with the alpha that data sets don't keep.
Image picture_of(const train::Dataset& data, std::int64_t i);

} // namespace ganlet::evaluate
