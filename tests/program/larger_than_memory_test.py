"""A training on more pictures than the memory it may use goes through them at the speed of the disk, not of a crawl.

VAE_SOAK_PICTURES: how many pictures (25,000). Needs leave to limit memory by a control group (version 1: root, mostly).
"""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

import program
from program import SKIPPED, ProgramTest, command, rows, run, settings

GROUPS = pathlib.Path("/sys/fs/cgroup/memory")
LIMIT = 256 << 20  # bytes: little more than the program takes for itself
COUNT = int(os.environ.get("VAE_SOAK_PICTURES", "25000"))
SIZE = 64  # pixels
KINDS = 200  # pictures that differ; the others are further names of them


@contextlib.contextmanager
def group_of(limit):
    """A control group with that much memory, the page cache of its members included."""
    group = GROUPS / f"vae-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(limit))
        yield group
    finally:
        group.rmdir()


def can_limit_memory():
    try:
        with group_of(LIMIT):
            return True
    except OSError:
        return False


def forget(file):
    """Has the system drop what it keeps of a file in memory."""
    with open(file, "rb") as handle:
        os.fsync(handle.fileno())
        os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def resident(pid):
    """Anonymous memory and mapped files of a process, in MiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"{kind}:\s+(\d+) kB", status)[1]) / 1024 if kind in status else 0
            for kind in ("RssAnon", "RssFile")]


def train(arguments, group=None):
    """Trains to the end, inside the group: the seconds of each epoch, and the peaks of resident()."""
    def enter():
        (group / "cgroup.procs").write_text(str(os.getpid()))
    peaks = [0, 0]
    with subprocess.Popen(command("train", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=enter if group else None) as process:
        deadline = time.monotonic() + 300
        while process.poll() is None:
            if time.monotonic() > deadline:
                process.kill()
            with contextlib.suppress(OSError):
                peaks = list(map(max, peaks, resident(process.pid)))
            time.sleep(0.05)
        output, errors = process.communicate()
    assert process.returncode == 0, (process.returncode, errors)
    return list(map(float, re.findall(r"^epoch.* ([0-9.]+) s$", output + errors, re.M))), peaks


class LargerThanMemory(ProgramTest):
    def make_pictures(self):
        assert run("data", "shapes", "--out", self.folder / "shapes", "--count", KINDS, "--channels", 3, "--height", SIZE,
                   "--width", SIZE).returncode == 0
        shapes = sorted((self.folder / "shapes").rglob("*.png"))
        (self.folder / "pictures").mkdir()
        for number in range(COUNT):
            os.link(shapes[number % KINDS], self.folder / "pictures" / f"{number:07}.png")

    def arguments(self, name):
        source = {"type": "folder", "path": str(self.folder / "pictures"), "height": SIZE, "width": SIZE}
        return ["--config", program.CONFIG, "--out", self.folder / name,
                *settings(data__train=source, data__validation="none", data__test="none", training__batch_size=64,
                          data__cache={"type": "folder", "path": str(self.folder / "cache")})]

    def test_a_cache_that_does_not_fit_trains_to_the_same_numbers(self):
        self.make_pictures()
        plain, _ = train(self.arguments("plain"))
        cache, = (self.folder / "cache").iterdir()
        self.assertGreater(cache.stat().st_size, LIMIT)
        forget(cache)
        with group_of(LIMIT) as group:
            limited, peaks = train(self.arguments("limited"), group)
            refused = int((group / "memory.failcnt").read_text())
        print(f"{COUNT} pictures, a cache of {cache.stat().st_size >> 20} MiB in {LIMIT >> 20} MiB of memory: epochs of "
              f"{limited} s, with memory {plain} s; at the most {peaks[0]:.0f} MiB anonymous, {peaks[1]:.0f} MiB of files")
        self.assertGreater(refused, 0, "the limit was never reached")
        self.assertEqual(rows(self.folder / "limited"), rows(self.folder / "plain"))
        # Reading megabytes around each picture, as the system does by itself, takes hundreds of times as long.
        self.assertLess(limited[-1], 30 * plain[-1] + 10)


if __name__ == "__main__":
    if not can_limit_memory():
        print("skipped: no control group of version 1 can be made to limit memory")
        sys.exit(SKIPPED)
    unittest.main()
