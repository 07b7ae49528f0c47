"""W3 in PyTorch, eager, channels_last: the `resnet` KL autoencoder of bench/compare. Usage: w3.py THREADS.

Prints the milliseconds of the fastest of three passes of two steps, batches of 8 pictures of 128x128x3. AMP=1 in the
environment: bfloat16 autocast.
"""

import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

BATCH, SIDE, CHANNELS, BLOCKS, GROUPS, LATENT = 8, 128, (64, 128, 256), 2, 8, 4
PASSES, STEPS = 3, 2


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norms = nn.ModuleList(nn.GroupNorm(GROUPS, channels) for _ in range(2))
        self.convs = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))

    def forward(self, x):
        h = x
        for norm, conv in zip(self.norms, self.convs):
            h = conv(F.silu(norm(h)))
        return x + h


def level(channels):
    return [Block(channels) for _ in range(BLOCKS)]


def end(channels, outputs):
    return [nn.GroupNorm(GROUPS, channels), nn.SiLU(), nn.Conv2d(channels, outputs, 3, padding=1)]


def make_encoder():
    layers = [nn.Conv2d(3, CHANNELS[0], 3, padding=1), *level(CHANNELS[0])]
    for wide, narrow in zip(CHANNELS, CHANNELS[1:]):
        layers += [nn.Conv2d(wide, narrow, 4, 2, 1), *level(narrow)]
    return nn.Sequential(*layers, *end(CHANNELS[-1], 2 * LATENT))


def make_decoder():
    layers = [nn.Conv2d(LATENT, CHANNELS[-1], 3, padding=1), *level(CHANNELS[-1])]
    for narrow, wide in zip(CHANNELS[::-1], CHANNELS[-2::-1]):
        layers += [nn.ConvTranspose2d(narrow, wide, 4, 2, 1), *level(wide)]
    return nn.Sequential(*layers, *end(CHANNELS[0], 3))


def loss(encoder, decoder, x):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled="AMP" in os.environ):
        mean, log_variance = encoder(x).chunk(2, 1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        logits = decoder(z)
    reconstruction = F.binary_cross_entropy_with_logits(logits.float(), x, reduction="sum")
    kl = -0.5 * torch.sum(1 + log_variance - mean**2 - log_variance.exp())
    return (reconstruction + kl) / len(x)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(0)
    networks = nn.ModuleList([make_encoder(), make_decoder()]).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(networks.parameters(), lr=1e-3, fused=True)
    pictures = torch.rand(BATCH, 3, SIDE, SIDE).contiguous(memory_format=torch.channels_last)

    def step():
        optimizer.zero_grad()
        loss(*networks, pictures).backward()
        optimizer.step()

    step()
    passes = []
    for _ in range(PASSES):
        begin = time.perf_counter()
        for _ in range(STEPS):
            step()
        passes.append(1000 * (time.perf_counter() - begin) / STEPS)
    print(f"W3 ms/step {min(passes):.1f}")


if __name__ == "__main__":
    main()
