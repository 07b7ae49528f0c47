"""One run of several processes: the same run as that of one, and none that hangs when one of them is lost."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest

import faults
import network
import program
from groups import INPUT_OUTPUT, LEFT_WITHIN, LONG, PEER, USAGE, DisturbedTest, GroupTest, free_port, has_gloo, place
from program import SKIPPED, run, settings

PER_OBJECT = {"inference": {"type": "per_object", "steps": 2}, "model__encoder": None}
LINEAR = {"latent": 2, "encoder": None, "decoder": {"type": "mlp", "hidden": []}, "posterior": "full_gaussian",
          "likelihood": {"type": "gaussian", "variance": "learned"}}
SMALL = {"data__horizontal_flip": True, "training__batch_size": 7, "training__ema": 0.9, "training__clip_norm": 5}


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


def has_open_mpi():
    if not shutil.which("mpirun"):
        return False
    return "Open MPI" in subprocess.run(["mpirun", "--version"], capture_output=True, text=True).stdout


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
            "per_object": PER_OBJECT,
            "em": {"inference": {"type": "em", "m_step": {"type": "gradient", "steps": 2}}, "model__encoder": None},
        }
        for name, changes in cases.items():
            with self.subTest(case=name):
                changes = {**changes, "training__batch_size": 7, "training__epochs": 1}
                self.assert_done(self.train(f"alone {name}", **changes))
                self.assert_all_done(self.train_in(2, name, **changes))
                self.assert_close(self.folder / name, self.folder / f"alone {name}", 1e-4)

    def test_gradients_in_bfloat16_take_nearly_the_same_steps(self):
        changes = {**SMALL, "training__wire_precision": "bfloat16"}
        self.assert_all_done(self.train_in(3, **changes))
        # Rounded to 8 bits: 0.4 % of a gradient at most, and a step of Adam's changes little more.
        self.assert_close(self.folder / "run", self.run_folder, 0.05)
        self.assert_all_done(self.train_in(1, "one", **changes))
        expected = weights(self.run_folder / "checkpoints/last.safetensors")
        self.assertEqual(weights(self.folder / "one/checkpoints/last.safetensors"), expected)

    def test_an_evaluation_is_the_same_in_any_number_of_processes(self):
        command = ["evaluate", "--checkpoint", self.run_folder, "--samples", "50", "--batch-size", "3", "--json"]
        alone = run(*command, env={**os.environ, "OMP_NUM_THREADS": "1"})
        self.assert_done(alone)
        for size in (2, 7):  # of six batches
            with self.subTest(processes=size):
                first, *others = self.start(size, *command, OMP_NUM_THREADS="1")
                stdout, stderr = first.communicate(timeout=60)
                self.assertEqual(first.returncode, 0, stderr)
                self.assertEqual(json.loads(stdout), json.loads(alone.stdout))
                for process in others:
                    self.assertEqual((*process.communicate(timeout=60), process.returncode), ("", "", 0))

    def test_rank_0_alone_writes_the_run(self):
        self.assert_all_done(self.train_in(2, **SMALL))
        self.assertEqual(set(program.files(self.folder / "run")),
                         set(program.files(self.run_folder)) | {"log-rank-1.txt"})
        self.assertEqual(json.loads((self.folder / "run/environment.json").read_text())["processes"], 2)

    def test_one_process_of_a_machine_decodes_a_folder_and_the_others_wait(self):
        pictures, cache = self.folder / "pictures", self.folder / "cache"
        pictures.mkdir()
        for number in range(200):
            (pictures / f"{number}.png").write_bytes(program.png(64, 64, (number, number, number)))
        time.sleep(2)  # until then the files may change unseen, and are looked at again
        source = {"type": "folder", "path": str(pictures), "channels": 1, "height": 8, "width": 8}

        def watched(rank, command):
            return ["env", f"LD_PRELOAD={faults.LIBRARY}", "VAE_FAULT=list", f"VAE_FAULT_PATH={cache}",
                    f"VAE_FAULT_LIST={self.folder}/written-{rank}", *command]

        self.assert_all_done(self.start(
            3, "train", "--config", program.CONFIG, "--out", self.folder / "run", within=watched,
            *settings(data__train=source, data__validation="none", data__test="none", training__epochs=1,
                      data__cache={"type": "folder", "path": str(cache)})))
        written = [path.name for path in self.folder.glob("written-*")]
        self.assertEqual(written, ["written-0"])

    def test_a_run_goes_on_in_any_number_of_processes(self):
        sizes = (2, 1, 3)
        for name, changes in (("run", SMALL), ("per object", {**SMALL, **PER_OBJECT})):
            for epoch, size in enumerate(sizes, 1):
                resumed = ["train", "--resume", self.folder / name, "--set", f"training.epochs={epoch}"]
                if epoch == 1:
                    self.assert_all_done(self.train_in(size, name, **changes, training__epochs=1))
                elif size == 1:
                    self.assert_done(run(*resumed))
                else:
                    self.assert_all_done(self.start(size, *resumed))
            self.assert_done(self.train(f"{name} whole", **changes, training__epochs=len(sizes)))
            self.assert_close(self.folder / name, self.folder / f"{name} whole", 1e-4)

    def test_each_process_keeps_a_part_of_what_is_known_of_pictures(self):
        self.assert_all_done(self.train_in(3, **PER_OBJECT))
        for rank, count in enumerate((21, 21, 22)):
            log = self.folder / "run" / ("log.txt" if rank == 0 else f"log-rank-{rank}.txt")
            self.assertIn(f"q(z | x) of {count} pictures", log.read_text())
        saved = weights(self.folder / "run/checkpoints/last.safetensors")
        self.assertEqual(len(saved["inference.table.updates"]), 64)
        self.assertEqual(set(saved["inference.table.updates"]), {4.0})  # two steps in each of two epochs

    def test_partial_settings_are_named(self):
        result = subprocess.run(program.command("train", "--config", program.CONFIG, "--out", self.folder / "run"),
                                env={**os.environ, "RANK": "0"}, capture_output=True, text=True)
        self.assert_fails(result, USAGE, "RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
        self.assertFalse((self.folder / "run").exists())

    def test_what_needs_a_whole_batch_is_refused_by_name(self):
        for changes, key in (({"objective": {"type": "beta_tc"}}, "objective.type"),
                             ({"objective": {"type": "info"}}, "objective.type"),
                             ({"objective": {"type": "elbo", "free_bits": 0.1}}, "objective.free_bits"),
                             ({"inference": {"type": "em", "e_step": "exact", "m_step": "closed_form"}, "model": LINEAR},
                              "inference.m_step")):
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
                                        "--out", self.folder / "run")
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


class Disturbed(DisturbedTest):
    def lose(self, lost, number):
        processes = self.begin()
        begin = time.monotonic()
        processes[lost].send_signal(number)
        self.assert_survivor_names(processes[1 - lost], lost, begin)
        processes[lost].kill()
        processes[lost].wait()
        self.assert_checkpoints_are_whole()
        self.resume()

    def test_rank_1_killed(self):
        self.lose(1, signal.SIGKILL)

    def test_rank_0_killed(self):
        self.lose(0, signal.SIGKILL)

    def test_rank_1_stopped(self):
        self.lose(1, signal.SIGSTOP)

    def test_rank_0_stopped(self):
        self.lose(0, signal.SIGSTOP)

    @unittest.skipUnless(network.is_possible(), network.NEEDED)
    def test_a_network_that_is_cut(self):
        with network.Machines() as machines:
            machines.join_by_cable()
            processes = self.begin(address=machines.address(0), within=machines.command)
            begin = time.monotonic()
            machines.cut_cable()
            for rank, process in enumerate(processes):
                self.assert_survivor_names(process, 1 - rank, begin)
        self.assert_checkpoints_are_whole()
        self.resume()

    @unittest.skipUnless(network.is_possible() and network.can_relay(), network.NEEDED)
    def test_a_network_that_is_slow_and_loses_packets(self):
        few = {"training__batch_size": 16, "training__log_every": 2}  # some ten ways there and back a step
        self.assert_all_done(self.train_in(2, "undisturbed", **few))
        with network.Machines() as machines:
            relay = machines.join_by_relay(milliseconds=50, loss=0.01)
            self.assert_all_done(self.start(
                2, "train", "--config", program.CONFIG, *settings(**few), "--out", self.folder / "run",
                address=machines.address(0), within=machines.command, timeout=30))
            self.assertGreater(relay.end().lost, 0)
        self.assert_same_files(self.folder / "run", self.folder / "undisturbed")

    @unittest.skipUnless(network.can_unshare("--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"),
                         "needs a user namespace that may mount a tmpfs")
    def test_a_full_disk_on_rank_0(self):
        disk = self.folder / "disk"
        disk.mkdir()
        script = """
            mount -t tmpfs -o size=2m tmpfs $DISK || exit 99
            "$@" & process=$!
            until (( $(cat $DISK/run/metrics.jsonl 2>/dev/null | wc -l) >= 5 )); do sleep 0.01; done
            cat /dev/zero > $DISK/rest 2>/dev/null
            wait $process; code=$?
            cp -r $DISK/run $DISK/../run
            exit $code"""

        def on_small_disk(rank, command):
            if rank > 0:
                return command
            return ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", script, "bash", *command]

        first, second = self.start(2, "train", "--config", program.CONFIG, *settings(**LONG), "--out", disk / "run",
                                   within=on_small_disk, DISK=str(disk))
        _, stderr = first.communicate(timeout=60)
        begin = time.monotonic()
        self.assertEqual(first.returncode, INPUT_OUTPUT, stderr)
        _, stderr = second.communicate(timeout=60)
        self.assertLess(time.monotonic() - begin, LEFT_WITHIN)
        self.assertEqual(second.returncode, PEER, stderr)
        self.assertRegex(stderr, "rank 0 .*has ended: .*No space left on device")
        self.assert_checkpoints_are_whole()
        self.resume()

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

    @unittest.skipUnless(has_open_mpi(), "Open MPI's mpirun is not installed")
    def test_mpirun_starts_processes_that_find_each_other(self):
        environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                       "MASTER_PORT": str(free_port())}
        result = subprocess.run(
            ["mpirun", "-np", "2", "--oversubscribe", *program.command("train", "--config", program.CONFIG, *settings(**LONG),
                                                                         "--out", self.folder / "run")],
            env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_same_files(self.folder / "run", self.whole)


if __name__ == "__main__":
    if not has_gloo():
        print("skipped: the program was built without Gloo's headers; scripts/setup installs libgloo-dev")
        sys.exit(SKIPPED)
    unittest.main()
