#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "core/tensor.h"

/// What Keras writes about a model besides its weights: the layers with their arguments, and which layer calls which.
namespace ganlet::importing::keras {

/// The result of a call: output `tensor` of call `node` of layer `layer` in the same network.
struct Source {
  std::size_t layer = 0;
  std::size_t node = 0;
  std::size_t tensor = 0;
};

/// A tensor, or the value that the file gives instead: a number, a list, ...
using Argument = std::variant<Source, const Json*>;

struct NamedArgument {
  std::string name; ///< empty for a positional argument
  Argument value;
};

/// One use of a layer. Nested lists of tensors are flattened.
struct Call {
  std::vector<NamedArgument> arguments;
};

struct Network;

struct Variable {
  std::string path; ///< its name in the file
  Tensor value;
};

struct Layer {
  std::string class_name; ///< without the package: "Addons>InstanceNormalization" becomes InstanceNormalization
  std::string name;
  std::string module;               ///< Python's, since Keras 2.12: "keras.layers", "keras.src.ops.numpy"
  const Json* config = nullptr;     ///< an object
  const Json* build = nullptr;      ///< build_config, or null
  std::vector<Call> calls;          ///< empty in a Sequential
  std::unique_ptr<Network> network; ///< if the layer is a model; else null
  std::vector<Variable> variables;  ///< in Keras's order, once they are bound
};

struct Network {
  std::string class_name;
  std::string name;
  bool is_sequential = false;
  std::vector<Layer> layers;
  std::vector<Source> inputs, outputs;                ///< of a functional network
  std::optional<std::vector<std::int64_t>> built_for; ///< the input shape of a Sequential, with the batch as -1
};

/// Reads a model from `model_config` or config.json. Keeps pointers into `document`, which must outlive the result.
/// Errors: corrupt, unsupported, limit_exceeded (`nodes`), at `keras 'LAYER'`.
Result<Network> read_network(const Json& document, const Limits& limits);

/// Replaces NaN and Infinity, which Python writes and JSON doesn't have, by null, or `as_text` by strings.
std::string without_python_numbers(std::string_view json, bool as_text = false);

/// The value without a wrapper for numbers or tuples: {"type": "ndarray", "value": 0.2}, {"class_name": "__tuple__",
/// "items": []}.
const Json& unwrapped(const Json& value);
/// A layer's sizes including the batch, with open ones as -1; empty if `value` gives none.
std::optional<std::vector<std::int64_t>> sizes_of(const Json* value);

std::string place_of(const Layer& layer);

} // namespace ganlet::importing::keras
