"""make_bad_files.py FOLDER: files that must be refused, and beside each NAME the message, NAME.txt."""
import json
import pathlib
import struct
import sys
import zipfile

import h5py
import numpy as np

from graphs import node, placeholder, write_graph
from networks import Net, config_of, write_h5, write_keras, write_tfjs

folder = pathlib.Path(sys.argv[1])


def small(sequential=True):
    net = Net("generator", 3, sequential)
    x = net.add("Dense", net.input(4), units=12, activation="relu")
    x = net.add("Reshape", x, target_shape=[2, 2, 3])
    return net.output(net.add("Conv2D", x, filters=1, kernel_size=[3, 3], padding="same"))


def bad(name, message, write=None, data=None):
    file = folder / name
    if write:
        write(file)
    if data is not None:
        file.write_bytes(data)
    (folder / (name + ".txt")).write_text(message)


def h5_bytes(**options):
    file = folder / "scratch"
    write_h5(small(), file, **options)
    data = file.read_bytes()
    file.unlink()
    return data


def with_config(change, net=None):
    config = config_of(net or small(), 2)
    change(config["config"]["layers"])
    return lambda file: write_h5(net or small(), file, config=config)


whole, latest = h5_bytes(), h5_bytes(libver="latest")

# What isn't a whole model.
bad("weights_only.h5",
    "keras: this file has the weights of a model and not the model itself: build the model in Python, load these "
    "weights into it, and save the whole with model.save('generator.keras')",
    lambda file: write_h5(small(), file, edit=lambda h5: (h5.attrs.pop("model_config"),
                                                          h5.attrs.create("layer_names", [b"dense"]))))
bad("other_hdf5.h5", "hdf5: this is no Keras model: it has no model_config",
    lambda file: h5py.File(file, "w").create_dataset("x", data=np.zeros(3)))
bad("model_without_weights.h5", "keras: the file has a model and no weights for it",
    lambda file: write_h5(small(), file, edit=lambda h5: h5.__delitem__("model_weights")))

# Damaged HDF5.
bad("truncated.h5", "hdf5: the object header lies outside the file, which may be truncated", data=whole[:90])
bad("half.h5",
    "hdf5 'model_weights/dense': the object header's continuation lies outside the file, which may be truncated",
    data=whole[:len(whole) // 2])
bad("superblock_9.h5", "hdf5: its superblock has version 9, not 0 to 3", data=whole[:8] + b"\x09" + whole[9:])
at = whole.index(b"TREE")
child = whole.index(struct.pack("<Q", whole.index(b"SNOD")), at)
bad("tree_of_itself.h5", "hdf5: the group's B-tree leads back to itself",
    data=whole[:at + 5] + b"\x01" + whole[at + 6:child] + struct.pack("<Q", at) + whole[child + 8:])
bad("damaged_heap.h5", "hdf5: the group's heap is damaged", data=whole.replace(b"HEAP", b"HEEP", 1))
bad("damaged_strings.h5", "hdf5: a global heap is damaged", data=whole.replace(b"GCOL", b"GKOL", 1))
bad("damaged_header.h5", "hdf5: the object header is damaged",
    data=latest.replace(b"OCHK", b"OCHX").replace(b"OHDR", b"OHDX", 1))


def lzf(h5):
    group = h5["model_weights/dense/dense"]
    kernel = group["kernel:0"][()]
    del group["kernel:0"]
    group.create_dataset("kernel:0", data=kernel, chunks=(4, 12), compression="lzf")


bad("lzf.h5", "hdf5 'model_weights/dense/dense/kernel:0': what filter 32000 compressed can't be read",
    lambda file: write_h5(small(), file, edit=lzf))


def damaged_chunk(file):
    write_h5(small(), file, options={"compression": "gzip", "fletcher32": True})
    data = bytearray(file.read_bytes())
    with h5py.File(file) as h5:
        where = h5["model_weights/dense/dense/kernel:0"].id.get_chunk_info(0).byte_offset
    data[where + 20] ^= 0xFF
    file.write_bytes(bytes(data))


bad("damaged_chunk.h5", "hdf5 'model_weights/dense/dense/kernel:0': the check sum of a chunk is wrong", damaged_chunk)

# Layers.


def lambda_layer(listed):
    listed.insert(1, {"class_name": "Lambda", "config": {"name": "scale", "function": ["4wEA", None, None]}})


bad("lambda.h5",
    "keras Lambda 'scale': a Lambda holds Python code, which isn't run: write it as a layer, such as Rescaling(1 / "
    "127.5, offset=-1), Activation('tanh') or Reshape, and save the model again", with_config(lambda_layer))
bad("own_layer.h5",
    "keras MyLayer 'mine': this layer can't be read: build the model of Keras's own layers (docs/importing.md lists "
    "them), copy the weights and save it",
    with_config(lambda listed: listed.insert(2, {"class_name": "Custom>MyLayer", "config": {"name": "mine"}})))
bad("several.h5",
    "keras: 2 layers can't be read, Lambda 'scale', MyLayer 'mine': a Lambda holds Python code, which isn't run: write "
    "it as a layer, such as Rescaling(1 / 127.5, offset=-1), Activation('tanh') or Reshape, and save the model again; "
    "build the model of Keras's own layers (docs/importing.md lists them), copy the weights and save it",
    with_config(lambda listed: (lambda_layer(listed), listed.insert(
        3, {"class_name": "Custom>MyLayer", "config": {"name": "mine"}}))))
bad("activation.h5", "keras Dense 'dense': the activation 'wobble' isn't known",
    with_config(lambda listed: listed[1]["config"].update(activation="wobble")))
bad("any_size.h5",
    "keras InputLayer 'input_layer': takes inputs of any size: save the model with a fixed shape, as in "
    "Input((32, 32, 3))",
    with_config(lambda listed: listed[0]["config"].update(batch_input_shape=[None, None, None, 3])))
bad("reshape.h5", "keras Reshape 'reshape': can't make [2, 2, 4] of [12]",
    with_config(lambda listed: listed[2]["config"].update(target_shape=[2, 2, 4])))
bad("units.h5",
    "keras Dense 'dense': its kernel needs the shape [4, 13], but 'dense/kernel:0' has [4, 12]",
    with_config(lambda listed: listed[1]["config"].update(units=13)))
bad("filters.h5", "keras Conv2D 'conv2d': has no filters",
    with_config(lambda listed: listed[3]["config"].update(filters=-1)))
bad("huge_kernel.h5", "keras Conv2D 'conv2d': kernel_size must be 1 to 65536",
    with_config(lambda listed: listed[3]["config"].update(kernel_size=[1 << 20, 1 << 20])))


def cycle(listed):
    listed[1]["inbound_nodes"] = [[["reshape", 0, 0, {}]]]


bad("cycle.h5", "keras 'generator': its output 'conv2d' depends on itself, or on something that is never made",
    with_config(cycle, small(False)))
bad("reads_nothing_known.h5", "keras: a layer reads 'nobody', which isn't there",
    with_config(lambda listed: listed[1].update(inbound_nodes=[[["nobody", 0, 0, {}]]]), small(False)))
bad("subclass.h5",
    "keras GAN '': a model whose config has no layers can't be read: only Sequential and functional models say what "
    "they compute; build the same network as one of these, copy the weights and save it",
    lambda file: write_h5(small(), file, config={"class_name": "GAN", "config": {}}))
bad("missing_weights.h5", "keras Dense 'dense': needs 2 variables, the file has 0",
    lambda file: write_h5(small(), file, edit=lambda h5: h5["model_weights"].__delitem__("dense")))
bad("config.h5", "model_config: isn't JSON: a member's name is missing at line 1, column 2",
    lambda file: write_h5(small(), file, edit=lambda h5: h5.attrs.__setitem__("model_config", "{oops")))

# .keras


def another(h5):
    h5["layers"].create_group("dense_1/vars").create_dataset("0", data=np.zeros((2, 3), "f4"))


bad("left_over.keras", "keras: the file has variables that no layer takes: 'layers/dense_1/vars/0' (2, 3)",
    lambda file: write_keras(small(), file, edit=another))


def linked(h5):
    """An array behind groups to which 3^29 paths lead."""
    group = h5["layers"].create_group("a_groups")
    for _ in range(29):
        inner = group.create_group("a")
        group["b"] = group["c"] = inner
        group = inner
    another(h5)


bad("linked.keras", "keras: the file has variables that no layer takes: 'layers/dense_1/vars/0' (2, 3)",
    lambda file: write_keras(small(), file, edit=linked))
bad("group_of_itself.keras", "hdf5: its groups lead back to themselves",
    lambda file: write_keras(small(), file, edit=lambda h5: h5["layers"].__setitem__("a", h5["layers"])))


def zip_with(change):
    def write(file):
        write_keras(small(), file, compression=zipfile.ZIP_DEFLATED)
        file.write_bytes(change(bytearray(file.read_bytes())))
    return write


def bomb(data):
    at = data.rindex(b"PK\x01\x02")
    data[at + 24:at + 28] = struct.pack("<I", 0xFFFFFFF0)
    return bytes(data)


def wrong_sum(data):
    at = data.rindex(b"PK\x01\x02")
    data[at + 16] ^= 1
    return bytes(data)


bad("bomb.keras", "zip 'model.weights.h5': has 4294967280 bytes, more than the limit of 67108864", zip_with(bomb))
bad("check_sum.keras", "zip 'model.weights.h5': its check sum is wrong: the file is damaged", zip_with(wrong_sum))
bad("truncated.keras", "zip: has no directory: the file is truncated, or no zip archive",
    zip_with(lambda data: bytes(data[:-100])))
bad("without_weights.keras", "zip: this is no Keras model: it lacks config.json or model.weights.h5",
    lambda file: zipfile.ZipFile(file, "w").writestr("config.json", "{}"))


# TensorFlow.js
def tfjs(name, message, edit):
    bad(name, message, lambda file: write_tfjs(small(), file, edit=edit))


tfjs("outside.tfjs", "weightsManifest: '../secret' isn't the name of a file beside model.json",
     lambda model: model["weightsManifest"][0].update(paths=["../secret"]))
tfjs("half.tfjs", "weightsManifest 'dense/kernel': lies behind the end of its files, which may be truncated",
     lambda model: model["weightsManifest"][0]["paths"].pop())
tfjs("strings.tfjs", "weightsManifest: weights of the type 'string' can't be read",
     lambda model: model["weightsManifest"][0]["weights"][0].update(dtype="string"))
tfjs("empty_graph.tfjs", "graph: has no outputs", lambda model: model.update(modelTopology={"node": []}))


def archive(file):
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("notes/notes.json", "{}")


bad("notes.zip", "zip: there is no model of Keras or TensorFlow.js in this archive", archive)


# Graphs of TensorFlow.js
def graph(name, message, *nodes, weights={}, **more):
    def write(file):
        write_graph(file, nodes, weights)
        if more:
            model = json.loads((file / "model.json").read_text())
            model.update(more)
            (file / "model.json").write_text(json.dumps(model))
    bad(name, message, write)


image = placeholder("image", [None, 4, 4, 3])
row = {"row": np.zeros((3, 2), "f4")}
kernel = {"kernel": np.zeros((3, 3, 3, 2), "f4")}
window = {"strides": [1, 1, 1, 1], "padding": "SAME"}
graph("lacks_ops.graph",
      "graph: has operations that can't be read: NonMaxSuppressionV5 (1), Where (2); export the part of the model that "
      "draws without them (docs/importing.md lists what is read)",
      image, node("Where", "a", "image"), node("Where", "b", "a"), node("NonMaxSuppressionV5", "c", "b"))
graph("unknown_input.graph", "graph: reads 'nobody', which no node gives", image, node("Relu", "a", "nobody"))
graph("two_of_a_name.graph", "graph: has two nodes 'a'", image, node("Relu", "a", "image"), node("Tanh", "a", "image"))
graph("cycle.graph", "graph: 'a' depends on itself", image, node("Add", "a", "image", "b"), node("Relu", "b", "a"),
      node("Tanh", "c", "b"))
graph("any_size.graph",
      "node 'image' (Placeholder): takes inputs of any size: export the model for a fixed one, as in "
      "tf.TensorSpec([None, 32, 32, 3])", placeholder("image", [None, None, None, 3]), node("Relu", "a", "image"))
graph("no_numbers.graph", "node 'row' (Const): is a constant that the file has no numbers of", image,
      {"name": "row", "op": "Const"}, node("Add", "a", "image", "row"))
graph("no_output.graph", "graph: its output 'b:0' is no node", image, node("Relu", "a", "image"),
      signature={"outputs": {"b": {"name": "b:0"}}})
graph("second_output.graph", "graph: reads output 1 of 'a'", image, node("Relu", "a", "image"),
      node("Tanh", "b", "a:1"))
graph("few_inputs.graph", "node 'a' (Add): reads 1 values and needs 2", image, node("Add", "a", "image"))
graph("other_channels.graph", "node 'a' (Conv2D): its kernel is for another number of channels",
      placeholder("image", [None, 4, 4, 2]), node("Conv2D", "a", "image", "kernel", **window), weights=kernel)
graph("made_kernel.graph", "node 'a' (Conv2D): its kernel must be constant numbers of the file", image,
      node("Tanh", "k", "kernel"), node("Conv2D", "a", "image", "k", **window), weights=kernel)
graph("padding.graph", "node 'a' (Conv2D): the padding 'ROUND' isn't known", image,
      node("Conv2D", "a", "image", "kernel", strides=[1, 1, 1, 1], padding="ROUND"), weights=kernel)
graph("strides.graph", "node 'a' (Conv2D): its strides must be 1 to 65536", image,
      node("Conv2D", "a", "image", "kernel", strides=[1, 0, 1, 1], padding="SAME"), weights=kernel)
graph("fused.graph", "node 'a' (_FusedConv2D): is fused with 'Wobble', which can't be read", image,
      node("_FusedConv2D", "a", "image", "kernel", fused_ops=["Wobble"], **window), weights=kernel)
graph("matrices.graph", "node 'a' (MatMul): multiplies matrices that don't fit", placeholder("z", [None, 4]),
      node("MatMul", "a", "z", "row"), weights=row)
graph("joined.graph", "node 'a' (Add): joins tensors whose sizes don't fit", image, node("Add", "a", "image", "row"),
      weights=row)
graph("reshape.graph", "node 'a' (Reshape): its shape has another number of elements", image,
      node("Reshape", "a", "image", "shape"), weights={"shape": np.array([-1, 7], "i4")})
graph("made_shape.graph", "node 'a' (Reshape): its shape must be known before the network runs", image,
      node("Reshape", "a", "image", "image"))
graph("axis.graph", "node 'a' (Mean): axis 7 is none of 4", image, node("Mean", "a", "image", "axes"),
      weights={"axes": np.array([7], "i4")})
graph("over_the_batch.graph", "node 'a' (Mean): works along the batch, which this reader leaves open", image,
      node("Mean", "a", "image", "axes"), weights={"axes": np.array([0], "i4")})
of_one = {"strides": np.array([1], "i4"), "begin": np.array([0], "i4"), "end": np.array([2048], "i4")}
graph("tiled_shape.graph", "node 'a' (Reshape): its shape must be known before the network runs", image,
      node("Tile", "t", "few", "times"), node("StridedSlice", "s", "t", "begin", "end", "strides"),
      node("Reshape", "a", "image", "s"),
      weights=of_one | {"few": np.array([-1, 48], "i4"), "times": np.array([4096], "i4")})
graph("spread_shape.graph", "node 'a' (Reshape): its shape must be known before the network runs", image,
      node("Add", "s", "down", "across"), node("Reshape", "a", "image", "s"),
      weights={"down": np.array([[1], [2]], "i4"), "across": np.array([[1, 2]], "i4")})
graph("long_range.graph", "node 's' (Range): counts in other steps, or beyond 1024", image,
      node("Range", "s", "from", "to", "step"), node("Reshape", "a", "image", "s"),
      weights={"from": np.array(-2**31, "i4"), "to": np.array(2**31 - 1, "i4"), "step": np.array(1, "i4")})
graph("split_nothing.graph", "node 's' (Split): splits off 1000000000 pieces", image,
      node("Split", "s", "axis", "nothing", num_split=10**9), node("Add", "a", "image", "s"),
      weights={"axis": np.array(0, "i4"), "nothing": np.zeros(0, "f4")})
graph("padded_with_nothing.graph", "node 'a' (PadV2): its value must be one number", image,
      node("PadV2", "a", "image", "pads", "nothing"),
      weights={"pads": np.array([[0, 0], [1, 1], [1, 1], [0, 0]], "i4"), "nothing": np.zeros(0, "f4")})
graph("known_fill.graph", "node 's' (Fill): its value must be constant numbers of the file", image,
      node("Fill", "s", "shape", "one"), node("Reshape", "a", "image", "s"),
      weights={"shape": np.array([1 << 20], "i4"), "one": np.array(1, "i4")})
graph("transposed_size.graph",
      "node 'a' (Conv2DBackpropInput): the size that it is to give doesn't fit its strides", image,
      node("Conv2DBackpropInput", "a", "sizes", "filter", "image", strides=[1, 2, 2, 1], padding="SAME"),
      weights={"sizes": np.array([1, 99, 8, 2], "i4"), "filter": np.zeros((3, 3, 2, 3), "f4")})
