"""A file system that fails: the run goes on where it can, else ends with exit code 6, and loses no checkpoint."""

import errno
import functools
import subprocess
import time
import unittest

import faults
import program
from program import ProgramTest, run, settings

INPUT_OUTPUT = 6
SAVING = {"training__save_every_steps": 2, "training__epochs": 2}
IN_MOUNT_NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def can_mount():
    try:
        return subprocess.run([*IN_MOUNT_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                              capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class Faults(ProgramTest):
    shared_settings = SAVING

    def command(self, name):
        return ["train", "--config", program.CONFIG, *settings(**SAVING), "--out", self.folder / name]

    def train_with(self, name, **fault):
        return faults.run(*self.command(name), **fault)

    @functools.cached_property
    def behind_two_saves(self):
        """The calls that a run makes on checkpoints until it has saved twice."""
        calls = faults.calls(self.folder, *self.command("listed"))
        saved = [i for i, (call, path) in enumerate(calls) if call == "rename" and path.endswith("good.safetensors")]
        return calls[:saved[1] + 1]

    def in_the_third_save(self, call):
        """The number of its first call of that kind, counted from the beginning of the run."""
        return 1 + sum(made == call for made, _ in self.behind_two_saves)

    def assert_goes_on_as_if_nothing_had_happened(self, name):
        """What is left can be loaded, and resumed gives the run that had no fault."""
        checkpoints = list((self.folder / name / "checkpoints").glob("*.safetensors"))
        self.assertGreater(len(checkpoints), 0)
        for checkpoint in checkpoints:
            self.assert_done(run("inspect", "--checkpoint", checkpoint))
        self.assert_done(run("train", "--resume", self.folder / name))
        self.assert_is_whole(name)

    def assert_is_whole(self, name):
        self.assertEqual(program.rows(self.folder / name), program.rows(self.run_folder))
        for checkpoint in ("last", "best"):
            file = f"checkpoints/{checkpoint}.safetensors"
            self.assertEqual((self.folder / name / file).read_bytes(), (self.run_folder / file).read_bytes(), file)
        self.assertEqual(program.files(self.folder / name), program.files(self.run_folder))

    def test_a_save_that_fails_on_the_way_is_a_warning(self):
        for call, code in (("fsync", errno.EIO), ("write", errno.ENOSPC), ("rename", errno.EROFS), ("link", errno.EDQUOT)):
            with self.subTest(call):
                result = self.train_with(call, fault=code, call=call, at=self.in_the_third_save(call))
                self.assert_done(result)
                self.assertEqual(result.stderr.count("the next save tries again"), 1, result.stderr)
                self.assertIn("warning: ", result.stderr)
                self.assert_is_whole(call)

    def test_that_fails_for_good_ends_it(self):
        for call, code, word in (("fsync", errno.EIO, "fsync"), ("write", errno.ENOSPC, "free some space"),
                                 ("rename", errno.EROFS, "renaming")):
            with self.subTest(call):
                result = self.train_with(call, fault=code, call=call, at=self.in_the_third_save(call), count=10**6)
                self.assert_fails_after_warnings(result, word)
                self.assert_goes_on_as_if_nothing_had_happened(call)

    def test_without_second_names_for_files_there_are_copies(self):
        result = self.train_with("copied", fault=errno.EPERM, path="good.safetensors.tmp", call="second name", count=10**6)
        self.assert_done(result)
        self.assert_is_whole("copied")

    def assert_fails_after_warnings(self, result, *words):
        self.assertEqual(result.returncode, INPUT_OUTPUT, result.stderr)
        last = result.stderr.splitlines()[-1]
        self.assertTrue(last.startswith("error: "), result.stderr)
        self.assertNotIn("unexpected", last)
        self.assertIn("checkpoints", last)
        for word in words:
            self.assertIn(word, last)

    def test_metrics_that_can_not_be_written_end_it(self):
        result = self.train_with("run", fault=errno.ENOSPC, path="metrics.jsonl", call="write", at=3)
        self.assertEqual(result.returncode, INPUT_OUTPUT, result.stderr)
        self.assertIn("metrics.jsonl", result.stderr)
        self.assert_goes_on_as_if_nothing_had_happened("run")

    def test_half_a_row_of_metrics_is_no_row(self):
        result = self.train_with("run", fault="half", path="metrics.jsonl", call="write", at=4)
        self.assertLess(result.returncode, 0)
        self.assert_goes_on_as_if_nothing_had_happened("run")

    def test_a_folder_that_disappears_ends_it(self):
        process = subprocess.Popen(
            program.command("train", "--config", program.CONFIG, *settings(
                training__save_every_steps=50, training__epochs=10000, training__log_every=8), "--out", self.folder / "run"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        metrics = self.folder / "run/metrics.jsonl"
        end = time.monotonic() + 60
        while not metrics.exists() or not metrics.stat().st_size:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        (self.folder / "run").rename(self.folder / "elsewhere")
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, INPUT_OUTPUT, stderr)
        self.assertIn("No such file or directory", stderr.splitlines()[-1])
        self.assert_done(run("inspect", "--checkpoint", self.folder / "elsewhere/checkpoints/last.safetensors"))

    def in_small_file_system(self, options, *commands):
        """Runs shell commands where $DISK is a file system of its own."""
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        script = "\n".join([f"mount -t tmpfs -o {options} tmpfs {disk} || exit 99", *commands])
        result = subprocess.run([*IN_MOUNT_NAMESPACE, "bash", "-c", script], capture_output=True, text=True, timeout=120)
        self.assertNotEqual(result.returncode, 99, result.stderr)
        return result

    @unittest.skipUnless(can_mount(), "needs a user namespace that may mount a tmpfs")
    def test_a_disk_that_fills_up_keeps_the_checkpoint_before(self):
        command = " ".join(program.command("train", "--config", program.CONFIG, *map(repr, settings(
            **SAVING, training__keep_every_epochs=1) + ["--set", "training.epochs=1000"]),
            "--out", self.folder / "disk/run"))
        result = self.in_small_file_system("size=600k", command, "code=$?", f"cp -r {self.folder}/disk/run {self.folder}/kept",
                                           "exit $code")
        self.assertEqual(result.returncode, INPUT_OUTPUT, result.stderr)
        self.assertIn("No space left on device", result.stderr.splitlines()[-1])
        self.assert_done(run("inspect", "--checkpoint", self.folder / "kept/checkpoints/last.safetensors"))

    @unittest.skipUnless(can_mount(), "needs a user namespace that may mount a tmpfs")
    def test_a_read_only_disk_is_refused_at_once(self):
        command = " ".join(program.command("train", "--config", program.CONFIG, "--out", self.folder / "disk/run"))
        result = self.in_small_file_system("ro", command)
        self.assert_fails(result, INPUT_OUTPUT, "Read-only file system", "--out")


if __name__ == "__main__":
    unittest.main()
