"""More generators as people write them in PyTorch, small: `kinds` has, by name, how to make one and its inputs by
their names. Those of tests/import/torch_networks.py are among them."""

import inspect
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.path.append(str(Path(__file__).parent.parent / "import"))
import torch_networks  # noqa: E402

LATENT = 6


class WganGp(nn.Module):
    """Gulrajani et al. 2017, as their code for MNIST: transposed convolutions and a crop from 8 to 7 pixels."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(LATENT, 8 * 16), nn.ReLU(True))
        self.block1 = nn.Sequential(nn.ConvTranspose2d(8, 6, 5), nn.ReLU(True))
        self.block2 = nn.Sequential(nn.ConvTranspose2d(6, 4, 5), nn.ReLU(True))
        self.out = nn.ConvTranspose2d(4, 1, 8, stride=2)

    def forward(self, z):
        x = self.block1(self.first(z).view(-1, 8, 4, 4))[:, :, :7, :7]
        return torch.sigmoid(self.out(self.block2(x)))


class StyleGan2(nn.Module):
    """Karras et al. 2020: weights computed from a style for each picture, noise drawn inside, and skips to RGB."""

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(nn.Linear(LATENT, 8), nn.LeakyReLU(0.2), nn.Linear(8, 8), nn.LeakyReLU(0.2))
        self.start = nn.Parameter(torch.randn(1, 6, 4, 4))
        self.affine = nn.ModuleList(nn.Linear(8, 6) for _ in range(3))
        self.weight = nn.ParameterList([torch.randn(1, 6, 6, 3, 3), torch.randn(1, 6, 6, 3, 3),
                                        torch.randn(1, 3, 6, 1, 1)])
        self.strength = nn.Parameter(torch.tensor([0.3, 0.2]))

    def convolved(self, x, layer, w, out=6, kernel=3, demodulates=True):
        n, _, height, width = x.shape
        weight = self.weight[layer] * (0.3 * self.affine[layer](w).view(n, 1, 6, 1, 1) + 1)
        if demodulates:
            weight = weight * torch.rsqrt(weight.square().sum([2, 3, 4], keepdim=True) + 1e-8)
        x = F.conv2d(x.reshape(1, n * 6, height, width), weight.view(n * out, 6, kernel, kernel), padding=kernel // 2,
                     groups=n)
        return x.view(n, out, height, width)

    def forward(self, z):
        w = self.mapping(z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8))
        x = self.start.repeat(z.shape[0], 1, 1, 1)
        for layer in range(2):
            if layer > 0:
                x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = self.convolved(x, layer, w)
            x = F.leaky_relu(x + self.strength[layer] * torch.randn_like(x[:, :1]), 0.2)
        return torch.tanh(self.convolved(x, 2, w, 3, 1, demodulates=False))


class BigGan(nn.Module):
    """Brock et al. 2019: spectral normalization, and gains and biases from a shared embedding and a chunk of the
    latent."""

    def __init__(self):
        super().__init__()
        self.shared, self.first = nn.Embedding(5, 4), nn.ConvTranspose2d(3, 6, 4)
        self.norm = nn.BatchNorm2d(6, affine=False)
        self.gain, self.bias = (nn.utils.spectral_norm(nn.Linear(7, 6, bias=False)) for _ in range(2))
        self.last = nn.utils.spectral_norm(nn.Conv2d(6, 3, 3, padding=1))

    def forward(self, z, y):
        a, b = z.chunk(2, 1)
        y = torch.cat([self.shared(y), b], 1)
        x = self.norm(self.first(a[:, :, None, None]))
        x = F.relu(x * (1 + self.gain(y)).view(-1, 6, 1, 1) + self.bias(y).view(-1, 6, 1, 1))
        return torch.tanh(self.last(F.interpolate(x, scale_factor=2)))


class Fir(nn.Module):
    """Zeros between pixels, then a fixed low-pass filter (upfirdn of StyleGAN 2)."""

    def __init__(self):
        super().__init__()
        self.first, self.rgb = nn.Linear(LATENT, 4 * 16), nn.Conv2d(4, 3, 3, padding=1)
        kernel = torch.tensor([1.0, 3, 3, 1])
        self.register_buffer("kernel", (kernel[:, None] * kernel)[None, None].repeat(4, 1, 1, 1) / 16)

    def forward(self, z):
        x = self.first(z).view(-1, 4, 4, 1, 4, 1)
        x = F.pad(x, [0, 1, 0, 0, 0, 1]).reshape(-1, 4, 8, 8)
        x = F.conv2d(F.pad(x, [2, 1, 2, 1]), self.kernel.flip([2, 3]), groups=4)
        return torch.tanh(self.rgb(x))


class Esrgan(nn.Module):
    """Wang et al. 2018: a dense block of residuals of residuals, and enlarging to the nearest pixel."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, 1, 1)
        self.dense = nn.ModuleList(nn.Conv2d(4 + 3 * i, 3 if i < 3 else 4, 3, 1, 1) for i in range(4))
        self.trunk, self.up, self.last = nn.Conv2d(4, 4, 3, 1, 1), nn.Conv2d(4, 4, 3, 1, 1), nn.Conv2d(4, 3, 3, 1, 1)

    def forward(self, picture):
        first = self.first(picture)
        features = [first]
        for i, layer in enumerate(self.dense):
            x = layer(torch.cat(features, 1))
            features.append(F.leaky_relu(x, 0.2) if i < 3 else x)
        x = first + self.trunk(first + features[-1] * 0.2)
        x = F.leaky_relu(self.up(F.interpolate(x, scale_factor=2, mode="nearest")), 0.2)
        return self.last(x)


class Warped(nn.Module):
    """F.grid_sample of a drawn picture, at places that a second head computes (Jaderberg et al. 2015)."""

    def __init__(self):
        super().__init__()
        self.picture, self.flow = nn.Linear(LATENT, 3 * 36), nn.Linear(LATENT, 2 * 36)

    def forward(self, z):
        axis = torch.linspace(-1, 1, 6)
        grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)[None]
        grid = grid + 0.3 * torch.tanh(self.flow(z)).view(-1, 6, 6, 2)
        x = torch.sigmoid(self.picture(z)).view(-1, 3, 6, 6)
        return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


class Einsums(nn.Module):
    """Attention and products written as einsum."""

    def __init__(self):
        super().__init__()
        self.first, self.keys = nn.Linear(LATENT, 16 * 8), nn.Parameter(torch.randn(8, 2, 4) * 0.3)
        self.mix = nn.Parameter(torch.randn(3, 8, 2, 2) * 0.3)

    def forward(self, z):
        x = self.first(z).view(-1, 16, 8)
        q = torch.einsum("nij,jhd->nhid", x, self.keys)
        shares = torch.einsum("nhid,nhjd->nhij", q, q).mul(0.5).softmax(-1)
        x = x + torch.einsum("nhij,njc->nic", shares, x) / 2
        x = torch.einsum("nhwc,ocab->nohawb", x.view(-1, 4, 4, 8), self.mix)
        return torch.tanh(x.reshape(-1, 3, 8, 8))


class SliceMasks(nn.Module):
    """Masks made by assigning to slices (RealNVP's checkerboard, and a frame)."""

    def __init__(self):
        super().__init__()
        self.first, self.shift = nn.ConvTranspose2d(LATENT, 3, 8), nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, z):
        x = self.first(z[:, :, None, None])
        mask = torch.zeros_like(x)
        mask[:, :, ::2, ::2] = 1
        mask[:, :, 1::2, 1::2] = 1
        x = x * mask + (1 - mask) * (x - torch.tanh(self.shift(x * mask)))
        x = torch.sigmoid(x).clone()
        x[:, :, 0] = 0
        x[:, 0, :, -1] = 1
        return x


class Transformer(nn.Module):
    """nn.TransformerEncoderLayer over patches, behind learned positions, and nn.Fold's opposite of patches."""

    def __init__(self):
        super().__init__()
        self.first, self.positions = nn.Linear(LATENT, 16 * 8), nn.Parameter(torch.randn(16, 8) * 0.2)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0, batch_first=True, norm_first=True,
                                                activation="gelu")
        self.last = nn.Linear(8, 12)

    def forward(self, z):
        x = self.last(self.layer(self.first(z).view(-1, 16, 8) + self.positions))
        return torch.sigmoid(F.pixel_shuffle(x.transpose(1, 2).reshape(-1, 12, 4, 4), 2))


class Folded(nn.Module):
    """Overlapping patches added up by F.fold."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(LATENT, 3 * 16 * 9)

    def forward(self, z):
        return torch.tanh(F.fold(self.first(z).view(-1, 48, 9), (8, 8), 4, stride=2))


class ShiftedWindows(nn.Module):
    """Attention within windows that are shifted by rolling (Liu et al. 2021)."""

    def __init__(self):
        super().__init__()
        self.first, self.qkv, self.rgb = nn.Linear(LATENT, 64 * 4), nn.Linear(4, 12), nn.Linear(4, 3)

    def forward(self, z):
        x = self.first(z).view(-1, 8, 8, 4)
        y = torch.roll(x, (-2, -2), (1, 2)).view(-1, 2, 4, 2, 4, 4).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, 4)
        q, k, v = self.qkv(y).chunk(3, -1)
        y = torch.softmax(q @ k.transpose(-2, -1) * 0.5, -1) @ v
        y = y.view(-1, 2, 2, 4, 4, 4).permute(0, 1, 3, 2, 4, 5).reshape(-1, 8, 8, 4)
        x = x + torch.roll(y, (2, 2), (1, 2))
        return torch.tanh(self.rgb(x)).permute(0, 3, 1, 2)


class Excited(nn.Module):
    """Depthwise convolutions, squeeze and excitation (FastGAN's skips), and gated linear units."""

    def __init__(self):
        super().__init__()
        self.first = nn.ConvTranspose2d(LATENT, 16, 4)
        self.depthwise, self.pointwise = nn.Conv2d(8, 8, 5, padding=2, groups=8), nn.Conv2d(8, 12, 1)
        self.excite = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Conv2d(8, 4, 2), nn.SiLU(), nn.Conv2d(4, 6, 1),
                                    nn.Sigmoid())
        self.last = nn.Conv2d(6, 3, 3, padding=1)

    def forward(self, z):
        x = F.glu(self.first(z[:, :, None, None]), 1)
        y = F.glu(self.pointwise(self.depthwise(F.interpolate(x, scale_factor=2))), 1) * self.excite(x)
        return torch.tanh(self.last(y))


class GroupNormalized(nn.Module):
    """Residual blocks with nn.GroupNorm and SiLU, as diffusion models have them, and bicubic enlarging."""

    def __init__(self):
        super().__init__()
        self.first, self.rgb = nn.Linear(LATENT, 4 * 16), nn.Conv2d(6, 3, 3, padding=1)
        self.blocks = nn.Sequential(torch_networks.GroupNormBlock(4, 6), torch_networks.GroupNormBlock(6, 6))

    def forward(self, z):
        x = self.blocks(self.first(z).view(-1, 4, 4, 4))
        return torch.sigmoid(self.rgb(F.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False)))


class StyleTransfer(nn.Module):
    """Johnson et al. 2016: reflection padding, strides, instance normalization, enlarging and convolution."""

    def __init__(self):
        super().__init__()
        layer = lambda a, b, kernel, stride: [nn.ReflectionPad2d(kernel // 2), nn.Conv2d(a, b, kernel, stride),
                                              nn.InstanceNorm2d(b, affine=True), nn.ReLU()]
        self.down = nn.Sequential(*layer(3, 4, 5, 1), *layer(4, 6, 3, 2))
        self.up = nn.Sequential(nn.Upsample(scale_factor=2), *layer(6, 4, 3, 1), nn.ReflectionPad2d(2),
                                nn.Conv2d(4, 3, 5))

    def forward(self, picture):
        return self.up(self.down(picture))


class Masked(nn.Module):
    """Gated convolutions whose weights are masked (van den Oord et al. 2016), with weight normalization."""

    def __init__(self):
        super().__init__()
        self.first = nn.utils.parametrizations.weight_norm(nn.Linear(LATENT, 4 * 64))
        self.gated, self.last = nn.Conv2d(4, 8, 3, padding=1, bias=False), nn.Conv2d(4, 1, 1)
        mask = torch.ones(3, 3)
        mask[1, 2:], mask[2] = 0, 0
        self.register_buffer("mask", mask)

    def forward(self, z):
        x = self.first(z).view(-1, 4, 8, 8)
        a, b = F.conv2d(x, self.gated.weight * self.mask, padding=1).chunk(2, 1)
        return torch.sigmoid(self.last(x + torch.tanh(a) * torch.sigmoid(b)))


class Activations(nn.Module):
    """The rarer activations."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(LATENT, 8 * 16)
        self.layers = nn.ModuleList(nn.Conv2d(8, 8, 1) for _ in range(8))
        self.last = nn.ConvTranspose2d(8, 3, 2, 2)

    def forward(self, z):
        x = self.first(z).view(-1, 8, 4, 4)
        for layer, bend in zip(self.layers, (F.mish, F.hardswish, F.hardsigmoid, F.selu, F.celu, F.softsign, F.relu6,
                                             lambda one: F.softmax(one, 1))):
            x = x + bend(layer(x))
        return torch.tanh(self.last(F.logsigmoid(x)))


def sized(*sizes):
    return lambda rows: {"z": torch.randn(rows, *sizes)}


def picture(*sizes):
    return lambda rows: {"picture": torch.rand(rows, *sizes)}


def foreign(name):
    """One of torch_networks.py, with its inputs by the names that its forward has."""
    make, inputs = torch_networks.networks[name]

    def named(rows):
        values = inputs(rows)
        names = list(inspect.signature(make().forward).parameters)
        if names == ["input"]:
            names = ["picture" if name == "super_resolution" else "z"]
        return dict(zip(names, values))

    return make, named


kinds = {
    "wgan_gp": (WganGp, sized(LATENT)),
    "stylegan2": (StyleGan2, sized(LATENT)),
    "big_gan": (BigGan, lambda rows: {"z": torch.randn(rows, LATENT), "y": torch.arange(rows)}),
    "fir": (Fir, sized(LATENT)),
    "esrgan": (Esrgan, picture(3, 6, 6)),
    "warped": (Warped, sized(LATENT)),
    "einsums": (Einsums, sized(LATENT)),
    "slice_masks": (SliceMasks, sized(LATENT)),
    "transformer": (Transformer, sized(LATENT)),
    "folded": (Folded, sized(LATENT)),
    "shifted_windows": (ShiftedWindows, sized(LATENT)),
    "excited": (Excited, sized(LATENT)),
    "group_normalized": (GroupNormalized, sized(LATENT)),
    "style_transfer": (StyleTransfer, picture(3, 8, 8)),
    "masked": (Masked, sized(LATENT)),
    "activations": (Activations, sized(LATENT)),
}
kinds |= {name: foreign(name) for name in (
    "unet", "vae", "style_gan", "attention", "trans_gan", "info_gan", "cycle_gan", "vqvae", "dit", "progressive",
    "autoencoder", "wave_gan", "mlp", "super_resolution")}
kinds["inr"] = foreign("ops_inr")
