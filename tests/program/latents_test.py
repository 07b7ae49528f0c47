"""What a person does with a model's latents: encode, decode, interpolate, traverse."""

import csv
import json
import unittest

import program
from program import ProgramTest, run

program.require("numpy", "PIL")

import numpy  # noqa: E402
from PIL import Image  # noqa: E402


def table(file):
    with open(file, newline="") as lines:
        return list(csv.DictReader(lines))


def frames(file):
    with Image.open(file) as image:
        pictures = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            pictures.append(numpy.asarray(image.convert("RGB")))
        return pictures


class WithModel(ProgramTest):
    def done(self, command, *options, run_folder=None):
        result = run(command, "--checkpoint", run_folder or self.run_folder, *options)
        self.assert_done(result)
        return result.stdout

    def refused(self, code, words, command, *options, run_folder=None):
        self.assert_fails(run(command, "--checkpoint", run_folder or self.run_folder, *options), code, *words)

    def make_folder(self, *names):
        """A folder of pictures that differ."""
        for i, name in enumerate(names):
            file = self.folder / "images" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(program.png(8, 8, (40 * i + 10,)))
        return self.folder / "images"


class Encode(WithModel):
    shared_settings = {}

    def encode(self, *options, **place):
        self.done("encode", "--out", self.folder / "codes", *options, **place)
        return {name: numpy.load(self.folder / "codes" / f"{name}.npy") for name in ("mu", "sigma")}

    def test_opens_in_numpy(self):
        codes = self.encode()
        for values in codes.values():
            self.assertEqual((values.shape, values.dtype), ((16, 2), numpy.float32))
        self.assertTrue((codes["sigma"] > 0).all())

    def test_table_names_every_picture_with_its_class_and_factors(self):
        self.encode("--split", "train")
        rows = table(self.folder / "codes/pictures.csv")
        self.assertEqual(list(rows[0]), ["index", "name", "class", "shape", "scale", "rotation", "x", "y"])
        self.assertEqual([row["index"] for row in rows], [str(i) for i in range(64)])
        labels = numpy.load(self.folder / "codes/labels.npy")
        classes = ["square", "ellipse", "triangle"]
        self.assertEqual([row["class"] for row in rows], [classes[label] for label in labels])

    def test_of_a_folder_has_its_names(self):
        images = self.make_folder("a, b/1.png", 'c "d"/2.png', "e/3.png")
        self.encode("--images", images)
        rows = table(self.folder / "codes/pictures.csv")
        self.assertEqual([(row["name"], row["class"]) for row in rows],
                         [("a, b/1.png", "a, b"), ('c "d"/2.png', 'c "d"'), ("e/3.png", "e")])

    def test_gives_what_the_divergence_of_the_evaluation_is_made_of(self):
        codes = {name: values.astype(float) for name, values in self.encode("--split", "validation").items()}
        kl = 0.5 * (codes["mu"] ** 2 + codes["sigma"] ** 2 - 1) - numpy.log(codes["sigma"])
        given = json.loads(self.done("evaluate", "--split", "validation", "--json"))
        self.assertAlmostEqual(kl.sum(1).mean(), given["kl"], places=4)  # float32

    def test_does_not_depend_on_the_size_of_batches(self):
        a, b = self.encode("--batch-size", 3), self.encode("--batch-size", 16)
        numpy.testing.assert_allclose(a["mu"], b["mu"], atol=1e-6)

    def test_json_names_the_files(self):
        given = json.loads(self.done("encode", "--out", self.folder / "codes", "--json"))
        for key in ("mu", "sigma", "labels", "table"):
            self.assertTrue(program.pathlib.Path(given[key]).is_file(), key)
        self.assertEqual((given["pictures"], given["latent"], given["sigma_is_estimated"]), (16, 2, False))

    def test_estimates_the_deviations_of_a_flow(self):
        self.assert_done(self.train(model__posterior={"type": "iaf", "hidden": [8]}))
        codes = self.encode(run_folder=self.folder / "run")
        self.assertEqual(codes["sigma"].shape, (16, 2))
        given = json.loads(self.done("encode", "--out", self.folder / "codes", "--json", run_folder=self.folder / "run"))
        self.assertTrue(given["sigma_is_estimated"])

    def test_knows_every_other_posterior(self):
        for name, changes in {"full": {"model__posterior": "full_gaussian"},
                              "categories": {"model__posterior": {"type": "categorical", "categories": 2},
                                             "model__prior": "uniform_categorical", "model__latent": 4},
                              "map": {"model__encoder": {"type": "resnet", "channels": [4], "blocks": 1, "groups": 1,
                                                         "spatial": True},
                                      "model__decoder": {"type": "resnet", "channels": [4], "blocks": 1, "groups": 1,
                                                         "spatial": True}, "model__latent": 64}}.items():
            with self.subTest(name):
                self.assert_done(self.train(name, **changes))
                codes = self.encode(run_folder=self.folder / name)
                self.assertTrue(numpy.isfinite(codes["sigma"]).all())


class Decode(WithModel):
    shared_settings = {}

    def save(self, array):
        numpy.save(self.folder / "z.npy", array)
        return self.folder / "z.npy"

    def test_of_means_is_what_reconstruct_gives(self):
        images = self.make_folder("1.png", "2.png", "3.png")
        self.done("encode", "--images", images, "--out", self.folder / "codes")
        self.done("decode", "--latents", self.folder / "codes/mu.npy", "--out-dir", self.folder / "decoded")
        self.done("reconstruct", "--images", images, "--out-dir", self.folder / "rebuilt")
        for a, b in zip(("0000", "0001", "0002"), ("1", "2", "3")):
            self.assertEqual((self.folder / f"decoded/{a}.png").read_bytes(),
                             (self.folder / f"rebuilt/{b}.png").read_bytes())

    def test_takes_what_numpy_writes(self):
        z = numpy.random.default_rng(1).normal(size=(5, 2))
        sheets = []
        for array in (z, z.astype("float32"), numpy.asfortranarray(z)):
            self.done("decode", "--latents", self.save(array), "--out", self.folder / "sheet.png")
            sheets.append((self.folder / "sheet.png").read_bytes())
        self.assertEqual(sheets, sheets[:1] * 3)

    def test_refuses_other_arrays(self):
        for array, words in ((numpy.zeros((5, 3)), ("(5, 3)", "(pictures, 2)")), (numpy.zeros(2), ("(2)",)),
                             (numpy.zeros((0, 2)), ("(0, 2)",)), (numpy.full((1, 2), numpy.nan), ("NaN",)),
                             (numpy.zeros((1, 2), int), ("whole numbers",)),
                             (numpy.zeros((1, 2), complex), ("float32",)),
                             (numpy.array([[None, 1]], object), ("float32",))):
            with self.subTest(words):
                self.refused(3, ("z.npy", *words), "decode", "--latents", self.save(array), "--out",
                             self.folder / "x.png")
        self.refused(6, ("none.npy",), "decode", "--latents", self.folder / "none.npy", "--out", self.folder / "x.png")

    def test_knows_no_classes(self):
        self.refused(2, ("--class 3", "not conditioned"), "decode", "--latents", self.save(numpy.zeros((1, 2))),
                     "--class", 3, "--out", self.folder / "x.png")


class Interpolate(WithModel):
    shared_settings = {}

    def test_sheet_has_a_row_for_each_pair(self):
        self.done("interpolate", "--count", 4, "--steps", 5, "--out", self.folder / "sheet.png")
        self.assertEqual(program.png_size(self.folder / "sheet.png"), (5 * 10 + 2, 3 * 10 + 2))

    def test_begins_and_ends_with_the_pictures(self):
        images = self.make_folder("1.png", "2.png")
        self.done("interpolate", "--images", images / "2.png", images / "1.png", "--steps", 3, "--out",
                  self.folder / "sheet.png")
        sheet = frames(self.folder / "sheet.png")[0]
        self.assertEqual(sheet.shape[:2], (12, 5 * 10 + 2))
        self.assertEqual((sheet[5, 5, 0], sheet[5, 45, 0]), (50, 10))

    def test_ends_are_what_sample_draws(self):
        self.done("sample", "--count", 2, "--seed", 5, "--out-dir", self.folder / "samples")
        for method in ("linear", "spherical"):
            self.done("interpolate", "--seed", 5, "--steps", 2, "--method", method, "--out", self.folder / "sheet.png")
            sheet = frames(self.folder / "sheet.png")[0]
            for i in range(2):
                sample = frames(self.folder / f"samples/000{i}.png")[0]
                self.assertTrue((sheet[2:10, 10 * i + 2:10 * i + 10] == sample).all())

    def test_animation_goes_there_and_back(self):
        self.done("interpolate", "--count", 3, "--steps", 4, "--zoom", 3, "--fps", 20, "--animation",
                  self.folder / "a.png")
        pictures = frames(self.folder / "a.png")
        self.assertEqual(len(pictures), 2 * 7 - 2)  # two segments of 4 share a point
        self.assertEqual(pictures[0].shape, (24, 24, 3))
        for i in range(1, 6):
            self.assertTrue((pictures[i] == pictures[-i]).all())
        with Image.open(self.folder / "a.png") as image:
            self.assertEqual((image.info["loop"], image.info["duration"]), (0, 50))

    def test_takes_a_folder_and_writes_into_a_new_one(self):
        images = self.make_folder("1.png", "2.png", "3.png")
        given = json.loads(self.done("interpolate", "--images", images, "--out", self.folder / "new/sheet.png", "--json"))
        self.assertEqual((given["through"], given["segments"]), (["1.png", "2.png", "3.png"], 2))

    def test_refuses_a_single_picture_and_other_formats(self):
        images = self.make_folder("1.png")
        self.refused(2, ("--images", "two"), "interpolate", "--images", images, "--out", self.folder / "x.png")
        self.refused(2, ("x.jpg", "x.png"), "interpolate", "--out", self.folder / "x.jpg")

    def test_refuses_categories(self):
        self.assert_done(self.train(model__posterior={"type": "categorical", "categories": 2}, model__latent=4,
                                    model__prior="uniform_categorical"))
        self.refused(2, ("categories", "traverse"), "interpolate", "--out", self.folder / "x.png",
                     run_folder=self.folder / "run")


class Traverse(WithModel):
    shared_settings = {"model__latent": 5}

    def test_shows_the_most_active_latents_first(self):
        given = json.loads(self.done("traverse", "--latents", 3, "--steps", 7, "--out", self.folder / "t.png", "--json"))
        evaluated = json.loads(self.done("evaluate", "--split", "validation", "--json"))["latents"]
        activity = {i: latent["variance_of_means"] for i, latent in enumerate(evaluated)}
        expected = sorted(activity, key=lambda i: -activity[i])[:3]
        self.assertEqual([sweep["latent"] for sweep in given["sweeps"]], expected)
        for sweep in given["sweeps"]:
            self.assertAlmostEqual(sweep["activity"], activity[sweep["latent"]], places=5)
            self.assertLess(sweep["from"], sweep["to"])
        self.assertEqual(program.png_size(self.folder / "t.png"), (7 * 10 + 2, 3 * 10 + 2))

    def test_animation_moves_all_at_once(self):
        self.done("traverse", "--latents", 4, "--steps", 6, "--zoom", 1, "--animation", self.folder / "t.png")
        pictures = frames(self.folder / "t.png")
        self.assertEqual((len(pictures), pictures[0].shape), (10, (22, 22, 3)))

    def test_names_the_last_picture_where_there_is_no_such_one(self):
        self.refused(2, ("--picture 16", "15"), "traverse", "--picture", 16, "--out", self.folder / "t.png")

    def test_of_categories_shows_each(self):
        self.assert_done(self.train(model__posterior={"type": "categorical", "categories": 3}, model__latent=6,
                                    model__prior="uniform_categorical"))
        self.done("traverse", "--out", self.folder / "t.png", run_folder=self.folder / "run")
        self.assertEqual(program.png_size(self.folder / "t.png"), (3 * 10 + 2, 2 * 10 + 2))


class ConditionalModel(WithModel):
    shared_settings = {"model__condition": {"embedding": 4}, "data__observation": "binarize",
                       "model__likelihood": "bernoulli"}

    def test_encoded_labels_decode(self):
        self.done("encode", "--out", self.folder / "codes")
        self.done("decode", "--latents", self.folder / "codes/mu.npy", "--labels", self.folder / "codes/labels.npy",
                  "--out-dir", self.folder / "decoded")
        self.assertEqual(len(program.files(self.folder / "decoded")), 16)

    def test_asks_for_a_class(self):
        numpy.save(self.folder / "z.npy", numpy.zeros((2, 2)))
        latents = ("--latents", self.folder / "z.npy")
        out = ("--out", self.folder / "x.png")
        for command in (("decode", *latents), ("interpolate",)):
            self.refused(2, ("--class", "square, ellipse, triangle"), *command, *out)
            self.done(*command, *out, "--class", "ellipse")

    def test_refuses_labels_that_are_none(self):
        numpy.save(self.folder / "z.npy", numpy.zeros((2, 2)))
        for labels in ([0, 3], [-1, 0], [0], [0.5, 1]):
            numpy.save(self.folder / "labels.npy", numpy.array(labels))
            self.refused(3, ("labels.npy",), "decode", "--latents", self.folder / "z.npy", "--labels",
                         self.folder / "labels.npy", "--out", self.folder / "x.png")

    def test_traverses_pictures_of_their_class(self):
        self.done("traverse", "--out", self.folder / "t.png")


if __name__ == "__main__":
    unittest.main()
