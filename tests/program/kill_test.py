"""A run that is killed, whenever and however often, and resumed each time is the run that was never killed."""

import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

import faults
import program
from program import ProgramTest, run, settings

KILLS = int(os.environ.get("VAE_SOAK_KILLS", 20))
POINTS = int(os.environ.get("VAE_SOAK_POINTS", 0))  # of a save, spread over all; 0 for one of each kind
KILLED = -signal.SIGKILL
STEPS = 64  # of an epoch
SETTINGS = settings(
    data__train={"type": "shapes", "count": 4 * STEPS, "height": 8, "width": 8},
    data__validation={"type": "shapes", "count": 16, "height": 8, "width": 8, "offset": 4 * STEPS},
    training__batch_size=4, training__epochs=4, training__save_every_steps=5, training__log_every=3,
    training__keep_every_epochs=2, training__ema=0.99)


class Killed(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.shared_settings = None
        super().setUpClass()
        import tempfile
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.whole = pathlib.Path(folder.name) / "run"
        begin = time.monotonic()
        result = run("train", "--config", program.CONFIG, *SETTINGS, "--out", cls.whole)
        cls.seconds = time.monotonic() - begin
        assert result.returncode == 0, result.stderr

    def arguments(self, folder):
        """Goes on where there is something to go on from, else starts: a run killed before its first save."""
        if any((folder / "checkpoints").glob("*.safetensors")):
            return ["train", "--resume", folder]
        return ["train", "--config", program.CONFIG, *SETTINGS, "--out", folder, "--force"]

    def assert_is_whole(self, folder):
        self.assertEqual(program.files(folder), program.files(self.whole))
        for file in program.files(self.whole):
            if pathlib.Path(file).suffix in (".safetensors", ".png", ".json"):
                self.assertEqual((folder / file).read_bytes(), (self.whole / file).read_bytes(), file)
        self.assertEqual(program.rows(folder), program.rows(self.whole))
        self.assertEqual(program.events(folder), program.events(self.whole))

    def test_at_random_moments(self):
        moments = random.Random(8)
        kills, runs = 0, 0
        while kills < KILLS:
            folder = self.folder / f"run{runs}"
            while True:
                process = subprocess.Popen(program.command(*self.arguments(folder)), stdout=subprocess.DEVNULL,
                                           stderr=subprocess.PIPE)
                try:
                    _, stderr = process.communicate(timeout=moments.uniform(0, self.seconds))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    kills += 1
                    continue
                self.assertEqual(process.returncode, 0, stderr)
                break
            runs += 1
            self.assert_is_whole(folder)
        print(f"killed {kills} times at random moments, {runs} runs came to their end unchanged")

    def points(self):
        """Positions among the calls on checkpoints: all of the second epoch's end, or one of each kind."""
        calls = faults.calls(self.folder, *self.arguments(self.folder / "listed"))
        kept = [i for i, call in enumerate(calls) if "/step-" in call[1]]
        end = next(i for i in range(kept[-1], 0, -1) if calls[i][1].endswith("/good.safetensors") and i < kept[0])
        first, last = end + 1, kept[-1] + 12
        group = range(first, min(last, len(calls)))
        if POINTS > 0:
            return [(i + 1, calls[i][0]) for i in group]
        kinds = {}
        for i in group:
            name = pathlib.Path(calls[i][1]).name.split(".")[0].lstrip("#0123456789 ")
            kinds.setdefault((calls[i][0], name), (i + 1, calls[i][0]))
        return list(kinds.values())

    def test_at_every_point_of_a_save(self):
        points = [(at, "kill") for at, _ in self.points()]
        points += [(at, "half") for at, call in self.points() if call == "write"]
        points += [(at, "after") for at, call in self.points() if call == "rename"]
        if POINTS > 0:
            points = random.Random(9).sample(points, min(POINTS, len(points)))
        for at, fault in points:
            with self.subTest(at=at, fault=fault):
                folder = self.folder / f"{fault}{at}"
                result = faults.run(*self.arguments(folder), fault=fault, at=at)
                self.assertEqual(result.returncode, KILLED, result.stderr)
                for checkpoint in (folder / "checkpoints").glob("*.safetensors"):
                    self.assert_done(run("inspect", "--checkpoint", checkpoint))
                self.assert_done(run(*self.arguments(folder)))
                self.assert_is_whole(folder)
        print(f"killed at {len(points)} points of a save")

    def test_before_its_first_checkpoint(self):
        for path, at in (("config.json", 1), ("config.json", 2), ("checkpoints/", 1), ("checkpoints/", 5)):
            with self.subTest(path=path, at=at):
                folder = self.folder / f"{at}{path[:6]}"
                result = faults.run(*self.arguments(folder), fault="kill", path=path, at=at)
                self.assertEqual(result.returncode, KILLED, result.stderr)
                self.assert_done(run(*self.arguments(folder)))
                self.assert_is_whole(folder)


if __name__ == "__main__":
    unittest.main()
