"""Exported models give in onnxruntime what the program gives."""

import json
import unittest

import program
from program import ProgramTest, run

program.require("numpy", "PIL", "onnxruntime")

import numpy  # noqa: E402
import onnxruntime  # noqa: E402
from PIL import Image  # noqa: E402

HAS_ONNX = "built without the ONNX library" not in run("export", "--checkpoint", "missing", "--out", "x").stderr


def session(file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def pixels(files):
    """Grey pictures as the encoder takes them."""
    return numpy.stack([numpy.asarray(Image.open(file), numpy.float32)[None] / 255 for file in files])


class WithoutLibrary(ProgramTest):
    @unittest.skipIf(HAS_ONNX, "built with the ONNX library")
    def test_says_what_to_install(self):
        self.assert_fails(run("export", "--checkpoint", "missing", "--out", self.folder), 2, "libonnx-dev")


@unittest.skipUnless(HAS_ONNX, "built without the ONNX library")
class Export(ProgramTest):
    def export(self, name="run", *options):
        self.assert_done(run("export", "--checkpoint", self.folder / name, "--out", self.folder / "onnx", *options))
        return self.folder / "onnx"

    def test_gives_the_codes_and_the_pictures_of_a_model_that_was_trained(self):
        conv = {"type": "conv", "channels": [4, 6], "activation": "gelu"}
        models = {"mlp": {"training__ema": 0.9, "data__observation": "none"},
                  "conv": {"model__encoder": conv, "model__decoder": conv, "model__likelihood": "bernoulli",
                           "data__observation": "binarize"}}
        for name, changes in models.items():
            with self.subTest(name):
                self.assert_done(self.train(name, **changes))
                files = self.export(name)
                self.check_encoder(name, session(files / "encoder.onnx"))
                self.check_decoder(name, session(files / "decoder.onnx"))

    def check_encoder(self, name, encoder):
        images = self.folder / "images"
        images.mkdir(exist_ok=True)
        for i in range(4):  # black and white, which "binarize" leaves as they are
            (images / f"{i}.png").write_bytes(program.png(8, 8, (255 * (i % 2),)))
        codes = self.folder / f"{name}-codes"
        self.assert_done(run("encode", "--checkpoint", self.folder / name, "--images", images, "--out", codes))
        mu, sigma = encoder.run(["mu", "sigma"], {"pixels": pixels(sorted(images.iterdir()))})
        numpy.testing.assert_allclose(mu, numpy.load(codes / "mu.npy"), atol=1e-4)
        numpy.testing.assert_allclose(sigma, numpy.load(codes / "sigma.npy"), atol=1e-4)

    def check_decoder(self, name, decoder):
        z = numpy.random.default_rng(1).standard_normal((6, 2), numpy.float32)
        numpy.save(self.folder / "z.npy", z)
        shown = self.folder / f"{name}-shown"
        self.assert_done(run("decode", "--checkpoint", self.folder / name, "--latents", self.folder / "z.npy",
                             "--out-dir", shown))
        mean, = decoder.run(["mean"], {"z": z})
        # A picture has 256 levels: what it shows is within half of one.
        numpy.testing.assert_allclose(mean.clip(0, 1), pixels(sorted(shown.iterdir())), atol=0.5 / 255 + 1e-4)

    def test_tells_what_is_in_the_files(self):
        self.assert_done(self.train(model__condition={"embedding": 2}))
        files = self.export()
        encoder, decoder = session(files / "encoder.onnx"), session(files / "decoder.onnx")
        described = decoder.get_modelmeta()
        self.assertEqual(described.producer_name, "vae")
        self.assertEqual(described.custom_metadata_map["likelihood"], "gaussian")
        self.assertEqual(json.loads(described.custom_metadata_map["classes"]), ["square", "ellipse", "triangle"])
        self.assertEqual([(port.name, port.shape, port.type) for port in encoder.get_inputs()],
                         [("pixels", ["N", 1, 8, 8], "tensor(float)"), ("labels", ["N"], "tensor(int64)")])
        self.assertEqual([(port.name, port.shape) for port in encoder.get_outputs()],
                         [("mu", ["N", 2]), ("sigma", ["N", 2]), ("parameters", ["N", 4])])
        self.assertEqual([(port.name, port.shape) for port in decoder.get_outputs()],
                         [("mean", ["N", 1, 8, 8]), ("parameters", ["N", 1, 8, 8])])

    def test_writes_the_part_that_is_asked_for(self):
        self.assert_done(self.train(model__encoder={"type": "resnet", "channels": [4], "blocks": 1, "groups": 2}))
        files = self.export("run", "--part", "decoder")
        self.assertEqual(program.files(files), ["decoder.onnx"])

    def test_refuses_what_has_no_form(self):
        self.assert_done(self.train(model__encoder={"type": "resnet", "channels": [4], "blocks": 1, "groups": 2}))
        refused = run("export", "--checkpoint", self.folder / "run", "--out", self.folder / "onnx")
        self.assert_fails(refused, 2, "model.encoder.type", "resnet")
        self.assertFalse((self.folder / "onnx").exists())

    def test_needs_a_folder_and_a_checkpoint(self):
        self.assert_fails(run("export", "--checkpoint", self.folder), 2, "--out")
        self.assert_fails(run("export", "--checkpoint", self.folder / "missing", "--out", self.folder), 7, "missing")
        self.assert_fails(run("export", "--checkpoint", self.folder, "--out", self.folder, "--part", "all"), 2, "--part")


if __name__ == "__main__":
    unittest.main()
