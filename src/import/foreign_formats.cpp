#include "import/foreign_formats.h"

#include <algorithm>

#include "onnx/wire.h"

namespace ganlet::importing {

namespace {

/// The bytes of a message's first field, where that is field 1 and holds bytes; empty where it isn't.
Bytes first_message(Bytes message) {
  if (message.empty() || message[0] != std::byte{0x0A})
    return {};
  Bytes rest = message.subspan(1);
  const auto size = onnx::take_varint(rest);
  return size && *size <= rest.size() ? rest.first(static_cast<std::size_t>(*size)) : Bytes();
}

bool is_identifier(Bytes bytes) {
  return !bytes.empty() && std::ranges::all_of(text_of(bytes), [](char c) { return c > ' ' && c < 127; });
}

/// GraphDef of TensorFlow: nodes (field 1), each with its name (field 1).
bool is_graph_def(Bytes file) {
  const Bytes node = first_message(file), name = first_message(node);
  return is_identifier(name) && node.size() > name.size() + 2 && text_of(node).find("\x12") != std::string_view::npos;
}

/// A version (field 1) and a message (field 2) that begins with a message: ONNX has the name of its maker there.
int version_before_message(Bytes file) {
  if (file.size() < 6 || file[0] != std::byte{8} || file[2] != std::byte{0x12})
    return 0;
  Bytes rest = file.subspan(3);
  const auto size = onnx::take_varint(rest);
  const bool is_message = size && *size > 2 && *size <= rest.size() && !first_message(rest).empty();
  return is_message ? std::to_integer<int>(file[1]) : 0;
}

/// Of a zip archive.
std::string_view first_name(Bytes file) {
  Cursor header(file);
  header.skip(26);
  const std::uint64_t name = header.number(2);
  header.skip(2);
  return text_of(header.take(name));
}

/// ONNX in protobuf's text form or as JSON.
bool is_onnx_as_text(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n{\""), text.size()));
  return text.starts_with("ir_version") || text.starts_with("irVersion");
}

bool is_table_of_checkpoint(Bytes file) {
  constexpr std::string_view mark = "\x57\xfb\x80\x8b\x24\x75\x47\xdb"; // LevelDB's, at the end
  return text_of(file).ends_with(mark);
}

} // namespace

std::string_view remedy_for(Bytes file) {
  const std::string_view text = text_of(file);
  if (text.starts_with("PK\x03\x04")) {
    if (text.find("/constants.pkl") != std::string_view::npos && text.find("/code/") != std::string_view::npos)
      return "is a TorchScript file: net = torch.jit.load(FILE), then save it with torch.onnx.export(net, "
             "torch.randn(1, Z), 'generator.onnx')";
    if (first_name(file).ends_with(".npy"))
      return "is an .npz file of NumPy, which has arrays and no network: load them into the network in Python and save "
             "that";
    return {};
  }
  if (is_onnx_as_text(text))
    return "is ONNX as text: write it as bytes with onnx.save(onnx.load(FILE, 'textproto' or 'json'), "
           "'generator.onnx')";
  if (is_table_of_checkpoint(file))
    return "is a checkpoint (.ckpt) of TensorFlow, which has weights and no network: build the network, "
           "load_weights(FILE), then save it with model.save('generator.keras')";
  const int version = version_before_message(file);
  if (version == 1)
    return "is a SavedModel (.pb) of TensorFlow: convert its folder with python -m tf2onnx.convert --saved-model "
           "FOLDER --output generator.onnx";
  if (version > 1 && version < 12)
    return "is a Core ML model (.mlmodel): save the network that it was made from as .onnx, .keras or .pt2";
  if (is_graph_def(file))
    return "is a frozen graph (.pb) of TensorFlow: convert it with python -m tf2onnx.convert --graphdef FILE --inputs "
           "z:0 --outputs image:0 --output generator.onnx";
  if (text.size() > 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= 5)
    return "is a pickle of Python objects, such as StyleGAN's .pkl, which only the code it was made with can open: "
           "load it there and save its G_ema with torch.onnx.export";
  return {};
}

} // namespace ganlet::importing
