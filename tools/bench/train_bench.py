#!/usr/bin/env python3
"""Training speed of ganlet-train beside plain PyTorch: the same networks, losses, batch and data, in turn.

    python3 tools/bench/train_bench.py [--program build/desktop/bin/ganlet-train]
        [--steps 100] [--rounds 3] [--threads 2]

Needs Python's torch. Prints images/s, the median of the rounds, and what ganlet-train has over each kind of PyTorch:
eager float32, as a tutorial has it, and bf16 autocast with channels_last, as the documentation advises for CPUs.
"""
import argparse
import pathlib
import statistics
import struct
import subprocess
import tempfile
import time

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

LATENT, CLASSES, BATCH = 64, 10, 128  # as family.cpp has them for cgan


class Generator(nn.Module):
    """tools/train/picture_networks.cpp with the channels of cgan.cpp."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(LATENT + CLASSES, 48 * 7 * 7, bias=False), nn.Unflatten(1, (48, 7, 7)),
            nn.BatchNorm2d(48), nn.ReLU(),
            nn.ConvTranspose2d(48, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            nn.ConvTranspose2d(64, 48, 4, 2, 1, bias=False), nn.BatchNorm2d(48), nn.ReLU(),
            nn.Conv2d(48, 1, 5, padding=2), nn.Tanh())

    def forward(self, z, labels):
        return self.layers(torch.cat([z, functional.one_hot(labels, CLASSES).to(z.dtype)], 1))


class Discriminator(nn.Module):
    """That of cgan.cpp."""

    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList(
            spectral_norm(nn.Conv2d(*sizes))
            for sizes in [(1, 48, 4, 2, 1), (48, 96, 4, 2, 1), (96, 128, 3, 1, 1), (128, 192, 4, 2, 1)])
        self.out, self.auxiliary, self.embedding = nn.Linear(192, 1), nn.Linear(192, CLASSES), \
            nn.Embedding(CLASSES, 192)

    def forward(self, x, labels):
        for convolution in self.convolutions:
            x = functional.leaky_relu(convolution(x), 0.1)
        features = x.float().sum((2, 3))
        return self.out(features).squeeze(1) + (self.embedding(labels) * features).sum(1) / 192**0.5, \
            self.auxiliary(features)


def train_in_python(pictures, labels, steps, tuned):
    """Images/s of `steps` updates after a few that warm up."""
    generator, average, discriminator = Generator(), Generator(), Discriminator()
    if tuned:
        for network in generator, discriminator:
            network.to(memory_format=torch.channels_last)
    generator_optimizer = torch.optim.Adam(generator.parameters(), 2e-4, (0.0, 0.99))
    discriminator_optimizer = torch.optim.Adam(discriminator.parameters(), 4e-4, (0.0, 0.99))

    def update():
        picked = torch.randint(len(pictures), (BATCH,))
        real, real_labels = pictures[picked], labels[picked]
        fake_labels = torch.randint(CLASSES, (BATCH,))
        with torch.autocast("cpu", torch.bfloat16, tuned):
            with torch.no_grad():
                fakes = generator(torch.randn(BATCH, LATENT), fake_labels).float()
            realness, classes = discriminator(torch.cat([real, fakes]), torch.cat([real_labels, fake_labels]))
            loss = (functional.relu(1 - realness[:BATCH]).mean() + functional.relu(1 + realness[BATCH:]).mean()
                    + 0.5 * functional.cross_entropy(classes[:BATCH], real_labels))
        discriminator_optimizer.zero_grad()
        loss.backward()
        discriminator_optimizer.step()

        discriminator.requires_grad_(False)
        with torch.autocast("cpu", torch.bfloat16, tuned):
            realness, classes = discriminator(generator(torch.randn(BATCH, LATENT), fake_labels), fake_labels)
            loss = -realness.mean() + 0.1 * functional.cross_entropy(classes, fake_labels)
        generator_optimizer.zero_grad()
        loss.backward()
        generator_optimizer.step()
        discriminator.requires_grad_(True)
        with torch.no_grad():
            for to, of in zip(average.state_dict().values(), generator.state_dict().values()):
                to.lerp_(of, 0.001) if to.is_floating_point() else to.copy_(of)
        return loss.item()

    for _ in range(10):
        update()
    start = time.monotonic()
    for _ in range(steps):
        update()
    return steps * BATCH / (time.monotonic() - start)


def write_idx(file, values):
    with open(file, "wb") as out:
        out.write(struct.pack(">HBB", 0, 8, values.dim()) + struct.pack(f">{values.dim()}I", *values.shape))
        out.write(bytes(values.contiguous().untyped_storage()))


def train_with_ganlet(program, data, steps, threads, precision):
    """Images/s of `steps` updates after ten that warm up. Rows of log.csv have the speed since the start."""
    with tempfile.TemporaryDirectory() as run:
        subprocess.run([program, "cgan", "--data", data, "--out", run, "--steps", str(10 + steps),
            "--batch", str(BATCH), "--precision", precision,
                        "--threads", str(threads), "--along", "0", "--samples-every", "0", "--log-every", "10"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rows = [row.split(",") for row in pathlib.Path(run, "log.csv").read_text().splitlines()[1:]]
    seconds = [int(row[0]) * BATCH / float(row[-1]) for row in (rows[0], rows[-1])]
    return (int(rows[-1][0]) - int(rows[0][0])) * BATCH / (seconds[1] - seconds[0])



def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/desktop/bin/ganlet-train")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    pictures, labels = torch.randint(256, (10000, 28, 28), dtype=torch.uint8), \
        torch.randint(CLASSES, (10000,), dtype=torch.uint8)
    scaled = pictures.unsqueeze(1) / 127.5 - 1

    speeds = {"PyTorch float32": [], "PyTorch bf16, channels_last": [], "ganlet-train f32": [], "ganlet-train bf16": []}
    with tempfile.TemporaryDirectory() as folder:
        for kind in "train", "t10k":
            write_idx(f"{folder}/{kind}-images-idx3-ubyte", pictures)
            write_idx(f"{folder}/{kind}-labels-idx1-ubyte", labels)
        for _ in range(arguments.rounds):
            speeds["PyTorch float32"].append(train_in_python(scaled, labels.long(), arguments.steps, False))
            speeds["PyTorch bf16, channels_last"].append(train_in_python(scaled, labels.long(), arguments.steps, True))
            for precision in "f32", "bf16":
                speeds[f"ganlet-train {precision}"].append(
                    train_with_ganlet(arguments.program, folder, arguments.steps, arguments.threads, precision))
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    print(f"cgan, 28 x 28, batch {BATCH}, {arguments.threads} threads, torch {torch.__version__}")
    for name, speed in medians.items():
        others = (other for other in medians if other.startswith("PyTorch") and other != name)
        over = ", ".join(f"{speed / medians[other]:.2f}x {other}" for other in others)
        print(f"{name:28} {speed:7.0f} images/s   {over}")


if __name__ == "__main__":
    main()
