"""What Keras's layers compute, from their documentation, in plain NumPy: the oracle for the importer, which shares
nothing with it. Pictures are (N, H, W, C) unless data_format says otherwise; `weights` are in Keras's order."""
import itertools
import math

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def erf(x):
    return np.vectorize(math.erf)(x)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))


ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "softmax": softmax,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "elu": elu,
    "selu": lambda x: 1.05070098 * elu(x, 1.67326324),
    "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))),
    "swish": lambda x: x * sigmoid(x),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "exponential": np.exp,
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),  # Keras 3's
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
}


def first_to_last(x, config):
    return np.moveaxis(x, 1, -1) if config.get("data_format") == "channels_first" else x


def last_to_first(x, config):
    return np.moveaxis(x, -1, 1) if config.get("data_format") == "channels_first" else x


def same_padding(size, kernel, stride):
    """TensorFlow's: as many outputs as strides begin, the odd zero at the end."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + kernel - size, 0)
    return outputs, total // 2, total - total // 2


def convolve(x, kernel, config):
    """Cross-correlation; kernel (k..., C / groups, F)."""
    axes = x.ndim - 2
    strides, dilation = config.get("strides", [1] * axes), config.get("dilation_rate", [1] * axes)
    groups, padding = config.get("groups", 1), config.get("padding", "valid")
    sizes, pads = [], [(0, 0)]
    for i in range(axes):
        reach = (kernel.shape[i] - 1) * dilation[i] + 1
        if padding == "same":
            outputs, before, after = same_padding(x.shape[i + 1], reach, strides[i])
        else:
            before, after = (reach - 1 if padding == "causal" else 0), 0
            outputs = (x.shape[i + 1] + before - reach) // strides[i] + 1
        sizes.append(outputs)
        pads.append((before, after))
    x = np.pad(x, pads + [(0, 0)])
    inputs, filters = kernel.shape[-2], kernel.shape[-1] // groups
    y = np.zeros([x.shape[0]] + sizes + [kernel.shape[-1]])
    for place in itertools.product(*map(range, kernel.shape[:axes])):
        first = [place[i] * dilation[i] for i in range(axes)]
        window = tuple(slice(first[i], first[i] + (sizes[i] - 1) * strides[i] + 1, strides[i]) for i in range(axes))
        part = x[(slice(None),) + window]
        for g in range(groups):
            y[..., g * filters:(g + 1) * filters] += (
                part[..., g * inputs:(g + 1) * inputs] @ kernel[place][:, g * filters:(g + 1) * filters])
    return y


def convolve_back(x, kernel, config):
    """The gradient of a convolution from the output's size; kernel (k..., F, C)."""
    axes = x.ndim - 2
    strides, padding = config.get("strides", [1] * axes), config.get("padding", "valid")
    extra = config.get("output_padding")
    extra = [extra] * axes if isinstance(extra, int) else extra
    whole = [(x.shape[i + 1] - 1) * strides[i] + kernel.shape[i] for i in range(axes)]
    y = np.zeros([x.shape[0]] + [w + 64 for w in whole] + [kernel.shape[-2]])
    for place in itertools.product(*map(range, x.shape[1:-1])):
        at = tuple(slice(place[i] * strides[i], place[i] * strides[i] + kernel.shape[i]) for i in range(axes))
        y[(slice(None),) + at] += np.einsum("nc,...fc->n...f", x[(slice(None),) + place], kernel)
    cut = []
    for i in range(axes):
        if extra is not None:
            pad = kernel.shape[i] // 2 if padding == "same" else 0
            size = (x.shape[i + 1] - 1) * strides[i] + kernel.shape[i] - 2 * pad + extra[i]
        else:
            size = x.shape[i + 1] * strides[i] + (0 if padding == "same" else max(kernel.shape[i] - strides[i], 0))
        # The forward convolution from `size` to x's size pads so much in front.
        before = same_padding(size, kernel.shape[i], strides[i])[1] if padding == "same" else 0
        cut.append(slice(before, before + size))
    return y[(slice(None),) + tuple(cut)]


def pool(x, config, reduce, empty):
    axes = x.ndim - 2
    size = config["pool_size"]
    strides = config.get("strides") or size
    sizes, pads = [], [(0, 0)]
    for i in range(axes):
        if config.get("padding") == "same":
            outputs, before, after = same_padding(x.shape[i + 1], size[i], strides[i])
        else:
            outputs, before, after = (x.shape[i + 1] - size[i]) // strides[i] + 1, 0, 0
        sizes.append(outputs)
        pads.append((before, after))
    x = np.pad(x, pads + [(0, 0)], constant_values=empty)
    y = np.zeros([x.shape[0]] + sizes + [x.shape[-1]])
    for place in itertools.product(*map(range, sizes)):
        at = tuple(slice(place[i] * strides[i], place[i] * strides[i] + size[i]) for i in range(axes))
        y[(slice(None),) + place] = reduce(x[(slice(None),) + at], axis=tuple(range(1, axes + 1)))
    return y


def resize(x, sizes, interpolation, from_centers):
    for axis, size in enumerate(sizes, 1):
        scale = x.shape[axis] / size
        if interpolation == "nearest":
            index = [min(int(math.floor((i + (0.5 if from_centers else 0)) * scale)), x.shape[axis] - 1)
                     for i in range(size)]
            x = np.take(x, index, axis)
        else:
            at = np.clip((np.arange(size) + 0.5) * scale - 0.5, 0, x.shape[axis] - 1)
            low = np.floor(at).astype(int)
            high = np.minimum(low + 1, x.shape[axis] - 1)
            share = (at - low).reshape([-1 if a == axis else 1 for a in range(x.ndim)])
            x = np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
    return x


def along(values, axis, rank):
    """(C,) to stand at one axis."""
    return values.reshape([-1 if a == axis % rank else 1 for a in range(rank)])


def batch_norm(x, config, weights):
    axis = config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list) else axis
    weights = list(weights)
    gamma = weights.pop(0) if config.get("scale", True) else np.ones(x.shape[axis])
    beta = weights.pop(0) if config.get("center", True) else np.zeros(x.shape[axis])
    mean, variance = weights
    gamma, beta, mean, variance = (along(v, axis, x.ndim) for v in (gamma, beta, mean, variance))
    return (x - mean) / np.sqrt(variance + config.get("epsilon", 1e-3)) * gamma + beta


def group_norm(x, config, weights):
    groups = config.get("groups", 32)
    groups = x.shape[-1] if groups == -1 else groups
    y = x.reshape(x.shape[:-1] + (groups, -1))
    axes = tuple(range(1, x.ndim - 1)) + (x.ndim,)
    y = (y - y.mean(axes, keepdims=True)) / np.sqrt(y.var(axes, keepdims=True) + config.get("epsilon", 1e-3))
    return y.reshape(x.shape) * weights[0] + weights[1]


def layer_norm(x, config, weights):
    axis = config.get("axis", -1)
    axes = tuple(axis) if isinstance(axis, list) else (axis,)
    y = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + config.get("epsilon", 1e-3))
    return y * weights[0] + weights[1]


def plain(value):
    return value["value"] if isinstance(value, dict) else value


def biased(y, config, bias):
    return y + bias[0] if bias else y


def separable(x, config, weights):
    y = depthwise(x, {**config, "depth_multiplier": weights[0].shape[-1]}, weights[:1])
    return biased(convolve(y, weights[1], {}), config, weights[2:])


def depthwise(x, config, weights):
    channels, multiplier = weights[0].shape[-2:]
    kernel = weights[0].reshape(weights[0].shape[:-2] + (1, channels * multiplier))
    return biased(convolve(x, kernel, {**config, "groups": channels}), config, weights[1:])


def picture(f):
    def run(x, config, weights):
        return last_to_first(f(first_to_last(x, config), config, weights), config)
    return run


def pairs(value, axes):
    if isinstance(value, int):
        return [(value, value)] * axes
    return [(v, v) if isinstance(v, int) else tuple(v) for v in value] if axes > 1 else [tuple(value)]


def crop(x, config, axes):
    cut = [slice(a, x.shape[i + 1] - b) for i, (a, b) in enumerate(pairs(config["cropping"], axes))]
    return x[(slice(None),) + tuple(cut)]


def dot(x, config, _):
    a, b = x
    i, j = (config["axes"],) * 2 if isinstance(config["axes"], int) else config["axes"]
    i, j = (i - 1 if i > 0 else i), (j - 1 if j > 0 else j)
    y = np.stack([np.tensordot(a[n], b[n], ((i,), (j,))) for n in range(len(a))])
    return y.reshape(len(a), -1) if y.ndim == 1 else y


ONE = {
    "Dense": lambda x, c, w: biased(x @ w[0], c, w[1:]),
    "Conv": picture(lambda x, c, w: biased(convolve(x, w[0], c), c, w[1:])),
    "ConvTranspose": picture(lambda x, c, w: biased(convolve_back(x, w[0], c), c, w[1:])),
    "SeparableConv2D": picture(separable),
    "DepthwiseConv2D": picture(depthwise),
    "MaxPooling": picture(lambda x, c, w: pool(x, c, np.max, -np.inf)),
    "AveragePooling": picture(lambda x, c, w: pool(x, c, np.nanmean, np.nan)),
    "GlobalAveragePooling2D": lambda x, c, w: first_to_last(x, c).mean((1, 2), keepdims=c.get("keepdims", False)),
    "GlobalMaxPooling2D": lambda x, c, w: first_to_last(x, c).max((1, 2)),
    "UpSampling1D": lambda x, c, w: resize(x, [x.shape[1] * c["size"]], "nearest", False),
    "UpSampling2D": picture(lambda x, c, w: resize(x, [x.shape[1] * c["size"][0], x.shape[2] * c["size"][1]],
                                                   c.get("interpolation", "nearest"), False)),
    "Resizing": lambda x, c, w: resize(x, [c["height"], c["width"]], c.get("interpolation", "bilinear"), True),
    "ZeroPadding1D": lambda x, c, w: np.pad(x, [(0, 0), *pairs(c["padding"], 1), (0, 0)]),
    "ZeroPadding2D": picture(lambda x, c, w: np.pad(x, [(0, 0), *pairs(c["padding"], 2), (0, 0)])),
    "Cropping2D": picture(lambda x, c, w: crop(x, c, 2)),
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "GroupNormalization": group_norm,
    "InstanceNormalization": lambda x, c, w: group_norm(x, {**c, "groups": -1}, w),
    "UnitNormalization": lambda x, c, w: x / np.sqrt((x * x).sum(-1, keepdims=True)),
    "Activation": lambda x, c, w: x,
    "LeakyReLU": lambda x, c, w: np.where(x > 0, x, plain(c.get("alpha", c.get("negative_slope", 0.3))) * x),
    "ReLU": lambda x, c, w: np.minimum(np.where(x > 0, x, plain(c.get("negative_slope") or 0) * x),
                                       plain(c.get("max_value")) or np.inf),
    "ELU": lambda x, c, w: elu(x, c["alpha"]),
    "ThresholdedReLU": lambda x, c, w: np.where(x > c["theta"], x, 0),
    "PReLU": lambda x, c, w: np.where(x > 0, x, w[0] * x),
    "Softmax": lambda x, c, w: softmax(x, c.get("axis", -1)),
    "Embedding": lambda x, c, w: w[0][x.astype(int)],
    "Reshape": lambda x, c, w: x.reshape([len(x)] + c["target_shape"]),
    "Flatten": lambda x, c, w: first_to_last(x, c).reshape(len(x), -1),
    "Permute": lambda x, c, w: x.transpose([0] + c["dims"]),
    "RepeatVector": lambda x, c, w: np.repeat(x[:, None], c["n"], 1),
    "Dropout": lambda x, c, w: x,
    "GaussianNoise": lambda x, c, w: x,
    "Rescaling": lambda x, c, w: x * np.array(c["scale"]) + np.array(c["offset"]),
    "Add": lambda x, c, w: sum(x),
    "Subtract": lambda x, c, w: x[0] - x[1],
    "Multiply": lambda x, c, w: math.prod(x),
    "Average": lambda x, c, w: sum(x) / len(x),
    "Maximum": lambda x, c, w: np.maximum.reduce(x),
    "Minimum": lambda x, c, w: np.minimum.reduce(x),
    "Concatenate": lambda x, c, w: np.concatenate(x, c.get("axis", -1)),
    "Dot": dot,
}
ONE["SeparableConv1D"], ONE["DepthwiseConv1D"] = ONE["SeparableConv2D"], ONE["DepthwiseConv2D"]
ONE["Cropping1D"] = picture(lambda x, c, w: crop(x, c, 1))
ONE["GlobalAveragePooling1D"] = lambda x, c, w: x.mean(1)
ONE["GlobalMaxPooling1D"] = lambda x, c, w: x.max(1)
for dimensions in ("1D", "2D"):
    for name in ("Conv", "MaxPooling", "AveragePooling"):
        ONE[name + dimensions] = ONE[name]
    ONE["Conv" + dimensions + "Transpose"] = ONE["ConvTranspose"]


def run(class_name, config, weights, x):
    weights = [np.asarray(w, np.float64) for w in weights]
    y = ONE[class_name](x, config, weights)
    activation = config.get("activation")
    return ACTIVATIONS[activation](y) if activation else y


def shapes(class_name, config, x):
    """Of a layer's weights, in Keras's order."""
    c = config
    channels = x.shape[1] if c.get("data_format") == "channels_first" else x.shape[-1] if not isinstance(x, list) else 0
    bias = c.get("use_bias", True)
    if class_name == "Dense":
        return [(x.shape[-1], c["units"])] + [(c["units"],)] * bias
    if class_name in ("Conv1D", "Conv2D"):
        return [(*c["kernel_size"], channels // c.get("groups", 1), c["filters"])] + [(c["filters"],)] * bias
    if class_name in ("Conv1DTranspose", "Conv2DTranspose"):
        return [(*c["kernel_size"], c["filters"], channels)] + [(c["filters"],)] * bias
    if class_name.startswith("DepthwiseConv"):
        return [(*c["kernel_size"], channels, c["depth_multiplier"]), (channels * c["depth_multiplier"],)]
    if class_name.startswith("SeparableConv"):
        return [(*c["kernel_size"], channels, c["depth_multiplier"]),
                (*[1] * (x.ndim - 2), channels * c["depth_multiplier"], c["filters"]), (c["filters"],)]
    if class_name == "BatchNormalization":
        axis = c.get("axis", -1)
        size = (x.shape[axis[0] if isinstance(axis, list) else axis],)
        return [size] * (2 + c.get("scale", True) + c.get("center", True))
    if class_name in ("GroupNormalization", "InstanceNormalization"):
        return [(x.shape[-1],)] * 2
    if class_name == "LayerNormalization":
        axis = c.get("axis", -1)
        return [tuple(x.shape[a] for a in (axis if isinstance(axis, list) else [axis]))] * 2
    if class_name == "PReLU":
        return [tuple(1 if a in (c.get("shared_axes") or []) else x.shape[a] for a in range(1, x.ndim))]
    if class_name == "Embedding":
        return [(c["input_dim"], c["output_dim"])]
    return []
