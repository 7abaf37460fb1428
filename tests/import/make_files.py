"""make_files.py FOLDER: networks of every kind that the importer reads, and beside each NAME its inputs
NAME.0.npy, ... and what it gives, NAME.expected.npy."""
import json
import pathlib
import sys
import zipfile

import numpy as np

import layers
import networks
from networks import Net, write_h5, write_keras, write_tfjs, write_tfjs_zip

folder = pathlib.Path(sys.argv[1])


def case(name, net, write, *args, first=None, **options):
    values = [ref.value for ref in (first or net).inputs]
    for i, value in enumerate(values):
        whole = value.dtype.kind in "iu"
        if value.shape[1:3] == (1, 1) and value.ndim == 4:  # the importer takes a latent (1, 1, Z) with Z in front
            value = np.moveaxis(value, -1, 1)
        np.save(folder / f"{name}.{i}.npy", np.ascontiguousarray(value.astype("i8" if whole else "f4")))
    np.save(folder / f"{name}.expected.npy", np.ascontiguousarray((first or net).outputs[0].value.astype("f4")))
    suffix = {write_h5: ".h5", write_keras: ".keras", write_tfjs: "", write_tfjs_zip: ".zip"}[write]
    write(net, folder / (name + suffix), *args, **options)


def dcgan(sequential=True, **kwargs):
    net = Net("generator", 3, sequential, **kwargs)
    x = net.input(16)
    x = net.add("Dense", x, units=4 * 4 * 8, use_bias=False)
    x = net.add("BatchNormalization", x, epsilon=1e-3, axis=[1])
    x = net.add("LeakyReLU", x, alpha={"type": "ndarray", "value": 0.2})
    x = net.add("Reshape", x, target_shape=[4, 4, 8])
    x = net.add("Conv2DTranspose", x, filters=6, kernel_size=[5, 5], strides=[2, 2], padding="same")
    x = net.add("BatchNormalization", x, scale=False, axis=[3])
    x = net.add("ReLU", x, max_value={"type": "ndarray", "value": float("nan")},
                negative_slope={"type": "ndarray", "value": 0.0})
    x = net.add("Dropout", x, rate=0.5)
    x = net.add("Conv2DTranspose", x, filters=3, kernel_size=[4, 4], strides=[2, 2], padding="same", activation="tanh")
    return net.output(x)


layers.ONE["ReLU"] = lambda x, c, w: np.minimum(
    np.where(x > 0, x, layers.plain(c.get("negative_slope") or 0) * x),
    np.inf if np.isnan(layers.plain(c.get("max_value") or np.nan)) else layers.plain(c["max_value"]))

case("dcgan_keras2", dcgan(), write_h5)
case("dcgan_keras3", dcgan(), write_keras)
case("dcgan_keras213", dcgan(), write_keras, version=2, compression=zipfile.ZIP_DEFLATED)
case("dcgan_functional", dcgan(False), write_h5, version=3)
case("dcgan_compressed", dcgan(), write_h5, libver="latest", track_order=True,
     options={"compression": "gzip", "shuffle": True, "fletcher32": True})
case("dcgan_big_endian", dcgan(), write_h5, dtype=">f8")
case("dcgan_tfjs", dcgan(), write_tfjs)
case("dcgan_tfjs_zip", dcgan(), write_tfjs_zip)


def cgan():
    net = Net("generator", 5)
    z, label = net.input(8, name="noise"), net.input(1, name="label", high=10)
    e = net.add("Embedding", label, input_dim=10, output_dim=8)
    e = net.add("Flatten", e)
    x = net.add("Multiply", [z, e])
    x = net.add("Dense", x, units=36, activation="relu")
    x = net.add("Reshape", x, target_shape=[3, 3, 4])
    m = net.add("Embedding", label, input_dim=10, output_dim=9)
    m = net.add("Reshape", m, target_shape=[3, 3, -1 + 2])
    x = net.add("Concatenate", [x, m], axis=-1)
    x = net.add("UpSampling2D", x, size=[2, 2])
    x = net.add("Conv2D", x, filters=1, kernel_size=[3, 3], padding="same", activation="sigmoid")
    return net.output(x)


case("cgan_keras2", cgan(), write_h5)
case("cgan_keras3", cgan(), write_keras)


def nested():
    """A shared layer, two layers of one class that were renamed, a nested Sequential used twice."""
    inner = Net("block", 7, True)
    x = inner.input(6)
    x = inner.add("Dense", x, name="zebra", units=6)
    x = inner.add("BatchNormalization", x, name="dense")
    inner.output(inner.add("Dense", x, name="apple", units=6, activation="tanh"))
    net = Net("outer", 8)
    z = net.input(6)
    x = net.add("Dense", z, name="shared", units=6)
    shared = net.layers[-1]
    x = net.call(shared, x)
    block = net.nest(inner)
    y = net.call(block, x)
    y = net.call(block, y)
    x = net.add("Add", [x, y])
    return net.output(net.add("Dense", x, name="aardvark", units=5))


for write, version in ((write_h5, 2), (write_h5, 3), (write_keras, 2), (write_keras, 3)):
    case(f"nested_{write.__name__[6:]}_{version}", nested(), write, version=version)


def gan():
    generator = dcgan()
    judge = Net("discriminator", 9, True)
    x = judge.input(16, 16, 3)
    x = judge.add("Conv2D", x, filters=4, kernel_size=[3, 3], strides=[2, 2], padding="same")
    x = judge.add("Flatten", x)
    judge.output(judge.add("Dense", x, units=1, activation="sigmoid"))
    net = Net("gan", 10)
    z = net.input(16)
    x = net.call(net.nest(generator), z)
    return net.output(net.call(net.nest(judge), x)), generator


whole, generator = gan()
case("gan_with_judge", whole, write_h5, first=generator)

# "Same" padding at kernels 2 to 5 and strides 1 to 3, for one size a file.
for size in range(1, 10):
    net = Net("windows", size)
    x = net.input(size, 10 - size, 2)
    found = []
    for kernel in range(2, 6):
        for stride in range(1, 4):
            window = {"kernel_size": [kernel, kernel], "strides": [stride, stride]}
            found.append(net.add("Conv2D", x, filters=2, padding="same", **window))
            found.append(net.add("Conv2DTranspose", x, filters=2, padding="same", **window))
            found.append(net.add("Conv2DTranspose", x, filters=2, padding="valid", **window))
    flat = [net.add("Flatten", one) for one in found]
    case(f"windows_of_{size}", net.output(net.add("Concatenate", flat)), write_h5, version=2 + size % 2)


def many(name, shape, build, write=write_h5, **options):
    """Layers side by side, joined to one row of numbers."""
    net = Net(name, 11)
    x = net.input(*shape)
    flat = []
    for one in build(net, x):
        flat.append(one if one.value.ndim == 2 else net.add("Flatten", one))
    case(name, net.output(net.add("Concatenate", flat)), write, **options)


many("activations", (3, 4, 5), lambda net, x: [net.add("Activation", x, activation=a) for a in layers.ACTIVATIONS],
     version=3)
many("elementwise", (4, 4, 3), lambda net, x: [
    net.add("ReLU", x, max_value=1.5, negative_slope=0.1), net.add("LeakyReLU", x, negative_slope=0.05),
    net.add("ELU", x, alpha=0.7), net.add("PReLU", x), net.add("PReLU", x, shared_axes=[1, 2]),
    net.add("ThresholdedReLU", x, theta=0.3), net.add("Softmax", x, axis=-1), net.add("GaussianNoise", x, stddev=1),
    net.add("Rescaling", x, scale=0.5, offset=-1), net.add("Rescaling", x, scale=[1, 2, 3], offset=[0, 1, 2])])
many("normalizations", (4, 5, 6), lambda net, x: [
    net.add("LayerNormalization", x), net.add("LayerNormalization", x, axis=[2, 3], epsilon=1e-5),
    net.add("GroupNormalization", x, groups=3), net.add("InstanceNormalization", x),
    net.add("UnitNormalization", x), net.add("BatchNormalization", x, axis=1),
    net.add("BatchNormalization", x, center=False, epsilon=0.1)], version=3)
many("pools", (7, 8, 3), lambda net, x: [
    net.add(kind + "Pooling2D", x, pool_size=[p, p], strides=s, padding=padding)
    for kind in ("Max", "Average") for p, s in ((2, None), (3, [2, 2])) for padding in ("same", "valid")
] + [net.add("GlobalAveragePooling2D", x), net.add("GlobalMaxPooling2D", x),
     net.add("GlobalAveragePooling2D", x, keepdims=True)])
many("spaces", (4, 6, 3), lambda net, x: [
    net.add("ZeroPadding2D", x, padding=[[1, 2], [0, 3]]), net.add("ZeroPadding2D", x, padding=2),
    net.add("Cropping2D", x, cropping=[[1, 0], [2, 1]]), net.add("UpSampling2D", x, size=[2, 3]),
    net.add("UpSampling2D", x, size=[2, 2], interpolation="bilinear"), net.add("Permute", x, dims=[3, 1, 2]),
    net.add("Permute", x, dims=[2, 3, 1]), net.add("Permute", x, dims=[2, 1, 3]),
    net.add("Reshape", x, target_shape=[8, 9]),
    net.add("Resizing", x, height=9, width=5), net.add("Resizing", x, height=8, width=9, interpolation="nearest")])
many("convolutions", (6, 7, 4), lambda net, x: [
    net.add("SeparableConv2D", x, filters=5, kernel_size=[3, 3], padding="same", depth_multiplier=2, activation="relu"),
    net.add("DepthwiseConv2D", x, kernel_size=[3, 2], depth_multiplier=2, strides=[2, 2], padding="same"),
    net.add("Conv2D", x, filters=6, kernel_size=[3, 3], dilation_rate=[2, 2], padding="same"),
    net.add("Conv2D", x, filters=6, kernel_size=[3, 3], groups=2, use_bias=False),
    net.add("Conv2DTranspose", x, filters=2, kernel_size=[3, 3], strides=[2, 2], padding="same", output_padding=[1, 1]),
    net.add("Conv2DTranspose", x, filters=2, kernel_size=[4, 3], strides=[2, 2], padding="valid",
            output_padding=[1, 0]),
], version=3)


def merges(net, x):
    y = net.add("Conv2D", x, filters=3, kernel_size=[1, 1])
    row, other = net.add("GlobalAveragePooling2D", x), net.add("GlobalMaxPooling2D", y)
    table = net.add("Reshape", x, target_shape=[8, 6])
    back = net.add("Reshape", y, target_shape=[6, 8])
    return [net.add(kind, [x, y]) for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")] + [
        net.add("Concatenate", [y, x], axis=a) for a in (1, 2, 3)] + [
        net.add("Add", [x, y, x]), net.add("Dot", [row, other], axes=1), net.add("Dot", [table, back], axes=[2, 1]),
        net.add("RepeatVector", row, n=3)]


many("merges", (4, 4, 3), merges)

first = {"data_format": "channels_first"}
many("channels_first", (3, 6, 5), lambda net, x: [
    net.add("Conv2D", x, filters=4, kernel_size=[3, 3], padding="same", **first),
    net.add("Conv2DTranspose", x, filters=4, kernel_size=[3, 3], strides=[2, 2], padding="same", **first),
    net.add("Flatten", net.add("BatchNormalization", x, axis=1), **first),
    net.add("MaxPooling2D", x, pool_size=[2, 2], strides=[2, 2], **first),
    net.add("UpSampling2D", x, size=[2, 2], **first), net.add("ZeroPadding2D", x, padding=[[1, 0], [0, 2]], **first)])
many("one_axis", (9, 4), lambda net, x: [
    net.add("Conv1D", x, filters=3, kernel_size=[3], padding="causal", dilation_rate=[2]),
    net.add("Conv1D", x, filters=3, kernel_size=[4], strides=[2], padding="same"),
    net.add("Conv1DTranspose", x, filters=3, kernel_size=[4], strides=[2], padding="same"),
    net.add("MaxPooling1D", x, pool_size=[2], strides=[2]), net.add("UpSampling1D", x, size=2),
    net.add("ZeroPadding1D", x, padding=[1, 2]), net.add("BatchNormalization", x),
    net.add("SeparableConv1D", x, filters=5, kernel_size=[3], padding="same", depth_multiplier=2),
    net.add("DepthwiseConv1D", x, kernel_size=[3], depth_multiplier=2, strides=[2], padding="same"),
    net.add("Cropping1D", x, cropping=[1, 2]), net.add("GlobalAveragePooling1D", x), net.add("GlobalMaxPooling1D", x)])


def operations(net, x):
    def op(function, compute, *inputs, numbers=()):
        return net.add("TFOpLambda", list(inputs), name=net.unique("tf." + function), compute=compute, numbers=numbers,
                       function=function)
    return [op("math.multiply", lambda a: a * 2.5, x, numbers=[2.5]), op("__operators__.add", np.add, x, x),
            op("math.subtract", lambda a: a - 0.5, x, numbers=[0.5]), op("math.tanh", np.tanh, x),
            op("nn.relu", lambda a: np.maximum(a, 0), x)]


many("tf_operations", (4, 4, 3), operations)
OPS = "keras.src.ops.numpy"
many("keras_operations", (4, 4, 3), lambda net, x: [
    net.add("Multiply", x, module=OPS, compute=lambda a: a * 2.5, numbers=[2.5]),
    net.add("Add", [x, x], module=OPS, compute=np.add), net.add("Tanh", x, module=OPS, compute=np.tanh),
    net.add("Subtract", x, module=OPS, compute=lambda a: a - 1, numbers=[1.0]),
    net.add("Square", x, module=OPS, compute=np.square)], version=3)


def latent_picture():
    net = Net("generator", 12, True)
    x = net.input(1, 1, 10)
    x = net.add("Conv2DTranspose", x, filters=5, kernel_size=[4, 4], padding="valid", activation="relu")
    return net.output(net.add("Conv2DTranspose", x, filters=1, kernel_size=[2, 2], strides=[2, 2], activation="tanh"))


case("latent_picture", latent_picture(), write_h5)


def deep(count):
    net = Net("deep", 13, True)
    x = net.input(4)
    for i in range(count):
        x = net.add("Dense", x, units=4, activation="tanh", name=f"layer_with_a_long_name_{i}")
    return net.output(x)


case("deep_earliest", deep(300), write_h5)
case("deep_latest", deep(300), write_h5, libver="latest", track_order=True,
     options={"compression": "gzip", "shuffle": True, "chunks": True})

net = Net("keras1", 14, True)
x = net.input(6)
x = net.add("Dense", x, units=18, activation="relu")
x = net.add("Reshape", x, target_shape=[3, 3, 2])
x = net.add("Conv2D", x, filters=3, kernel_size=[3, 2], padding="same")
net.output(net.add("Flatten", x))
dense, reshape, conv, flat = (one.name for one in net.layers[1:])
case("keras1", net, write_h5, version=1, config={"class_name": "Sequential", "config": [
    {"class_name": "Dense", "config": {"name": dense, "batch_input_shape": [None, 6], "output_dim": 18,
                                       "activation": "relu", "bias": True}},
    {"class_name": "Reshape", "config": {"name": reshape, "target_shape": [3, 3, 2]}},
    {"class_name": "Convolution2D", "config": {"name": conv, "nb_filter": 3, "nb_row": 3, "nb_col": 2,
                                               "subsample": [1, 1], "border_mode": "same", "dim_ordering": "tf"}},
    {"class_name": "Flatten", "config": {"name": flat}}]})

for quantize in ("uint8", "uint16", "float16"):
    net = dcgan(False)
    for layer in net.layers:
        for i, value in enumerate(layer.weights):  # what a reader gets back
            if quantize == "float16":
                layer.weights[i] = value.astype("f2").astype("f4")
            else:
                scale = max(float(value.max() - value.min()) / np.iinfo(quantize).max, 1e-6)
                layer.weights[i] = (np.round((value - value.min()) / scale) * scale + value.min()).astype("f4")
    net.outputs[0].value = net.run([net.inputs[0].value])
    case(f"tfjs_{quantize}", net, write_tfjs, quantize=quantize)
