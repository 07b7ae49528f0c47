"""Runs of the program whose file system fails at a chosen moment: see tests/support/faults.c."""

import os
import pathlib
import subprocess

import program

LIBRARY = os.environ.get("VAE_FAULTS", str(program.ROOT / "build/tests/libvae_faults.so"))


def run(*arguments, fault, path="checkpoints/", at=1, count=1, call=None, **options):
    """The program with a fault of faults.c in its way."""
    environment = {**os.environ, "LD_PRELOAD": LIBRARY, "VAE_FAULT": str(fault), "VAE_FAULT_PATH": path,
                   "VAE_FAULT_AT": str(at), "VAE_FAULT_COUNT": str(count)}
    if call:
        environment["VAE_FAULT_CALL"] = call
    return subprocess.run(program.command(*arguments), capture_output=True, text=True, timeout=120,
                          env={**environment, **options.pop("env", {})}, **options)


def calls(folder, *arguments, path="checkpoints/"):
    """The calls that a run makes on files of that path, in order: pairs of call and path."""
    listing = pathlib.Path(folder) / "calls.txt"
    result = run(*arguments, fault="list", path=path, env={"VAE_FAULT_LIST": str(listing)})
    assert result.returncode == 0, result.stderr
    return [tuple(line.split("\t", 1)) for line in listing.read_text().splitlines()]
