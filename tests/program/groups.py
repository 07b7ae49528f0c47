"""Runs of several processes: starting them, losing some, and comparing what they leave."""

import os
import pathlib
import socket
import subprocess
import tempfile
import time

import program
from program import ProgramTest, run, settings

USAGE, INPUT_OUTPUT, PEER = 2, 6, 8
PATIENT = 60  # seconds that a process may be silent where nothing is to be lost, on a machine that does other things, too
TIMEOUT = 6  # and where something is
LEFT_WITHIN = TIMEOUT + 6  # for those who find out to have said so
LONG = {"data__train": {"type": "shapes", "count": 1200, "height": 8, "width": 8}, "training__batch_size": 2,
        "training__log_every": 16, "training__save_every_steps": 50}
RUNTIME = ("log.txt", "report.html", "environment.json", "log-rank-1.txt", "log-rank-2.txt", "log-rank-3.txt")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def place(rank, size, port, address="127.0.0.1"):
    return {"RANK": str(rank), "WORLD_SIZE": str(size), "MASTER_ADDR": address, "MASTER_PORT": str(port)}


class GroupTest(ProgramTest):
    """Starts the processes of a run, and compares runs."""

    def start(self, size, *arguments, address="127.0.0.1", timeout=PATIENT, within=lambda rank, command: command,
              **environment):
        """Processes on this machine, one a rank, that are gone at the end of the test. `within` makes of a rank's
        command one that runs it somewhere else."""
        port = free_port()
        processes = []
        for rank in range(size):
            process = subprocess.Popen(within(rank, program.command(*arguments, "--peer-timeout", timeout)),
                                       env={**os.environ, **place(rank, size, port, address), **environment},
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


class DisturbedTest(GroupTest):
    """Interrupts runs, and compares what they come to in the end with one that nobody interrupted."""

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

    def begin(self, **how):
        """Two processes that have saved something within their epoch."""
        processes = self.start(2, "train", "--config", program.CONFIG, *settings(**LONG),
                               "--out", self.folder / "run", timeout=TIMEOUT, **how)
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

    def assert_checkpoints_are_whole(self):
        checkpoints = list((self.folder / "run/checkpoints").glob("*.safetensors"))
        self.assertGreater(len(checkpoints), 0)
        for checkpoint in checkpoints:
            self.assert_done(run("inspect", "--checkpoint", checkpoint))

    def assert_survivor_names(self, survivor, lost, begin):
        _, stderr = survivor.communicate(timeout=60)
        self.assertLess(time.monotonic() - begin, LEFT_WITHIN)
        self.assertEqual(survivor.returncode, PEER, stderr)
        self.assertIn(f"lost rank {lost} (process ", stderr.splitlines()[-1])


def has_gloo():
    first_of_two = {**os.environ, **place(0, 2, free_port())}
    result = subprocess.run(program.command("train", "--config", "none", "--peer-timeout", 1), env=first_of_two,
                            capture_output=True, text=True)
    return "Gloo's headers" not in result.stderr
