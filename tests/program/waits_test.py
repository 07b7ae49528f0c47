"""How long threads wait by spinning: set by the program where nobody else has."""

import os
import pathlib
import subprocess
import unittest

import program
from program import ProgramTest, settings

LONG = {"data__train": {"type": "shapes", "count": 512, "height": 8, "width": 8}, "training__batch_size": 1}


class Waits(ProgramTest):
    def environment_of(self, **extra):
        """What the program has in its environment while it trains, of what concerns waiting."""
        inherited = {k: v for k, v in os.environ.items() if k not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
        process = subprocess.Popen(
            program.command("train", "--config", program.CONFIG, *settings(**LONG), "--out", self.folder / "run"),
            env=inherited | extra, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_until(process, (self.folder / "run/config.json").exists)
        self.assertEqual(pathlib.Path(f"/proc/{process.pid}/comm").read_text().strip(), "vae")
        entries = pathlib.Path(f"/proc/{process.pid}/environ").read_bytes().decode().split("\0")
        return [e for e in entries if e.startswith(("GOMP_SPINCOUNT=", "OMP_WAIT_POLICY="))]

    def test_are_short_by_themselves(self):
        self.assertEqual(self.environment_of(), ["GOMP_SPINCOUNT=30000"])

    def test_are_what_the_user_has_set(self):
        self.assertEqual(self.environment_of(GOMP_SPINCOUNT="7"), ["GOMP_SPINCOUNT=7"])

    def test_follow_the_policy_that_the_user_has_set(self):
        self.assertEqual(self.environment_of(OMP_WAIT_POLICY="active"), ["OMP_WAIT_POLICY=active"])


if __name__ == "__main__":
    unittest.main()
