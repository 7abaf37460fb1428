#include "import/keras_weights.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/text.h"
#include "import/keras_network.h"

namespace ganlet::importing::keras {

namespace {

/// The state of a random number generator, which inference doesn't use.
bool is_seed(std::string_view path) {
  return path.find("seed_generator") != std::string_view::npos;
}

/// Collects the layers that aren't models, at any depth.
void add_leaves(Network& network, std::vector<Layer*>& leaves) {
  for (Layer& layer : network.layers)
    if (layer.network)
      add_leaves(*layer.network, leaves);
    else
      leaves.push_back(&layer);
}

std::string list_of(const std::vector<Variable>& variables) {
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(variables.size(), most); ++i)
    text += concat(text.empty() ? "'" : ", '", printable(variables[i].path), "' ", variables[i].value.shape().text());
  return variables.size() > most ? concat(text, " and ", variables.size() - most, " more") : text;
}

tl::unexpected<Error> left_over(std::string_view place, const std::vector<Variable>& variables) {
  return fail(ErrorCode::corrupt, place, concat("the file has variables that no layer takes: ", list_of(variables)));
}

/// Whether `path` ends in the layer's name and the variable's: "generator/dense_1/kernel:0".
bool is_of(std::string_view path, std::string_view layer, std::string_view variable) {
  path = path.substr(0, path.rfind(':'));
  if (!path.ends_with(variable))
    return false;
  path.remove_suffix(variable.size());
  if (!path.ends_with('/'))
    return false;
  path.remove_suffix(1);
  if (!path.ends_with(layer))
    return false;
  path.remove_suffix(layer.size());
  return path.empty() || path.ends_with('/');
}

/// Binds by the names of layers and variables. False, without any change, if a variable isn't found.
bool bind_by_name(const std::vector<Layer*>& leaves, std::vector<Variable>& variables) {
  std::vector<bool> taken(variables.size(), false);
  std::vector<std::vector<std::size_t>> choices(leaves.size());
  for (std::size_t i = 0; i < leaves.size(); ++i)
    for (const VariableName& wanted : variable_names(*leaves[i])) {
      std::size_t found = 0;
      while (found < variables.size() && (taken[found] || !is_of(variables[found].path, leaves[i]->name, wanted.name)))
        ++found;
      if (found == variables.size())
        return false;
      taken[found] = true;
      choices[i].push_back(found);
    }
  for (std::size_t i = 0; i < leaves.size(); ++i)
    for (const std::size_t choice : choices[i])
      leaves[i]->variables.push_back(std::move(variables[choice]));
  std::vector<Variable> rest;
  for (std::size_t i = 0; i < variables.size(); ++i)
    if (!taken[i])
      rest.push_back(std::move(variables[i]));
  variables = std::move(rest);
  return true;
}

/// Binds in Keras's order: first all trained variables, then the others. Layers frozen during training are among the
/// others, so this is only for files whose names don't match.
Result<void> bind_by_order(const std::vector<Layer*>& leaves, std::vector<Variable>& variables,
                           std::string_view place) {
  std::size_t next = 0, wanted = 0;
  for (const Layer* const leaf : leaves)
    wanted += variable_names(*leaf).size();
  if (wanted != variables.size())
    return fail(
        ErrorCode::corrupt, place,
        concat("its layers need ", wanted, " variables, the file has ", variables.size(), ": ", list_of(variables)));
  for (const bool is_trained : {true, false})
    for (Layer* const leaf : leaves)
      for (const VariableName& name : variable_names(*leaf))
        if (name.is_trained == is_trained)
          leaf->variables.push_back(std::move(variables[next++]));
  variables.clear();
  return {};
}

Result<void> bind_all(const std::vector<Layer*>& leaves, std::vector<Variable> variables, std::string_view place) {
  std::erase_if(variables, [](const Variable& variable) { return is_seed(variable.path); });
  if (!bind_by_name(leaves, variables))
    GANLET_CHECK(bind_by_order(leaves, variables, place));
  if (!variables.empty())
    return left_over(place, variables);
  return {};
}

/// The name in snake case, as Keras's `to_snake_case` writes it: Conv2DTranspose becomes conv2d_transpose.
std::string snake_case(std::string_view name) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  std::string words; // (.)([A-Z][a-z]+) -> \1_\2
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool begins_word = is_upper(name[i]) && i + 1 < name.size() && is_lower(name[i + 1]);
    if (i > 0 && begins_word)
      words += '_';
    words += name[i];
  }
  std::string snake; // ([a-z])([A-Z]) -> \1_\2
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && is_upper(words[i]) && is_lower(words[i - 1]))
      snake += '_';
    snake += is_upper(words[i]) ? static_cast<char>(words[i] - 'A' + 'a') : words[i];
  }
  return snake;
}

using Objects = std::map<std::string, Hdf5::Object>;

/// Walks the groups of a `.keras` file alongside the network's layers.
class StateBinder {
 public:
  StateBinder(const Hdf5& file, Budget& budget) : file_(file), budget_(budget) {}

  Result<void> bind(Network& network, const Hdf5::Object& group) {
    GANLET_TRY(Objects objects, file_.children(group));
    const auto older = objects.find("_layer_checkpoint_dependencies");
    const auto container = older != objects.end() ? older : objects.find("layers");
    Objects layers;
    if (container != objects.end()) {
      GANLET_TRY(layers, file_.children(container->second));
    }
    std::map<std::string, std::size_t> counts; // by class
    for (Layer& layer : network.layers) {
      if (!has_variables(layer))
        continue;
      const std::string name = snake_case(layer.class_name);
      GANLET_TRY(const std::vector<Hdf5::Object> candidates, of_class(layers, name));
      const std::size_t index = counts[name]++;
      if (index >= candidates.size())
        return fail(ErrorCode::corrupt, place_of(layer),
                    concat("the file has ", candidates.size(), " layers '", name, "' with variables, this is number ",
                           index + 1));
      GANLET_CHECK(layer.network ? bind(*layer.network, candidates[index]) : bind_layer(layer, candidates[index]));
    }
    if (container == objects.end())
      return {};
    return find_left_over(container->second, 0);
  }

 private:
  static bool has_variables(const Layer& layer) {
    return layer.network ? std::ranges::any_of(layer.network->layers, has_variables) : !variable_names(layer).empty();
  }

  Result<void> bind_layer(Layer& layer, const Hdf5::Object& group) {
    GANLET_TRY(Objects parts, file_.children(group));
    const auto vars = parts.find("vars");
    if (vars == parts.end())
      return fail(ErrorCode::corrupt, place_of(layer), "the file has no variables for it");
    GANLET_TRY(Objects arrays, file_.children(vars->second));
    const std::size_t wanted = variable_names(layer).size();
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const auto array = arrays.find(concat(i));
      if (array == arrays.end() || arrays.size() != wanted)
        return fail(ErrorCode::corrupt, place_of(layer),
                    concat("needs ", wanted, " variables, the file has ", arrays.size()));
      GANLET_TRY(Tensor value, file_.array(array->second));
      taken_.insert(array->second.header);
      layer.variables.push_back({array->second.path, std::move(value)});
    }
    return {};
  }

  /// The groups `name`, `name`_1, ... in the order of their numbers, without empty ones. Numbers may be missing: Keras
  /// 2.12 to 2.15 counted each layer with weights twice.
  Result<std::vector<Hdf5::Object>> of_class(const Objects& layers, const std::string& name) {
    std::map<std::uint64_t, Hdf5::Object> numbered;
    for (const auto& [key, object] : layers) {
      if (!key.starts_with(name) || (key.size() > name.size() && key[name.size()] != '_'))
        continue;
      const std::string_view number = std::string_view(key).substr(std::min(name.size() + 1, key.size()));
      std::uint64_t parsed = 0;
      const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), parsed);
      if (!number.empty() && (wrong != std::errc() || end != number.data() + number.size()))
        continue;
      GANLET_TRY(const bool holds, holds_something(object));
      if (holds)
        numbered[parsed] = object;
    }
    std::vector<Hdf5::Object> objects;
    for (auto& [number, object] : numbered)
      objects.push_back(std::move(object));
    return objects;
  }

  Result<bool> holds_something(const Hdf5::Object& group) {
    GANLET_TRY(const Objects parts, file_.children(group));
    for (const auto& [name, part] : parts) {
      GANLET_TRY(const Objects inner, file_.children(part));
      if (!inner.empty())
        return true;
    }
    return false;
  }

  /// Fails if an array below `group` wasn't taken. Hard links may lead to an object in more ways than can be walked, so
  /// each is visited once.
  Result<void> find_left_over(const Hdf5::Object& group, int depth) {
    constexpr int deepest = 32;
    GANLET_CHECK(take_for_bytes(budget_, 64, "hdf5"));
    if (depth > deepest)
      return fail(ErrorCode::corrupt, "hdf5", "its groups are nested too deep");
    const auto [visit, is_first] = is_done_.try_emplace(group.header, false);
    if (!is_first && !visit->second)
      return fail(ErrorCode::corrupt, "hdf5", "its groups lead back to themselves");
    if (!is_first)
      return {};
    GANLET_TRY(const bool is_array, file_.is_array(group));
    if (is_array && !taken_.contains(group.header) && !is_seed(group.path)) {
      GANLET_TRY(Tensor value, file_.array(group));
      std::vector<Variable> rest;
      rest.push_back({group.path, std::move(value)});
      return left_over("keras", rest);
    }
    GANLET_TRY(const Objects objects, file_.children(group));
    for (const auto& [name, object] : objects)
      GANLET_CHECK(find_left_over(object, depth + 1));
    visit->second = true;
    return {};
  }

  const Hdf5& file_;
  Budget& budget_;
  std::set<std::uint64_t> taken_;         ///< headers of arrays
  std::map<std::uint64_t, bool> is_done_; ///< by header; false while an object's members are visited
};

} // namespace

Result<void> bind_h5(Network& network, const Hdf5& file, const Hdf5::Object& weights, Budget& budget) {
  GANLET_TRY(const Objects groups, file.children(weights));
  for (Layer& layer : network.layers) {
    std::vector<Layer*> leaves;
    if (layer.network)
      add_leaves(*layer.network, leaves);
    else
      leaves.push_back(&layer);
    const auto group = groups.find(layer.name);
    std::vector<Variable> variables;
    if (group != groups.end()) {
      GANLET_TRY(const auto names, file.strings(group->second, "weight_names"));
      for (const std::string& name : names.value_or(std::vector<std::string>())) {
        GANLET_CHECK(take_for_bytes(budget, name.size(), "hdf5"));
        GANLET_TRY(const auto array, file.find(group->second, name));
        if (!array)
          return fail(ErrorCode::corrupt, place_of(layer), concat("the file lacks its '", printable(name), "'"));
        GANLET_TRY(Tensor value, file.array(*array));
        variables.push_back({name, std::move(value)});
      }
    }
    if (layer.network) {
      GANLET_CHECK(bind_all(leaves, std::move(variables), place_of(layer)));
      continue;
    }
    const std::size_t wanted = variable_names(layer).size();
    if (variables.size() != wanted)
      return fail(ErrorCode::corrupt, place_of(layer),
                  concat("needs ", wanted, " variables, the file has ", variables.size(),
                         variables.empty() ? "" : concat(": ", list_of(variables))));
    layer.variables = std::move(variables);
  }
  return {};
}

Result<void> bind_keras(Network& network, const Hdf5& file, Budget& budget) {
  return StateBinder(file, budget).bind(network, file.root());
}

Result<void> bind_names(Network& network, std::vector<Variable> variables) {
  std::vector<Layer*> leaves;
  add_leaves(network, leaves);
  return bind_all(leaves, std::move(variables), "weightsManifest");
}

} // namespace ganlet::importing::keras
