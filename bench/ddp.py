"""PyTorch's DistributedDataParallel over Gloo, the peer of bench/processes; started like any of torchrun's processes.

Usage: ddp.py W1|W2 THREADS [--steps 40]     milliseconds a step, of its fastest row of steps; one process does without DDP
       ddp.py sum BYTES                      milliseconds of an all-reduce of that many bytes, the median of 31

Pictures are noise of the workload's size: what a step costs does not depend on them. The models are those of
docs/performance.md, with the fused Adam and, for W2, channels_last.
"""

import os
import statistics
import sys
import time

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

BATCH = 128
ROWS = 4


class Mlp(nn.Module):
    latent = 20
    pictures = (784,)

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 2 * self.latent))
        self.decoder = nn.Sequential(nn.Linear(self.latent, 400), nn.ReLU(), nn.Linear(400, 784))


class Convolutions(nn.Module):
    latent = 128
    pictures = (3, 64, 64)

    def __init__(self):
        super().__init__()
        channels = [3, 32, 64, 128, 256]
        down = [layer for pair in zip(channels, channels[1:]) for layer in (nn.Conv2d(*pair, 4, 2, 1), nn.ReLU())]
        up = [layer for pair in zip(channels[:0:-1], channels[-2::-1])
              for layer in (nn.ReLU(), nn.ConvTranspose2d(*pair, 4, 2, 1))]
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(4096, 2 * self.latent))
        self.decoder = nn.Sequential(nn.Linear(self.latent, 4096), nn.Unflatten(1, (256, 4, 4)), *up[1:])


class Loss(nn.Module):
    """Minus the ELBO of pictures of zeros and ones, the mean over them."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        mean, log_variance = self.model.encoder(x).chunk(2, 1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        reconstruction = functional.binary_cross_entropy_with_logits(self.model.decoder(z), x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        return (reconstruction + kl) / len(x)


def milliseconds_a_step(workload, processes, steps):
    torch.manual_seed(0)
    model = Mlp() if workload == "W1" else Convolutions()
    pictures = torch.rand(4 * BATCH, *model.pictures).bernoulli()
    if workload == "W2":
        model = model.to(memory_format=torch.channels_last)
        pictures = pictures.contiguous(memory_format=torch.channels_last)
    loss = Loss(model)
    optimizer = torch.optim.Adam(loss.parameters(), lr=1e-3, fused=True)
    if processes > 1:
        loss = DistributedDataParallel(loss, gradient_as_bucket_view=True)
    share = BATCH // processes
    order = torch.randperm(len(pictures))
    fastest = float("inf")
    for row in range(ROWS + 1):
        begin = time.perf_counter()
        for step in range(steps):
            chosen = order[step % 4 * BATCH:][:share]
            optimizer.zero_grad()
            loss(pictures[chosen]).backward()
            optimizer.step()
        if row > 0:  # the first warms up
            fastest = min(fastest, (time.perf_counter() - begin) / steps)
    return 1e3 * fastest


def milliseconds_of_sum(size):
    numbers = torch.ones(size // 4)
    times = []
    for _ in range(36):
        dist.barrier()
        begin = time.perf_counter()
        dist.all_reduce(numbers)
        times.append(time.perf_counter() - begin)
        numbers.fill_(1)
    return 1e3 * statistics.median(times[5:])


def main():
    what, number = sys.argv[1], int(sys.argv[2])
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    steps = int(sys.argv[4]) if len(sys.argv) > 4 else 40
    torch.set_num_threads(number if what != "sum" else 1)
    if processes > 1:
        dist.init_process_group("gloo")
    print(milliseconds_of_sum(number) if what == "sum" else milliseconds_a_step(what, processes, steps))
    if processes > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
