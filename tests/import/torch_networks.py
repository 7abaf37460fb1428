"""Generators as people write them in PyTorch: `networks` has, by name, how to make one and its inputs. Small, with
weights and statistics of a seed."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def up(a, b, last=False):
    after = [nn.Tanh()] if last else [nn.BatchNorm2d(b), nn.ReLU(True)]
    return [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=last), *after]


class ConditionalGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.label_emb = nn.Embedding(10, 6)
        self.l1 = nn.Linear(10, 8 * 4 * 4)
        self.conv_blocks = nn.Sequential(
            nn.BatchNorm2d(8), nn.Upsample(scale_factor=2), nn.Conv2d(8, 6, 3, 1, 1), nn.BatchNorm2d(6, 0.8),
            nn.LeakyReLU(0.2, inplace=True), nn.Conv2d(6, 3, 3, 1, 1), nn.Tanh())

    def forward(self, noise, labels):
        x = torch.cat((noise, self.label_emb(labels)), -1)
        return self.conv_blocks(self.l1(x).view(x.shape[0], 8, 4, 4))


class UNet(nn.Module):
    """pix2pix's."""

    def __init__(self):
        super().__init__()
        self.d1, self.d2, self.d3 = nn.Conv2d(3, 4, 4, 2, 1), nn.Conv2d(4, 6, 4, 2, 1), nn.Conv2d(6, 8, 4, 2, 1)
        self.u3, self.u2 = nn.ConvTranspose2d(8, 6, 4, 2, 1), nn.ConvTranspose2d(12, 4, 4, 2, 1)
        self.u1 = nn.ConvTranspose2d(8, 3, 4, 2, 1)
        self.n2, self.n3, self.m = nn.BatchNorm2d(6), nn.InstanceNorm2d(6), nn.BatchNorm2d(4)

    def forward(self, picture):
        a = self.d1(picture)
        b = self.n2(self.d2(F.leaky_relu(a, 0.2)))
        c = self.d3(F.leaky_relu(b, 0.2))
        x = F.dropout(self.n3(self.u3(F.relu(c))), 0.5, self.training)
        x = self.m(self.u2(F.relu(torch.cat([x, b], 1))))
        return torch.tanh(self.u1(F.relu(torch.cat([x, a], 1))))


class VaeDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 7 * 3 * 3)
        self.up = nn.Sequential(nn.Unflatten(1, (7, 3, 3)), nn.ConvTranspose2d(7, 6, 3, 2, 1, 1), nn.ELU(),
                                nn.ConvTranspose2d(6, 1, 3, stride=2, padding=1, output_padding=1), nn.Sigmoid())

    def forward(self, z):
        return self.up(self.fc(z))


class Upsampling(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(4, 6, 3, padding="same"), nn.Conv2d(6, 5, 5, 1, 2), nn.Conv2d(5, 3, 1)

    def forward(self, z):
        x = F.silu(self.a(F.interpolate(z, scale_factor=2, mode="nearest")))
        x = F.mish(self.b(F.interpolate(x, size=(12, 16), mode="bilinear")))
        return torch.sigmoid(self.c(F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)))


class GroupNormBlock(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.n1, self.c1 = nn.GroupNorm(2, a), nn.Conv2d(a, b, 3, 1, 1)
        self.n2, self.c2, self.skip = nn.GroupNorm(3, b), nn.Conv2d(b, b, 3, 1, 1), nn.Conv2d(a, b, 1)

    def forward(self, x):
        return self.skip(x) + self.c2(F.silu(self.n2(self.c1(F.silu(self.n1(x))))))


class StyleGan(nn.Module):
    """A constant, modulated activations, noise buffers and pixel norm (Karras et al. 2019, 2020)."""

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(nn.Linear(8, 8), nn.LeakyReLU(0.2), nn.Linear(8, 8), nn.LeakyReLU(0.2))
        self.const = nn.Parameter(torch.randn(1, 6, 4, 4))
        self.styles = nn.ModuleList([nn.Linear(8, 6), nn.Linear(8, 6)])
        self.convs = nn.ModuleList([nn.Conv2d(6, 6, 3, 1, 1, bias=False) for _ in range(2)])
        self.strength = nn.Parameter(torch.tensor([0.3, 0.2]))
        self.register_buffer("noise", torch.randn(1, 1, 8, 8))
        self.rgb = nn.Conv2d(6, 3, 1)

    def forward(self, z):
        w = self.mapping(z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8))
        x = self.const.repeat(z.shape[0], 1, 1, 1)
        for i, conv in enumerate(self.convs):
            s = self.styles[i](w) + 1
            x = F.interpolate(x, scale_factor=2) if i else x
            x = conv(x * s[:, :, None, None])
            energy = (conv.weight.square().sum((2, 3)) * (s * s).unsqueeze(1)).sum(2)
            x = x * torch.rsqrt(energy + 1e-8).view(-1, 6, 1, 1)
            if i:
                x = x + self.noise * self.strength[i]
            x = F.leaky_relu(x, 0.2) * math.sqrt(2)
        return self.rgb(x).clamp(-1, 1)


class SelfAttention(nn.Module):
    """Zhang et al. 2019."""

    def __init__(self):
        super().__init__()
        self.first = nn.ConvTranspose2d(6, 8, 4)
        self.q, self.k, self.v = nn.Conv2d(8, 2, 1), nn.Conv2d(8, 2, 1), nn.Conv2d(8, 8, 1)
        self.gamma = nn.Parameter(torch.tensor(0.5))
        self.last = nn.Sequential(*up(8, 3, True))

    def forward(self, z):
        x = F.relu(self.first(z.unsqueeze(-1).unsqueeze(-1)))
        n, c, h, w = x.size()
        q = self.q(x).view(n, -1, h * w).permute(0, 2, 1)
        k = self.k(x).view(n, -1, h * w)
        attention = torch.softmax(torch.bmm(q, k), dim=-1)
        y = torch.bmm(self.v(x).view(n, -1, h * w), attention.permute(0, 2, 1)).view(n, c, h, w)
        return self.last(self.gamma * y + x)


class TransGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(6, 16 * 8)
        self.position = nn.Parameter(torch.randn(1, 16, 8) * 0.1)
        self.n1, self.n2 = nn.LayerNorm(8), nn.LayerNorm(8)
        self.qkv, self.proj = nn.Linear(8, 24), nn.Linear(8, 8)
        self.mlp = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))
        self.rgb = nn.Conv2d(2, 3, 1)

    def forward(self, z):
        x = self.l1(z).reshape(-1, 16, 8) + self.position
        q, k, v = self.qkv(self.n1(x)).reshape(-1, 16, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        x = x + self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        x = x + self.mlp(self.n2(x))
        return torch.tanh(self.rgb(F.pixel_shuffle(x.transpose(1, 2).view(-1, 8, 4, 4), 2)))


class BigGan(nn.Module):
    """Labels as gains and biases of a batch norm without its own; the latent in chunks."""

    def __init__(self):
        super().__init__()
        self.shared = nn.Embedding(5, 4)
        self.first = nn.Linear(4, 6 * 16)
        self.bn = nn.BatchNorm2d(6, affine=False)
        self.gain, self.bias = nn.Linear(8, 6, bias=False), nn.Linear(8, 6, bias=False)
        self.conv = nn.utils.parametrizations.spectral_norm(nn.Conv2d(6, 3, 3, 1, 1))

    def forward(self, z, y):
        a, b = z.chunk(2, 1)
        y = torch.cat([self.shared(y), b], 1)
        x = self.first(a).view(a.size(0), 6, 4, 4)
        x = self.bn(x) * (1 + self.gain(y)).view(-1, 6, 1, 1) + self.bias(y).view(-1, 6, 1, 1)
        return torch.tanh(self.conv(F.interpolate(F.relu(x), scale_factor=2)))


class InfoGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Sequential(nn.Linear(6 + 3 + 2, 64), nn.BatchNorm1d(64), nn.ReLU())
        self.up = nn.Sequential(*up(4, 6), *up(6, 1, True))

    def forward(self, noise, label, code):
        return self.up(self.l1(torch.cat((noise, label, code), -1)).view(-1, 4, 4, 4))


class CycleGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, 4, 7), nn.InstanceNorm2d(4, affine=True),
            nn.ReLU())
        self.block = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(4, 4, 3), nn.InstanceNorm2d(4), nn.ReLU(),
                                   nn.ReplicationPad2d(1), nn.Conv2d(4, 4, 3), nn.InstanceNorm2d(4))
        self.tail = nn.Sequential(nn.Conv2d(4, 3, 3, padding=1), nn.Tanh())

    def forward(self, picture):
        x = self.head(picture)
        return self.tail(x + self.block(x))


class Inr(nn.Module):
    """A picture as a function of where one looks: sines of coordinates."""

    def __init__(self):
        super().__init__()
        self.z, self.xy, self.last = nn.Linear(4, 16), nn.Linear(2, 16), nn.Linear(16, 3)

    def forward(self, z):
        axis = torch.arange(8) / 4 - 1
        grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).view(1, 64, 2)
        x = torch.sin(3 * (self.xy(grid) + self.z(z)[:, None]))
        return torch.cos(self.last(x)).permute(0, 2, 1).reshape(-1, 3, 8, 8)


class Vqvae(nn.Module):
    def __init__(self):
        super().__init__()
        self.codes = nn.Embedding(16, 6)
        self.up = nn.Sequential(GroupNormBlock(6, 6), *up(6, 3, True))

    def forward(self, codes):
        return self.up(self.codes(codes).permute(0, 3, 1, 2).contiguous())


class DitBlock(nn.Module):
    """Peebles and Xie 2023: shift, scale and gate from a condition."""

    def __init__(self):
        super().__init__()
        self.n1, self.n2 = (nn.LayerNorm(8, elementwise_affine=False, eps=1e-6) for _ in range(2))
        self.attn = nn.MultiheadAttention(8, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(8, 16), nn.GELU(approximate="tanh"), nn.Linear(16, 8))
        self.ada = nn.Sequential(nn.SiLU(), nn.Linear(6, 48))
        self.first, self.last = nn.Linear(6, 16 * 8), nn.Linear(8, 12)

    def forward(self, z):
        x = self.first(z).view(-1, 16, 8)
        a, b, c, d, e, f = self.ada(z).unsqueeze(1).chunk(6, 2)
        h = self.n1(x) * (1 + b) + a
        x = x + c * self.attn(h, h, h, need_weights=False)[0]
        x = x + f * self.mlp(self.n2(x) * (1 + e) + d)
        x = self.last(x).view(-1, 4, 4, 2, 2, 3).permute(0, 5, 1, 3, 2, 4)
        return torch.tanh(x.reshape(-1, 3, 8, 8))


class Fir(nn.Module):
    """Zeros between pixels, then a fixed low-pass filter (StyleGAN 2's upfirdn)."""

    def __init__(self):
        super().__init__()
        k = torch.tensor([1.0, 3, 3, 1])
        self.register_buffer("kernel", (k[:, None] * k[None]) / 16, persistent=False)

    def forward(self, picture):
        n, c, h, w = picture.shape
        x = picture.reshape(-1, c, h, 1, w, 1)
        x = F.pad(x, [0, 1, 0, 0, 0, 1]).reshape(-1, c, 2 * h, 2 * w)
        x = F.pad(x, [2, 1, 2, 1])
        return F.conv2d(x, self.kernel.flip([0, 1])[None, None].repeat(c, 1, 1, 1), groups=c)


class Progressive(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.ConvTranspose2d(8, 6, 4), nn.Conv2d(6, 6, 3, padding=1)
        self.rgb = nn.Conv2d(6, 3, 1)

    def norm(self, x):
        return x / torch.sqrt(torch.mean(x ** 2, dim=1, keepdim=True) + 1e-8)

    def forward(self, z):
        z = F.normalize(z, dim=1).view(-1, 8, 1, 1)
        x = self.norm(F.leaky_relu(self.a(z), 0.2))
        x = self.norm(F.leaky_relu(self.b(F.interpolate(x, scale_factor=2.0)), 0.2))
        return F.hardtanh(self.rgb(x))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.e1, self.e2, self.fc = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 6, 3, padding=1), nn.Linear(6 * 4, 5)
        self.d = nn.Sequential(nn.Linear(5, 6 * 4), nn.ReLU6(), nn.Unflatten(1, (6, 2, 2)), *up(6, 4), *up(4, 1, True))

    def forward(self, picture):
        x = F.max_pool2d(F.relu(self.e1(picture)), 2)
        x = F.avg_pool2d(F.hardswish(self.e2(x)), 2)
        return self.d(self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 2), 1)))


class WaveGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.up = nn.Linear(6, 4 * 5), nn.ConvTranspose1d(4, 3, 8, stride=4, padding=2)
        self.out = nn.Conv1d(3, 1, 5, padding=2)

    def forward(self, z):
        return torch.tanh(self.out(F.relu(self.up(F.relu(self.fc(z).view(-1, 4, 5))))))


class Blend(nn.Module):
    """Two heads and a mask; slices, joins, where."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*up(4, 8), nn.Conv2d(8, 7, 3, 1, 1))
        self.register_buffer("cut", torch.tensor([[True, False]]).repeat(8, 4))

    def forward(self, z):
        x = self.body(z)
        front, back, mask = torch.split(x, [3, 3, 1], 1)
        mask = torch.sigmoid(mask)
        out = torch.lerp(back, front, mask).tanh()
        out = torch.where(self.cut, out, out.flip(3))
        return torch.cat([out[:, :, :4], out[:, :, 4:].roll(1, 3)], 2) * 0.5 + 0.5


def mlp():
    block = lambda a, b: [nn.Linear(a, b), nn.BatchNorm1d(b, 0.8), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*block(6, 16), *block(16, 32), nn.Linear(32, 48), nn.Tanh(), nn.Unflatten(1, (3, 4, 4)))


def super_resolution():
    return nn.Sequential(nn.Conv2d(1, 6, 5, 1, 2), nn.PReLU(6), nn.Conv2d(6, 9, 3, 1, 1), nn.PixelShuffle(3))


z = torch.randn
networks = {
    "dcgan": (lambda: nn.Sequential(nn.ConvTranspose2d(6, 8, 4, 1, 0, bias=False), nn.BatchNorm2d(8), nn.ReLU(True),
                                    *up(8, 6), *up(6, 3, True)), lambda n: (z(n, 6, 1, 1),)),
    "cgan": (ConditionalGan, lambda n: (z(n, 4), torch.randint(10, (n,)))),
    "unet": (UNet, lambda n: (z(n, 3, 16, 16),)),
    "vae": (VaeDecoder, lambda n: (z(n, 5),)),
    "upsampling": (Upsampling, lambda n: (z(n, 4, 4, 5),)),
    "group_norm": (lambda: nn.Sequential(GroupNormBlock(4, 6), nn.Upsample(scale_factor=2), GroupNormBlock(6, 3)),
                   lambda n: (z(n, 4, 5, 6),)),
    "style_gan": (StyleGan, lambda n: (z(n, 8),)),
    "attention": (SelfAttention, lambda n: (z(n, 6),)),
    "trans_gan": (TransGan, lambda n: (z(n, 6),)),
    "big_gan": (BigGan, lambda n: (z(n, 8), torch.randint(5, (n,)))),
    "info_gan": (InfoGan, lambda n: (z(n, 6), z(n, 3), z(n, 2))),
    "cycle_gan": (CycleGan, lambda n: (z(n, 3, 9, 10),)),
    "vqvae": (Vqvae, lambda n: (torch.randint(16, (n, 4, 4)),)),
    "dit": (DitBlock, lambda n: (z(n, 6),)),
    "fir": (Fir, lambda n: (z(n, 3, 5, 6),)),
    "progressive": (Progressive, lambda n: (z(n, 8),)),
    "autoencoder": (Autoencoder, lambda n: (z(n, 1, 8, 8),)),
    "wave_gan": (WaveGan, lambda n: (z(n, 6),)),
    "blend": (Blend, lambda n: (z(n, 4, 4, 4),)),
    "mlp": (mlp, lambda n: (z(n, 6),)),
    "super_resolution": (super_resolution, lambda n: (z(n, 1, 7, 5),)),
    "ops_inr": (Inr, lambda n: (z(n, 4),)),
}
