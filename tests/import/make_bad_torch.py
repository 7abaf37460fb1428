"""make_bad_torch.py FOLDER: files of PyTorch that must be refused, and beside each NAME the message, NAME.txt."""
import io
import json
import pathlib
import pickle
import struct
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])
PROGRAM, STATE = "serialized_exported_program.json", "serialized_state_dict.pt"


def bad(name, message, data):
    (folder / name).write_bytes(data)
    (folder / (name + ".txt")).write_text(message)


def archive(files, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as new:
        for name, content in files.items():
            new.writestr(name, content)
    return out.getvalue()


def meta(*sizes, dtype=7):
    return {"dtype": dtype, "sizes": [one if isinstance(one, dict) else {"as_int": one} for one in sizes]}


def tensor(name):
    return {"as_tensor": {"name": name}}


def node(target, outputs, **inputs):
    return {"target": f"torch.ops.aten.{target}", "outputs": [tensor(one) for one in outputs],
            "inputs": [{"name": name, "arg": arg} for name, arg in inputs.items()]}


OPEN = {"as_expr": {"expr_str": "Symbol('s0')"}}
WEIGHT = {"parameter": {"arg": {"name": "p_w"}, "parameter_name": "w"}}


def program(*nodes, output="y", weights=(), **values):
    return {"graph_module": {
        "graph": {"nodes": list(nodes), "outputs": [tensor(output)],
                  "tensor_values": {"z": meta(OPEN, 4), "y": meta(OPEN, 4)} | values},
        "signature": {"input_specs": [*weights, {"user_input": {"arg": tensor("z")}}],
                      "output_specs": [{"user_output": {"arg": tensor(output)}}]}}}


def pt2(content, state=b""):
    return archive({PROGRAM: content if isinstance(content, (str, bytes)) else json.dumps(content), STATE: state})


class Storage:
    """What torch.save writes for the elements of a tensor."""

    def __init__(self, kind="FloatStorage", key="0", count=4):
        self.id = ("storage", Global("torch", kind), key, "cpu", count)


class Global:
    def __init__(self, module, name):
        self.module, self.name = module, name


class Tensor:
    def __init__(self, storage, offset, sizes, strides):
        self.storage, self.args = storage, (offset, sizes, strides)


def dump(value):
    """Opcodes of protocol 2, as far as these files need."""
    if value is None or isinstance(value, bool):
        return {None: b"N", True: b"\x88", False: b"\x89"}[value]
    if isinstance(value, int):
        return b"\x8a\x08" + struct.pack("<q", value)
    if isinstance(value, str):
        return b"X" + struct.pack("<I", len(value.encode())) + value.encode()
    if isinstance(value, tuple):
        return b"(" + b"".join(map(dump, value)) + b"t"
    if isinstance(value, dict):
        return b"}(" + b"".join(dump(k) + dump(v) for k, v in value.items()) + b"u"
    if isinstance(value, Global):
        return f"c{value.module}\n{value.name}\n".encode()
    if isinstance(value, Storage):
        return dump(value.id) + b"Q"
    return dump(Global("torch._utils", "_rebuild_tensor_v2")) + b"(" + dump(value.storage) + \
        b"".join(map(dump, value.args)) + b"\x89" + dump({}) + b"tR"


def saved(value, data=bytes(16), **more):
    content = value if isinstance(value, bytes) else b"\x80\x02" + dump(value) + b"."
    return archive({"archive/data.pkl": content, "archive/data/0": data} | more)


TANH = node("tanh.default", ["y"], self=tensor("z"))
W = Tensor(Storage(), 0, (4,), (1,))
ADD = node("add.Tensor", ["y"], self=tensor("z"), other=tensor("p_w"))

# Programs.
bad("not_json.pt2", f"{PROGRAM}: isn't JSON: a colon is missing at line 1, column 6", pt2('{"a" 1}'))
bad("no_graph.pt2", "torch: the program has no graph or no signature", pt2({"graph_module": {}}))
bad("no_nodes.pt2", "torch: the program has no nodes", pt2({"graph_module": {
    "graph": {}, "signature": {"output_specs": [{"user_output": {"arg": tensor("y")}}]}}}))
bad("no_output.pt2", "torch: the program says of no output", pt2({"graph_module": {"graph": {}, "signature": {}}}))
bad("no_shape.pt2", "torch 'q': has no shape or no type in tensor_values", pt2(program(TANH, output="q")))
bad("unmade.pt2", "torch 'q': is read, and nothing makes it", pt2(program(TANH, output="q", q=meta(4))))
bad("complex.pt2", "torch 'y': is of a type that can't be read, such as complex numbers",
    pt2(program(TANH, y=meta(4, dtype=10))))
bad("unknown.pt2", "torch 'y' (fft_rfft): this operation isn't known (docs/importing.md lists those that are): save an "
    ".onnx file with torch.onnx.export instead", pt2(program(node("fft_rfft.default", ["y"], self=tensor("z")))))
bad("own_operation.pt2", "torch 'mine.paint': isn't an operation of ATen: export without operations of your own, or "
    "save an .onnx file with torch.onnx.export", pt2(program({"target": "mine.paint", "inputs": [], "outputs": []})))
bad("two_open.pt2", "torch 'z': leaves another size open than the first one, the batch: export it with that size fixed",
    pt2(program(TANH, z=meta(OPEN, OPEN))))
bad("random.pt2", "torch 'y' (normal): only draws float32 numbers of one distribution: torch.randn, rand",
    pt2(program(node("normal.Tensor_float", ["y"], mean=tensor("z"), std={"as_float": 1}))))
bad("training.pt2", "torch 'y' (dropout): drops out at random, as in training: call net.eval() before exporting",
    pt2(program(node("dropout.default", ["y"], input=tensor("z"), train={"as_bool": True}))))
bad("in_place.pt2", "torch 'v' (fill): changes a part of another tensor: save ep.run_decompositions() instead of ep",
    pt2(program(node("select.int", ["v"], self=tensor("z"), dim={"as_int": 1}, index={"as_int": 0}),
                node("fill_.Scalar", ["f"], self=tensor("v"), value={"as_int": 1}),
                node("tanh.default", ["y"], self=tensor("z")), v=meta(OPEN), f=meta(OPEN))))
bad("no_axis.pt2", "torch 'y' (softmax): has no axis 7",
    pt2(program(node("softmax.int", ["y"], self=tensor("z"), dim={"as_int": 7}))))
bad("mask.pt2",
    "torch 'y' (index): looks up by a mask, or several axes at once by lists that aren't one for each: write "
    "it as where() or index_select()",
    pt2(program(node("gt.Scalar", ["m"], self=tensor("z"), other={"as_int": 0}),
                node("index.Tensor", ["y"], self=tensor("z"), indices={"as_optional_tensors": [tensor("m")]}),
                m=meta(OPEN, 4, dtype=12))))
bad("stack_of_numbers.pt2", "torch 'y' (stack): makes no new axis",
    pt2(program(node("stack.default", ["y"], tensors={"as_tensors": [{"name": "z"}]}), y=meta())))
bad("convolution_of_rows.pt2", "torch 'y' (conv1d): takes a picture without a batch",
    pt2(program(node("conv1d.padding", ["y"], input=tensor("z"), weight=tensor("z"), padding={"as_string": "same"}))))
bad("too_large.pt2", "torch 'z': shape [1, 1099511627776] has more than 67108864 elements",
    pt2(program(TANH, z=meta(OPEN, 1 << 40))))
bad("missing_weight.pt2", "torch 'w': is a weight of the program that isn't in the file",
    pt2(program(ADD, weights=[WEIGHT], p_w=meta(4)), saved({"v": W})))
bad("several.pt2", "torch: the archive holds no exported program, but one that was compiled for one machine: save it "
    "with torch.export.save", archive({"net/archive_format": "pt2", "net/models/readme": ""}))
bad("raw_outside.pt2", "torch 'w': lies outside its storage, which may be truncated", archive({
    "net/archive_format": "pt2", "net/models/model.json": json.dumps(program(ADD, weights=[WEIGHT], p_w=meta(4))),
    "net/data/weights/weight_0": bytes(12), "net/data/weights/model_weights_config.json": json.dumps({"config": {"w": {
        "path_name": "weight_0", "use_pickle": False, "tensor_meta": meta(4) | {
            "strides": [{"as_int": 1}], "storage_offset": {"as_int": 0}}}}})}))
bad("bomb.pt2", f"zip '{PROGRAM}': has 80000000 bytes, more than the limit of 67108864",
    archive({PROGRAM: bytes(80_000_000)}, zipfile.ZIP_DEFLATED))

# Tensors.
def pickled(*opcodes):
    return saved(b"\x80\x02" + b"".join(opcodes) + b".")


BASE = program(ADD, weights=[WEIGHT], p_w=meta(4))
HOSTILE = b"cposix\nsystem\nX\x04\0\0\0echo\x85R"
bad("hostile.pth", "pickle: it calls 'posix system', which no file of weights has to: don't open it in Python, and ask "
    "for one with the tensors alone", pickled(HOSTILE))
bad("hostile_in_program.pt2", "pickle: it calls 'posix system', which no file of weights has to: don't open it in "
    "Python, and ask for one with the tensors alone", pt2(BASE, pickled(HOSTILE)))
bad("hostile_class.pth", "pickle: it calls '__main__ Net', which no file of weights has to: don't open it in Python, "
    "and ask for one with the tensors alone", pickled(b"c__main__\nNet\n)R"))
bad("opcode.pth", "pickle: its opcode 105 at byte 2 isn't one that a file of weights has: save net.state_dict() with "
    "torch.save", pickled(b"iposix\nsystem\n"))
bad("stack.pth", "pickle: is damaged or truncated at byte 3", pickled(b"R"))
bad("memo.pth", "pickle: is damaged or truncated at byte 4", pickled(b"h\x07"))
bad("memories.pth", "pickle: has more than 1048576 values", pickled(b"N", b"\x94" * ((1 << 20) + 1)))
bad("marks.pth", "pickle: has more than 1048576 values", pickled(b"(" * ((1 << 20) + 1)))
bad("endless.pth", "pickle: is damaged or truncated at byte 12", saved(b"\x80\x02}X\xff\xff\xff\xffname"))
bad("nesting.pth", "pickle: nests more than 24 levels", pickled(b"}", b"X\1\0\0\0a}" * 30, b"s" * 30))
bad("itself.pth", "pickle: nests more than 24 levels", pickled(b"}q\0X\1\0\0\0ah\0s"))
bad("no_tensors.pth", "torch: the file has no tensors: save net.state_dict() with torch.save", saved({"epoch": 3}))
bad("no_storage.pth", "tensor 'w': isn't written as torch.save writes one", pickled(
    dump({})[:-1], dump("w"), dump(Global("torch._utils", "_rebuild_tensor_v2")), b"()tRu".replace(b"()t", b")")))
bad("chain_outside.pth", "tensor 'main.0.weight': lies outside its storage, which may be truncated",
    saved({"main.0.weight": Tensor(Storage(), 3, (4, 4), (4, 1))}))
bad("chain_strides.pth", "tensor 'main.0.weight': lies outside its storage, which may be truncated",
    saved({"main.0.weight": Tensor(Storage(), 0, (2, 2), (-1, 1 << 62))}))
bad("chain_complex.pth", "tensor 'main.0.weight': elements of the type 'ComplexFloatStorage' can't be read",
    saved({"main.0.weight": Tensor(Storage("ComplexFloatStorage"), 0, (2, 2), (2, 1))}))
bad("chain_stretched.pth", "tensor 'main.0.weight': its tensors would take more than four times the limit of a file",
    saved({"main.0.weight": Tensor(Storage("LongStorage"), 0, (8000, 8000), (0, 0))}))
NO_CHAIN = (
    " and not the network that they belong to (ganlet info lists them); in Python: "
    "net.load_state_dict(torch.load(FILE)); net.eval(); torch.onnx.export(net, torch.randn(1, Z), 'generator.onnx'); "
    "the tensors are no chain of layers that can be told for certain: ")
bad("chain_embedding.pth", "torch: this file has tensors (1)" + NO_CHAIN +
    "'label_emb' is a table of labels, which the rest doesn't say how to use",
    saved({"label_emb.weight": Tensor(Storage(), 0, (2, 2), (2, 1))}))
bad("chain_upsampling.pth", "torch: this file has tensors (2)" + NO_CHAIN +
    "'3' has 2 layers without tensors in front of it",
    saved({f"{i}.weight": Tensor(Storage(), 0, (2, 2), (2, 1)) for i in (0, 3)}))
bad("several.pth", "torch: the file has several groups of tensors, of which --network names one: 'd', 'g'",
    saved({"g": {"w": W}, "d": {"w": W}}))
bad("header.safetensors", "safetensors: its header is longer than the file, which may be truncated",
    struct.pack("<Q", 5000) + b'{"a": 1}')
bad("no_type.safetensors", "safetensors: 'a' has no type, shape or place", struct.pack("<Q", 10) + b'{"a": {}} ')

# Of other formats.
bad("script.pt", "model: is a TorchScript file: net = torch.jit.load(FILE), then save it with torch.onnx.export(net, "
    "torch.randn(1, Z), 'generator.onnx')", archive({"net/data.pkl": b"", "net/constants.pkl": b"",
    "net/code/a.py": b""}))
for name, text in (("text", b'ir_version: 8\ngraph {\n  node { op_type: "Tanh" }\n}\n'),
                   ("json", b'{\n  "irVersion": "8",\n  "graph": {}\n}\n')):
    bad(f"onnx_as_{name}.onnx", "model: is ONNX as text: write it as bytes with onnx.save(onnx.load(FILE, 'textproto' "
        "or 'json'), 'generator.onnx')", text)
bad("arrays.npz", "model: is an .npz file of NumPy, which has arrays and no network: load them into the network in "
    "Python and save that", archive({"w.npy": b""}))
bad("saved_model.pb", "model: is a SavedModel (.pb) of TensorFlow: convert its folder with python -m tf2onnx.convert "
    "--saved-model FOLDER --output generator.onnx", b"\x08\x01\x12\x08\x0a\x06\x12\x04tags")
bad("frozen.pb", "model: is a frozen graph (.pb) of TensorFlow: convert it with python -m tf2onnx.convert --graphdef "
    "FILE --inputs z:0 --outputs image:0 --output generator.onnx", b"\x0a\x10\x0a\x01z\x12\x0bPlaceholder")
bad("model.ckpt.index", "model: is a checkpoint (.ckpt) of TensorFlow, which has weights and no network: build the "
    "network, load_weights(FILE), then save it with model.save('generator.keras')",
    bytes(40) + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb")
bad("net.mlmodel", "model: is a Core ML model (.mlmodel): save the network that it was made from as .onnx, .keras or "
    ".pt2", b"\x08\x04\x12\x08\x0a\x06\x0a\x04name")
bad("style_gan.pkl", "model: is a pickle of Python objects, such as StyleGAN's .pkl, which only the code it was made "
    "with can open: load it there and save its G_ema with torch.onnx.export", pickle.dumps({"G_ema": 1}, 4))
