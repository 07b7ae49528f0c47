"""A run of every format of checkpoints that there has been can be used and gone on with: tests/fixtures."""

import json
import shutil
import unittest

import program
from program import ProgramTest, run

FIXTURES = sorted((program.ROOT / "tests/fixtures").glob("*.safetensors"))


class Compatibility(ProgramTest):
    def test_a_run_goes_on(self):
        self.assertGreater(len(FIXTURES), 0)
        for fixture in FIXTURES:
            with self.subTest(fixture.name):
                folder = self.folder / fixture.stem
                for name in ("checkpoints", "samples", "reconstructions"):
                    (folder / name).mkdir(parents=True)
                shutil.copy(fixture, folder / "checkpoints/last.safetensors")
                described = run("inspect", "--checkpoint", folder, "--json")
                self.assert_done(described)
                (folder / "config.json").write_text(json.dumps(json.loads(described.stdout)["config"]))
                self.assert_done(run("sample", "--checkpoint", folder, "--count", 4, "--out", self.folder / "sheet.png"))
                resumed = run("train", "--resume", folder, "--set", "training.epochs=3")
                self.assert_done(resumed)
                self.assertEqual([row["epoch"] for row in program.rows(folder) if row["split"] == "validation"], [3])


if __name__ == "__main__":
    unittest.main()
