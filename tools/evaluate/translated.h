#pragma once

#include "image/image.h"
#include "samples.h"

/// Networks from pictures to pictures: what they make of the inputs of pairs (train/pairs.h).
namespace ganlet::evaluate {

/// The inputs of pairs as pictures, with the labels of what is to be made of them.
train::Dataset inputs_of(const train::Dataset& pairs);

/// What a model in ganlet's own engine, named as for `open_model`, makes of each of `inputs`, one at a time as for a
/// reader; grey (1 channel) or RGB (3). Errors: those of loading and running it; invalid_argument where it doesn't make
/// pictures of pictures.
Result<train::Dataset> translated(const std::string& name, int threads, const train::Dataset& inputs,
                                  std::int64_t channels);

/// Pictures each of which was made of one of the test set's: `draw` gives the first of them, whatever the seed, and
/// without labels, since nobody asked for a class; `reconstruct` gives all.
std::unique_ptr<Source> source_of(train::Dataset made);

/// The first 32 pairs through a network.
Image contact_sheet_of(const train::Dataset& pairs, const train::Dataset& made);

} // namespace ganlet::evaluate
