"""Signals that ask a training to save, and the lock that keeps a second one out of its folder."""

import signal
import subprocess
import unittest

import program
from program import ProgramTest, run, settings

USAGE = 2
LONG = {"data__train": {"type": "shapes", "count": 512, "height": 8, "width": 8}, "training__batch_size": 1,
        "training__log_every": 16}


class Signals(ProgramTest):
    shared_settings = LONG

    def start(self, **options):
        process = subprocess.Popen(
            program.command("train", "--config", program.CONFIG, *settings(**LONG), "--out", self.folder / "run"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.wait_until(process, lambda: self.rows_written() > 0)
        return process

    def rows_written(self):
        metrics = self.folder / "run/metrics.jsonl"
        return len(metrics.read_text().splitlines()) if metrics.exists() else 0

    def last(self, folder):
        return (folder / "checkpoints/last.safetensors").read_bytes()

    def assert_ends_as_if_undisturbed(self, process):
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, stderr)
        self.assertEqual(self.last(self.folder / "run"), self.last(self.run_folder))
        self.assertEqual(program.rows(self.folder / "run"), program.rows(self.run_folder))

    def test_sigusr1_saves_and_goes_on(self):
        process = self.start()
        before = self.last(self.folder / "run")
        process.send_signal(signal.SIGUSR1)
        self.wait_until(process, lambda: self.last(self.folder / "run") != before)
        self.assertFalse((self.folder / "run/samples/epoch-0001.png").exists())
        self.assert_ends_as_if_undisturbed(process)

    def test_nohup_keeps_it_running(self):
        process = self.start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.send_signal(signal.SIGHUP)
        self.assert_ends_as_if_undisturbed(process)

    def test_a_second_training_into_the_folder_is_refused(self):
        process = self.start()
        process.send_signal(signal.SIGSTOP)  # it still holds the lock, and does not end too soon
        for arguments in (["--config", program.CONFIG, "--out", self.folder / "run", "--force"],
                          ["--resume", self.folder / "run"]):
            self.assert_fails(run("train", *arguments), USAGE, self.folder / "run", "another process")
        process.send_signal(signal.SIGCONT)
        self.assert_ends_as_if_undisturbed(process)

    def test_the_lock_dies_with_its_owner(self):
        process = self.start()
        process.kill()
        process.wait()
        self.assert_done(run("train", "--resume", self.folder / "run"))
        self.assertEqual(self.last(self.folder / "run"), self.last(self.run_folder))


if __name__ == "__main__":
    unittest.main()
