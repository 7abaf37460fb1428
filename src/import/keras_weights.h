#pragma once

#include "import/hdf5.h"
#include "import/keras_config.h"

/// Gives each layer of a network its variables. Errors: corrupt, at the layer or the file, if a variable is missing or
/// left over; those of `Hdf5`.
namespace ganlet::importing::keras {

/// From an `.h5` file: the group `weights` names its layers in `layer_names`, and each of these names its variables in
/// `weight_names`; those of a nested model form one list.
Result<void> bind_h5(Network& network, const Hdf5& file, const Hdf5::Object& weights, Budget& budget);

/// From a `.keras` file: by the layers' class names in snake case, counted in order at each nesting, and the number of
/// the variable: `layers/dense_1/vars/0`. The layers' own names don't matter, as in Keras.
Result<void> bind_keras(Network& network, const Hdf5& file, Budget& budget);

/// From TensorFlow.js: one list of names such as `dense_1/kernel`.
Result<void> bind_names(Network& network, std::vector<Variable> variables);

} // namespace ganlet::importing::keras
