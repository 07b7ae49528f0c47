"""Checkpoints open with the Python package `safetensors` and hold what DESIGN and README say."""

import json
import unittest

import program
from program import ProgramTest, run

program.require("numpy", "safetensors")
import safetensors


class CheckpointFormat(ProgramTest):
    shared_settings = {"training__ema": 0.9}

    def open(self, folder=None):
        return safetensors.safe_open((folder or self.run_folder) / "checkpoints/last.safetensors", "numpy")

    def test_names_parameters_after_their_modules(self):
        shapes = {"encoder.mlp.hidden0.weight": [8, 64], "encoder.mlp.hidden0.bias": [8],
                  "encoder.mlp.output.weight": [4, 8], "encoder.mlp.output.bias": [4],
                  "decoder.mlp.hidden0.weight": [8, 2], "decoder.mlp.hidden0.bias": [8],
                  "decoder.mlp.output.weight": [64, 8], "decoder.mlp.output.bias": [64],
                  "likelihood.variance.raw": []}
        expected = {"optimizer.updates": [], "training.sums": None, "training.losses": None}
        for name, shape in shapes.items():
            for full in (name, f"ema.{name}", f"optimizer.{name}.exp_avg", f"optimizer.{name}.exp_avg_sq"):
                expected[full] = shape
        with self.open() as file:
            self.assertEqual(set(file.keys()), set(expected))
            for name, shape in expected.items():
                if shape is not None:
                    self.assertEqual(list(file.get_tensor(name).shape), shape, name)
                    self.assertEqual(file.get_tensor(name).dtype, "float32", name)

    def test_names_the_buffers_of_every_optimizer(self):
        self.assert_done(self.train(training__optimizer={"type": "sgd", "momentum": 0.9}))
        with self.open(self.folder / "run") as file:
            names = [name for name in file.keys() if name.startswith("optimizer.")]
        self.assertIn("optimizer.decoder.mlp.output.bias.momentum", names)
        self.assertEqual(len(names), 9)

    def test_metadata_is_json(self):
        with self.open() as file:
            metadata = file.metadata()
        self.assertEqual(metadata["format"], "1")
        self.assertEqual(json.loads(metadata["config"]), json.loads((self.run_folder / "config.json").read_text()))
        state = json.loads(metadata["state"])
        self.assertEqual((state["step"], state["epoch"], state["position"]), (16, 2, 0))
        pictures = json.loads(metadata["pictures"])
        self.assertEqual(pictures, {"channels": 1, "height": 8, "width": 8, "count": 64,
                                    "classes": ["square", "ellipse", "triangle"],
                                    "class_counts": pictures["class_counts"], "digest": None})
        self.assertEqual(sum(pictures["class_counts"]), 64)
        self.assertTrue(metadata["digest"].startswith("xxh3-128:"))

    def test_a_decoder_of_numpy_draws_the_samples_of_the_program(self):
        import numpy
        run("sample", "--checkpoint", self.run_folder / "checkpoints/last.safetensors", "--temperature", 0, "--count", 1,
            "--out-dir", self.folder / "out")
        with self.open() as file:
            def layer(x, name):
                return file.get_tensor(f"ema.decoder.mlp.{name}.weight") @ x + file.get_tensor(
                    f"ema.decoder.mlp.{name}.bias")
            mean = layer(numpy.maximum(layer(numpy.zeros(2, "f4"), "hidden0"), 0), "output")
        program.require("PIL")
        from PIL import Image
        drawn = numpy.asarray(Image.open(self.folder / "out/0000.png"), "f4").ravel()
        # Bytes are rounded: half a step, and a little for the order of sums.
        numpy.testing.assert_allclose(drawn, 255 * mean.clip(0, 1), atol=0.51)


if __name__ == "__main__":
    unittest.main()
