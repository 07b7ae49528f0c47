"""A training that runs out of memory says what would fit, and loses no checkpoint."""

import json
import re
import resource
import unittest

import program
from program import ProgramTest, run, settings

OUT_OF_MEMORY = 5
LIMIT = 1 << 30  # of addresses: twice what the program takes with little to do
COUNT = 32768


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


class Memory(ProgramTest):
    def settings(self, batch_size):
        """In a step of all pictures each activation takes 256 MiB."""
        layers = {"type": "mlp", "hidden": [2048]}
        return settings(data__train={"type": "shapes", "count": COUNT, "height": 8, "width": 8}, data__validation="none",
                        data__test="none", model__encoder=layers, model__decoder=layers, training__batch_size=batch_size)

    def train(self, batch_size, *arguments):
        return run("train", "--config", program.CONFIG, *self.settings(batch_size), *arguments, preexec_fn=limit_memory)

    def test_that_is_exhausted_names_the_peak_and_a_batch_size_that_fits(self):
        result = self.train(COUNT, "--out", self.folder / "run")
        self.assertEqual(result.returncode, OUT_OF_MEMORY, result.stderr)
        last = result.stderr.splitlines()[-1]
        said = re.search(rf"step of {COUNT} pictures, with a peak of ([0-9.]+) GiB resident; a step of (\d+) fitted: "
                         "set training.batch_size", last)
        self.assertIsNotNone(said, result.stderr)
        self.assertGreater(float(said[1]), 0.1)
        self.assertLessEqual(float(said[1]), LIMIT / 2**30)

        inspected = run("inspect", "--checkpoint", self.folder / "run", "--json")
        self.assert_done(inspected)
        self.assertEqual(json.loads(inspected.stdout)["step"], 0)
        self.assert_done(self.train(int(said[2]), "--out", self.folder / "smaller", "--set", "training.epochs=1"))


if __name__ == "__main__":
    unittest.main()
