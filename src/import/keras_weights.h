#pragma once

#include "import/hdf5.h"
#include "import/keras_config.h"

/// Gives each layer of a network its variables. Errors: corrupt, at the layer or the file, where one is missing or left
/// over; those of `Hdf5`.
namespace ganlet::importing::keras {

/// As `.h5` files have them: the group `weights` names its layers in `layer_names`, each of which names its variables
/// in `weight_names`; those of a nested model are one list.
Result<void> bind_h5(Network& network, const Hdf5& file, const Hdf5::Object& weights, Budget& budget);

/// As `.keras` files have them: by the layers' class names in snake case, counted in order at each nesting, and the
/// number of the variable: `layers/dense_1/vars/0`. Names of layers play no part, as they don't in Keras.
Result<void> bind_keras(Network& network, const Hdf5& file, Budget& budget);

/// As TensorFlow.js has them: one list of names such as `dense_1/kernel`.
Result<void> bind_names(Network& network, std::vector<Variable> variables);

} // namespace ganlet::importing::keras
