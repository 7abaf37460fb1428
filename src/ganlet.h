#pragma once

/// The one header that a user of the library includes: read a model, draw, keep the picture.
///
///     auto model = ganlet::load_model("models/digits", {});
///     auto picture = model->picture({.text = "2026", .seed = 7});
///     ganlet::write_image("2026.png", *picture);

#include "core/error.h"
#include "core/limits.h"
#include "generator/model_folder.h"
#include "image/animation.h"
#include "image/image.h"
#include "image/image_writer.h"
