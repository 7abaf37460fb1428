"""Frozen graphs as TensorFlow.js has them: nodes, and their constants as weights beside model.json. There is no
TensorFlow for the machines that test; the layout follows its converter's code and files that it wrote."""
import base64
import json

import numpy as np


def attribute(value):
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": value}
    if isinstance(value, str):
        return {"type": value} if value.startswith("DT_") else {"s": base64.b64encode(value.encode()).decode()}
    if value and isinstance(value[0], str):
        return {"list": {"s": [base64.b64encode(one.encode()).decode() for one in value]}}
    return {"list": {"i": [str(one) for one in value]}}


def node(op, name, *inputs, **attributes):
    return {"name": name, "op": op, "input": list(inputs), "attr": {k: attribute(v) for k, v in attributes.items()}}


def placeholder(name, shape, dtype="DT_FLOAT"):
    sizes = [{"size": str(-1 if size is None else size)} for size in shape]
    return {"name": name, "op": "Placeholder", "attr": {"dtype": {"type": dtype}, "shape": {"shape": {"dim": sizes}}}}


def write_graph(folder, nodes, weights):
    entries, data, constants = [], b"", []
    for name, value in weights.items():
        dtype = {"f": "float32", "i": "int32"}[value.dtype.kind]
        entries.append({"name": name, "shape": list(value.shape), "dtype": dtype})
        data += value.astype("f4" if value.dtype.kind == "f" else "i4").tobytes()
        constants.append({"name": name, "op": "Const"})
    folder.mkdir()
    (folder / "group1-shard1of1.bin").write_bytes(data)
    (folder / "model.json").write_text(json.dumps({
        "format": "graph-model", "modelTopology": {"node": constants + list(nodes), "versions": {"producer": 1}},
        "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": entries}]}))
