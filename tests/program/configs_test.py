"""Every example config parses, and trains an epoch of the model it describes on a few pictures of its kind."""

import json
import unittest

import program
from program import ProgramTest, run

CONFIGS = sorted((program.ROOT / "configs").rglob("*.json"))
PICTURES = 12


class Configs(ProgramTest):
    def resolve(self, config):
        result = run("config", "--resolve", config)
        self.assert_done(result)
        return json.loads(result.stdout)

    def small(self, source):
        """A source of the same kind and size with a few pictures."""
        if source["type"] == "shapes":
            return {**source, "count": PICTURES}
        if source["type"] == "folder":
            folder = self.folder / "pictures"
            if not folder.exists():
                self.assert_done(run("data", "shapes", "--out", folder, "--count", PICTURES, "--channels", 3))
            return {**source, "path": str(folder)}
        if source["type"] == "idx":
            (self.folder / "images").write_bytes(program.idx(PICTURES, 28, 28))
            (self.folder / "labels").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, PICTURES]) + bytes(PICTURES))
            return {**source, "images": str(self.folder / "images"), "labels": str(self.folder / "labels")}
        return {"type": "fraction", "fraction": 0.25}

    def test_train(self):
        self.assertGreater(len(CONFIGS), 0)
        for config in CONFIGS:
            with self.subTest(config.name):
                resolved = self.resolve(config)
                options = ["--set", "training.epochs=1", "--set", "threads=1", "--set", "device=cpu"]
                for split in ("train", "validation", "test"):
                    options += ["--set", f"data.{split}={json.dumps(self.small(resolved['data'][split]))}"]
                out = self.folder / resolved["name"]
                self.assert_done(run("train", "--config", config, *options, "--out", out))
                row = program.rows(out)[-1]
                self.assertEqual((row["split"], row["epoch"]), ("validation", 1))
                self.assertIsNotNone(row["elbo"])

    def test_are_named_after_their_files(self):
        for config in CONFIGS:
            self.assertEqual(self.resolve(config)["name"], config.stem)


if __name__ == "__main__":
    unittest.main()
