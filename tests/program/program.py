"""What the tests of the whole program share: running it, a run too small to take time, and files to feed it."""

import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

BINARY = os.environ.get("VAE_BINARY", "build/vae")
ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = pathlib.Path(__file__).with_name("tiny.json")
SKIPPED = 77  # what ctest takes for "skipped"

_caches = tempfile.TemporaryDirectory()
os.environ["XDG_CACHE_HOME"] = _caches.name  # the program under test leaves the user's own alone


def command(*arguments):
    return [BINARY, *map(str, arguments)]


def run(*arguments, **options):
    """Runs the program to its end; the result has returncode, stdout and stderr."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120, **options)


def settings(**changes):
    """--set options that change the config; "__" stands for a point."""
    options = []
    for key, value in changes.items():
        options += ["--set", f"{key.replace('__', '.')}={json.dumps(value)}"]
    return options


def rows(folder):
    """The rows of metrics.jsonl without what depends on the clock."""
    lines = (pathlib.Path(folder) / "metrics.jsonl").read_text().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "pictures_per_second"} for line in lines]


def events(folder):
    """What TensorBoard reads, without what depends on the clock; None where it is not installed."""
    try:
        from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    except ImportError:
        return None
    return [(event.step, value.tag, value.tensor.float_val or value.tensor.string_val or
             value.tensor.tensor_content or value.metadata.plugin_data.content)
            for event in EventFileLoader(str(pathlib.Path(folder) / "events.out.tfevents.0.vae")).Load()
            for value in event.summary.value if not value.tag.endswith("pictures_per_second")]


def png(width, height, pixel=(200, 100, 50)):
    """A PNG file of one colour, or of one grey if the pixel has one number."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if len(pixel) == 3 else 0, 0, 0, 0)
    lines = (b"\0" + bytes(pixel) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) +
            chunk(b"IEND", b""))


def png_size(file):
    """Width and height in the header of a PNG file."""
    content = pathlib.Path(file).read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n"), file
    return struct.unpack(">II", content[16:24])


def idx(count, height, width):
    """Pictures in the format of MNIST."""
    return struct.pack(">HBBIII", 0, 8, 3, count, height, width) + bytes(
        (i * 37) % 256 for i in range(count * height * width))


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if path.is_file())


def require(*modules):
    """Ends the test as skipped where a package is not installed."""
    for module in modules:
        try:
            __import__(module)
        except ImportError:
            print(f"skipped: the Python package {module} is not installed; scripts/setup installs it")
            sys.exit(SKIPPED)


class ProgramTest(unittest.TestCase):
    """Each test has a folder of its own. The tests of a class may share, and then only read, a run in `run_folder`."""

    maxDiff = None
    shared_settings = None  # changes to the config of the shared run; None makes no run

    @classmethod
    def setUpClass(cls):
        if cls.shared_settings is None:
            return
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.run_folder = pathlib.Path(folder.name) / "run"
        trained = run("train", "--config", CONFIG, *settings(**cls.shared_settings), "--out", cls.run_folder)
        assert trained.returncode == 0, trained.stderr

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def train(self, name="run", **changes):
        return run("train", "--config", CONFIG, *settings(**changes), "--out", self.folder / name)

    def wait_until(self, process, condition):
        """Until it is true, while the process goes on."""
        end = time.monotonic() + 60
        while not condition():
            self.assertIsNone(process.poll(), "ended too early")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.001)

    def assert_done(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)

    def assert_fails(self, result, code, *words, warnings=0):
        """One line on stderr, behind that many warnings, that says all of the words; nothing on stdout."""
        self.assertEqual(result.returncode, code, result.stderr)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 1 + warnings, result.stderr)
        self.assertTrue(lines[-1].startswith("error: "), result.stderr)
        self.assertNotIn("unexpected, please report", lines[-1])
        for word in words:
            self.assertIn(str(word), lines[-1])
        self.assertEqual(result.stdout, "")
