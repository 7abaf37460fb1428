"""make_tflite.py FOLDER: TensorFlow Lite files of our own writer, a network or operators side by side in each, and
beside each NAME its inputs NAME.0.npy, ... and what NumPy computes by the operators' documentation,
NAME.expected.npy. Names that begin with ops_ have operators that ganlet's own engine may lack."""
import math
import pathlib
import sys

import numpy as np

from tflite_writer import Net

folder = pathlib.Path(sys.argv[1])
SAME, VALID = 0, 1
ACTIVATIONS = [lambda x: x, lambda x: np.maximum(x, 0), lambda x: np.clip(x, -1, 1), lambda x: np.clip(x, 0, 6),
    np.tanh]
erf = np.vectorize(math.erf)


def case(name, net, *outputs):
    (folder / f"{name}.tflite").write_bytes(net.file(outputs))
    for i, tensor in enumerate(net.inputs):
        value = net.values[tensor]
        np.save(folder / f"{name}.{i}.npy", value.astype("i8" if value.dtype.kind in "iu" else "f4"))
    np.save(folder / f"{name}.expected.npy", np.ascontiguousarray(net.values[outputs[0]].astype("f4")))


def margins(size, kernel, stride, dilation, padding):
    reach = (kernel - 1) * dilation + 1
    if padding == VALID:
        return (size - reach) // stride + 1, 0, 0
    out = -(-size // stride)
    total = max((out - 1) * stride + reach - size, 0)
    return out, total // 2, total - total // 2


def windows(x, kernel, stride, dilation, padding, fill=0.0):
    """(N,H,W,C) to (kernel height, kernel width, N, out height, out width, C)"""
    (h, t, b), (w, l, r) = (margins(x.shape[1 + i], kernel[i], stride[i], dilation[i], padding) for i in range(2))
    x = np.pad(x, ((0, 0), (t, b), (l, r), (0, 0)), constant_values=fill)
    return np.stack([np.stack([x[:, i * dilation[0]:, j * dilation[1]:][:, :(h - 1) * stride[0] + 1:stride[0],
                                                                        :(w - 1) * stride[1] + 1:stride[1]]
                               for j in range(kernel[1])]) for i in range(kernel[0])])


def conv(net, x, filters, kernel=(3, 3), stride=(1, 1), dilation=(1, 1), padding=SAME, act=0, kind="f4", groups=1,
    axis=0):
    v = net.values[x]
    w = net.weights(filters, *kernel, v.shape[3] // groups, kind=kind, axis=axis)
    b = net.weights(filters)
    part, given = filters // groups, []
    for g in range(groups):
        own = v[..., g * (v.shape[3] // groups):(g + 1) * (v.shape[3] // groups)]
        seen = windows(own, kernel, stride, dilation, padding)
        given.append(np.einsum("ijnhwc,oijc->nhwo", seen, net.values[w][g * part:(g + 1) * part]))
    y = ACTIVATIONS[act](np.concatenate(given, -1) + net.values[b])
    return net.op(3, [x, w, b], y, {0: ("b", padding), 1: ("i", stride[1]), 2: ("i", stride[0]), 3: ("b", act),
                                    4: ("i", dilation[1]), 5: ("i", dilation[0])})


def depthwise(net, x, multiplier=1, kernel=(3, 3), stride=(1, 1), dilation=(1, 1), padding=SAME, act=0, kind="f4"):
    v = net.values[x]
    c = v.shape[3]
    w, b = net.weights(1, *kernel, c * multiplier, kind=kind, axis=3), net.weights(c * multiplier)
    seen = windows(v, kernel, stride, dilation, padding)
    y = np.einsum("ijnhwc,ijcm->nhwcm", seen, net.values[w].reshape(*kernel, c, multiplier))
    y = ACTIVATIONS[act](y.reshape(*y.shape[:3], -1) + net.values[b])
    return net.op(4, [x, w, b], y, {0: ("b", padding), 1: ("i", stride[1]), 2: ("i", stride[0]), 3: ("i", multiplier),
                                    4: ("b", act), 5: ("i", dilation[1]), 6: ("i", dilation[0])})


def transposed(net, x, filters, kernel=(4, 4), stride=(2, 2), padding=SAME, act=0, kind="f4", bias=True, custom=False,
               more=0):
    v = net.values[x]
    n, h, w, c = v.shape
    k = net.weights(filters, *kernel, c, kind=kind)
    size = [s * t if padding == SAME else (s - 1) * t + u + more for s, t, u in zip((h, w), stride, kernel)]
    whole = np.zeros((n, (h - 1) * stride[0] + kernel[0] + more, (w - 1) * stride[1] + kernel[1] + more, filters))
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            whole[:, i:i + (h - 1) * stride[0] + 1:stride[0], j:j + (w - 1) * stride[1] + 1:stride[1]] += \
                v @ net.values[k][:, i, j].T
    grown = np.zeros((n, max(size[0], whole.shape[1]), max(size[1], whole.shape[2]), filters))
    grown[:, :whole.shape[1], :whole.shape[2]] = whole
    top, left = (max(whole.shape[1 + i] - size[i], 0) // 2 if padding == SAME else 0 for i in range(2))
    y = grown[:, top:top + size[0], left:left + size[1]]
    b = net.weights(filters)
    if bias:
        y = y + net.values[b]
    y = ACTIVATIONS[act](y).astype("f4")
    if custom:
        content = np.array([2 if padding == VALID else 1, stride[1], stride[0]], "i4").tobytes()
        return net.op(32, [x, k, b], y, custom=("Convolution2DTransposeBias", content))
    options = {0: ("b", padding), 1: ("i", stride[1]), 2: ("i", stride[0]), 3: ("b", act)}
    return net.op(67, [net.constant([n, *size, filters], "i4"), k, x] + [b] * bias, y, options)


def dense(net, x, units, act=0, kind="f4", bias=True, axis=0):
    v = net.values[x].reshape(net.values[x].shape[0], -1)
    w, b = net.weights(units, v.shape[1], kind=kind, axis=axis), net.weights(units)
    y = ACTIVATIONS[act](v @ net.values[w].T + (net.values[b] if bias else 0)).astype("f4")
    return net.op(9, [x, w] + [b] * bias, y, {0: ("b", act)})


def reshape(net, x, *shape):
    return net.op(22, [x, net.constant(shape, "i4")], net.values[x].reshape(shape), {0: np.array(shape, "i4")})


def dcgan(kind, custom=False):
    net = Net(3)
    x = reshape(net, dense(net, net.input(1, 12), 4 * 4 * 6, 1, kind), 1, 4, 4, 6)
    x = transposed(net, x, 5, act=0 if custom else 1, kind=kind, custom=custom)
    x = net.op(98, [x], np.where(net.values[x] > 0, net.values[x], 0.2 * net.values[x]), {0: ("f", 0.2)})
    x = transposed(net, x, 4, (3, 3), kind=kind, bias=kind != "i1")
    x = conv(net, net.op(19, [x], np.maximum(net.values[x], 0)), 3, act=4, kind=kind)
    return net, x


for kind in ("f4", "f2", "i1"):
    case(f"dcgan_{kind}", *dcgan(kind))
case("dcgan_mediapipe", *dcgan("f4", True))


def joined(name, shape, build):
    """Operators side by side, joined to one row."""
    net = Net(len(name))
    x = net.input(*shape)
    rows = [reshape(net, one, 1, net.values[one].size) for one in build(net, x)]
    case(name, net, net.op(2, rows, np.concatenate([net.values[r] for r in rows], 1), {0: ("i", 1)}))


for size in range(1, 8):  # "same" and "valid" at kernels 2 to 4 and strides 1 to 3
    joined(f"windows_{size}", (1, size, 8 - size, 2), lambda net, x: [
        f(net, x, *a, kernel=(k, k), stride=(s, s)) for k in range(2, 5) for s in range(1, 4)
        for f, a in ((conv, (2,)), (transposed, (2,)), (depthwise, (2,)))] + [
        transposed(net, x, 2, (3, 2), (2, 2), VALID, more=m) for m in (0, 1)])
joined("windows_of_all_kinds", (1, 7, 9, 4), lambda net, x: [
    conv(net, x, 3, dilation=(2, 2)), conv(net, x, 4, stride=(2, 1), padding=VALID, act=3), conv(net, x, 6, groups=2),
    conv(net, x, 3, (1, 5), act=2, kind="i1"), conv(net, x, 3, kind="i1", axis=None),
    depthwise(net, x, 2, dilation=(1, 2), act=1, kind="i1"), depthwise(net, x, 1, stride=(2, 2), kind="f2"),
    transposed(net, x, 3, (2, 3), (2, 1), VALID, kind="i1"), dense(net, x, 7, kind="i1", axis=None),
    dense(net, x, 5, bias=False)])


def unary(code, f, options=None):
    return lambda net, x: net.op(code, [x], f(net.values[x]).astype("f4"), options)


gelu = lambda x: 0.5 * x * (1 + erf(x / np.sqrt(2)))
tanh_gelu = lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))
normal = lambda x: x / np.sqrt(np.maximum((x * x).sum(-1, keepdims=True), 1e-12))
softmax = lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)
positive = unary(101, np.abs)
plain = [unary(14, lambda x: 1 / (1 + np.exp(-x))), unary(28, np.tanh), unary(19, lambda x: np.maximum(x, 0)),
         unary(20, lambda x: np.clip(x, -1, 1)), unary(21, lambda x: np.clip(x, 0, 6)),
         unary(152, lambda x: np.clip(x, 0, 1)), unary(47, np.exp), unary(59, np.negative), positive,
         unary(92, np.square), unary(111, lambda x: np.where(x > 0, x, np.exp(x) - 1)),
         unary(117, lambda x: x * np.clip(x + 3, 0, 6) / 6), unary(150, gelu, {0: ("B", 0)}),
         unary(150, tanh_gelu, {0: ("B", 1)}), unary(98, lambda x: np.where(x > 0, x, 0.1 * x), {0: ("f", 0.1)}),
         unary(25, softmax, {0: ("f", 1)}), unary(25, lambda x: softmax(2 * x), {0: ("f", 2)}),
         unary(50, lambda x: np.log(softmax(x))), unary(11, normal), unary(93, np.zeros_like)]
# Each as the file has it, and behind a convolution, where the channels lie in front.
joined("unary", (1, 3, 4, 5), lambda net, x: [f(net, y) for y in (x, conv(net, x, 5)) for f in plain] + [
    unary(73, np.log)(net, positive(net, x)), unary(75, np.sqrt)(net, positive(net, x)),
    unary(76, lambda v: 1 / np.sqrt(v))(net, positive(net, x))])
joined("ops_unary", (1, 3, 4, 5), lambda net, x: [unary(code, f)(net, x) for code, f in (
    (66, np.sin), (108, np.cos), (8, np.floor), (104, np.ceil), (116, np.round), (158, np.sign))])


def binaries(net, x):
    y = conv(net, x, 5)
    row, number, plane = net.constant(net.rng.normal(size=5)), net.constant(2.5), net.constant(net.rng.normal(size=(1,
        3, 4, 1)))
    pairs = [(x, y), (y, x), (y, y), (y, row), (x, row), (number, y), (y, plane), (x, number)]
    kinds = [(0, np.add), (41, np.subtract), (18, np.multiply), (55, np.maximum), (57, np.minimum),
             (99, lambda a, b: (a - b) ** 2), (42, np.divide)]
    made = [net.op(code, [a, b], f(net.values[a], net.values[b]).astype("f4"), {0: ("b", 0)})
            for code, f in kinds for a, b in pairs]
    made.append(net.op(0, [x, y], np.maximum(net.values[x] + net.values[y], 0), {0: ("b", 1)}))
    made.append(net.op(106, [x, y, x], net.values[x] * 2 + net.values[y]))
    made.append(net.op(78, [positive(net, y), number], np.abs(net.values[y]) ** 2.5))
    made.append(net.op(54, [y, net.constant(np.linspace(0, 1, 5)[None, None])],
                       np.where(net.values[y] > 0, net.values[y], np.linspace(0, 1, 5) * net.values[y]).astype("f4")))
    return made


joined("binary", (1, 3, 4, 5), binaries)


def shapes(net, x):
    v, y = net.values[x], conv(net, x, 5)
    u = net.values[y]
    c = lambda *numbers: net.constant(numbers, "i4")
    pads = [[0, 0], [1, 2], [0, 1], [2, 0]]
    both = lambda f: [f(t, net.values[t]) for t in (x, y)]
    made = both(lambda t, w: net.op(39, [t, c(0, 3, 1, 2)], w.transpose(0, 3, 1, 2)))
    made += both(lambda t, w: net.op(34, [t, net.constant(pads, "i4")], np.pad(w, pads)))
    made += both(lambda t, w: net.op(60, [t, net.constant(pads, "i4"), net.constant(1.5)],
        np.pad(w, pads, constant_values=1.5)))
    made += both(lambda t, w: net.op(100, [t, net.constant(pads, "i4")], np.pad(w, pads, "reflect"), {0: ("b", 0)}))
    for axes in ([1, 2], [3], [-1, 1]):
        for keep in (0, 1):
            for code, f in ((40, np.mean), (74, np.sum)):
                made += both(lambda t, w: net.op(code, [t, c(*axes)], f(w, tuple(axes), keepdims=bool(keep)),
                    {0: ("B", keep)}))
    for axis in (1, 2, 3, -1):
        made.append(net.op(2, [x, y, x], np.concatenate([v, u, v], axis), {0: ("i", axis)}))
    made += both(lambda t, w: net.op(65, [t, c(0, 1, 0, 2), c(1, 2, 4, -1)], w[:, 1:3, :, 2:]))
    made += both(lambda t, w: net.op(45, [t, c(0, 1, 3, 0), c(0, 3, 0, 2), c(1, 1, -1, 1)], w[:, 1:3, 3:0:-1, :2],
        {0: ("i", 1), 1: ("i", 1)}))
    made.append(net.op(45, [x, c(0, 1, 0, -1), c(0, 0, 0, 0), c(1, 1, 1, 1)], v[:, 1, :, -1],
        {0: ("i", 5), 1: ("i", 5), 4: ("i", 10)}))
    made += net.op(49, [c(3), net.op(39, [x, c(0, 1, 3, 2)], v.transpose(0, 1, 3, 2))],
                   [one for one in np.split(v.transpose(0, 1, 3, 2), 2, 3)], {0: ("i", 2)})
    made += net.op(102, [x, c(2, 3), c(3)], np.split(v, [2], 3), {0: ("i", 2)})
    made += [net.op(83, [x, y], np.stack([v, u], 2), {0: ("i", 2), 1: ("i", 2)})]
    made += net.op(88, [y], [u[:, i] for i in range(3)], {0: ("i", 3), 1: ("i", 1)})
    made += [net.op(69, [x, c(1, 2, 1, 3)], np.tile(v, (1, 2, 1, 3))),
             net.op(130, [net.op(65, [x, c(0, 0, 0, 0), c(1, 1, 4, 5)], v[:, :1]), c(1, 3, 4, 5)],
             np.repeat(v[:, :1], 3, 1)),
             net.op(36, [x, c(2, 0, 0)], v[:, [2, 0, 0]], {0: ("i", 1)}), net.op(43, [x], v[0]),
             net.op(70, [x, c(1)], v[:, None]),
             net.op(7, [c(1, 0), net.constant(np.arange(6).reshape(3, 2))], np.array([[2, 3], [0, 1]], "f4")),
             net.op(94, [c(2, 3), net.constant(0.5)], np.full((2, 3), 0.5, "f4")),
             net.op(105, [x, c(2)], v[:, :, ::-1]),
             net.op(126, [x, x], v.transpose(0, 1, 3, 2) @ v, {0: ("B", 1), 1: ("B", 0)}),
             net.op(126, [x, x], v @ v.transpose(0, 1, 3, 2), {0: ("B", 0), 1: ("B", 1)})]
    return made


joined("shapes", (1, 3, 4, 5), shapes)


def resized(v, to, linear, aligns, centred):
    def positions(size, new):
        i = np.arange(new)
        at = i * ((size - 1) / (new - 1) if aligns and new > 1 else size / new)
        if linear:
            return np.clip((i + 0.5) * size / new - 0.5 if centred else at, 0, size - 1)
        at = (i + 0.5) * size / new if centred else at
        return np.minimum(np.floor(at + 0.5) if aligns else np.floor(at), size - 1).astype(int)
    rows, columns = positions(v.shape[1], to[0]), positions(v.shape[2], to[1])
    if not linear:
        return v[:, rows][:, :, columns]
    for axis, at in ((1, rows), (2, columns)):
        low = np.floor(at).astype(int)
        part = (at - low).reshape([-1 if k == axis else 1 for k in range(4)])
        v = v.take(low, axis) * (1 - part) + v.take(np.minimum(low + 1, v.shape[axis] - 1), axis) * part
    return v.astype("f4")


def pictures(net, x):
    v, made = net.values[x], []
    for to in ((8, 12), (3, 9), (7, 5)):
        for code in (23, 97):
            for aligns, centred in ((0, 0), (1, 0), (0, 1)):
                first = 2 if code == 23 else 0
                made.append(net.op(code, [x, net.constant(to, "i4")], resized(v, to, code == 23, aligns, centred),
                                   {first: ("B", aligns), first + 1: ("B", centred)}))
    for kernel, stride in (((2, 2), (2, 2)), ((3, 2), (1, 2))):
        for padding in (SAME, VALID):
            options = {0: ("b", padding), 1: ("i", stride[1]), 2: ("i", stride[0]), 3: ("i", kernel[1]),
                4: ("i", kernel[0])}
            seen = windows(v, kernel, stride, (1, 1), padding, -np.inf)
            made.append(net.op(17, [x], seen.max((0, 1)), options))
            there = np.isfinite(seen)
            made.append(net.op(1, [x], (np.where(there, seen, 0).sum((0, 1)) / there.sum((0, 1))).astype("f4"),
                options))
    n, h, w, c = v.shape
    made.append(net.op(5, [x], v.reshape(n, h, w, 2, 2, c // 4).transpose(0, 1, 3, 2, 4, 5).reshape(n, 2 * h, 2 * w,
        c // 4), {0: ("i", 2)}))
    made.append(net.op(26, [x], v.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, h // 2,
        w // 2, 4 * c), {0: ("i", 2)}))
    return made


joined("pictures", (1, 4, 6, 8), pictures)


def comparisons(net, x):
    v, number = net.values[x], net.constant(0.2)
    made = []
    for code, f in ((58, np.less), (61, np.greater), (62, np.greater_equal), (63, np.less_equal), (71, np.equal),
        (72, np.not_equal)):
        flags = net.op(code, [x, number], f(v, np.float32(0.2)))
        made.append(net.op(53, [flags], net.values[flags].astype("f4")))
        made.append(net.op(123, [flags, x, number], np.where(net.values[flags], v, np.float32(0.2))))
    less, more = (net.op(code, [x, net.constant(limit)], f(v, np.float32(limit))) for code, f,
        limit in ((58, np.less, 0.5), (61, np.greater, -0.5)))
    for code, f in ((84, np.logical_or), (86, np.logical_and)):
        made.append(net.op(53, [net.op(code, [less, more], f(net.values[less], net.values[more]))],
            f(net.values[less], net.values[more]).astype("f4")))
    made.append(net.op(53, [net.op(87, [less], ~net.values[less])], (~net.values[less]).astype("f4")))
    for code, f in ((82, np.max), (89, np.min), (81, np.prod)):
        made.append(net.op(code, [x, net.constant([1, 2], "i4")], f(v, (1, 2)), {0: ("B", 0)}))
    for code, f in ((56, np.argmax), (79, np.argmin)):
        made.append(net.op(53, [net.op(code, [x, net.constant([3], "i4")], f(v, 3).astype("i4"))],
            f(v, 3).astype("f4")))
    return made


joined("ops_comparisons", (1, 3, 4, 5), comparisons)


def conditional():
    net = Net(7)
    z, label = net.input(1, 6, name="z"), net.input(1, high=10, name="label")
    hot = net.op(85, [label, net.constant([10], "i4"), net.constant(1.0), net.constant(0.0)],
                 np.eye(10, dtype="f4")[net.values[label]], {0: ("i", -1)})
    x = net.op(2, [z, hot], np.concatenate([net.values[z], net.values[hot]], 1), {0: ("i", 1)})
    x = dense(net, x, 3 * 3 * 4, 1)
    # As Keras's Reshape is written: the batch is looked up.
    one, sizes = (lambda value: net.constant(value, "i4")), net.op(77, [x], np.array([1, 36], "i4"))
    batch = net.op(45, [sizes, one([0]), one([1]), one([1])], np.array(1, "i4"), {4: ("i", 1)})
    shape = net.op(83, [batch, one(3), one(3), one(4)], np.array([1, 3, 3, 4], "i4"), {0: ("i", 4), 1: ("i", 0)})
    x = net.op(22, [x, shape], net.values[x].reshape(1, 3, 3, 4))
    return net, conv(net, x, 1, act=4)


case("conditional", *conditional())


def quantized():
    """int8 from end to end; what its integers can't stand for is cut off."""
    net = Net(8)
    x = net.input(1, 6)
    inner = net.op(114, [x], net.values[x], quantization=(0.1, 3, 0), stored=np.zeros((1, 6), "i1"))
    w, b = net.weights(4, 6, kind="i1"), net.weights(4)
    y = np.clip(net.values[inner] @ net.values[w].T + net.values[b], (-128 - 3) * 0.01, (127 - 3) * 0.01)
    y = net.op(9, [inner, w, b], y.astype("f4"), {0: ("b", 0)}, quantization=(0.01, 3, 0),
        stored=np.zeros((1, 4), "i1"))
    return net, net.op(6, [y], net.values[y])


case("quantized", *quantized())
