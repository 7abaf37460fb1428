"""Networks that have one of each operation, joined: `networks` as in torch_networks.py."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Elementwise(nn.Module):
    """One of each, joined; those that ganlet's own engine lacks are in Others."""

    def forward(self, x):
        p = x.abs() + 0.5
        return torch.cat([
            F.relu(x), F.relu6(x), F.leaky_relu(x, 0.3), F.elu(x, 0.7), F.selu(x), F.celu(x, 1.3), F.gelu(x),
            F.gelu(x, approximate="tanh"), F.silu(x), F.mish(x), F.hardtanh(x), F.hardsigmoid(x), F.hardswish(x),
            F.softplus(x, 2), F.logsigmoid(x), torch.sigmoid(x), torch.tanh(x), torch.exp(x), torch.log(p),
            torch.sqrt(p), torch.rsqrt(p), -x, 1 / p, torch.erf(x), x.square(), x ** 3, p ** 0.5, 2 ** x, x.clamp(-1),
            x.clamp(max=0.5), x.clamp(-0.3, 0.4), torch.maximum(x, p), torch.minimum(x, p), x.add(p, alpha=2),
            x.sub(p, alpha=3), 1 - x, x / p, x * 2, torch.addcmul(x, p, p, value=0.5), torch.addcdiv(x, x, p),
            torch.lerp(x, p, 0.3), F.softmax(x, 1), F.log_softmax(x, -1), torch.where(x == x, x, p),
            x.masked_fill(x == p, 1), torch.zeros_like(x) + x, x + torch.ones(3, 4), torch.full_like(x, 2) * x,
            x.to(torch.int64).to(torch.float32)], 1)


class Others(nn.Module):
    """What ONNX Runtime alone computes."""

    def forward(self, x):
        p = x.abs().clamp(0, 0.9)
        return torch.cat([
            torch.sin(x), torch.cos(x), torch.tan(x), torch.asin(p), torch.acos(p), torch.atan(x), torch.sinh(x),
            torch.cosh(x), torch.floor(x), torch.ceil(x), torch.round(x), torch.sign(x),
            x.amax(2, True).expand(-1, -1, 4), x.amin(2, True).expand_as(x), torch.where(x > 0, x, p),
            torch.where(x <= 0, x, p), torch.where(x < 0, x, p),
            torch.where(x >= p, x, p), torch.where((x > 0) & (p < 0.5), x, p), torch.where(~(x > 0), x, p),
            torch.where((x > 0).logical_or(p < 0.5), x, p), torch.where(x != p, x, 0),
            torch.prod(p, 2, True).expand_as(x),
            torch.einsum("nij,kj->nik", x, torch.ones(4, 4)), x.remainder(0.7), x.fmod(0.7), torch.log1p(p),
            torch.div(x, 0.3, rounding_mode="floor"), torch.div(x, 0.3, rounding_mode="trunc"),
            x.norm(dim=2, keepdim=True).expand_as(x), torch.tril(x), x.triu(1), x.mean() + torch.zeros_like(x)], 1)


class Shapes(nn.Module):
    def __init__(self):
        super().__init__()
        self.index = torch.tensor([2, 0, 1])
        self.keys = nn.Parameter(torch.randn(3, 4))

    def forward(self, x):  # (N,3,4)
        n = x.shape[0]
        t = x.transpose(1, 2).contiguous().view(n, 3, 4)
        parts = [
            t, x.permute(0, 2, 1).reshape(n, 3, 4), x.flip(1), x.roll(2, 2), x[:, self.index],
            x[:, 1:2].expand(n, 3, 4), x.index_select(1, self.index), torch.stack([x[:, 0], x[:, -1], x[:, 1]], 1),
            x.narrow(2, 1, 2).repeat(1, 1, 2), x[:, :, ::2].repeat_interleave(2, 2),
            x.movedim(2, 1).flatten(1).view(n, 3, 4), x.mean(2, keepdim=True) + x, x.sum(1, keepdim=True) + x,
            x.var(2, keepdim=True) + x, x.std(2, unbiased=False, keepdim=True) + x,
            torch.matmul(x, self.keys.t()) @ self.keys, torch.baddbmm(x, x @ x.mT, x, beta=0.5, alpha=2),
            x.squeeze(0).view(n, 3, 4), torch.cat(x.split(2, 2)[::-1], 2), torch.stack(x.unbind(1), 1),
            F.pad(x, (1, -1)), F.scaled_dot_product_attention(x, x, x, is_causal=True), F.layer_norm(x, (3, 4)),
            x.new_zeros(n, 3, 4) + x, torch.arange(4) + x, torch.var_mean(x, 2, keepdim=True)[1] + x]
        return torch.cat(parts, 1)


class Resizes(nn.Module):
    def forward(self, x):  # (N,2,6,8)
        parts = [F.interpolate(x, size=(9, 5)), F.interpolate(x, size=(9, 5), mode="nearest-exact"),
                 F.interpolate(x, size=(3, 16), mode="bilinear"), F.interpolate(x, scale_factor=1.5, mode="bicubic"),
                 F.interpolate(x[:, :, :5], scale_factor=1.5),
                 F.interpolate(x, scale_factor=(1.4, 0.7), mode="bilinear"),
                 F.pixel_unshuffle(x, 2), F.adaptive_avg_pool2d(x, (3, 2)), F.avg_pool2d(x, 3, 2, 1),
                 F.avg_pool2d(x, 2, count_include_pad=False), F.max_pool2d(x, 3, 2, 1), x[:, :, 1:5, 2:]]
        return torch.cat([part.flatten(1) for part in parts], 1)


class Random(nn.Module):
    """Each channel is drawn in another way; torch_test.cpp knows their means and deviations."""

    def forward(self, z):
        shape = (z.shape[0], 1, 32, 32)
        drawn = [torch.randn(shape), torch.rand(shape), torch.randn_like(z), torch.rand_like(z),
            torch.empty_like(z).normal_(3, 2), torch.empty(shape).uniform_(-1, 1), torch.normal(1.0, 0.5, shape)]
        return torch.cat([z * 0 + one for one in drawn], 1)


networks = {
    "random": (Random, lambda n: (torch.randn(n, 1, 32, 32),)),
    "ops_elementwise": (Elementwise, lambda n: (torch.randn(n, 3, 4),)),
    "ops_others": (Others, lambda n: (torch.randn(n, 3, 4),)),
    "shapes": (Shapes, lambda n: (torch.randn(n, 3, 4),)),
    "ops_resizes": (Resizes, lambda n: (torch.randn(n, 2, 6, 8),)),
}
