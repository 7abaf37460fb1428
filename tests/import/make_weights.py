"""make_weights.py FOLDER: files of tensors as PyTorch and safetensors write them. Those whose names begin with chain_
are one chain of layers; beside each NAME its inputs NAME.0.npy and what the network gives, NAME.expected.npy;
without oneDNN, whose transposed convolution of a single pixel is wrong (3.7.2)."""
import json
import pathlib
import sys
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn

folder = pathlib.Path(sys.argv[1])
torch.manual_seed(5)


class Tutorial(nn.Module):
    """The generator of PyTorch's DCGAN tutorial, with fewer channels."""

    def __init__(self, nz=10, ngf=4, nc=3):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 8, 4, 1, 0, bias=False), nn.BatchNorm2d(ngf * 8), nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 8, ngf * 4, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf * 4), nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 4, ngf * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf * 2), nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf), nn.ReLU(True),
            nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, x):
        return self.main(x)


def trained(net):
    for module in net.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.weight.data.normal_(1, 0.2)
            module.bias.data.normal_(0, 0.2)
    return net.eval()


def answer(name, net, *shape):
    z = torch.randn(2, *shape)
    with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False):
        np.save(folder / f"{name}.0.npy", z.numpy())
        np.save(folder / f"{name}.expected.npy", net(z).numpy())


def safetensors(state, file):
    names = {torch.float32: "F32", torch.float16: "F16", torch.int64: "I64", torch.bfloat16: "BF16"}
    header, content = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in state.items():
        raw = tensor.contiguous().view(torch.uint8 if tensor.dim() else tensor.dtype).numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(content), len(content) + len(raw)]}
        content += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(len(text).to_bytes(8, "little") + text + content)


net = trained(Tutorial())
torch.save(net.state_dict(), folder / "chain_tutorial.pth")
torch.save(net.state_dict(), folder / "chain_tutorial_old.pth", _use_new_zipfile_serialization=False)
safetensors(net.state_dict(), folder / "chain_tutorial_safe.safetensors")
torch.save(net, folder / "chain_tutorial_module.pt")
torch.save(OrderedDict(epoch=3, netG=net.state_dict(), optimG=torch.optim.Adam(net.parameters()).state_dict(),
                       args={"lr": 1e-4, "seed": None}), folder / "chain_tutorial_checkpoint.pt", pickle_protocol=4)
for kind in ("", "_old", "_safe", "_module", "_checkpoint"):
    answer(f"chain_tutorial{kind}", net, 10, 1, 1)

named = trained(nn.Sequential(OrderedDict([
    ("initial", nn.Sequential(OrderedDict([("6-8:convt", nn.ConvTranspose2d(6, 8, 4, 1, 0, bias=False)),
                                           ("8:batchnorm", nn.BatchNorm2d(8)), ("8:relu", nn.ReLU())]))),
    ("final", nn.Sequential(OrderedDict([("8-3:convt", nn.ConvTranspose2d(8, 3, 4, 2, 1)), ("tanh", nn.Tanh())])))])))
torch.save(named.state_dict(), folder / "chain_named.pth")
answer("chain_named", named, 6, 1, 1)

dense = trained(nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(),
                              nn.Linear(32, 12), nn.Tanh()))
torch.save(dense.state_dict(), folder / "chain_dense.pth")
answer("chain_dense", dense, 5)

other = trained(nn.Sequential(nn.ConvTranspose2d(6, 8, 3, 1, 0), nn.BatchNorm2d(8, eps=0.1), nn.LeakyReLU(0.3),
                              nn.ConvTranspose2d(8, 6, 5, 3, 1, output_padding=1), nn.Dropout(0.5), nn.Sigmoid(),
                              nn.Conv2d(6, 3, 3, 2, 1)))
torch.save(other, folder / "chain_module.pt")
answer("chain_module", other, 6, 1, 1)

half = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in dense.state_dict().items()}
torch.save(half, folder / "half.pth")
torch.save({"base": torch.arange(12.0).view(3, 4).t()[1:], "flag": torch.tensor([True, False]),
            "brain": torch.ones(2, dtype=torch.bfloat16)}, folder / "strided.pth")
