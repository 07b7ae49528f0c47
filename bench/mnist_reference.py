"""Quality of configs/mnist.json against the same model in PyTorch: test ELBO after 10 epochs, three seeds of each.

Usage: bench/mnist_reference.py [--seeds 3] [--data FOLDER] [--binary build/vae]
Prints one line a run and the means; exits 1 where the mean of `vae` is more than 0.5 nats below the reference's.

The reference is the model of configs/mnist.json (784-400-20, relu, Bernoulli, stochastically binarized at each use),
trained on all 60,000 pictures with Adam 1e-3 and batches of 128; its last weights are evaluated, without averaging.
"""

import argparse
import gzip
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
EPOCHS = 10
TOLERANCE = 0.5  # nats


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "data" / "mnist")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build" / "vae")
    return parser.parse_args()


def run_vae(seed, arguments, folder):
    """Test ELBO in nats of the last weights."""
    run = folder / f"seed-{seed}"
    overrides = {
        "data.train.images": arguments.data / "train-images-idx3-ubyte.gz",
        "data.train.labels": arguments.data / "train-labels-idx1-ubyte.gz",
        "data.test.images": arguments.data / "t10k-images-idx3-ubyte.gz",
        "data.test.labels": arguments.data / "t10k-labels-idx1-ubyte.gz",
        "data.validation": "none",
        "seed": seed,
        "training.epochs": EPOCHS,
    }
    command = [arguments.binary, "train", "--config", ROOT / "configs" / "mnist.json", "--out", run]
    for key, value in overrides.items():
        command += ["--set", f"{key}={value}"]
    subprocess.run(command, check=True, capture_output=True)
    checkpoint = run / "checkpoints" / "last.safetensors"
    output = subprocess.run(
        [arguments.binary, "evaluate", "--checkpoint", checkpoint, "--split", "test", "--json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(output)["elbo"]


def run_reference(seed, arguments):
    """The same in PyTorch: test ELBO in nats."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.manual_seed(seed)

    def pixels(name):
        with gzip.open(arguments.data / name) as file:
            return torch.frombuffer(bytearray(file.read()[16:]), dtype=torch.uint8).view(-1, 784).float() / 255

    train, test = pixels("train-images-idx3-ubyte.gz"), pixels("t10k-images-idx3-ubyte.gz")
    encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 40))
    decoder = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3, fused=True)

    def elbo(grey):
        x = torch.bernoulli(grey)
        mean, log_variance = encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        reconstruction = -F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum")
        kl = 0.5 * torch.sum(mean**2 + log_variance.exp() - 1 - log_variance)
        return reconstruction - kl

    for _ in range(EPOCHS):
        for rows in torch.randperm(len(train)).split(128):
            optimizer.zero_grad()
            (-elbo(train[rows])).backward()
            optimizer.step()
    with torch.no_grad():
        return sum(elbo(batch).item() for batch in test.split(1000)) / len(test)


def main():
    arguments = parse_arguments()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, arguments.seeds + 1):
            ours.append(run_vae(seed, arguments, pathlib.Path(folder)))
            theirs.append(run_reference(seed, arguments))
            print(f"seed {seed}  vae {ours[-1]:.2f}  PyTorch {theirs[-1]:.2f}", flush=True)
    difference = statistics.mean(ours) - statistics.mean(theirs)
    print(f"mean    vae {statistics.mean(ours):.2f}  PyTorch {statistics.mean(theirs):.2f}  difference {difference:+.2f}")
    return 0 if difference >= -TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
