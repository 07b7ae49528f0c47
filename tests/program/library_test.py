"""The installed library in another program: docs/examples/library gives what the commands give."""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest

import program
from program import ProgramTest, run

EXAMPLE = program.ROOT / "docs" / "examples" / "library"

if "VAE_BUILD" not in os.environ or shutil.which("cmake") is None:
    print("skipped: needs VAE_BUILD, the build folder, and cmake")
    sys.exit(program.SKIPPED)


class Library(ProgramTest):
    shared_settings = {}

    def call(self, *words, **options):
        result = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def built_example(self):
        """The example, built with nothing but what was installed."""
        prefix, build = self.folder / "prefix", self.folder / "build"
        self.call("cmake", "--install", os.environ["VAE_BUILD"], "--component", "library", "--prefix", prefix)
        self.assertFalse(list(prefix.rglob("cli")))
        self.call("cmake", "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}")
        self.call("cmake", "--build", build)
        return build / "example"

    def pictures(self):
        folder = self.folder / "pictures"
        folder.mkdir()
        for number in range(5):
            (folder / f"{number}.png").write_bytes(program.png(9 + number, 8, (40 * number, 99, 7)))
        return folder

    def test_gives_the_pictures_and_the_scores_of_the_commands(self):
        example, pictures = self.built_example(), self.pictures()
        said = self.call(example, self.run_folder, pictures, cwd=self.folder)

        model = ("--checkpoint", self.run_folder, "--seed", 1)
        self.assert_done(run("sample", *model, "--count", 16, "--out", self.folder / "expected-samples.png"))
        self.assert_done(run("reconstruct", *model, "--images", pictures, "--out",
                             self.folder / "expected-reconstructions.png"))
        for name in ("samples.png", "reconstructions.png"):
            self.assertEqual((self.folder / name).read_bytes(), (self.folder / f"expected-{name}").read_bytes(), name)

        scores = run("evaluate", *model, "--images", pictures, "--samples", 10, "--json")
        self.assert_done(scores)
        expected = json.loads(scores.stdout)
        elbo, likelihood = map(float, re.fullmatch(r"ELBO (\S+), log p\(x\) (\S+)\n", said).groups())
        self.assertAlmostEqual(elbo, expected["elbo"], 6)
        self.assertAlmostEqual(likelihood, expected["log_likelihood"], 6)

        failed = subprocess.run([example, pictures, pictures], capture_output=True, text=True)
        self.assertEqual(failed.returncode, 7, failed.stderr)
        self.assertIn("holds no checkpoints", failed.stderr)


if __name__ == "__main__":
    unittest.main()
