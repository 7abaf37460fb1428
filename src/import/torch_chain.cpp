#include "import/torch_chain.h"

#include <algorithm>
#include <charconv>

#include "core/channels.h"
#include "core/text.h"

namespace ganlet::importing {

namespace {

/// The tensors of one module: those whose names are alike up to the last dot.
struct Group {
  std::string name;
  const TorchTensor* weight = nullptr;
  const TorchTensor* bias = nullptr;
  const TorchTensor* mean = nullptr;
  const TorchTensor* variance = nullptr;
};

tl::unexpected<Error> no_chain(std::string_view name, std::string_view why) {
  return fail(ErrorCode::unsupported, "torch",
              concat("the tensors are no chain of layers that can be told for certain: '", printable(name), "' ", why));
}

Result<std::vector<Group>> groups_of(const TorchFile& file, std::string_view prefix) {
  std::vector<Group> groups;
  for (const TorchTensor& tensor : file.tensors()) {
    if (!tensor.name.starts_with(prefix))
      continue;
    const std::string name = tensor.name.substr(prefix.size());
    const std::size_t dot = name.rfind('.');
    const std::string module = dot == std::string::npos ? "" : name.substr(0, dot);
    const std::string leaf = name.substr(dot == std::string::npos ? 0 : dot + 1);
    if (groups.empty() || groups.back().name != module)
      groups.push_back({module});
    Group& group = groups.back();
    const TorchTensor** const place = leaf == "weight"         ? &group.weight
                                      : leaf == "bias"         ? &group.bias
                                      : leaf == "running_mean" ? &group.mean
                                      : leaf == "running_var"  ? &group.variance
                                                               : nullptr;
    if (place == nullptr && leaf != "num_batches_tracked")
      return no_chain(tensor.name, "is neither a weight nor a bias");
    if (place != nullptr)
      *place = &tensor;
  }
  return groups;
}

/// "main" and 3 of "main.3"; none if the name doesn't end in a number.
std::optional<std::pair<std::string, int>> numbered(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  const std::string_view end = std::string_view(name).substr(dot == std::string::npos ? 0 : dot + 1);
  int number = 0;
  const auto [rest, wrong] = std::from_chars(end.data(), end.data() + end.size(), number);
  if (wrong != std::errc() || rest != end.data() + end.size() || number > 100000)
    return std::nullopt;
  return std::pair{dot == std::string::npos ? std::string() : name.substr(0, dot), number};
}

/// Puts layers one behind another, from names and shapes alone.
class Guess {
 public:
  explicit Guess(std::vector<Group> groups) : groups_(std::move(groups)) {}

  Result<Chain> chain() && {
    if (groups_.empty())
      return fail(ErrorCode::unsupported, "torch", "the file has no tensors");
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      GANLET_CHECK(check_gap(i));
      GANLET_CHECK(add(i));
    }
    const ChainLayer& last = chain_.layers.back();
    if (last.kind == Kind::batch_norm || last.kind == Kind::activation)
      return no_chain(groups_.back().name, "ends it, and draws nothing");
    if (is_channel_count(channels_) || is_flat_)
      add_activation("Tanh");
    chain_.guesses =
        concat(is_flat_ ? "" : "stride 1 in the first layer, stride 2 and padding (kernel - 2) / 2 in the others, ",
               "ReLU in between, ", chain_.layers.back().kind == Kind::activation ? "Tanh" : "nothing", " at the end");
    return std::move(chain_);
  }

 private:
  using Kind = ChainLayer::Kind;

  /// Between two layers of a Sequential there may be one without tensors, which is an activation.
  Result<void> check_gap(std::size_t i) {
    if (i == 0)
      return {};
    const auto before = numbered(groups_[i - 1].name), now = numbered(groups_[i].name);
    const bool is_linear_part = !chain_.layers.empty() && chain_.layers.back().kind != Kind::activation;
    if (!before || !now || before->first != now->first) {
      if (groups_[i].mean == nullptr && is_linear_part)
        add_activation("Relu"); // of a function, which leaves no name
      return {};
    }
    const int gap = now->second - before->second - 1;
    if (gap > 1)
      return no_chain(groups_[i].name, concat("has ", gap, " layers without tensors in front of it"));
    if (gap < 0)
      return no_chain(groups_[i].name, "is out of order");
    if (gap == 1)
      add_activation("Relu");
    return {};
  }

  void add_activation(std::string op_type) {
    ChainLayer layer;
    layer.op_type = std::move(op_type);
    chain_.layers.push_back(std::move(layer));
  }

  /// The channels that the batch norm behind layer `i` has; 0 where none follows.
  std::int64_t normalized_behind(std::size_t i) const {
    const TorchTensor* const mean = i + 1 < groups_.size() ? groups_[i + 1].mean : nullptr;
    return mean != nullptr && mean->sizes.size() == 1 ? mean->sizes.front() : 0;
  }

  Result<void> add(std::size_t i) {
    const Group& group = groups_[i];
    ChainLayer layer;
    layer.name = group.name;
    layer.weight = group.weight;
    layer.bias = group.bias;
    layer.mean = group.mean;
    layer.variance = group.variance;
    if (group.mean != nullptr)
      return add_norm(std::move(layer));
    if (group.weight == nullptr)
      return no_chain(group.name, "has no weight");
    if (group.name.find("emb") != std::string::npos)
      return no_chain(group.name, "is a table of labels, which the rest doesn't say how to use");
    const Sizes& sizes = group.weight->sizes;
    if (sizes.size() == 4)
      return add_transposed(std::move(layer), i);
    if (sizes.size() == 2)
      return add_linear(std::move(layer));
    return no_chain(group.name, "is of a layer that shapes alone don't tell");
  }

  Result<void> add_norm(ChainLayer layer) {
    if (layer.variance == nullptr || chain_.layers.empty() || layer.mean->sizes.size() != 1 ||
        layer.mean->sizes[0] != channels_)
      return no_chain(layer.name, "doesn't meet the channels in front of it");
    layer.kind = Kind::batch_norm;
    layer.number = 1e-5;
    chain_.layers.push_back(std::move(layer));
    return {};
  }

  Result<void> add_linear(ChainLayer layer) {
    const Sizes& sizes = layer.weight->sizes; // (out, in)
    if (chain_.layers.empty()) {
      chain_.input = {sizes[1]};
      is_flat_ = true;
    } else if (!is_flat_ || sizes[1] != channels_) {
      return no_chain(layer.name, "doesn't meet the channels in front of it");
    }
    layer.kind = Kind::linear;
    channels_ = sizes[0];
    chain_.layers.push_back(std::move(layer));
    return {};
  }

  /// (in, out, height, width). A convolution that isn't transposed would have (out, in, ...), and perhaps an Upsample
  /// in front of it, which leaves no trace.
  Result<void> add_transposed(ChainLayer layer, std::size_t i) {
    const Sizes& sizes = layer.weight->sizes;
    const std::int64_t kernel = sizes[2], behind = normalized_behind(i);
    const bool is_first = chain_.layers.empty();
    if (is_flat_ || (!is_first && sizes[0] != channels_))
      return no_chain(layer.name, "doesn't meet the channels in front of it");
    const bool is_other = layer.bias != nullptr && layer.bias->sizes != Sizes{sizes[1]};
    if (is_other || (behind != 0 && behind != sizes[1]) || (is_first && behind == 0))
      return no_chain(layer.name, "isn't a transposed convolution for certain");
    if (sizes[3] != kernel || kernel % 2 != 0 || kernel < 2 || kernel > 16)
      return no_chain(layer.name, concat("has a kernel of ", kernel, ", which strides don't follow from"));
    layer.kind = Kind::transposed;
    layer.stride = is_first ? 1 : 2;
    layer.padding = is_first ? 0 : (kernel - 2) / 2;
    if (is_first)
      chain_.input = {sizes[0], 1, 1};
    channels_ = sizes[1];
    chain_.layers.push_back(std::move(layer));
    return {};
  }

  std::vector<Group> groups_;
  Chain chain_;
  std::int64_t channels_ = 0;
  bool is_flat_ = false;
};

/// Layers of a whole module, whose arguments are known.
class Modules {
 public:
  Modules(const TorchFile& file, Budget& budget) : file_(file), budget_(budget) {}

  Result<Chain> chain() && {
    bool is_only = false; // within a class of one's own, the one Sequential is taken for all of it
    for (const TorchModule& module : file_.modules()) {
      if (module.class_name == "Sequential" || (!module.is_of_torch && !is_only)) {
        is_only = true;
        continue;
      }
      GANLET_CHECK(budget_.take(64 * static_cast<std::int64_t>(file_.tensors().size()))); // of looking for its own
      GANLET_CHECK(add(module));
    }
    if (chain_.layers.empty() || chain_.input.empty())
      return fail(ErrorCode::unsupported, "torch", "the module has no layers that are known");
    chain_.guesses = "its layers follow each other as the module lists them";
    return std::move(chain_);
  }

 private:
  using Kind = ChainLayer::Kind;

  const TorchTensor* find(const std::string& module, std::string_view leaf) const {
    const auto found = std::ranges::find(
        file_.tensors(), module.empty() ? std::string(leaf) : concat(module, '.', leaf), &TorchTensor::name);
    return found == file_.tensors().end() ? nullptr : &*found;
  }

  /// One number for both axes.
  static std::int64_t number(const TorchModule& module, const std::string& name, std::int64_t otherwise) {
    const auto found = module.numbers.find(name);
    if (found == module.numbers.end() || found->second.empty())
      return otherwise;
    return std::ranges::count(found->second, found->second.front()) == std::ssize(found->second) ? found->second.front()
                                                                                                 : -1;
  }

  Result<void> add(const TorchModule& module) {
    ChainLayer layer;
    layer.name = module.name;
    layer.weight = find(module.name, "weight");
    layer.bias = find(module.name, "bias");
    layer.mean = find(module.name, "running_mean");
    layer.variance = find(module.name, "running_var");
    const std::string& type = module.class_name;
    constexpr std::pair<std::string_view, const char*> activations[] = {{"ReLU", "Relu"},
                                                                        {"Tanh", "Tanh"},
                                                                        {"Sigmoid", "Sigmoid"},
                                                                        {"LeakyReLU", "LeakyRelu"},
                                                                        {"Softplus", "Softplus"}};
    const auto* const known = std::ranges::find_if(activations, [&](const auto& one) { return one.first == type; });
    if (type.starts_with("Dropout") || type == "Identity")
      return {};
    if (known != std::end(activations)) {
      layer.op_type = known->second;
      const auto slope = module.reals.find("negative_slope");
      layer.number = slope == module.reals.end() ? 0.01 : slope->second;
    } else if (type.starts_with("BatchNorm") && layer.mean != nullptr && layer.variance != nullptr) {
      layer.kind = Kind::batch_norm;
      const auto eps = module.reals.find("eps");
      layer.number = eps == module.reals.end() ? 1e-5 : eps->second;
    } else if ((type == "Linear" || type == "Conv2d" || type == "ConvTranspose2d") && layer.weight != nullptr) {
      GANLET_CHECK(add_product(module, layer));
    } else {
      return no_chain(module.name, concat("is a ", printable(type), ", which isn't known to a chain"));
    }
    chain_.layers.push_back(std::move(layer));
    return {};
  }

  Result<void> add_product(const TorchModule& module, ChainLayer& layer) {
    const Sizes& sizes = layer.weight->sizes;
    if (sizes.size() != (module.class_name == "Linear" ? 2 : 4))
      return no_chain(module.name, "has a weight of another rank");
    layer.kind = module.class_name == "Linear"   ? Kind::linear
                 : module.class_name == "Conv2d" ? Kind::convolution
                                                 : Kind::transposed;
    layer.stride = number(module, "stride", 1);
    layer.padding = number(module, "padding", 0);
    layer.output_padding = number(module, "output_padding", 0);
    const auto is_sound = [](std::int64_t number, std::int64_t least) { return number >= least && number < 1024; };
    if (!is_sound(layer.stride, 1) || !is_sound(layer.padding, 0) || !is_sound(layer.output_padding, 0) ||
        number(module, "dilation", 1) != 1 || number(module, "groups", 1) != 1)
      return no_chain(module.name, "has strides, padding, dilation or groups that aren't known to a chain");
    if (!chain_.input.empty())
      return {};
    if (layer.kind == Kind::convolution)
      return no_chain(module.name, "takes pictures of any size");
    chain_.input = layer.kind == Kind::linear ? Sizes{sizes[1]} : Sizes{sizes[0], 1, 1};
    return {};
  }

  const TorchFile& file_;
  Budget& budget_;
  Chain chain_;
};

} // namespace

Result<Chain> find_chain(const TorchFile& file, std::string_view prefix, Budget& budget) {
  if (!file.modules().empty())
    return Modules(file, budget).chain();
  GANLET_TRY(std::vector<Group> groups, groups_of(file, prefix));
  return Guess(std::move(groups)).chain();
}

} // namespace ganlet::importing
