#include "import/torch_weights.h"

#include <algorithm>
#include <set>

#include "core/text.h"
#include "import/torch_chain.h"

namespace ganlet::importing {

namespace {

/// "netG/" of "netG/main.0.weight": a state dict within a checkpoint.
std::string group_of(const TorchTensor& tensor) {
  const std::size_t slash = tensor.name.rfind('/');
  return slash == std::string::npos ? "" : tensor.name.substr(0, slash + 1);
}

/// The group that is meant: the one that is named, or the only one beside an optimizer's.
Result<std::string> chosen_group(const TorchFile& file, std::string_view network) {
  std::set<std::string> groups;
  for (const TorchTensor& tensor : file.tensors())
    if (std::string group = group_of(tensor); group.find("optim") == std::string::npos)
      groups.insert(std::move(group));
  std::string names;
  for (const std::string& group : groups) {
    if (!network.empty() && group == concat(network, '/'))
      return group;
    names +=
        concat(names.empty() ? "'" : ", '", printable(group.substr(0, group.size() - (group.empty() ? 0 : 1))), "'");
  }
  if (groups.size() == 1 && network.empty())
    return *groups.begin();
  return fail(network.empty() ? ErrorCode::unsupported : ErrorCode::not_found, "torch",
              concat(network.empty() ? "the file has several groups of tensors, of which --network names one: "
                                     : "there is no such group of tensors inside; there is ",
                     names.empty() ? "none" : names));
}

class ChainWriter {
 public:
  ChainWriter(const TorchFile& file, const Limits& limits, Budget& budget)
      : file_(file), graph_("torch", limits, budget), held_(limits), budget_(budget) {}

  Result<onnx::Model> write(const Chain& chain) && {
    Sizes sizes{-1};
    sizes.insert(sizes.end(), chain.input.begin(), chain.input.end());
    std::string value = graph_.add_input("z", DataType::float32, sizes);
    for (const ChainLayer& layer : chain.layers) {
      graph_.begin(layer.name.empty() ? "chain" : layer.name);
      GANLET_TRY(value, add(layer, value));
    }
    const bool is_flat = chain.input.size() == 1;
    const auto product = std::ranges::find_if(chain.layers.rbegin(), chain.layers.rend(), [](const ChainLayer& layer) {
      return layer.kind != ChainLayer::Kind::activation && layer.kind != ChainLayer::Kind::batch_norm;
    });
    const std::int64_t channels = product->weight->sizes[product->kind == ChainLayer::Kind::transposed ? 1 : 0];
    GANLET_CHECK(graph_.add_output("image", value, DataType::float32,
                                   is_flat ? Sizes{-1, channels} : Sizes{-1, channels, size_, size_}));
    onnx::Model model = std::move(graph_).take();
    model.metadata.emplace_back(chain_metadata, concat("guessed: ", chain.guesses));
    return model;
  }

 private:
  Result<std::string> weight(const TorchTensor& tensor) {
    GANLET_TRY(Tensor read, file_.read(tensor, held_, budget_));
    if (read.type() != DataType::float32)
      return fail(ErrorCode::unsupported, concat("tensor '", printable(tensor.name), "'"), "holds whole numbers");
    return graph_.constant(std::move(read));
  }

  Result<std::string> add(const ChainLayer& layer, const std::string& value) {
    using Kind = ChainLayer::Kind;
    if (layer.kind == Kind::activation) {
      std::vector<Attribute> attributes;
      if (layer.op_type == "LeakyRelu")
        attributes.push_back(attribute("alpha", static_cast<float>(layer.number)));
      return graph_.node(layer.op_type, {value}, std::move(attributes));
    }
    std::vector<std::string> inputs{value};
    if (layer.kind == Kind::batch_norm)
      return add_norm(layer, value);
    GANLET_TRY(std::string kernel, weight(*layer.weight));
    inputs.push_back(std::move(kernel));
    if (layer.bias != nullptr) {
      GANLET_TRY(std::string bias, weight(*layer.bias));
      inputs.push_back(std::move(bias));
    }
    if (layer.kind == Kind::linear)
      return graph_.node("Gemm", inputs, {attribute("transB", std::int64_t{1})});
    const std::int64_t reach = layer.weight->sizes[2];
    std::vector<Attribute> attributes{attribute("strides", Sizes(2, layer.stride)),
                                      attribute("pads", Sizes(4, layer.padding))};
    if (layer.kind == Kind::convolution) {
      size_ = (size_ + 2 * layer.padding - reach) / layer.stride + 1;
    } else {
      size_ = (size_ - 1) * layer.stride - 2 * layer.padding + reach + layer.output_padding;
      attributes.push_back(attribute("output_padding", Sizes(2, layer.output_padding)));
    }
    if (size_ < 1 || size_ > 1 << 16)
      return fail(ErrorCode::unsupported, concat("torch '", printable(layer.name), "'"),
                  "gives no picture of a sound size");
    return graph_.node(layer.kind == Kind::convolution ? "Conv" : "ConvTranspose", inputs, attributes);
  }

  /// Without a gain and an offset of its own, 1 and 0.
  Result<std::string> add_norm(const ChainLayer& layer, const std::string& value) {
    std::vector<std::string> inputs{value};
    for (const auto& [tensor, otherwise] : {std::pair{layer.weight, 1.0F}, std::pair{layer.bias, 0.0F}}) {
      if (tensor != nullptr) {
        GANLET_TRY(std::string name, weight(*tensor));
        inputs.push_back(std::move(name));
        continue;
      }
      GANLET_TRY(const Shape shape, Shape::make(layer.mean->sizes, graph_.limits(), "torch"));
      GANLET_CHECK(budget_.take(shape.elements() + 1));
      Tensor filled(DataType::float32, shape);
      std::ranges::fill(filled.as<float>(), otherwise);
      inputs.push_back(graph_.constant(std::move(filled)));
    }
    for (const TorchTensor* const tensor : {layer.mean, layer.variance}) {
      GANLET_TRY(std::string name, weight(*tensor));
      inputs.push_back(std::move(name));
    }
    return graph_.node("BatchNormalization", inputs, {attribute("epsilon", static_cast<float>(layer.number))});
  }

  const TorchFile& file_;
  OnnxGraph graph_;
  HeldBytes held_;
  Budget& budget_;
  std::int64_t size_ = 1; ///< of the picture so far, on both axes
};

} // namespace

bool is_torch_weights(Bytes file) {
  const std::string_view text = text_of(file);
  return (text.starts_with("PK\x03\x04") && text.find("data.pkl") != std::string_view::npos) || is_old_torch(file) ||
         is_safetensors(file);
}

Result<std::vector<TensorListing>> list_tensors(Bytes file, const Limits& limits, Budget& budget) {
  GANLET_TRY(const TorchFile torch, TorchFile::open(file, limits, budget));
  std::vector<TensorListing> listing;
  for (const TorchTensor& tensor : torch.tensors())
    listing.push_back({tensor.name, tensor.type, tensor.sizes});
  return listing;
}

Result<onnx::Model> read_torch_weights(Bytes bytes, bool chain, std::string_view network, const Limits& limits,
                                       Budget& budget) {
  GANLET_TRY(const TorchFile file, TorchFile::open(bytes, limits, budget));
  if (file.tensors().empty())
    return fail(ErrorCode::unsupported, "torch", "the file has no tensors: save net.state_dict() with torch.save");
  GANLET_TRY(const std::string group, chosen_group(file, network));
  const auto found = find_chain(file, group, budget);
  if (!found && found.error().code() != ErrorCode::unsupported)
    return fail(found.error().code(), found.error().place(), found.error().message());
  if (chain && found)
    return ChainWriter(file, limits, budget).write(*found);
  std::string latent = "1, Z", otherwise;
  if (found) {
    latent = "1";
    for (const std::int64_t size : found->input)
      latent += concat(", ", size);
    otherwise = "; or --chain ({ chain: true } in JavaScript), which guesses the network from its tensors";
  } else if (chain) {
    otherwise = concat("; ", found.error().message());
  }
  const bool is_module = !file.modules().empty();
  return fail(ErrorCode::unsupported, "torch",
              concat("this file has tensors (", file.tensors().size(),
                     ") and not the network that they belong to (ganlet info lists them); in Python: ",
                     is_module ? "net = torch.load(FILE, weights_only=False)" : "net.load_state_dict(torch.load(FILE))",
                     "; net.eval(); torch.onnx.export(net, torch.randn(", latent, "), 'generator.onnx')", otherwise));
}

} // namespace ganlet::importing
