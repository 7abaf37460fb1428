#!/usr/bin/env python3
"""The networks of tools/bench/gpu.sh in PyTorch, with random weights: only their speed is of interest.

    gpu_networks.py write FOLDER            writes stylegan2-64.onnx and stylegan2-128.onnx
    gpu_networks.py time NAME BATCH SECONDS [DEVICE]
                                            prints images/s in eager f32 without TF32, in f16, and f32 as a CUDA graph
    gpu_networks.py peaks                   prints what the first CUDA device does at most: TFLOP/s of f32, GB/s

NAME is dcgan, stylegan2-64 or stylegan2-128.
"""
import ctypes
import sys
import time
from pathlib import Path


def peaks():
    """By the driver's own numbers. Cores of a multiprocessor are NVIDIA's, by compute capability."""
    driver = ctypes.CDLL("libcuda.so.1")
    if driver.cuInit(0):
        raise OSError("libcuda.so.1 finds no device")

    def attribute(number):
        value = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(value), number, 0)
        return value.value

    kilohertz, processors, memory_kilohertz, bus_bits = (attribute(number) for number in (13, 16, 36, 37))
    version = (attribute(75), attribute(76))
    cores = 64 if version in [(6, 0), (8, 0)] or version[0] == 7 else 128
    return 2 * cores * processors * kilohertz / 1e9, 2 * memory_kilohertz * bus_bits / 8 / 1e6


def networks():
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Dcgan(nn.Module):
        """As tools/bench/make_dcgan.cpp writes it."""

        latent = (128,)

        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(
                nn.Linear(128, 49 * 128, bias=False), nn.Unflatten(1, (128, 7, 7)), nn.ReLU(),
                nn.ConvTranspose2d(128, 128, 4, 2, 1, bias=False), nn.ReLU(),
                nn.ConvTranspose2d(128, 128, 4, 2, 1, bias=False), nn.ReLU(),
                nn.Conv2d(128, 1, 7, padding=3, bias=False), nn.Tanh())

        def forward(self, z):
            return self.layers(z)

    class Modulated(nn.Module):
        """A convolution whose inputs are scaled by a style, and whose outputs have unit size again."""

        def __init__(self, inputs, outputs, kernel, up=False, demodulates=True):
            super().__init__()
            self.up, self.demodulates, self.padding = up, demodulates, kernel // 2
            shape = (inputs, outputs, kernel, kernel) if up else (outputs, inputs, kernel, kernel)
            self.weight = nn.Parameter(torch.randn(shape) / (inputs * kernel * kernel) ** 0.5)
            self.scales = nn.Linear(256, inputs)
            self.bias = nn.Parameter(torch.zeros(outputs))
            blur = torch.tensor([1.0, 3, 3, 1])
            self.register_buffer("blur", (blur[:, None] * blur / 16).repeat(outputs, 1, 1, 1))

        def forward(self, x, style):
            scales = self.scales(style) + 1
            x = x * scales[:, :, None, None]
            if self.up:
                x = F.conv_transpose2d(x, self.weight, stride=2)
                x = F.conv2d(x, self.blur, padding=1, groups=x.shape[1])
            else:
                x = F.conv2d(x, self.weight, padding=self.padding)
            if self.demodulates:
                squares = self.weight.square().sum((2, 3))
                sums = scales.square() @ (squares if self.up else squares.t())
                x = x * (sums + 1e-8).rsqrt()[:, :, None, None]
            return x + self.bias[:, None, None]

    class StyleGan2(nn.Module):
        """The synthesis network of Karras et al. 2020, with half of its channels, one style for
        all layers, and noise of its own."""

        latent = (256,)

        def __init__(self, size):
            super().__init__()
            self.start = nn.Parameter(torch.randn(1, 256, 4, 4))
            channels, side = 256, 4
            self.layers, self.colors = nn.ModuleList([Modulated(256, 256, 3)]), nn.ModuleList()
            while True:
                self.colors.append(Modulated(channels, 3, 1, demodulates=False))
                if side == size:
                    break
                side *= 2
                after = min(256, 16384 // side)
                self.layers += [Modulated(channels, after, 3, up=True), Modulated(after, after, 3)]
                channels = after
            self.noise = nn.ParameterList(torch.randn(1, 1, 2 << (n + 3) // 2, 2 << (n + 3) // 2)
                                          for n in range(len(self.layers)))

        def forward(self, w):
            x, picture = self.start.expand(w.shape[0], -1, -1, -1), None
            for n, layer in enumerate(self.layers):
                x = F.leaky_relu(layer(x, w) + 0.1 * self.noise[n], 0.2) * 2 ** 0.5
                if n % 2 == 0:
                    color = self.colors[n // 2](x, w)
                    if picture is not None:
                        picture = F.interpolate(picture, scale_factor=2, mode="bilinear", align_corners=False)
                    picture = color if picture is None else picture + color
            return picture

    torch.manual_seed(1)
    return {"dcgan": Dcgan, "stylegan2-64": lambda: StyleGan2(64), "stylegan2-128": lambda: StyleGan2(128)}


def write(folder):
    import torch
    from torch.onnx._internal import onnx_proto_utils
    # It looks for functions that these networks haven't got, by Python's onnx, which isn't needed otherwise.
    onnx_proto_utils._add_onnxscript_fn = lambda file, _: file
    for name, make in networks().items():
        if name == "dcgan":
            continue
        network = make().eval()
        torch.onnx.export(network, torch.randn(2, *network.latent), str(Path(folder) / f"{name}.onnx"),
                          input_names=["w"], output_names=["image"], opset_version=17, dynamo=False,
                          dynamic_axes={"w": {0: "N"}, "image": {0: "N"}})


def images_a_second(run, batch, seconds, wait):
    for _ in range(3):
        run()
    wait()
    times, begin = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        run()
        wait()
        times.append(time.perf_counter() - start)
    return batch / sorted(times)[len(times) // 2]


def measure(name, batch, seconds, device):
    import torch
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    network = networks()[name]().eval().to(device)
    given = torch.randn(batch, *network.latent, device=device)
    with torch.inference_mode():
        found = [images_a_second(lambda: network(given), batch, seconds, wait)]
        if device == "cuda":
            half, half_given = networks()[name]().eval().to(device).half(), given.half()
            found.append(images_a_second(lambda: half(half_given), batch, seconds, wait))
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                network(given)
            found.append(images_a_second(graph.replay, batch, seconds, wait))
    print(*(f"{one:.0f}" if one >= 10 else f"{one:.2f}" for one in found))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "peaks":
        print("{:.1f} {:.0f}".format(*peaks()))
    elif command == "write":
        write(arguments[0])
    else:
        measure(arguments[0], int(arguments[1]), float(arguments[2]), (arguments + ["cuda"])[3])
