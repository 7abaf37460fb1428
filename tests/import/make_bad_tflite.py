"""make_bad_tflite.py FOLDER: TensorFlow Lite files that must be refused, and beside each NAME the message, NAME.txt."""
import pathlib
import struct
import sys

import numpy as np

from tflite_writer import FlatBuffer, Net

folder = pathlib.Path(sys.argv[1])
OUTSIDE = "flatbuffer: an offset leads outside the file, to byte {}: it is damaged or truncated"


def bad(name, message, data):
    (folder / (name + ".tflite")).write_bytes(data)
    (folder / (name + ".tflite.txt")).write_text(message)


def one(code, options=None, shape=(1, 2), given=None, inputs=1, change=None, custom=None):
    """A network of one operator; `change` is done to it before it is written."""
    net = Net()
    x = net.input(*shape)
    y = net.op(code, [x] * inputs, np.zeros(given or shape, "f4"), options, custom=custom)
    if change:
        change(net)
    return net.file([y])


good = one(28)


def patched(at, content):
    return good[:at] + content + good[at + len(content):]


root = struct.unpack_from("<I", good)[0]
bad("root_outside", OUTSIDE.format(4294967295), patched(0, b"\xff\xff\xff\xff"))
bad("truncated", OUTSIDE.format(root), good[:20])
bad("fields_before_file", OUTSIDE.format(len(good)), patched(root, b"\xff\xff\xff\x7f"))
bad("no_network", "tflite: has no network", bytes(FlatBuffer({0: ("I", 3)}).data))
bad("no_outputs", "tflite: has no outputs", bytes(FlatBuffer({0: ("I", 3), 2: [{0: [], 3: []}]}).data))
bad("unknown", "tflite operator 0 (): operator 16 can't be read (docs/importing.md lists those that can): convert the "
    "Keras or PyTorch model that the file was made from", one(16))
bad("own_operator",
    "tflite operator 0 (Paint): operator 32 of its own can't be read (docs/importing.md lists those that "
    "can): convert the Keras or PyTorch model that the file was made from", one(32, custom=("Paint", b"")))
bad("no_input", "tflite operator 0 (TANH): needs 1 inputs", one(28, inputs=0))
bad("one_input", "tflite operator 0 (ADD): needs 2 inputs", one(0))


def tensor(field, value, index=0):
    def change(net):
        net.tensors[index][field] = value
    return change


bad("no_such_input", "tflite operator 0 (TANH): needs 1 inputs",
    one(28, change=lambda net: net.operators[0].update({1: np.array([7], "i4")})))
bad("no_such_output", "tflite operator 0 (TANH): has no output",
    one(28, change=lambda net: net.operators[0].update({2: np.array([7], "i4")})))
bad("left_out", "tflite operator 0 (ADD_N): has no input 2",
    one(106, change=lambda net: net.operators[0].update({1: np.array([0, 0, -1], "i4")})))
bad("no_code", "tflite operator 0: its code isn't in the file",
    one(28, change=lambda net: net.operators[0].update({0: ("I", 9)})))
bad("no_buffer", "tflite 'tensor_0': its buffer isn't in the file", one(28, change=tensor(2, ("I", 9))))
bad("unmade", "tflite 'tensor_0': is read before something makes it", one(28, change=lambda net: net.inputs.clear()))
bad("ranks", "tflite 'tensor_0': has more than 6 axes", one(28, change=tensor(0, np.ones(7, "i4"))))
bad("large", "tflite 'tensor_0': shape [65536, 65536] has more than 67108864 elements",
    one(28, change=tensor(0, np.array([1 << 16, 1 << 16], "i4"))))
bad("negative", "tflite 'tensor_0': negative size in [-1, 2]",
    one(28, change=tensor(0, np.array([-1, 2], "i4"))))
bad("scales", "tflite 'tensor_0': has not one scale for each index of its axis",
    one(28, change=tensor(4, {2: np.ones(3, "f4"), 6: ("i", 0)})))
bad("fused", "tflite operator 0 (ADD): the activation 5 that is fused with it isn't known",
    one(0, {0: ("b", 5)}, inputs=2))
bad("no_picture", "tflite operator 0 (CONV_2D): takes and gives pictures (N,H,W,C)", one(3, {}, inputs=2))
bad("strides", "tflite operator 0 (CONV_2D): its window or its channels don't fit",
    one(3, {1: ("i", 0), 2: ("i", 1)}, (1, 2, 2, 1), inputs=2))
bad("computed_axes", "tflite operator 0 (MEAN): its input 1 is computed by the network: it has to be a constant",
    one(40, {}, inputs=2))


def short(net):
    net.buffers.append(bytes(4))
    net.tensors[0][2] = ("I", 1)
    net.inputs.clear()


bad("short_constant", "tflite 'tensor_0': has 4 bytes, not 8", one(28, change=short))


def stretched(net):
    short(net)
    net.tensors[0][0], net.tensors[0][6] = np.array([1], "i4"), {}


bad("sparse", "tflite 'tensor_0': is sparse", one(28, change=stretched))
