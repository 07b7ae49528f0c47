"""Terminals, pipes and closed streams: what the program writes where, and that nothing of it stops a training."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import unittest

import program
from program import ProgramTest, run, settings

ESCAPE = "\x1b"
ERASE = "\r\x1b[J"


def without(*streams):
    """A function for the child that closes streams by their number."""
    return lambda: [os.close(stream) for stream in streams]


def shown(text):
    """The lines that a terminal shows after what a program wrote to it."""
    lines, row, column = [""], 0, 0
    for part in re.split("(\r|\n|\x1b\\[[0-9;]*[A-Za-z])", text):
        if part == "\r":
            column = 0
        elif part == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
            column = 0
        elif part == "\x1b[J":
            lines = [*lines[:row], ""]
        elif part == "\x1b[K":
            lines[row] = lines[row][:column]
        elif part.endswith("A") and part.startswith(ESCAPE):
            row -= int(part[2:-1])
        elif not part.startswith(ESCAPE):
            lines[row] = lines[row][:column] + part + lines[row][column + len(part):]
            column += len(part)
    return lines


class Streams(ProgramTest):
    shared_settings = {}

    def train_command(self, **changes):
        return program.command("train", "--config", program.CONFIG, *settings(**changes), "--out", self.folder / "run")

    def assert_trained(self):
        self.assertEqual(program.rows(self.folder / "run"), program.rows(self.run_folder))
        for name in ("config.json", "checkpoints/last.safetensors"):
            self.assertEqual((self.folder / "run" / name).read_bytes(), (self.run_folder / name).read_bytes(), name)

    def test_warns_of_a_warmup_that_outlasts_the_run(self):
        for steps, warnings in ((16, 1), (15, 0)):
            result = run("train", "--config", program.CONFIG, *settings(
                training__schedule={"type": "linear_warmup", "steps": steps}), "--out", self.folder / f"run{steps}")
            self.assert_done(result)
            self.assertEqual(result.stderr.count("16 in all"), warnings)

    def test_without_a_terminal_there_are_plain_lines(self):
        result = self.train()
        self.assert_done(result)
        log = (self.folder / "run/log.txt").read_text()
        for text in (result.stdout, result.stderr, log):
            self.assertNotIn(ESCAPE, text)
            self.assertNotIn("\r", text)
        self.assertEqual(len(result.stderr.splitlines()), 2)  # one an epoch
        self.assertRegex(log, r"^\S+ training on cpu, threads: \d+\n\S+ epoch 1/2 .*\n\S+ epoch 2/2 .*\n"
                              r"\S+ the most memory: .* resident\n$")
        self.assertRegex(result.stdout, r"^best validation ELBO .* nats, epoch \d\nrun in .*/run\n$")

    def test_help_is_plain(self):
        self.assertNotIn(ESCAPE, run("train", "--help").stdout)

    def test_closed_streams_stop_no_training_and_spoil_no_file(self):
        for closed in ((1,), (2,), (0, 1, 2)):
            with self.subTest(closed=closed):
                result = subprocess.run([*self.train_command(), "--force"], preexec_fn=without(*closed), timeout=60)
                self.assertEqual(result.returncode, 0)
                self.assert_trained()
                events = (self.folder / "run/events.out.tfevents.0.vae").read_bytes()
                for text in (b"epoch 1/2", b"run in"):
                    self.assertFalse(text in events, text)

    def test_a_reader_that_has_left_stops_no_training(self):
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run(self.train_command(), stdout=writer, stderr=writer, timeout=60)
        os.close(writer)
        self.assertEqual(result.returncode, 0)
        self.assert_trained()

    def test_a_reader_that_has_left_is_no_error(self):
        for arguments in (["config", "--schema"], ["inspect", "--checkpoint", self.run_folder],
                          ["evaluate", "--checkpoint", self.run_folder]):
            reader, writer = os.pipe()
            os.close(reader)
            result = subprocess.run(program.command(*arguments), stdout=writer, stderr=subprocess.PIPE, timeout=60)
            os.close(writer)
            self.assertEqual((result.returncode, result.stderr), (0, b""), arguments)

    def test_a_full_disk_behind_stdout_is_an_error(self):
        for arguments in (["config", "--schema"], ["inspect", "--checkpoint", self.run_folder]):
            with open("/dev/full", "w") as full:
                result = subprocess.run(program.command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(result.returncode, 6)
            self.assertRegex(result.stderr, r"^error: .*No space left on device.*\n$")


class Terminal(ProgramTest):
    def train_in_terminal(self, columns=200, term="xterm", code=0, **changes):
        """What a terminal of that width gets to see of a training of a second and more."""
        long = {"training__epochs": 3, "training__batch_size": 1,
                "data__train": {"type": "shapes", "count": 5000, "height": 8, "width": 8}}
        return self.in_terminal("train", "--config", program.CONFIG, *settings(**{**long, **changes}), "--out",
                                self.folder / "run", columns=columns, term=term, code=code)

    def in_terminal(self, *words, columns=200, term="xterm", code=0):
        """What stderr shows in a terminal of that width."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen(program.command(*words), stdout=subprocess.DEVNULL, stderr=slave,
                                   env={**os.environ, "TERM": term})
        self.addCleanup(process.kill)
        os.close(slave)
        seen = bytearray()

        def read():
            try:
                while data := os.read(master, 4096):
                    seen.extend(data)
            except OSError:  # how the end of a terminal reads
                pass

        reader = threading.Thread(target=read)
        reader.start()
        self.assertEqual(process.wait(timeout=60), code)
        reader.join()
        os.close(master)
        return seen.decode()

    def live_lines(self, seen):
        plain = re.sub(r"\x1b\[[0-9;]*m", "", seen)
        return re.findall(r"(epoch[^\r\n\x1b]*)\x1b\[K", plain)

    def test_shows_how_far_the_gradients_are_and_erases_it(self):
        self.assert_done(self.train())
        seen = self.in_terminal("gradients", "--checkpoint", self.folder / "run", "--draws", 300)
        self.assertRegex(seen, r"draws of the gradient: \d+ of \d+")
        self.assertEqual("".join(shown(seen)).strip(), "")

    def test_shows_a_live_panel_and_erases_it(self):
        seen = self.train_in_terminal()
        self.assertGreater(len(self.live_lines(seen)), 0, seen)
        screen = shown(seen)
        self.assertEqual([line[:7] for line in screen[:3]], ["epoch 1", "epoch 2", "epoch 3"])
        self.assertEqual(screen[3:], [""])

    def test_shows_a_live_panel_where_epochs_are_short(self):
        seen = self.train_in_terminal(training__epochs=100, training__batch_size=8,
                                      data__train={"type": "shapes", "count": 1000, "height": 8, "width": 8})
        self.assertGreater(len(self.live_lines(seen)), 0, seen)

    def test_a_training_that_ends_in_an_error_leaves_no_panel(self):
        seen = self.train_in_terminal(code=4, training__optimizer={"type": "sgd", "learning_rate": 1e30})
        screen = shown(seen)
        self.assertTrue(screen[-2].startswith("error: step"), screen)
        self.assertEqual(screen[-1], "")
        self.assertFalse([line for line in screen if line.startswith("run ")])

    def test_keeps_a_line_for_every_epoch(self):
        seen = self.train_in_terminal()
        self.assertEqual(re.findall(r"epoch (\d)/3  train: [^\r]*\r\n", seen), ["1", "2", "3"])
        self.assertNotIn(ESCAPE, (self.folder / "run/log.txt").read_text())

    def test_honours_no_color(self):
        os.environ["NO_COLOR"] = "1"
        self.addCleanup(os.environ.pop, "NO_COLOR")
        self.assertNotIn("\x1b[36m", self.train_in_terminal())

    def test_a_live_line_fits_a_narrow_terminal(self):
        lines = self.live_lines(self.train_in_terminal(columns=24))
        self.assertGreater(len(lines), 0)
        self.assertLess(max(map(len, lines)), 24)

    def test_without_the_means_there_are_plain_lines(self):
        seen = self.train_in_terminal(term="dumb")
        self.assertNotIn(ESCAPE, seen)
        self.assertEqual(len(seen.splitlines()), 3)


if __name__ == "__main__":
    unittest.main()
