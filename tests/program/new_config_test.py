"""vae config --new: what it says of a folder is true, and what it writes trains."""

import json
import re
import unittest

import program
from program import ProgramTest, run


def without_comments(text):
    return json.loads(re.sub(r"//.*", "", text.replace("https://", "")))


class NewConfig(ProgramTest):
    def write(self, count, width, height, pixel, folder="pictures"):
        target = self.folder / folder
        target.mkdir(parents=True, exist_ok=True)
        for i in range(count):
            (target / f"{i}.png").write_bytes(program.png(width, height, pixel))

    def new(self):
        result = run("config", "--new", "--images", self.folder / "pictures")
        self.assert_done(result)
        return result.stdout

    def assert_trains(self, text):
        config = self.folder / "new.json"
        config.write_text(text)
        self.assert_done(run("config", "--resolve", config))
        self.assert_done(run("train", "--config", config, "--set", "training.epochs=1", "--set", "threads=1",
                             "--out", self.folder / "run"))

    def test_for_shapes_resolves(self):
        result = run("config", "--new")
        self.assert_done(result)
        (self.folder / "new.json").write_text(result.stdout)
        self.assert_done(run("config", "--resolve", self.folder / "new.json"))

    def test_for_small_colour_pictures_with_classes_trains(self):
        self.write(20, 24, 16, (200, 100, 50), "pictures/red")
        self.write(20, 24, 16, (20, 100, 250), "pictures/blue")
        text = self.new()
        self.assertIn("40 pictures, 2 classes; 40 of them were looked at", text)
        config = without_comments(text)
        train = config["data"]["train"]
        self.assertEqual((train["channels"], train["height"], train["width"]), (3, 16, 24))
        self.assertEqual(config["model"]["likelihood"]["type"], "gaussian")
        self.assertEqual(config["data"]["observation"], "dequantize")
        self.assertEqual(config["name"], "pictures")
        self.assert_trains(text)

    def test_for_black_and_white_pictures_takes_a_bernoulli(self):
        self.write(30, 28, 28, (0,))
        config = without_comments(self.new())
        self.assertEqual(config["data"]["train"]["channels"], 1)
        self.assertEqual(config["model"]["likelihood"], "bernoulli")
        self.assertEqual(config["data"]["observation"], "binarize")
        self.assert_trains(self.new())

    def test_for_large_grey_pictures_scales_them(self):
        self.write(3, 300, 200, (90,))
        config = without_comments(self.new())
        train = config["data"]["train"]
        self.assertEqual((train["channels"], train["height"], train["width"]), (1, 64, 64))
        self.assertEqual(config["model"]["likelihood"]["type"], "gaussian")

    def test_skips_bad_pictures_where_it_saw_some(self):
        self.write(30, 16, 16, (90,))
        (self.folder / "pictures/bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        text = self.new()
        self.assertEqual(without_comments(text)["data"]["bad_images"], "skip")
        self.assert_trains(text)

    def test_of_a_folder_without_pictures_is_refused(self):
        (self.folder / "pictures").mkdir()
        self.assert_fails(run("config", "--new", "--images", self.folder / "pictures"), 3, "no picture")
        self.assert_fails(run("config", "--new", "--images", self.folder / "none"), 3, self.folder / "none")
        self.assert_fails(run("config", "--images", self.folder), 2, "--images")


if __name__ == "__main__":
    unittest.main()
