"""Networks as Keras saves them, with random weights and what `layers` says they compute. There is no Keras for the
machines that test; the layouts follow its saving code and files that it wrote."""
import io
import json
import re
import zipfile

import h5py
import numpy as np

import layers

BATCH = 3


class Ref:
    def __init__(self, layer, node, value):
        self.layer, self.node, self.value = layer, node, value


class Layer:
    def __init__(self, name, class_name, config, module="keras.layers", net=None):
        self.name, self.class_name, self.config, self.module, self.net = name, class_name, config, module, net
        self.calls, self.weights, self.compute = [], [], None

    def all_weights(self):
        """(variable's name, array), those that are trained first, as Keras lists a model's."""
        if self.net is None:
            return [(f"{self.name}/{v}", w, not v.startswith("moving")) for v, w in zip(names(self), self.weights)]
        found = [one for layer in self.net.layers for one in layer.all_weights()]
        return [one for one in found if one[2]] + [one for one in found if not one[2]]


def names(layer):
    c = layer.config
    if layer.class_name == "BatchNormalization":
        return ["gamma"] * c.get("scale", True) + ["beta"] * c.get("center", True) + ["moving_mean", "moving_variance"]
    return {"PReLU": ["alpha"], "Embedding": ["embeddings"], "LayerNormalization": ["gamma", "beta"],
            "GroupNormalization": ["gamma", "beta"], "InstanceNormalization": ["gamma", "beta"],
            "DepthwiseConv1D": ["depthwise_kernel", "bias"], "DepthwiseConv2D": ["depthwise_kernel", "bias"],
            "SeparableConv1D": ["depthwise_kernel", "pointwise_kernel", "bias"],
            "SeparableConv2D": ["depthwise_kernel", "pointwise_kernel", "bias"],
            }.get(layer.class_name, ["kernel", "bias"])


class Net:
    def __init__(self, name="model", seed=1, sequential=False):
        self.name, self.sequential = name, sequential
        self.random = np.random.default_rng(seed)
        self.layers, self.inputs, self.outputs, self.counts = [], [], [], {}

    def unique(self, class_name):
        snake = snake_case(class_name)
        count = self.counts.get(snake, 0)
        self.counts[snake] = count + 1
        return f"{snake}_{count}" if count else snake

    def input(self, *shape, name=None, dtype="float32", high=None):
        layer = Layer(name or self.unique("InputLayer"), "InputLayer", {"batch_shape": [None, *shape], "dtype": dtype})
        value = (self.random.integers(0, high, (BATCH, *shape)) if high else
                 self.random.normal(size=(BATCH, *shape)).astype("f4").astype("f8"))
        self.layers.append(layer)
        self.inputs.append(Ref(layer, 0, value))
        return self.inputs[-1]

    def add(self, class_name, inputs, name=None, module="keras.layers", compute=None, numbers=(), **config):
        """`compute` stands in where `layers` doesn't know the class; `numbers` are arguments that aren't tensors."""
        layer = Layer(name or self.unique(class_name), class_name, config, module)
        layer.compute, layer.numbers = compute, numbers
        sample = inputs.value if isinstance(inputs, Ref) else [one.value for one in inputs]
        if compute is None:
            for variable, shape in zip(names(layer), layers.shapes(class_name, config, sample)):
                layer.weights.append(self.draw(variable, shape))
        self.layers.append(layer)
        return self.call(layer, inputs)

    def draw(self, variable, shape):
        w = self.random.normal(size=shape)
        if variable in ("gamma", "moving_variance"):
            return (1 + 0.5 * np.abs(w)).astype("f4")
        fan_in = max(np.prod(shape) / shape[-1], 1) if "kernel" in variable else 4
        return (w / np.sqrt(fan_in)).astype("f4")

    def call(self, layer, inputs):
        refs = [inputs] if isinstance(inputs, Ref) else list(inputs)
        layer.calls.append((refs, isinstance(inputs, Ref)))
        if not any(layer is one for one in self.layers):
            self.layers.append(layer)
        return Ref(layer, len(layer.calls) - 1, self.evaluate(layer, [r.value for r in refs], isinstance(inputs, Ref)))

    @staticmethod
    def evaluate(layer, values, single):
        if layer.net is not None:
            return layer.net.run(values)
        if layer.compute is not None:
            return layer.compute(*values)
        return layers.run(layer.class_name, layer.config, layer.weights, values[0] if single else values)

    def nest(self, net, name=None):
        return Layer(name or net.name, "Sequential" if net.sequential else "Functional", {}, "keras", net)

    def run(self, inputs):
        made = {(id(ref.layer), 0): value for ref, value in zip(self.inputs, inputs)}
        for _ in self.layers:
            for layer in self.layers:
                for i, (refs, single) in enumerate(layer.calls):
                    if all((id(r.layer), r.node) in made for r in refs):
                        made[id(layer), i] = self.evaluate(layer, [made[id(r.layer), r.node] for r in refs], single)
        return made[id(self.outputs[0].layer), self.outputs[0].node]

    def output(self, *refs):
        self.outputs = list(refs)
        return self


def snake_case(name):
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def config_of(net, version):
    listed = []
    for layer in net.layers:
        if layer.net is not None:
            one = config_of(layer.net, version)
            one["config"]["name"] = layer.name
        else:
            config = {"name": layer.name, "trainable": True, **layer.config}
            if version < 3 and "batch_shape" in config:
                config["batch_input_shape"] = config.pop("batch_shape")
            if layer.class_name not in ("InputLayer", "TFOpLambda"):
                config["dtype"] = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
                                   "registered_name": None} if version >= 3 else "float32"
            one = {"class_name": layer.class_name, "config": config}
        if version >= 3:
            one["module"] = layer.module
        if not net.sequential:
            one["name"] = layer.name
            one["inbound_nodes"] = [node_of(layer, refs, single, version) for refs, single in layer.calls]
        listed.append(one)
    config = {"name": net.name, "layers": listed}
    if net.sequential:
        return {"class_name": "Sequential", "config": config}
    config["input_layers"] = [[r.layer.name, 0, 0] for r in net.inputs]
    config["output_layers"] = [[r.layer.name, r.node, 0] for r in net.outputs]
    return {"class_name": "Functional", "config": config}


def node_of(layer, refs, single, version):
    numbers = list(getattr(layer, "numbers", ()))
    if version < 3:
        if layer.class_name == "TFOpLambda":
            second = [refs[1].layer.name, refs[1].node, 0] if len(refs) > 1 else numbers[0] if numbers else None
            named = {"name": None} if second is None else {"y": second, "name": None}
            return [refs[0].layer.name, refs[0].node, 0, named]
        return [[r.layer.name, r.node, 0, {}] for r in refs]
    tensors = [{"class_name": "__keras_tensor__", "config": {
        "shape": [None, *r.value.shape[1:]], "dtype": "float32", "keras_history": [r.layer.name, r.node, 0]}}
               for r in refs]
    if single or ".ops" in layer.module:
        return {"args": tensors + numbers, "kwargs": {}}
    return {"args": [tensors], "kwargs": {}}


def put(group, name, value, options):
    group.create_dataset(name, data=value, **(options if value.ndim > 0 and value.size > 1 else {}))


def write_h5(net, file, version=2, keras_version=None, libver="earliest", track_order=False, dtype="f4", options={},
             config=None, edit=None):
    with h5py.File(file, "w", libver=libver, track_order=track_order) as h5:
        h5.attrs["keras_version"] = keras_version or {1: "1.2.2", 2: "2.8.0", 3: "3.8.0"}[version]
        h5.attrs["backend"] = "tensorflow"
        h5.attrs["model_config"] = json.dumps(config or config_of(net, version))
        weights = h5.create_group("model_weights", track_order=track_order)
        kept = [one for one in net.layers if one.class_name != "InputLayer"]
        listed = [one.name.encode() for one in kept]
        if sum(map(len, listed)) > 60000 or track_order:  # as Keras splits what is too long for one attribute
            for i, part in enumerate(np.array_split(np.array(listed), 2)):
                weights.attrs[f"layer_names{i}"] = part
        else:
            weights.attrs["layer_names"] = listed
        for layer in kept:
            group = weights.create_group(layer.name, track_order=track_order)
            found = layer.all_weights()
            suffix = ":0" if version < 3 else ""
            group.attrs["weight_names"] = [(path + suffix).encode() for path, _, _ in found]
            for path, value, _ in found:
                put(group, path + suffix, value.astype(dtype), options)
        if edit:
            edit(h5)


def write_state(net, group, container, doubled):
    """As Keras's _save_container_state: by class, counted; 2.12 to 2.15 count a layer with weights twice."""
    inner = group.create_group(container)
    used = {}
    for layer in net.layers:
        times = 2 if doubled and layer.all_weights() else 1
        for time in range(times):
            name = snake_case(layer.class_name)
            used[name] = used.get(name, -1) + 1
            if time == 0:
                one = inner.create_group(f"{name}_{used[name]}" if used[name] else name)
                if layer.net is not None:
                    write_state(layer.net, one, container, doubled)
                variables = one.create_group("vars")
                for i, value in enumerate(layer.weights):
                    variables.create_dataset(str(i), data=value)


def write_keras(net, file, version=3, compression=zipfile.ZIP_STORED, edit=None):
    weights = io.BytesIO()
    with h5py.File(weights, "w") as h5:
        write_state(net, h5, "layers" if version >= 3 else "_layer_checkpoint_dependencies", version < 3)
        h5.create_group("vars")
        if edit:
            edit(h5)
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.8.0" if version >= 3 else "2.13.1"}))
        archive.writestr("config.json", json.dumps(config_of(net, version)))
        archive.writestr("model.weights.h5", weights.getvalue())


def write_tfjs_zip(net, file):
    """The folder as people pack it, with itself and other files in the archive."""
    folder = file.with_suffix("")
    write_tfjs(net, folder)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/package.json", "{}")
        for one in sorted(folder.iterdir()):
            archive.write(one, f"model/{one.name}")
            one.unlink()
    folder.rmdir()


def write_tfjs(net, folder, quantize=None, edit=None):
    """model.json and two shards; `quantize` is uint8, uint16 or float16."""
    entries, data = [], b""
    for layer in net.layers:
        for path, value, _ in layer.all_weights():
            entry = {"name": path, "shape": list(value.shape), "dtype": "float32"}
            if quantize == "float16":
                stored = value.astype("f2")
                entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
            elif quantize:
                scale = max(float(value.max() - value.min()) / np.iinfo(quantize).max, 1e-6)
                stored = np.round((value - value.min()) / scale).astype(quantize)
                entry["quantization"] = {"dtype": quantize, "min": float(value.min()), "scale": scale,
                                         "original_dtype": "float32"}
            else:
                stored = value
            data += stored.tobytes()
            entries.append(entry)
    folder.mkdir()
    half = len(data) // 2
    (folder / "group1-shard1of2.bin").write_bytes(data[:half])
    (folder / "group1-shard2of2.bin").write_bytes(data[half:])
    model = {"format": "layers-model", "modelTopology": {"keras_version": "2.8.0", "model_config": config_of(net, 2)},
             "weightsManifest": [{"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": entries}]}
    if edit:
        edit(model)
    (folder / "model.json").write_text(json.dumps(model))
