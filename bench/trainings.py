"""Runs of `vae train` that last as long as they are measured."""

import json
import signal
import subprocess
import time


def idx(folder, part):
    return {"type": "idx", "images": str(folder / f"{part}-images-idx3-ubyte.gz")}


def mnist(folder):
    return {"train": idx(folder, "train"), "validation": "none", "test": "none", "observation": "binarize"}


def mlp(hidden, latent, activation):
    network = {"type": "mlp", "hidden": hidden, "activation": activation}
    return {"latent": latent, "encoder": network, "decoder": network, "likelihood": "bernoulli"}


def adam(batch_size):
    return {"epochs": 1, "batch_size": batch_size, "drop_last": True, "optimizer": {"type": "adam", "learning_rate": 1e-3}}


def w1(mnist_folder):
    """784-400-20 of docs/performance.md."""
    return {"data": mnist(mnist_folder), "model": mlp([400], 20, "relu"), "training": adam(128)}


class Failed(Exception):
    pass


def run(command, timeout, **options):
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout, **options)
    except subprocess.TimeoutExpired:
        raise Failed(f"took longer than {timeout} s") from None
    if done.returncode != 0:
        lines = (done.stderr.strip() or "no message").splitlines()
        raise Failed(f"exit code {done.returncode}: {lines[-1]}")
    return done.stdout


def train_command(binary, folder, config, threads, *settings):
    file = folder / "config.json"
    file.write_text(json.dumps({"device": "cpu"} | config | {"threads": threads}))
    changes = [part for setting in settings for part in ("--set", setting)]
    return [binary, "train", "--config", file, "--out", folder / "run", *changes]


def rows_of(metrics):
    rows = [json.loads(line) for line in metrics.read_text().splitlines()] if metrics.exists() else []
    return [row for row in rows if row["split"] == "train"]


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def rows_until(command, folder, count, timeout, before_stop=lambda process: None):
    """The first rows of metrics of a run, which is stopped when they are there."""
    log = folder / "log"
    with open(log, "w") as stream:
        process = subprocess.Popen([str(part) for part in command], stdout=stream, stderr=stream)
        end = time.monotonic() + timeout
        rows = []
        while len(rows) < count:
            ended = process.poll() is not None
            rows = rows_of(folder / "run" / "metrics.jsonl")
            if time.monotonic() > end:
                stop(process)
                raise Failed(f"took longer than {timeout} s")
            if ended and len(rows) < count:
                raise Failed(f"ended after {len(rows)} rows: {log.read_text().strip().splitlines()[-1:]}")
            time.sleep(0.05)
    if process.poll() is None:
        before_stop(process)
        stop(process)
    return rows[:count]
