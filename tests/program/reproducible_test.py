"""Same seed, same bytes: two runs of one config leave the same files, with one thread and with two."""

import os
import unittest

import program
from program import ProgramTest, run, settings

BY_THE_CLOCK = ("metrics.jsonl", "log.txt", "report.html")  # hold times and speeds


class Reproducible(ProgramTest):
    """Convolutions, pictures turned over, noise and averages: all that a run draws or sums up."""

    def train_with(self, threads, name):
        layers = {"type": "conv", "channels": [16, 32]}
        return run("train", "--config", program.CONFIG, *settings(
            threads=threads, data__train={"type": "shapes", "count": 120, "height": 16, "width": 16},
            data__validation={"type": "fraction", "fraction": 0.2}, data__test="none", data__horizontal_flip=True,
            model__encoder=layers, model__decoder=layers, training__batch_size=32, training__ema=0.9), "--out", self.folder / name,
            env={**os.environ, "OMP_WAIT_POLICY": "passive"})  # threads that wait leave the processor to others

    def assert_same_bytes(self, threads):
        folders = [self.folder / f"{threads}-{i}" for i in range(2)]
        for folder in folders:
            self.assert_done(self.train_with(threads, folder.name))
        self.assertEqual(program.files(folders[0]), program.files(folders[1]))
        for file in program.files(folders[0]):
            if file not in BY_THE_CLOCK and not file.startswith("events.out"):
                self.assertEqual(*((folder / file).read_bytes() for folder in folders), file)
        self.assertEqual(*map(program.rows, folders))
        self.assertEqual(*map(program.events, folders))

    def test_with_one_thread(self):
        self.assert_same_bytes(1)

    def test_with_two_threads(self):
        self.assert_same_bytes(2)

    def test_another_seed_gives_others(self):
        self.assert_done(self.train("one"))
        self.assert_done(self.train("other", seed=5))
        self.assertNotEqual(*((self.folder / name / "checkpoints/last.safetensors").read_bytes() for name in ("one", "other")))


if __name__ == "__main__":
    unittest.main()
