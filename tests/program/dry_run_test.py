"""vae train --dry-run: it tells what a training takes and leaves nothing behind."""

import os
import pathlib
import re
import unittest

import program
from program import ProgramTest, run, settings


class DryRun(ProgramTest):
    def dry_run(self, *arguments, **changes):
        return run("train", "--config", program.CONFIG, *settings(**changes), "--dry-run", *arguments, cwd=self.folder)

    def test_tells_what_a_training_takes(self):
        result = self.dry_run(training__optimizer="adam")
        self.assert_done(result)
        number = lambda pattern: float(re.search(pattern, result.stdout, re.M)[1])
        # 64 inputs, hidden layers of 8, 2 latents: each layer's weights and biases, and the learned variance.
        encoder, decoder = (64 * 8 + 8) + (8 * 4 + 4), (2 * 8 + 8) + (8 * 64 + 64)
        self.assertEqual(number(r"^parameters +(\d+)"), encoder + decoder + 1)
        self.assertEqual(number(r"^  decoder.mlp.output +(\d+)"), 8 * 64 + 64)
        self.assertEqual(number(r"^steps +(\d+)"), 16)
        self.assertIn("64 for training, 16 for validation, 16 for the test", result.stdout)
        weights = 4 * (encoder + decoder + 1) / 1024
        self.assertAlmostEqual(number(r"^  weights +([\d.]+) KiB"), weights, delta=0.05)
        self.assertAlmostEqual(number(r"^  gradients +([\d.]+) KiB"), weights, delta=0.05)
        self.assertGreaterEqual(number(r"^  optimizer +([\d.]+) KiB"), 2 * weights - 0.1)
        self.assertEqual(number(r"^  training pictures +([\d.]+) KiB"), 64 * 64 / 1024)
        # Inputs, hidden layers, outputs and their gradients of 8 pictures, within an order of magnitude.
        activations = number(r"^  activations of a step +([\d.]+) KiB")
        self.assertTrue(8 * 64 * 4 / 1024 < activations < 1000, activations)
        self.assertRegex(result.stdout, r"(?m)^time +\d+:\d\d")

    def test_activations_grow_with_the_batch(self):
        def activations(batch):
            text = self.dry_run(training__batch_size=batch, data__train={
                "type": "shapes", "count": 64, "height": 64, "width": 64}, data__validation="none",
                data__test="none").stdout
            value, unit = re.search(r"activations of a step +([\d.]+) (\w+)", text).groups()
            return float(value) * {"KiB": 1, "MiB": 1024}[unit]
        self.assertGreater(activations(64), 5 * activations(8))

    def test_writes_nothing(self):
        pictures = self.folder / "pictures"
        pictures.mkdir()
        for i in range(10):
            (pictures / f"{i}.png").write_bytes(program.png(8, 8))
        cache = pathlib.Path(os.environ["XDG_CACHE_HOME"])
        before = program.files(self.folder), program.files(cache)
        self.assert_done(self.dry_run(data__train={"type": "folder", "path": str(pictures), "height": 8, "width": 8},
                                      data__validation="none", data__test="none"))
        self.assertEqual((program.files(self.folder), program.files(cache)), before)

    def test_refuses_what_a_training_refuses(self):
        self.assert_fails(self.dry_run(data__train={"type": "folder", "path": "none"}), 3, "none")
        self.assert_fails(self.dry_run(training__drop_last=True, training__batch_size=100), 2, "training.batch_size")
        self.assert_fails(self.dry_run(model__latent=-1), 2, "model.latent")


if __name__ == "__main__":
    unittest.main()
