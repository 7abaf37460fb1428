#pragma once

/// The one header that a user of the library includes: read a model, draw, keep the picture.
///
///     auto model = ganlet::load_model("models/digits", {});
///     auto images = model->generate({.seed = 7, .text = "2026"});

#include "core/error.h"
#include "core/limits.h"
#include "generator/generator.h"
#include "generator/model_folder.h"
#include "image/animation.h"
#include "image/image.h"
#include "image/image_writer.h"
