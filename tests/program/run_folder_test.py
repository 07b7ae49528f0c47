"""What a run finds in its folder, what it leaves there, and what may change when it goes on."""

import json
import re
import unittest

import program
from program import ProgramTest, run, settings


class RunFolder(ProgramTest):
    shared_settings = {}

    def resume(self, *arguments):
        return run("train", "--resume", self.run_folder, *arguments)

    def content(self):
        return {file: (self.run_folder / file).read_bytes() for file in program.files(self.run_folder)}

    def test_holds_everything_of_the_run(self):
        expected = ["config.json", "metrics.jsonl", "log.txt", "events.out.tfevents.0.vae",
                    "environment.json", "report.html",
                    "checkpoints/best.safetensors", "checkpoints/good.safetensors", "checkpoints/last.safetensors"]
        for epoch in (1, 2):
            expected += [f"samples/epoch-000{epoch}.png", f"reconstructions/epoch-000{epoch}.png"]
        self.assertEqual(program.files(self.run_folder), sorted(expected))

    def test_tells_the_most_memory_at_the_end(self):
        told = re.findall(r"the most memory: ([\d.]+) MiB resident", (self.run_folder / "log.txt").read_text())
        self.assertTrue(told)
        self.assertGreater(float(told[-1]), 50)  # LibTorch's libraries alone

    def test_is_runs_slash_name_by_default(self):
        self.assert_done(run("train", "--config", program.CONFIG, *settings(name="mine"), cwd=self.folder))
        self.assertTrue((self.folder / "runs/mine/config.json").exists())

    def test_config_alone_reproduces_the_run(self):
        self.assert_done(run("train", "--config", self.run_folder / "config.json", "--out", self.folder / "again"))
        for name in ("last", "best"):
            self.assertEqual((self.folder / f"again/checkpoints/{name}.safetensors").read_bytes(),
                             (self.run_folder / f"checkpoints/{name}.safetensors").read_bytes())

    def test_resume_works_from_another_directory(self):
        (self.folder / "data").mkdir()
        (self.folder / "data/images").write_bytes(program.idx(32, 8, 8))
        changes = {"data__train": {"type": "idx", "images": "data/images"}, "data__validation": "none",
                   "data__test": "none", "training__epochs": 1}
        self.assert_done(run("train", "--config", program.CONFIG, *settings(**changes), "--out", "run", cwd=self.folder))
        config = json.loads((self.folder / "run/config.json").read_text())
        self.assertEqual(config["data"]["train"]["images"], str(self.folder / "data/images"))
        self.assert_done(run("train", "--resume", self.folder / "run", "--set", "training.epochs=2", cwd="/"))

    def test_is_not_overwritten(self):
        before = self.content()
        result = run("train", "--config", program.CONFIG, "--out", self.run_folder)
        self.assert_fails(result, 2, self.run_folder, "already holds a run", "--force", "--resume")
        self.assertEqual(self.content(), before)

    def test_force_replaces_the_run_and_nothing_else(self):
        self.assert_done(self.train(training__epochs=3))
        (self.folder / "run/notes.txt").write_text("mine")
        self.assertEqual(self.train().returncode, 2)
        self.assert_done(run("train", "--config", program.CONFIG, "--out", self.folder / "run", "--force"))
        self.assertEqual((self.folder / "run/notes.txt").read_text(), "mine")
        self.assertFalse((self.folder / "run/samples/epoch-0003.png").exists())
        self.assertEqual(program.rows(self.folder / "run"), program.rows(self.run_folder))

    def test_with_files_but_no_run_is_refused(self):
        (self.folder / "run").mkdir()
        (self.folder / "run/thesis.tex").write_text("mine")
        for force in ([], ["--force"]):
            result = run("train", "--config", program.CONFIG, "--out", self.folder / "run", *force)
            self.assert_fails(result, 2, self.folder / "run", "no run")
        self.assertEqual(program.files(self.folder / "run"), ["thesis.tex"])

    def test_resume_refuses_a_key_that_differs_and_names_it(self):
        before = self.content()
        for key, value in (("model.latent", 3), ("training.batch_size", 16), ("seed", 1), ("training.ema", 0.9),
                           ("training.optimizer.learning_rate", 0.5), ("training.schedule", "cosine"), ("data.train.count", 65)):
            with self.subTest(key):
                self.assert_fails(self.resume("--set", f"{key}={value}"), 2, f"{key}: differs", "training.epochs")
        self.assertEqual(self.content(), before)

    def test_resume_refuses_another_config(self):
        other = program.ROOT / "configs" / "mnist.json"
        self.assert_fails(self.resume("--config", other), 2, "model.latent", "training.batch_size", "differs")

    def test_resume_takes_the_same_config(self):
        self.assert_done(self.resume("--config", self.run_folder / "config.json"))

    def test_resume_of_a_finished_run_does_nothing(self):
        before = self.content()
        result = self.resume()
        self.assert_done(result)
        self.assertIn("best validation ELBO", result.stdout)
        self.assertEqual(self.content(), before)

    def test_resume_with_more_epochs_goes_on(self):
        self.assert_done(self.train(training__epochs=1))
        self.assert_done(run("train", "--resume", self.folder / "run", "--set", "training.epochs=2"))
        self.assertEqual(program.rows(self.folder / "run"), program.rows(self.run_folder))

    def test_resume_without_a_checkpoint_is_refused(self):
        self.assert_fails(run("train", "--resume", self.folder), 7, self.folder, "last.safetensors")
        self.assert_fails(run("train", "--resume", self.folder / "missing"), 7, self.folder / "missing")

    def test_resume_on_other_data_is_refused(self):
        images = self.folder / "images"
        images.write_bytes(program.idx(32, 8, 8))
        self.assert_done(self.train(data__train={"type": "idx", "images": str(images)}, data__validation="none",
                                    data__test="none"))
        for other in (program.idx(33, 8, 8), program.idx(32, 9, 8)):
            images.write_bytes(other)
            self.assert_fails(run("train", "--resume", self.folder / "run"), 3, "data.train", "the run began with")


if __name__ == "__main__":
    unittest.main()
