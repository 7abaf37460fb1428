#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "core/tensor.h"

/// What Keras writes of a model besides its weights: layers with their arguments, and which calls which.
namespace ganlet::importing::keras {

/// What a call gave: output `tensor` of call `node` of layer `layer` of the same network.
struct Source {
  std::size_t layer = 0;
  std::size_t node = 0;
  std::size_t tensor = 0;
};

/// A tensor, or what the file says in its place: a number, a list, ...
using Argument = std::variant<Source, const Json*>;

struct NamedArgument {
  std::string name; ///< empty for one by position
  Argument value;
};

/// One use of a layer. Lists of tensors are flat.
struct Call {
  std::vector<NamedArgument> arguments;
};

struct Network;

struct Variable {
  std::string path; ///< in the file
  Tensor value;
};

struct Layer {
  std::string class_name; ///< without the package in front: "Addons>InstanceNormalization" is InstanceNormalization
  std::string name;
  std::string module;               ///< of Python, since Keras 2.12: "keras.layers", "keras.src.ops.numpy"
  const Json* config = nullptr;     ///< an object
  const Json* build = nullptr;      ///< build_config, where there is one
  std::vector<Call> calls;          ///< none in a Sequential
  std::unique_ptr<Network> network; ///< where the layer is a model
  std::vector<Variable> variables;  ///< in Keras's order, once they are bound
};

struct Network {
  std::string class_name;
  std::string name;
  bool is_sequential = false;
  std::vector<Layer> layers;
  std::vector<Source> inputs, outputs;                ///< of a functional network
  std::optional<std::vector<std::int64_t>> built_for; ///< of a Sequential, with the batch as -1
};

/// A model as `model_config` and config.json have it. Keeps pointers into `document`. Errors: corrupt, unsupported,
/// limit_exceeded (`nodes`), at `keras 'LAYER'`.
Result<Network> read_network(const Json& document, const Limits& limits);

/// Python writes NaN and Infinity, which JSON doesn't have: null stands in their place.
std::string without_python_numbers(std::string_view json);

/// Without what wraps numbers and tuples: {"type": "ndarray", "value": 0.2}, {"class_name": "__tuple__", "items": []}.
const Json& unwrapped(const Json& value);
/// A layer's sizes with the batch, open ones as -1; nothing where it doesn't say.
std::optional<std::vector<std::int64_t>> sizes_of(const Json* value);

std::string place_of(const Layer& layer);

} // namespace ganlet::importing::keras
