#!/usr/bin/env python3
"""Writes tests/exports/pytorch/*.onnx with PyTorch's own exporter, torch.onnx.export: small generators with random
weights, the way people write them. pytorch_files_test.cpp draws each and compares it with ONNX Runtime.

    python3 tests/exports/make_pytorch.py tests/exports/pytorch

The files there were written by PyTorch 2.6.0 (Debian 13's python3-torch and python3-onnx) and are the same each time.
"""

import re
import sys
import warnings
from pathlib import Path

import pytorch_kinds
import torch
from torch import nn
from torch.nn import functional as F

LATENT = 12
CLASSES = 5


class Dcgan(nn.Module):
    """PyTorch's tutorial (Radford et al. 2016): a latent (N,Z,1,1), normalized before the activation, with
    biases or without."""

    def __init__(self, bias):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(LATENT, 16, 4, 1, 0, bias=bias), nn.BatchNorm2d(16), nn.ReLU(True),
            nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=bias), nn.BatchNorm2d(8), nn.ReLU(True),
            nn.ConvTranspose2d(8, 3, 4, 2, 1, bias=bias), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class ActivationFirst(nn.Module):
    """Batch normalization behind the activation, a view by the batch's size, and a last Sigmoid."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(LATENT, 8 * 7 * 7)
        self.norm = nn.BatchNorm1d(8 * 7 * 7)
        self.blocks = nn.Sequential(
            nn.ConvTranspose2d(8, 6, 5, stride=2, padding=2, output_padding=1), nn.LeakyReLU(0.2), nn.BatchNorm2d(6),
            nn.Conv2d(6, 1, 3, padding=1), nn.Sigmoid())

    def forward(self, z):
        x = self.norm(F.leaky_relu(self.fc(z), 0.2))
        return self.blocks(x.view(x.size(0), 8, 7, 7))


class Upsampled(nn.Module):
    """Resizing and convolution, in a mode of nn.Upsample, padded by reflection or replication."""

    def __init__(self, mode, padding):
        super().__init__()
        corners = None if mode == "nearest" else False
        self.fc = nn.Linear(LATENT, 8 * 4 * 4)
        self.blocks = nn.Sequential(
            nn.Unflatten(1, (8, 4, 4)), nn.Upsample(scale_factor=2, mode=mode, align_corners=corners),
            nn.Conv2d(8, 6, 3, padding=1, padding_mode=padding), nn.BatchNorm2d(6, 0.8), nn.ELU(),
            nn.Upsample(scale_factor=2, mode=mode, align_corners=corners), nn.Conv2d(6, 3, 3, padding=1), nn.Tanh())

    def forward(self, z):
        return self.blocks(self.fc(z))


class Interpolated(nn.Module):
    """F.interpolate to a size rather than by a factor, and to twice the size that a picture has."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(LATENT, 6 * 4 * 4)
        self.first = nn.Conv2d(6, 6, 3, padding=1)
        self.last = nn.Conv2d(6, 1, 3, padding=1)

    def forward(self, z):
        x = self.fc(z).reshape(-1, 6, 4, 4)
        x = F.silu(self.first(F.interpolate(x, size=(8, 8), mode="nearest")))
        x = F.interpolate(x, size=(x.shape[2] * 2, x.shape[3] * 2), mode="bilinear", align_corners=False)
        return torch.tanh(self.last(x))


class PixelShuffled(nn.Module):
    """nn.PixelShuffle (Shi et al. 2016) and PReLU."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(LATENT, 8 * 4 * 4)
        self.blocks = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.PixelShuffle(2), nn.PReLU(4),
            nn.Conv2d(4, 12, 3, padding=1),
                                    nn.PixelShuffle(2), nn.PReLU(), nn.Conv2d(3, 3, 3, padding=1), nn.Tanh())

    def forward(self, z):
        return self.blocks(self.fc(z).view(-1, 8, 4, 4))


class InstanceNormalized(nn.Module):
    """nn.InstanceNorm2d with and without its own scales, and nn.GroupNorm."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(LATENT, 8 * 4 * 4)
        self.blocks = nn.Sequential(
            nn.ConvTranspose2d(8, 8, 4, 2, 1), nn.InstanceNorm2d(8, affine=True), nn.GELU(),
            nn.ConvTranspose2d(8, 6, 4, 2, 1), nn.InstanceNorm2d(6), nn.Softplus(),
            nn.Conv2d(6, 6, 1), nn.GroupNorm(3, 6), nn.Hardtanh(), nn.Conv2d(6, 3, 3, padding=1), nn.Tanh())

    def forward(self, z):
        return self.blocks(self.fc(z).view(-1, 8, 4, 4))


class AdaIn(nn.Module):
    """Adaptive instance normalization (Huang and Belongie 2017) of a learned constant, by a mapped latent
    (Karras et al. 2019)."""

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(nn.Linear(LATENT, 16), nn.LeakyReLU(0.2), nn.Linear(16, 16), nn.LeakyReLU(0.2))
        self.start = nn.Parameter(torch.randn(1, 8, 4, 4))
        self.styles = nn.ModuleList([nn.Linear(16, 16), nn.Linear(16, 16)])
        self.convolutions = nn.ModuleList([nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)])
        self.to_rgb = nn.Conv2d(8, 3, 1)

    def forward(self, z):
        z = z / torch.sqrt(torch.mean(z**2, dim=1, keepdim=True) + 1e-8)
        w = self.mapping(z)
        x = self.start.expand(z.shape[0], -1, -1, -1)
        for style, convolution in zip(self.styles, self.convolutions):
            x = F.leaky_relu(convolution(x), 0.2)
            mean, deviation = x.mean([2, 3], keepdim=True), x.std([2, 3], keepdim=True)
            scale, shift = style(w).unsqueeze(2).unsqueeze(3).chunk(2, 1)
            x = (scale + 1) * (x - mean) / (deviation + 1e-5) + shift
            x = F.interpolate(x, scale_factor=2)
        return self.to_rgb(x).clamp(-1, 1)


class ModulatedConvolution(nn.Module):
    """Weight demodulation (Karras et al. 2020, section 2.2) in its form that scales features, of a latent
    brought to length 1."""

    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 8, 4, 4))
        self.affine = nn.Linear(LATENT, 8)
        self.weight = nn.Parameter(torch.randn(6, 8, 3, 3))
        self.to_rgb = nn.Conv2d(6, 3, 1)

    def forward(self, z):
        style = self.affine(F.normalize(z, dim=1)) + 1
        x = F.conv2d(self.start * style[:, :, None, None], self.weight, padding=1)
        factor = torch.rsqrt((self.weight[None] * style[:, None, :, None, None]).pow(2).sum(dim=(2, 3, 4)) + 1e-8)
        x = F.leaky_relu(x * factor.view(-1, 6, 1, 1), 0.2)
        return torch.tanh(self.to_rgb(x))


class ComputedWeights(nn.Module):
    """StyleGAN2's convolutions as it has them (Karras et al. 2020, section 2.2): weights are multiplied by a style and
    demodulated for each picture, and all pictures of a batch are convolved at once, as groups."""

    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 8, 4, 4))
        self.affine = nn.ModuleList([nn.Linear(LATENT, 8), nn.Linear(LATENT, 6), nn.Linear(LATENT, 4)])
        self.weight = nn.ParameterList([torch.randn(1, 6, 8, 3, 3), torch.randn(1, 4, 6, 3, 3),
                                        torch.randn(1, 3, 4, 1, 1)])

    def weights(self, layer, z, demodulates):
        weight = self.weight[layer] * (0.2 * self.affine[layer](z)[:, None, :, None, None] + 0.5)
        if demodulates:
            weight = weight * torch.rsqrt(weight.pow(2).sum([2, 3, 4]) + 1e-8)[:, :, None, None, None]
        return weight

    def forward(self, z):
        n = z.shape[0]
        x = self.start.repeat(n, 1, 1, 1).view(1, n * 8, 4, 4)
        x = F.leaky_relu(F.conv2d(x, self.weights(0, z, True).view(n * 6, 8, 3, 3), padding=1, groups=n), 0.2)
        weight = self.weights(1, z, True).transpose(1, 2).reshape(n * 6, 4, 3, 3)
        x = F.leaky_relu(F.conv_transpose2d(x, weight, stride=2, padding=1, output_padding=1, groups=n), 0.2)
        x = F.conv2d(x, self.weights(2, z, False).view(n * 3, 4, 1, 1), groups=n)
        return torch.tanh(x.view(n, 3, 8, 8))


class NoiseInside(nn.Module):
    """A small StyleGAN (Karras et al. 2019): modulated convolutions of a learned constant, after each of which
    its forward adds noise that it draws itself."""

    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 8, 4, 4))
        self.mapping = nn.Sequential(nn.Linear(LATENT, 16), nn.LeakyReLU(0.2), nn.Linear(16, 16), nn.LeakyReLU(0.2))
        self.styles = nn.ModuleList(nn.Linear(16, 8) for _ in range(3))
        self.convolutions = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(3))
        self.strengths = nn.ParameterList(nn.Parameter(torch.full((1,), 0.3)) for _ in range(3))
        self.picture = nn.Conv2d(8, 3, 1)

    def forward(self, z):
        w = self.mapping(z)
        x = self.start.expand(z.shape[0], -1, -1, -1)
        for layer, (style, convolution) in enumerate(zip(self.styles, self.convolutions)):
            if layer > 0:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = convolution(x * (1 + style(w)[:, :, None, None]))
            noise = torch.randn_like(x[:, :1]) if layer < 2 else torch.rand(x.shape[0], 1, 16, 16) * 2 - 1
            x = F.leaky_relu(x + self.strengths[layer] * noise, 0.2)
        return torch.tanh(self.picture(x))


class Residual(nn.Module):
    """Residual blocks (Gulrajani et al. 2017) with a 1 x 1 shortcut, spectrally normalized, and a pooled
    attention over the picture (Zhang et al. 2019)."""

    def __init__(self):
        super().__init__()
        self.fc = nn.utils.spectral_norm(nn.Linear(LATENT, 8 * 4 * 4))
        self.norm1, self.norm2, self.last_norm = nn.BatchNorm2d(8), nn.BatchNorm2d(6), nn.BatchNorm2d(6)
        self.conv1, self.conv2 = nn.utils.spectral_norm(nn.Conv2d(8, 6, 3, padding=1)), nn.Conv2d(6, 6, 3, padding=1)
        self.shortcut = nn.Conv2d(8, 6, 1)
        self.query, self.key, self.value = nn.Conv2d(6, 2, 1), nn.Conv2d(6, 2, 1), nn.Conv2d(6, 6, 1)
        self.gamma = nn.Parameter(torch.full((1,), 0.5))
        self.last = nn.Conv2d(6, 3, 3, padding=1)

    def attended(self, x):
        n, _, height, width = x.shape
        query = self.query(x).view(n, 2, -1).permute(0, 2, 1)
        key = F.max_pool2d(self.key(x), 2).view(n, 2, -1)
        value = F.max_pool2d(self.value(x), 2).view(n, 6, -1)
        shares = torch.softmax(torch.bmm(query, key), dim=-1)
        return x + self.gamma * torch.bmm(value, shares.permute(0, 2, 1)).view(n, 6, height, width)

    def forward(self, z):
        x = self.fc(z).view(-1, 8, 4, 4)
        up = F.interpolate(torch.relu(self.norm1(x)), scale_factor=2)
        x = self.conv2(torch.relu(self.norm2(self.conv1(up)))) + self.shortcut(F.interpolate(x, scale_factor=2))
        return torch.tanh(self.last(torch.relu(self.last_norm(self.attended(x)))))


class EmbeddedLabel(nn.Module):
    """An integer class through nn.Embedding, beside the latent, in fully connected layers (the usual "cgan.py")."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(CLASSES, CLASSES)
        self.model = nn.Sequential(nn.Linear(LATENT + CLASSES, 32), nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(32, 48), nn.BatchNorm1d(48, 0.8),
                                   nn.LeakyReLU(0.2, inplace=True), nn.Dropout(0.4), nn.Linear(48, 64), nn.Tanh())

    def forward(self, z, label):
        x = torch.cat((self.embedding(label), z), -1)
        return self.model(x).view(x.size(0), 1, 8, 8)


class MultipliedLabel(nn.Module):
    """The class's embedding multiplied with the latent, as in ACGAN, and class-conditional batch normalization."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(CLASSES, LATENT)
        self.first = nn.ConvTranspose2d(LATENT, 6, 4)
        self.norm = nn.BatchNorm2d(6, affine=False)
        self.scales = nn.Embedding(CLASSES, 12)
        self.last = nn.ConvTranspose2d(6, 1, 4, 2, 1)

    def forward(self, z, label):
        x = self.first(torch.mul(self.embedding(label), z)[:, :, None, None])
        scale, shift = self.scales(label).chunk(2, dim=1)
        x = self.norm(x) * (1 + scale.view(-1, 6, 1, 1)) + shift.view(-1, 6, 1, 1)
        return torch.tanh(self.last(torch.relu(x)))


class IntegerToOneHot(nn.Module):
    """An integer class made one-hot by F.one_hot within the network."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(LATENT + CLASSES, 6 * 4 * 4)
        self.last = nn.ConvTranspose2d(6, 1, 4, 2, 1)

    def forward(self, z, label):
        x = torch.cat([z, F.one_hot(label, CLASSES).float()], dim=1)
        return torch.tanh(self.last(torch.relu(self.fc(x)).view(-1, 6, 4, 4)))


class OneHotLabel(nn.Module):
    """One-hot classes, given as numbers, as maps beside the latent's."""

    def __init__(self):
        super().__init__()
        self.from_latent = nn.ConvTranspose2d(LATENT, 8, 4)
        self.from_label = nn.ConvTranspose2d(CLASSES, 4, 4)
        self.blocks = nn.Sequential(nn.BatchNorm2d(12), nn.ReLU(), nn.ConvTranspose2d(12, 1, 4, 2, 1), nn.Tanh())

    def forward(self, z, label):
        maps = torch.cat([self.from_latent(z[:, :, None, None]), self.from_label(label.unsqueeze(-1).unsqueeze(-1))], 1)
        return self.blocks(maps)


def unsettled(model):
    """Statistics, scales and slopes other than those of a fresh model, so that leaving one out shows."""
    for module in model.modules():
        for name in ("running_mean", "bias"):
            if isinstance(getattr(module, name, None), torch.Tensor):
                nn.init.normal_(getattr(module, name), 0, 0.2)
        if isinstance(getattr(module, "running_var", None), torch.Tensor):
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        normalizations = (nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm)
        if isinstance(module, normalizations) and module.weight is not None:
            nn.init.uniform_(module.weight, 0.5, 1.5)
        elif isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.kaiming_normal_(module.weight)
    return model


def label_input(model, rows):
    if isinstance(model, OneHotLabel):
        return torch.eye(CLASSES)[:rows]
    return torch.arange(rows)


def inputs_of(model, rows, square_latent):
    inputs = {"z": torch.randn(rows, LATENT, 1, 1) if square_latent else torch.randn(rows, LATENT)}
    if "label" in model.forward.__code__.co_varnames:
        inputs["label"] = label_input(model, rows)
    return inputs


def export(folder, name, make, opset=17, rows=2, open_batch=True, folding=True, square_latent=False, inputs=None):
    torch.manual_seed(7)
    model = unsettled(make()).eval()
    given = inputs(rows) if inputs else inputs_of(model, rows, square_latent)
    axes = {axis: {0: "batch"} for axis in [*given, "image"]} if open_batch else None
    torch.onnx.export(model, tuple(given.values()), str(folder / f"{name}.onnx"), input_names=list(given),
        output_names=["image"], dynamic_axes=axes,
                      opset_version=opset, do_constant_folding=folding)


def export_from(folder, name, opsets, make, **options):
    """In the first of these opsets that the exporter accepts; gives what it says of those before, by opset."""
    refused = {}
    for opset in opsets:
        try:
            export(folder, name if opset == 17 else f"{name}_opset{opset}", make, opset=opset, **options)
            return refused
        except Exception as error:
            (folder / f"{name}_opset{opset}.onnx").unlink(missing_ok=True)
            refused[opset] = re.split(r"  \[| to ONNX opset|\. Please", str(error).strip().splitlines()[0])[0]
    return refused


def of_these():
    """The networks of this file by name: how to make one, and what else `export` takes."""
    return {
        "dcgan": (lambda: Dcgan(bias=False), {"square_latent": True}),
        "activation_first": (ActivationFirst, {}),
        "upsampled_nearest": (lambda: Upsampled("nearest", "zeros"), {}),
        "upsampled_bilinear": (lambda: Upsampled("bilinear", "reflect"), {}),
        "interpolated": (Interpolated, {}),
        "pixel_shuffled": (PixelShuffled, {}),
        "instance_normalized": (InstanceNormalized, {}),
        "adain": (AdaIn, {}),
        "modulated": (ModulatedConvolution, {}),
        "computed_weights": (ComputedWeights, {"rows": 3, "open_batch": False}),
        "noise_inside": (NoiseInside, {}),
        "residual": (Residual, {}),
        "embedded_label": (EmbeddedLabel, {}),
        "multiplied_label": (MultipliedLabel, {}),
        "integer_to_one_hot": (IntegerToOneHot, {}),
        "one_hot_label": (OneHotLabel, {}),
    }


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    export(folder, "dcgan_opset13", lambda: Dcgan(bias=True), opset=13, square_latent=True)
    export(folder, "dcgan_fixed_batch", lambda: Dcgan(bias=False), open_batch=False, rows=3, square_latent=True)
    export(folder, "activation_first_unfolded", ActivationFirst, opset=14, folding=False)
    export(folder, "upsampled_replicated", lambda: Upsampled("nearest", "replicate"), opset=13)
    export(folder, "pixel_shuffled_opset13", PixelShuffled, opset=13)
    export(folder, "adain_opset13", AdaIn, opset=13)
    export(folder, "embedded_label_fixed_batch", EmbeddedLabel, opset=15, rows=1, open_batch=False)
    networks = of_these()
    for name, (make, inputs) in pytorch_kinds.kinds.items():
        fixed = {"rows": 3, "open_batch": False} if name == "stylegan2" else {}
        networks[name] = (make, {"inputs": inputs, **fixed})
    with open(folder / "refused.txt", "w") as list_of_refused:
        for name, (make, options) in networks.items():
            refused = {}
            # Each in opset 17, or the first after that, and in the lowest and the highest from 9 to 20.
            for opsets in (range(17, 21), range(9, 17), range(20, 17, -1)):
                refused |= export_from(folder, name, opsets, make, **options)
            for message in sorted(set(refused.values())):
                opsets = sorted(opset for opset, said in refused.items() if said == message)
                print(f"{name}, opset {opsets[0]} to {opsets[-1]}: {message}", file=list_of_refused)


if __name__ == "__main__":
    main()
