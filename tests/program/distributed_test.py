"""One run of several processes: the same run as that of one, and none that hangs when one of them is lost."""

import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import program
from program import SKIPPED, ProgramTest, run, settings

USAGE, PEER = 2, 8
KILLED = -signal.SIGKILL
TIMEOUT = 6  # seconds that a process may be silent
LEFT_WITHIN = TIMEOUT + 6  # and for those who find out to say so, on a machine that does other things, too
SMALL = {"data__horizontal_flip": True, "training__batch_size": 7, "training__ema": 0.9, "training__clip_norm": 5}
LONG = {"data__train": {"type": "shapes", "count": 1200, "height": 8, "width": 8}, "training__batch_size": 2,
        "training__log_every": 16, "training__save_every_steps": 50}
RUNTIME = ("log.txt", "report.html", "environment.json", "log-rank-1.txt", "log-rank-2.txt", "log-rank-3.txt")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def place(rank, size, port):
    return {"RANK": str(rank), "WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}


def weights(file):
    """The tensors of a checkpoint as tuples of numbers."""
    content = file.read_bytes()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    del header["__metadata__"]
    letters = {"F32": "f", "F64": "d", "I64": "q"}
    result = {}
    for name, tensor in header.items():
        begin, end = tensor["data_offsets"]
        letter = letters[tensor["dtype"]]
        data = content[8 + length + begin:8 + length + end]
        result[name] = struct.unpack(f"<{len(data) // struct.calcsize(letter)}{letter}", data)
    return result


class GroupTest(ProgramTest):
    """Starts the processes of a run, and compares runs."""

    def start(self, size, *arguments, **environment):
        """Processes on loopback, one a rank, that are gone at the end of the test."""
        port = free_port()
        processes = []
        for rank in range(size):
            process = subprocess.Popen(program.command(*arguments, "--peer-timeout", TIMEOUT),
                                       env={**os.environ, **place(rank, size, port), **environment},
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.addCleanup(process.communicate)
            self.addCleanup(process.kill)
            processes.append(process)
        return processes

    def train_in(self, size, name="run", **changes):
        return self.start(size, "train", "--config", program.CONFIG, *settings(**changes),
                          "--out", self.folder / name)

    def assert_all_done(self, processes):
        for rank, process in enumerate(processes):
            stdout, stderr = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, f"rank {rank}: {stderr}")
            if rank > 0:
                self.assertEqual((stdout, stderr), ("", ""))

    def assert_same_files(self, folder, expected):
        """Bit for bit, but for what tells of the machine and the time."""
        for file in program.files(expected):
            if file.startswith("events") or file in RUNTIME or file == "metrics.jsonl":
                continue
            self.assertEqual((folder / file).read_bytes(), (expected / file).read_bytes(), file)
        self.assertEqual(program.rows(folder), program.rows(expected))

    def assert_close(self, folder, expected, tolerance):
        """The numbers of all rows, relative to their size."""
        rows, others = program.rows(folder), program.rows(expected)
        self.assertEqual(len(rows), len(others))
        for row, other in zip(rows, others):
            self.assertEqual(row.keys(), other.keys())
            for key, value in other.items():
                if isinstance(value, str):
                    self.assertEqual(row[key], value)
                else:
                    self.assertLessEqual(abs(row[key] - value), tolerance * max(1, abs(value)), (key, row, other))


class Together(GroupTest):
    shared_settings = SMALL

    def test_one_process_in_a_group_is_one_without(self):
        self.assert_all_done(self.train_in(1, **SMALL))
        self.assert_same_files(self.folder / "run", self.run_folder)

    def test_any_number_of_processes_takes_the_same_steps(self):
        # 64 pictures in batches of 7: the last batch has one, so that most processes have none of it. Sums in
        # another order round otherwise, by some 1e-7 a step; 20 steps of training make that a bit more.
        for size in (2, 3, 4):
            with self.subTest(processes=size):
                self.assert_all_done(self.train_in(size, f"run{size}", **SMALL))
                folder = self.folder / f"run{size}"
                self.assert_close(folder, self.run_folder, 1e-4)
                last, expected = (weights(path / "checkpoints/last.safetensors") for path in (folder, self.run_folder))
                self.assertEqual(last.keys(), expected.keys())
                for name in expected:
                    for number, other in zip(last[name], expected[name]):
                        self.assertLessEqual(abs(number - other), 1e-3 * max(1, abs(other)), name)

    def test_other_objectives_and_observations_take_the_same_steps(self):
        cases = {
            "iwae": {"objective": {"type": "iwae", "importance_samples": 3}},
            "samples": {"objective": {"type": "elbo", "samples": 2}, "data__observation": "binarize",
                        "model__likelihood": "bernoulli"},
            "learned baseline": {"objective": {"type": "elbo", "estimator": {
                "type": "reinforce", "baseline": "learned"}}},
            "full_gaussian": {"model__posterior": "full_gaussian"},
            "categorical": {"model__posterior": {"type": "categorical", "categories": 2},
                            "model__prior": "uniform_categorical"},
            "semi_amortized": {"inference": {"type": "semi_amortized", "steps": 2}},
        }
        for name, changes in cases.items():
            with self.subTest(case=name):
                changes = {**changes, "training__batch_size": 7, "training__epochs": 1}
                self.assert_done(self.train(f"alone {name}", **changes))
                self.assert_all_done(self.train_in(2, name, **changes))
                self.assert_close(self.folder / name, self.folder / f"alone {name}", 1e-4)

    def test_rank_0_alone_writes_the_run(self):
        self.assert_all_done(self.train_in(2, **SMALL))
        self.assertEqual(set(program.files(self.folder / "run")),
                         set(program.files(self.run_folder)) | {"log-rank-1.txt"})
        self.assertEqual(json.loads((self.folder / "run/environment.json").read_text())["processes"], 2)

    def test_a_run_goes_on_in_any_number_of_processes(self):
        sizes = (2, 1, 3)
        for epoch, size in enumerate(sizes, 1):
            resumed = ["train", "--resume", self.folder / "run", "--set", f"training.epochs={epoch}"]
            if epoch == 1:
                self.assert_all_done(self.train_in(size, **SMALL, training__epochs=1))
            elif size == 1:
                self.assert_done(run(*resumed))
            else:
                self.assert_all_done(self.start(size, *resumed))
        self.assert_done(self.train("whole", **SMALL, training__epochs=len(sizes)))
        self.assert_close(self.folder / "run", self.folder / "whole", 1e-4)

    def test_partial_settings_are_named(self):
        result = subprocess.run(program.command("train", "--config", program.CONFIG, "--out", self.folder / "run"),
                                env={**os.environ, "RANK": "0"}, capture_output=True, text=True)
        self.assert_fails(result, USAGE, "RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
        self.assertFalse((self.folder / "run").exists())

    def test_what_needs_a_whole_batch_is_refused_by_name(self):
        for changes, key in (({"objective": {"type": "beta_tc"}}, "objective.type"),
                             ({"objective": {"type": "info"}}, "objective.type"),
                             ({"objective": {"type": "elbo", "free_bits": 0.1}}, "objective.free_bits"),
                             ({"inference": {"type": "per_object"}, "model__encoder": None}, "inference.type")):
            for rank, process in enumerate(self.train_in(2, **changes)):
                _, stderr = process.communicate(timeout=60)
                self.assertIn(process.returncode, (USAGE, PEER) if rank > 0 else (USAGE,), stderr)
                self.assertIn(key, stderr)
            self.assertFalse((self.folder / "run").exists())

    def test_another_config_is_refused(self):
        port = free_port()
        processes = []
        for rank in range(2):
            arguments = program.command("train", "--config", program.CONFIG, *settings(seed=rank),
                                        "--out", self.folder / "run", "--peer-timeout", TIMEOUT)
            processes.append(subprocess.Popen(arguments, env={**os.environ, **place(rank, 2, port)},
                                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        _, first = processes[0].communicate(timeout=60)
        _, second = processes[1].communicate(timeout=60)
        self.assertEqual((processes[0].returncode, processes[1].returncode), (PEER, USAGE), first + second)
        self.assertIn("seed", second)
        self.assertIn("rank 1", first)
        self.assertIn("seed", first)

    def test_the_others_say_why_rank_0_ended(self):
        (self.folder / "run").mkdir()
        (self.folder / "run/precious").touch()
        first, second = self.train_in(2)
        self.assertIn("holds files", first.communicate(timeout=60)[1])
        self.assertIn("holds files", second.communicate(timeout=60)[1])
        self.assertEqual((first.returncode, second.returncode), (USAGE, PEER))

    def test_a_process_that_never_starts_is_named(self):
        port = free_port()
        process = subprocess.run(
            program.command("train", "--config", program.CONFIG, "--out", self.folder / "run", "--peer-timeout", 2),
            env={**os.environ, **place(0, 2, port)}, capture_output=True, text=True, timeout=60)
        self.assert_fails(process, PEER, "rank 1 of 2", port)


class Disturbed(GroupTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.whole = pathlib.Path(folder.name) / "run"
        port = free_port()
        processes = [subprocess.Popen(
            program.command("train", "--config", program.CONFIG, *settings(**LONG), "--out", cls.whole),
            env={**os.environ, **place(rank, 2, port)}, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
            for rank in range(2)]
        for process in processes:
            _, stderr = process.communicate(timeout=120)
            assert process.returncode == 0, stderr

    def begin(self, **environment):
        """Two processes that have saved something within their epoch."""
        processes = self.start(2, "train", "--config", program.CONFIG, *settings(**LONG),
                               "--out", self.folder / "run", **environment)
        metrics = self.folder / "run/metrics.jsonl"
        end = time.monotonic() + 60
        while not metrics.exists() or len(metrics.read_text().splitlines()) < 5:
            self.assertLess(time.monotonic(), end)
            for process in processes:
                self.assertIsNone(process.poll(), "ended too early")
            time.sleep(0.001)
        return processes

    def resume(self):
        self.assert_all_done(self.start(2, "train", "--resume", self.folder / "run"))
        self.assert_same_files(self.folder / "run", self.whole)

    def assert_survivor_names(self, survivor, lost, begin):
        _, stderr = survivor.communicate(timeout=60)
        self.assertLess(time.monotonic() - begin, LEFT_WITHIN)
        self.assertEqual(survivor.returncode, PEER, stderr)
        self.assertIn(f"lost rank {lost} (process ", stderr.splitlines()[-1])

    def lose(self, lost, number):
        processes = self.begin()
        begin = time.monotonic()
        processes[lost].send_signal(number)
        self.assert_survivor_names(processes[1 - lost], lost, begin)
        processes[lost].kill()
        processes[lost].wait()
        for checkpoint in (self.folder / "run/checkpoints").glob("*.safetensors"):
            self.assert_done(run("inspect", "--checkpoint", checkpoint))
        self.resume()

    def test_rank_1_killed(self):
        self.lose(1, signal.SIGKILL)

    def test_rank_0_killed(self):
        self.lose(0, signal.SIGKILL)

    def test_rank_1_stopped(self):
        self.lose(1, signal.SIGSTOP)

    def test_rank_0_stopped(self):
        self.lose(0, signal.SIGSTOP)

    def test_a_signal_to_one_stops_all_after_the_same_step(self):
        for rank in (0, 1):
            with self.subTest(rank=rank):
                processes = self.begin()
                processes[rank].send_signal(signal.SIGTERM)
                for process in processes:
                    _, stderr = process.communicate(timeout=60)
                    self.assertEqual(process.returncode, 128 + signal.SIGTERM, stderr)
                self.resume()
                shutil.rmtree(self.folder / "run")

    def test_processes_that_torchrun_starts_again_go_on_by_themselves(self):
        for process in self.begin():
            process.kill()
            process.wait()
        step = json.loads(run("inspect", "--json", "--checkpoint",
                              self.folder / "run/checkpoints/last.safetensors").stdout)["step"]
        self.assertGreater(step, 0)
        self.assert_all_done(self.start(2, "train", "--config", program.CONFIG, *settings(**LONG),
                                        "--out", self.folder / "run", TORCHELASTIC_RESTART_COUNT="1"))
        self.assert_same_files(self.folder / "run", self.whole)

    def test_torchrun_brings_a_killed_process_back(self):
        try:
            import torch.distributed.run  # noqa: F401
        except ImportError:
            self.skipTest("the Python package torch is not installed")
        torchrun = subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--max-restarts", "2",
             "--master-port", str(free_port()), "--no-python",
             *program.command("train", "--config", program.CONFIG, *settings(**LONG), "--out", self.folder / "run")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(torchrun.communicate)
        self.addCleanup(torchrun.kill)
        checkpoint = self.folder / "run/checkpoints/good.safetensors"
        end = time.monotonic() + 90
        while not checkpoint.exists():
            self.assertIsNone(torchrun.poll(), "ended too early")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        workers = subprocess.run(["pgrep", "-P", str(torchrun.pid)], capture_output=True, text=True).stdout.split()
        os.kill(int(workers[-1]), signal.SIGKILL)
        _, stderr = torchrun.communicate(timeout=120)
        self.assertEqual(torchrun.returncode, 0, stderr)
        self.assert_same_files(self.folder / "run", self.whole)


def has_gloo():
    alone = {**os.environ, **place(0, 1, free_port())}
    result = subprocess.run(program.command("train", "--config", "none"), env=alone, capture_output=True, text=True)
    return "Gloo's headers" not in result.stderr


if __name__ == "__main__":
    if not has_gloo():
        print("skipped: the program was built without Gloo's headers; scripts/setup installs libgloo-dev")
        sys.exit(SKIPPED)
    unittest.main()
