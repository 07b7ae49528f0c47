"""Processes that torchrun starts again, as many as there were or fewer, go on from the last checkpoint by themselves."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

import program
from groups import LONG, DisturbedTest, free_port, has_gloo
from program import SKIPPED, settings

TRAIN = ["train", "--config", program.CONFIG, *settings(**LONG)]


def has_torchrun():
    try:
        import torch.distributed.run  # noqa: F401
    except ImportError:
        return False
    return True


class Elastic(DisturbedTest):
    def torchrun(self, *options):
        """An agent in a session of its own, so that it can be killed with its process."""
        agent = subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", "--max-restarts", "2", *options, "--no-python",
             # who waits for one that never comes is to be started again before the test gives up
             *program.command(*TRAIN, "--peer-timeout", "30", "--out", self.folder / "run")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(agent.communicate)
        self.addCleanup(self.kill, agent)
        return agent

    def kill(self, agent):
        if agent.poll() is None:
            for process in [agent.pid, *self.workers(agent)]:
                os.kill(process, signal.SIGKILL)
            agent.wait()

    def workers(self, agent):
        return [int(word) for word in subprocess.run(["pgrep", "-P", str(agent.pid)], capture_output=True,
                                                     text=True).stdout.split()]

    def wait_for_checkpoint(self, *agents):
        """One of within the run."""
        metrics = self.folder / "run/metrics.jsonl"
        end = time.monotonic() + 90
        while not metrics.exists() or len(metrics.read_text().splitlines()) < 5:
            for agent in agents:
                self.assertIsNone(agent.poll(), "ended too early")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def first_rows(self):
        """With their pictures a second, which others that began anew would hardly repeat: of before the first save."""
        rows = (self.folder / "run/metrics.jsonl").read_text().splitlines()
        return [row for row in rows if json.loads(row)["step"] <= LONG["training__save_every_steps"]]

    def processes(self):
        return json.loads((self.folder / "run/environment.json").read_text())["processes"]

    def test_processes_that_were_started_again_go_on(self):
        for process in self.begin():
            process.kill()
            process.wait()
        rows = self.first_rows()
        self.assert_all_done(self.start(2, *TRAIN, "--out", self.folder / "run", TORCHELASTIC_RESTART_COUNT="1"))
        self.assertEqual(self.first_rows(), rows)
        self.assert_same_files(self.folder / "run", self.whole)

    @unittest.skipUnless(has_torchrun(), "the Python package torch is not installed")
    def test_a_process_that_was_killed_is_brought_back(self):
        agent = self.torchrun("--nproc-per-node", "2", "--master-port", str(free_port()))
        self.wait_for_checkpoint(agent)
        rows = self.first_rows()
        os.kill(self.workers(agent)[-1], signal.SIGKILL)
        _, stderr = agent.communicate(timeout=120)
        self.assertEqual(agent.returncode, 0, stderr)
        self.assertEqual(self.first_rows(), rows)
        self.assert_same_files(self.folder / "run", self.whole)

    @unittest.skipUnless(has_torchrun(), "the Python package torch is not installed")
    def test_where_a_machine_is_lost_the_other_goes_on_alone(self):
        options = ["--nnodes", "1:2", "--nproc-per-node", "1", "--rdzv-backend", "c10d", "--rdzv-id", "test",
                   "--rdzv-endpoint", f"127.0.0.1:{free_port()}", "--local-addr", "127.0.0.1",
                   # how soon the lost agent counts as lost, and how long more than one is waited for; seconds
                   "--rdzv-conf", "keep_alive_interval=1,keep_alive_max_attempt=2,last_call_timeout=3"]
        # The one that stays serves the rendezvous: with it all would end.
        stays, goes = (self.torchrun(*options[:-1], f"{options[-1]},is_host={is_host}") for is_host in (1, 0))
        self.wait_for_checkpoint(stays, goes)
        rows = self.first_rows()
        self.assertEqual(self.processes(), 2)
        self.kill(goes)
        _, stderr = stays.communicate(timeout=120)
        self.assertEqual(stays.returncode, 0, stderr)
        self.assertEqual(self.processes(), 1)
        self.assertEqual(self.first_rows(), rows)
        # Sums in another order round otherwise, as from the beginning: distributed_test.py.
        self.assert_close(self.folder / "run", self.whole, 1e-3)


if __name__ == "__main__":
    if not has_gloo():
        print("skipped: the program was built without Gloo's headers; scripts/setup installs libgloo-dev")
        sys.exit(SKIPPED)
    unittest.main()
