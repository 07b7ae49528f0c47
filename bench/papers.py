#!/usr/bin/env python3
"""Trains configs of published experiments and records what came out, in bench/results/NAME.json.

    bench/papers.py configs/papers/burda-vae-1-tenth.json [...] [--seed 1] [--samples 5000]

Each is trained as it stands, its last weights are evaluated on the test split, and the record holds the config's path, the
seed, the seconds that the epochs took by the clock, processor seconds, and the numbers with their standard errors. With
--run FOLDER a run that was trained before is evaluated; its processor seconds are not known then, unless
--processor-seconds tells them.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def processor_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def train(vae, config, seed, threads, run):
    before = processor_seconds()
    subprocess.run([vae, "train", "--config", config, "--out", run, "--force", "--set", f"seed={seed}",
                    "--set", f"threads={threads}"], check=True)
    return processor_seconds() - before


def epoch_seconds(run):
    """What the epochs of a run took by the clock, from the ends of their rows."""
    rows = re.findall(r" epoch \d+/\d+  train: .* ([\d.]+) s$", (pathlib.Path(run) / "log.txt").read_text(), re.MULTILINE)
    return sum(float(seconds) for seconds in rows)


def evaluate(vae, run, samples, threads, options):
    checkpoint = pathlib.Path(run) / "checkpoints" / "last.safetensors"
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    output = subprocess.run([vae, "evaluate", "--checkpoint", checkpoint, "--split", "test", "--samples", str(samples),
                             "--json", *options], check=True, capture_output=True, text=True, env=environment).stdout
    return json.loads(output)


def accuracies(result):
    """Of the classifier by Bayes' rule, by its number of draws."""
    return {row["samples"]: row["accuracy"] for row in result["classes"]["generative_classifier"]}


def record(options, config, run, seconds):
    resolved = json.loads((pathlib.Path(run) / "config.json").read_text())
    is_conditional = resolved["model"]["condition"] is not None
    result = evaluate(options.vae, run, options.samples, options.threads, ["--classify"] if is_conditional else [])
    return {
        "config": str(pathlib.Path(config).resolve().relative_to(ROOT)),
        "paper": resolved["paper"],
        "seed": resolved["seed"],
        "threads": resolved["threads"],
        "epochs": resolved["training"]["epochs"],
        "epoch_seconds": round(epoch_seconds(run)),
        "processor_seconds": None if seconds is None else round(seconds),
        "processor": processor_name(),
        "test": {key: result[key] for key in (
            "pictures", "samples", "elbo", "elbo_standard_error", "log_likelihood", "log_likelihood_standard_error",
            "log_likelihood_sampling_error", "active_units")},
        "accuracy": accuracies(result) if is_conditional else None,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configs", nargs="+")
    parser.add_argument("--vae", default=str(ROOT / "build" / "vae"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--run", help="evaluates this run instead of training one")
    parser.add_argument("--processor-seconds", type=float, help="what training that run took")
    options = parser.parse_args()
    if options.run and len(options.configs) != 1:
        parser.error("--run goes with one config")
    for config in options.configs:
        name = pathlib.Path(config).stem
        run = options.run or str(pathlib.Path("runs") / name)
        seconds = options.processor_seconds
        if not options.run:
            seconds = train(options.vae, config, options.seed, options.threads, run)
        target = ROOT / "bench" / "results" / f"{name}.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(record(options, config, run, seconds), indent=2) + "\n")
        print(target.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
