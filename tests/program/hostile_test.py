"""Checkpoints, configs and folders of strangers: whatever names they hold, nothing is written outside the output folder."""

import csv
import json
import pathlib
import re
import shutil
import struct
import unittest

import program
from program import ProgramTest, run, settings

USAGE, BAD_CHECKPOINT = 2, 7
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
ESCAPES = ["../x", "/x", "a/../../x"]
ODD = [["a/b", "\n", "\x1b[2J"], ["a\\..\\..", "-o", "$(touch x)"]]  # names that stay inside, whatever they look like


def rewritten(checkpoint, path, change):
    """The checkpoint with its metadata changed, and without the digest that would tell."""
    content = checkpoint.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    metadata = header["__metadata__"]
    del metadata["digest"]
    entries = {key: json.loads(metadata[key]) for key in ("config", "pictures", "state")}
    change(entries)
    metadata.update({key: json.dumps(value) for key, value in entries.items()})
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + content[8 + length:])
    return path


class Names(ProgramTest):
    """What is allowed is self.folder / "inside" / "out"; all else is looked over afterwards."""

    shared_settings = {"model__condition": {"embedding": 2}}

    def setUp(self):
        super().setUp()
        self.inside = self.folder / "inside"
        self.inside.mkdir()
        self.out = self.inside / "out"

    def checkpoint_with_classes(self, *names):
        def change(entries):
            entries["pictures"]["classes"][:len(names)] = names
        return rewritten(self.run_folder / "checkpoints/last.safetensors", self.inside / "model.safetensors", change)

    def assert_wrote_nothing_outside(self, *inputs):
        outside = [path for path in self.folder.rglob("*") if self.out not in (path, *path.parents)]
        self.assertEqual(sorted(outside), sorted([self.inside, *inputs]))
        self.assertFalse(pathlib.Path("/x").exists())

    def sample(self, checkpoint):
        return run("sample", "--checkpoint", checkpoint, "--all-classes", "--count", 2, "--out-dir", self.out, cwd=self.inside)

    def test_classes_of_a_checkpoint_that_lead_out_are_refused(self):
        for name in ESCAPES:
            with self.subTest(name):
                checkpoint = self.checkpoint_with_classes(name)
                self.assert_fails(self.sample(checkpoint), USAGE, "leads out of")
                self.assert_wrote_nothing_outside(checkpoint)

    def test_odd_classes_of_a_checkpoint_stay_inside(self):
        for names in ODD:
            with self.subTest(names):
                checkpoint = self.checkpoint_with_classes(*names)
                self.assert_done(self.sample(checkpoint))
                for name in names:
                    self.assertEqual(len(list((self.out / name).iterdir())), 2)
                self.assert_wrote_nothing_outside(checkpoint)
                shutil.rmtree(self.out)

    def test_classes_can_not_speak_to_the_terminal(self):
        checkpoint = self.checkpoint_with_classes("\x1b[2J\n\x9b")
        for command in (["inspect"], ["inspect", "--json"], ["sample", "--class", "none"]):
            result = run(*command, "--checkpoint", checkpoint)
            self.assertEqual(set(CONTROLS.findall(result.stdout + result.stderr)), {"\n"})

    def test_names_of_pictures_and_classes_stay_inside(self):
        """Pictures of strangers, by a checkpoint of strangers: reconstruct and encode need to know its classes."""
        checkpoint = self.checkpoint_with_classes("../x", "a\n", "c")
        pictures = self.inside / "pictures"
        names = [f"{label}/{picture}" for label in ("a\n", "c") for picture in ("\x1b.png", "b..png", ',"d".png')]
        for i, name in enumerate(names):
            (pictures / name).parent.mkdir(parents=True, exist_ok=True)
            (pictures / name).write_bytes(program.png(8, 8, (40 * i,)))
        inputs = [checkpoint, pictures, pictures / "a\n", pictures / "c", *(pictures / name for name in names)]
        for command, option in (("reconstruct", "--out-dir"), ("encode", "--out")):
            result = run(command, "--checkpoint", checkpoint, "--images", pictures, option, self.out)
            self.assert_done(result)
            self.assertNotIn("\x1b", result.stdout + result.stderr)
            self.assert_wrote_nothing_outside(*inputs)
        with open(self.out / "pictures.csv", newline="") as table:
            self.assertEqual(sorted(row["name"] for row in csv.DictReader(table)), sorted(names))


class Configs(ProgramTest):
    shared_settings = {}

    def test_a_run_name_that_leads_out_of_runs_is_refused(self):
        for name in (*ESCAPES, "..", "", "a/b", "\x1b[2J"):
            with self.subTest(name):
                result = run("train", "--config", program.CONFIG, *settings(name=name), cwd=self.folder)
                self.assert_fails(result, USAGE, "name")
                self.assertEqual(list(self.folder.iterdir()), [])

    def test_so_is_one_in_a_checkpoint(self):
        def change(entries):
            entries["config"]["name"] = "../x"
        checkpoint = rewritten(self.run_folder / "checkpoints/last.safetensors", self.folder / "model.safetensors", change)
        self.assert_fails(run("inspect", "--checkpoint", checkpoint), BAD_CHECKPOINT, "name")

    def test_a_training_writes_into_its_folder_alone(self):
        self.assert_done(run("train", "--config", program.CONFIG, "--out", "run", cwd=self.folder))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["run"])


if __name__ == "__main__":
    unittest.main()
