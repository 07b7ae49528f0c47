"""A run that was stopped, however, and resumed is the run that never stopped, to the last bit of its checkpoints."""

import pathlib
import signal
import subprocess
import time
import unittest

import program
from program import ProgramTest, run, settings

STEPS = 256  # of an epoch: long enough that a signal finds it on the way
LONG = {
    "data__train": {"type": "shapes", "count": 4 * STEPS, "height": 8, "width": 8},
    "data__validation": {"type": "shapes", "count": 16, "height": 8, "width": 8, "offset": 4 * STEPS},
    "training__batch_size": 4,
    "training__save_every_steps": 5,
    "training__log_every": 7,
    "training__ema": 0.99,
}


class Resume(ProgramTest):
    shared_settings = LONG

    def start(self, name="run", **changes):
        process = subprocess.Popen(
            program.command("train", "--config", program.CONFIG, *settings(**{**LONG, **changes}), "--out",
                            self.folder / name),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def saved(self, name="run"):
        return self.folder / name / "checkpoints" / "last.safetensors"

    def assert_is_the_run_that_never_stopped(self, name="run"):
        whole, resumed = self.run_folder, self.folder / name
        self.assertEqual(program.rows(resumed), program.rows(whole))
        self.assertEqual(program.files(resumed), program.files(whole))
        for file in program.files(whole):
            if pathlib.Path(file).suffix in (".safetensors", ".png", ".json"):
                self.assertEqual((resumed / file).read_bytes(), (whole / file).read_bytes(), file)

    def killed_within_an_epoch(self):
        """The name of a run killed in its first epoch, once it had saved; a busy machine may need another try."""
        for attempt in range(5):
            name = f"killed{attempt}"
            process = self.start(name)
            self.wait_until(process, self.saved(name).exists)
            process.kill()
            self.assertEqual(process.wait(), -signal.SIGKILL)
            if not (self.folder / name / "samples/epoch-0001.png").exists():
                return name
        self.fail("every epoch ended before it could be killed")

    def test_of_a_finished_run_says_how_to_prolong_it(self):
        self.assert_done(self.train(training__epochs=2))
        again = run("train", "--resume", self.folder / "run")
        self.assert_done(again)
        self.assertIn("nothing was left to do after epoch 2; to go on: "
                      f"vae train --resume {self.folder / 'run'} --set training.epochs=4\n", again.stdout)
        longer = run("train", "--resume", self.folder / "run", "--set", "training.epochs=4")
        self.assert_done(longer)
        self.assertNotIn("nothing", longer.stdout)

    def test_of_a_run_out_of_patience_says_how_to_prolong_it(self):
        still = {"training__optimizer": {"type": "sgd", "learning_rate": 1e-30}}  # nothing gets better
        self.assert_done(self.train(training__epochs=9, training__patience=1, **still))
        again = run("train", "--resume", self.folder / "run")
        self.assertIn("nothing was left to do after epoch 2; to go on: "
                      f"vae train --resume {self.folder / 'run'} --set training.patience=2\n", again.stdout)

    def test_after_kill_9_within_an_epoch(self):
        name = self.killed_within_an_epoch()
        self.assert_done(run("train", "--resume", self.folder / name))
        self.assert_is_the_run_that_never_stopped(name)

    def test_after_a_signal_that_asks_it_to_stop(self):
        for number, name in ((signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated"), (signal.SIGHUP, "hung up")):
            with self.subTest(name):
                process = self.start(name)
                self.wait_until(process, self.saved(name).exists)
                process.send_signal(number)
                stdout, stderr = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 128 + number)
                self.assertEqual(stdout, "")
                self.assertIn("stopped at step", stderr)
                self.assertIn(f"vae train --resume {self.folder / name}", stderr)

                self.assert_done(run("train", "--resume", self.folder / name))
                self.assert_is_the_run_that_never_stopped(name)

    def test_after_it_was_stopped_twice(self):
        for _ in range(2):
            before = self.saved().read_bytes() if self.saved().exists() else b""
            arguments = ["--resume", self.folder / "run"] if before else [
                "--config", program.CONFIG, *settings(**LONG), "--out", self.folder / "run"]
            process = subprocess.Popen(program.command("train", *arguments), stderr=subprocess.PIPE)
            while not self.saved().exists() or self.saved().read_bytes() == before:
                self.assertIsNone(process.poll())
                time.sleep(0.001)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130)
        self.assert_done(run("train", "--resume", self.folder / "run"))
        self.assert_is_the_run_that_never_stopped()

    def test_after_the_end_of_an_epoch(self):
        self.assert_done(self.train(**{**LONG, "training__epochs": 1}))
        self.assert_done(run("train", "--resume", self.folder / "run", "--set", "training.epochs=2"))
        self.assert_is_the_run_that_never_stopped()

    def test_event_files_are_equal_but_for_the_clock(self):
        try:
            from tensorboard.backend.event_processing import event_accumulator
        except ImportError:
            self.skipTest("needs the Python package tensorboard")
        name = self.killed_within_an_epoch()
        self.assert_done(run("train", "--resume", self.folder / name))

        def content(folder):
            kept = {"scalars": 0, "images": 0, "histograms": 0}  # all of them
            events = event_accumulator.EventAccumulator(str(folder), size_guidance=kept).Reload()
            tags = events.Tags()
            scalars = {tag: [(event.step, event.value) for event in events.Scalars(tag)]
                       for tag in tags["scalars"] if not tag.endswith("pictures_per_second")}
            images = {tag: [(event.step, event.encoded_image_string) for event in events.Images(tag)]
                      for tag in tags["images"]}
            histograms = {tag: [(event.step, event.histogram_value) for event in events.Histograms(tag)]
                          for tag in tags["histograms"]}
            return scalars, images, histograms

        self.assertEqual(content(self.folder / name), content(self.run_folder))

    def test_a_second_signal_ends_it_at_once(self):
        # One step of seconds, so that both signals fall into it.
        process = self.start(
            data__train={"type": "shapes", "count": 512, "height": 8, "width": 8},
            training__batch_size=512, training__save_every_steps=None, objective__samples=16,
            model__encoder={"type": "mlp", "hidden": [2048]},
            model__decoder={"type": "mlp", "hidden": [2048, 2048]})
        self.wait_until(process, self.saved().exists)
        before = self.saved().read_bytes()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual((process.returncode, stdout, stderr), (130, "", ""))
        self.assertEqual(self.saved().read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
