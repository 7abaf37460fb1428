#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/help.h"
#include "generator/model_description.h"
#include "graph/graph.h"

namespace ganlet {

enum class Role : std::uint8_t { latent, label, image };
std::string_view name_of(Role role);

/// A name says what a value is if it is one of the words, or has one of more than four letters inside. Pages have names
/// told apart by the engine with all parts; the other one gives false.
bool is_called(std::string_view name, std::initializer_list<std::string_view> words);
bool is_called_latent(std::string_view name);

/// A row of the table by which roles are found where a model's description doesn't name them. The first row that holds
/// for some input (an output, if the role is the image) which has no role yet gives the role to the first of them.
struct RoleRule {
  Role role;
  bool (*holds)(const Graph& graph, const Value& value);
  std::string_view when; ///< in words (`help`)
};
std::span<const RoleRule> role_rules();

/// An input beside latent and label, such as the codes of InfoGAN, a truncation or a time: its numbers are the latent's
/// last ones.
struct FurtherInput {
  std::size_t input = 0;  ///< index into Graph::inputs
  std::int64_t size = 0;  ///< numbers for each image
  bool is_shared = false; ///< has no batch: all images get the first one's
};

inline constexpr std::size_t most_generator_inputs = 16;

/// Which input and output of a generator's graph has which role, and the facts that follow from it.
struct Roles {
  std::size_t latent = 0;                 ///< index into Graph::inputs
  std::optional<std::size_t> label;       ///< index into Graph::inputs
  bool label_is_float = false;            ///< see `write_label`; else int64 (N) or (N, 1)
  std::size_t image = 0;                  ///< index into Graph::outputs
  std::int64_t latent_size = 0;           ///< with the numbers that further inputs get
  std::int64_t own_latent_size = 0;       ///< without
  std::vector<FurtherInput> further{};    ///< in the file's order, as their numbers are in a latent
  std::int64_t label_count = 0;           ///< 0 for unconditional models
  std::vector<LatentRange> latent_ranges; ///< of the whole latent; empty if the description has none
  ImageSize image_size;
  bool image_is_channels_last = false;     ///< an image lies in memory as (H,W,C), else as (C,H,W)
  std::optional<ValueRange> value_range;   ///< empty if neither the description nor the graph bounds the values
  std::optional<std::int64_t> fixed_batch; ///< if the file fixes the number of images per run
};

/// Writes a label into its row of a float input, which holds 0: one-hot (N, classes), or the number of the class (N,
/// 1).
void write_label(const Roles& roles, std::int64_t label, std::span<float> row);

/// Finds the roles by `role_rules`, unless the description names inputs or outputs. The value range, unless the
/// description has it, is [-1, 1] after a final Tanh, [0, 1] after a Sigmoid, [a, b] after a Clip, looking through ops
/// that reshape values or shift and scale them by constants. Errors: invalid_argument; the message names the input or
/// output and says what would resolve the ambiguity.
Result<Roles> find_roles(const Graph& graph, const ModelDescription& description);

} // namespace ganlet
