"""Training steps in PyTorch on a card, what bench/compare sets beside `vae`. Usage: card_steps.py WORKLOAD eager|compile|count.

Prints the milliseconds of the fastest of five passes, and the most memory that PyTorch took from the card. The pictures,
bytes of chance, lie on the card; batches are gathered, and binarized where `vae` binarizes them, in each step. `compile` is
torch.compile's "reduce-overhead": CUDA graphs. `count` prints the work of a step in products and convolutions instead.
AMP=1 in the environment: bfloat16 autocast. DEVICE=cpu: to try the script.
"""

import dataclasses
import math
import os
import sys
import time
import typing

import torch
import torch.nn.functional as F
import w3
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

DEVICE = os.environ.get("DEVICE", "cuda")
PASSES, WARM_UPS = 5, 10


@dataclasses.dataclass(frozen=True)
class Workload:
    batch: int
    shape: tuple  # of a picture
    steps: int  # of a pass
    networks: typing.Callable  # encoder and decoder
    pictures: int
    samples: int = 1  # K of the importance-weighted bound
    binarizes: bool = False


def mlp(sizes, activation):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), activation()]
    return layers[:-1]


def mlps(hidden, latent, activation):
    encoder = mlp([784, *hidden, 2 * latent], activation)
    return nn.Sequential(nn.Flatten(), *encoder), nn.Sequential(*mlp([latent, *hidden[::-1], 784], activation))


def convolutions(latent=128, channels=(3, 32, 64, 128, 256)):
    down, up = [], []
    for inputs, outputs in zip(channels, channels[1:]):
        down += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.ReLU()]
    for inputs, outputs in zip(channels[::-1], channels[-2::-1]):
        up += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), nn.ReLU()]
    features = 16 * channels[-1]
    encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(features, 2 * latent))
    return encoder, nn.Sequential(nn.Linear(latent, features), nn.Unflatten(1, (channels[-1], 4, 4)), *up[:-1])


WORKLOADS = {
    "W0": Workload(20, (1, 28, 28), 500, lambda: mlps([200, 200], 50, nn.Tanh), 60000, binarizes=True),
    "W0k": Workload(20, (1, 28, 28), 500, lambda: mlps([200, 200], 50, nn.Tanh), 60000, samples=50, binarizes=True),
    "W1": Workload(128, (1, 28, 28), 468, lambda: mlps([400], 20, nn.ReLU), 60000, binarizes=True),
    "W2": Workload(128, (3, 64, 64), 100, convolutions, 1536),
    "W3": Workload(32, (3, 128, 128), 20, lambda: (w3.make_encoder(), w3.make_decoder()), 384),
}


def loss(encoder, decoder, x, samples):
    with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled="AMP" in os.environ):
        mean, log_variance = encoder(x).chunk(2, 1)
        noise = torch.randn(samples, *mean.shape, device=x.device)
        z = mean + noise * torch.exp(0.5 * log_variance)
        logits = decoder(z.flatten(0, 1))
    logits = logits.float().reshape(samples, *x.shape)
    scores = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").flatten(2).sum(2)
    mean, log_variance = mean.float(), log_variance.float()
    if samples == 1:
        return (-0.5 * torch.sum(1 + log_variance - mean**2 - log_variance.exp()) - scores.sum()) / len(x)
    weights = scores + 0.5 * (noise**2 - z.float() ** 2 + log_variance).flatten(2).sum(2)
    return math.log(samples) - torch.logsumexp(weights, 0).mean()


def gather(pictures, chosen, binarizes):
    x = pictures[chosen].float() / 255
    return (torch.rand_like(x) < x).float() if binarizes else x


def gigaflops(work):
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops() / 1e9


def synchronize():
    if DEVICE != "cpu":
        torch.cuda.synchronize()


def main():
    workload, mode = WORKLOADS[sys.argv[1]], sys.argv[2]
    torch.manual_seed(0)
    layout = torch.channels_last
    networks = nn.ModuleList(workload.networks()).to(DEVICE, memory_format=layout)
    optimizer = torch.optim.Adam(networks.parameters(), lr=1e-3, fused=True)
    pictures = torch.randint(256, (workload.pictures, *workload.shape), dtype=torch.uint8, device=DEVICE)
    pictures = pictures.contiguous(memory_format=layout)
    compute = torch.compile(loss, mode="reduce-overhead") if mode == "compile" else loss

    def step(chosen):
        optimizer.zero_grad()
        compute(*networks, gather(pictures, chosen, workload.binarizes), workload.samples).backward()
        optimizer.step()

    def run(steps):
        order = torch.randperm(workload.pictures, device=DEVICE)
        batches = order.split(workload.batch)[: workload.pictures // workload.batch]
        for i in range(steps):
            step(batches[i % len(batches)])
        synchronize()

    if mode == "count":
        print(f"GFLOP/step {gigaflops(lambda: run(1)):.3f}")
        return
    run(WARM_UPS)
    passes = []
    for _ in range(PASSES):
        begin = time.perf_counter()
        run(workload.steps)
        passes.append(1000 * (time.perf_counter() - begin) / workload.steps)
    print(f"ms/step min {min(passes):.4f}")
    if DEVICE != "cpu":
        print(f"peak MiB {torch.cuda.max_memory_reserved(DEVICE) / 2**20:.1f}")


if __name__ == "__main__":
    main()
