"""make_torch.py FOLDER: what torch.export writes of each network, as exported and taken apart, in the containers of
2.6 and of 2.8 on, with the batch open or fixed; and beside each NAME its inputs NAME.0.npy, ... and what PyTorch
computes, NAME.expected.npy; without oneDNN, whose transposed convolution of a single pixel is wrong (3.7.2)."""
import json
import pathlib
import sys
import warnings
import zipfile

import numpy as np
import torch

import torch_networks
import torch_operations

warnings.simplefilter("ignore")
torch.set_num_threads(1)  # with more, attention is wrong now and then while others use the processor (2.6)
folder = pathlib.Path(sys.argv[1])


def answer(name, network, inputs):
    with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False):
        for i, value in enumerate(inputs):
            np.save(folder / f"{name}.{i}.npy", value.numpy())
        np.save(folder / f"{name}.expected.npy", network(*inputs).contiguous().numpy())


def archive(source, target, program):
    """The same program as torch.export.save of 2.8 on packs it: raw weights, each with its description."""
    numbers = {torch.float32: 7, torch.int64: 5, torch.bool: 12}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        def put(name, content):
            new.writestr(f"{target.stem}/{name}", content)
        put("archive_format", "pt2")
        put("archive_version", "0")
        put("models/model.json", old.read("serialized_exported_program.json"))
        for kind, prefix, tensors in (("weights", "weight_", program.state_dict),
            ("constants", "tensor_", program.constants)):
            config = {}
            for i, (name, tensor) in enumerate(tensors.items()):
                sizes = [{"as_int": size} for size in tensor.shape]
                strides = [{"as_int": stride} for stride in tensor.contiguous().stride()]
                config[name] = {"path_name": f"{prefix}{i}", "is_param": isinstance(tensor, torch.nn.Parameter),
                                "use_pickle": False, "tensor_meta": {
                                    "dtype": numbers[tensor.dtype], "sizes": sizes, "strides": strides,
                                    "requires_grad": False, "device": {"type": "cpu", "index": None},
                                    "storage_offset": {"as_int": 0}, "layout": 7}}
                put(f"data/{kind}/{prefix}{i}", tensor.detach().contiguous().numpy().tobytes())
            put(f"data/{kind}/model_{kind}_config.json", json.dumps({"config": config}))


def make(name, network, inputs, index):
    torch.manual_seed(len(name))
    network = network().eval()
    for module in network.modules():  # statistics as after training
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    is_open = index % 4 != 3
    batch = torch.export.Dim("N", min=1, max=64)
    example, given = inputs(2), inputs(3 if is_open else 2)
    shapes = tuple({0: batch} for _ in example) if is_open else None
    program = torch.export.export(network, example, dynamic_shapes=shapes, strict=False)
    torch.export.save(program, folder / f"{name}.pt2")
    core = program.run_decompositions()
    torch.export.save(core, folder / f"{name}_core.pt2")
    archive(folder / f"{name}_core.pt2", folder / f"{name}_archive.pt2", core)
    for kind in ("", "_core", "_archive"):
        answer(name + kind, network, given)


networks = torch_networks.networks | torch_operations.networks
for index, (name, (network, inputs)) in enumerate(networks.items()):
    if len(sys.argv) < 3 or name in sys.argv[2:]:
        make(name, network, inputs, index)
