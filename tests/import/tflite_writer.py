"""Writes TensorFlow Lite files, from the public schema (tensorflow/compiler/mlir/lite/schema/schema.fbs): a FlatBuffer
is tables whose fields are found through a list of offsets in front of them."""
import struct

import numpy as np

CODES = {np.dtype("f4"): 0, np.dtype("f2"): 1, np.dtype("i4"): 2, np.dtype("u1"): 3, np.dtype("i8"): 4,
         np.dtype("?"): 6, np.dtype("i1"): 9}


class FlatBuffer:
    """Tables are dicts of fields by number: (format of struct, number), or what lies elsewhere: a dict, a list of
    dicts, text, bytes or an array."""

    def __init__(self, root, mark=b"TFL3"):
        self.data = bytearray(4) + mark
        self.point(0, self.write(root))

    def point(self, at, to):
        struct.pack_into("<I", self.data, at, to - at)

    def align(self, to=4, more=0):
        self.data += bytes(-(len(self.data) + more) % to)

    def write(self, value):
        if isinstance(value, dict):
            return self.table(value)
        if isinstance(value, list):
            self.align()
            start = len(self.data)
            self.data += struct.pack("<I", len(value)) + bytes(4 * len(value))
            for i, one in enumerate(value):
                self.point(start + 4 + 4 * i, self.write(one))
            return start
        if isinstance(value, np.ndarray):
            count, content = value.size, np.ascontiguousarray(value).tobytes()
        else:
            content = value.encode() if isinstance(value, str) else value
            count = len(content)
        self.align(16, 4)
        start = len(self.data)
        self.data += struct.pack("<I", count) + content + b"\0"
        return start

    def table(self, fields):
        fields = {k: v for k, v in fields.items() if v is not None}
        last, at, places = max(fields, default=-1), 4, {}
        for k, v in fields.items():
            size = struct.calcsize(v[0]) if isinstance(v, tuple) else 4
            at += -at % size
            places[k] = at
            at += size
        self.align(8, 4 + 2 * (last + 1))
        vtable = len(self.data)
        self.data += struct.pack("<HH", 4 + 2 * (last + 1), at)
        self.data += b"".join(struct.pack("<H", places.get(k, 0)) for k in range(last + 1))
        start = len(self.data)
        self.data += struct.pack("<i", start - vtable) + bytes(at - 4)
        for k, v in fields.items():
            if isinstance(v, tuple):
                struct.pack_into("<" + v[0], self.data, start + places[k], v[1])
        for k, v in fields.items():
            if not isinstance(v, tuple):
                self.point(start + places[k], self.write(v))
        return start


class Net:
    """Operators in the order in which they run; values are computed as they are added, by NumPy."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.tensors, self.values, self.operators, self.codes, self.inputs = [], [], [], [], []
        self.buffers = [b""]

    def tensor(self, value, constant=False, name=None, quantization=None, stored=None):
        value = np.asarray(value)
        stored = value if stored is None else stored
        buffer = 0
        if constant:
            buffer = len(self.buffers)
            self.buffers.append(np.ascontiguousarray(stored).tobytes())
        fields = {0: np.array(value.shape, "i4"), 1: ("b", CODES[stored.dtype]), 2: ("I", buffer),
                  3: name or f"tensor_{len(self.tensors)}"}
        if quantization:
            scale, zero, axis = quantization
            fields[4] = {2: np.atleast_1d(np.asarray(scale, "f4")), 3: np.atleast_1d(np.asarray(zero, "i8")),
                         6: ("i", axis)}
        self.tensors.append(fields)
        self.values.append(value)
        return len(self.tensors) - 1

    def input(self, *shape, high=None, name=None):
        value = self.rng.integers(high, size=shape).astype("i4") if high else self.rng.normal(size=shape).astype("f4")
        self.inputs.append(self.tensor(value, name=name))
        return self.inputs[-1]

    def constant(self, value, dtype="f4"):
        return self.tensor(np.asarray(value, dtype), True)

    def weights(self, *shape, kind="f4", axis=0):
        """float32; f2, which a DEQUANTIZE makes of; i1, with one scale for each index of `axis`, or one for all."""
        value = (self.rng.normal(size=shape) * 0.4).astype("f4")
        if kind == "f2":
            half = self.tensor(value.astype("f2"), True)
            return self.op(6, [half], value.astype("f2").astype("f4"))
        if kind == "f4":
            return self.tensor(value, True)
        others = tuple(k for k in range(len(shape)) if k != axis)
        scale = np.abs(value).max(others if axis is not None else None, keepdims=axis is not None) / 127 + 1e-6
        whole = np.round(value / scale).astype("i1")
        return self.tensor((whole * scale).astype("f4"), True, stored=whole,
                           quantization=(scale.ravel(), np.zeros(scale.size, "i8"), axis or 0))

    def op(self, code, inputs, value, options=None, quantization=None, custom=None, stored=None):
        """`value` is what it gives; of several outputs a list."""
        several = isinstance(value, list)
        outputs = [self.tensor(one, quantization=quantization,
            stored=stored) for one in (value if several else [value])]
        key = (code, custom[0] if custom else None)
        if key not in self.codes:
            self.codes.append(key)
        self.operators.append({0: ("I", self.codes.index(key)), 1: np.array(inputs, "i4"), 2: np.array(outputs, "i4"),
                               3: ("B", 1) if options is not None else None, 4: options,
                               5: custom[1] if custom else None})
        return outputs if several else outputs[0]

    def file(self, outputs):
        codes = [{0: ("b", min(code, 127)), 1: custom, 2: ("i", 1), 3: ("i", code)} for code, custom in self.codes]
        graph = {0: self.tensors, 1: np.array(self.inputs, "i4"), 2: np.array(outputs, "i4"), 3: self.operators}
        return bytes(FlatBuffer({0: ("I", 3), 1: codes, 2: [graph], 3: "test",
            4: [{0: b or None} for b in self.buffers]}).data)
