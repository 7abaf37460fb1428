#pragma once

#include <vector>

#include "studio/model.h"
#include "studio/pad.h"

/// Pictures that people draw or bring, as latents.
namespace ganlet::studio {

struct Encoded {
  std::vector<float> latent;
  Image seen;               ///< the picture as the encoder was given it
  std::vector<Image> drawn; ///< the latent by each class in turn, or once by models without classes
  std::size_t nearest = 0;  ///< which of those has the least squared difference from what was seen
};

/// Loads the encoder where it isn't yet. Errors: those of load_encoder, of preparing the picture, and of running.
Result<Encoded> encode(LoadedModel& model, const Image& picture);

/// The state that goes on from an encoded picture. A text stays, in the new hand; of other models with classes all are
/// shown, of models without them the one picture.
State with_encoded(State state, const Encoded& encoded, const ModelFacts& model);

/// All classes of the present place, in about a square.
State with_all_classes(State state, const ModelFacts& model);

} // namespace ganlet::studio
