#pragma once

#include "studio/job.h"

/// From pictures that people draw or bring to states.
namespace ganlet::studio {

/// The state that goes on from an encoded picture. A text stays, in the new hand; of other models with classes all are
/// shown, of models without them the one picture.
State with_encoded(State state, const Encoded& encoded, const ModelFacts& model);

/// All classes of the present place, in about a square.
State with_all_classes(State state, const ModelFacts& model);

} // namespace ganlet::studio
