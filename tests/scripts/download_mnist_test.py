"""scripts/download_mnist against mirrors on the loopback interface that serve MNIST well, badly, or not at all."""

import http.server
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
NAMES = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
]
# Most tests need one file to go wrong; this one is small.
NAME = "train-labels-idx1-ubyte.gz"


def find_mnist():
    for folder in (ROOT / "data" / "mnist", ROOT.parent / "shared" / "data" / "mnist"):
        if all((folder / name).is_file() for name in NAMES):
            return folder
    return None


MNIST = find_mnist()


class MirrorHandler(http.server.BaseHTTPRequestHandler):
    """Serves MNIST under /<behaviour>/: good, rangeless, corrupt, cut (hangs up half-way), swapped (whole files, but
    not the ones asked for), or anything else for 404."""

    def do_GET(self):
        behaviour, name = self.path.strip("/").split("/")
        self.server.requests.append((behaviour, name, self.headers.get("Range")))
        if behaviour not in ("good", "rangeless", "corrupt", "cut", "swapped"):
            self.send_error(404)
            return
        content = (MNIST / (NAMES[-1] if behaviour == "swapped" else name)).read_bytes()
        start = 0
        if behaviour != "rangeless" and "Range" in self.headers:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            self.send_error(416)
            return
        self.send_head(start, len(content))
        if behaviour == "corrupt":
            content = content[:-100] + bytes(100)
        end = len(content) // 2 if behaviour == "cut" else len(content)
        self.wfile.write(content[start:end])

    def send_head(self, start, size):
        if start > 0:
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(size - start))
        self.end_headers()

    def log_message(self, *_):
        pass


def unused_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class DownloadMnist(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), MirrorHandler)
        self.server.requests = []
        self.addCleanup(self.server.server_close)
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        self.addCleanup(self.server.shutdown)

        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name) / "mnist"

    def mirror(self, behaviour):
        return f"http://127.0.0.1:{self.server.server_port}/{behaviour}/"

    def download(self, *mirrors):
        environment = {**os.environ, "VAE_MNIST_MIRRORS": " ".join(mirrors), "no_proxy": "127.0.0.1"}
        command = [ROOT / "scripts" / "download_mnist", self.folder]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    def link_all_but(self, missing):
        self.folder.mkdir()
        for name in NAMES:
            if name != missing:
                (self.folder / name).symlink_to(MNIST / name)

    def assert_complete(self, run):
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), sorted(NAMES))
        for name in NAMES:
            self.assertEqual((self.folder / name).read_bytes(), (MNIST / name).read_bytes(), name)

    def test_fetches_all_four_files_and_a_second_run_asks_no_mirror(self):
        self.assert_complete(self.download(self.mirror("good")))
        self.assertEqual([name for _, name, _ in self.server.requests], NAMES)

        self.server.requests.clear()
        self.assert_complete(self.download(self.mirror("good")))
        self.assertEqual(self.server.requests, [])

    def test_goes_on_where_an_interrupted_run_stopped(self):
        self.link_all_but(NAME)
        (self.folder / f"{NAME}.part").write_bytes((MNIST / NAME).read_bytes()[:1000])
        self.assert_complete(self.download(self.mirror("good")))
        self.assertEqual(self.server.requests, [("good", NAME, "bytes=1000-")])

    def test_goes_on_at_the_next_mirror_where_one_hangs_up(self):
        self.link_all_but(NAME)
        self.assert_complete(self.download(self.mirror("cut"), self.mirror("good")))
        half = (MNIST / NAME).stat().st_size // 2
        self.assertEqual(self.server.requests, [("cut", NAME, None), ("good", NAME, f"bytes={half}-")])

    def test_takes_a_complete_file_that_was_not_yet_moved_into_place(self):
        self.link_all_but(NAME)
        (self.folder / f"{NAME}.part").write_bytes((MNIST / NAME).read_bytes())
        self.assert_complete(self.download(self.mirror("good")))

    def test_starts_again_where_the_partial_file_is_wrong(self):
        self.link_all_but(NAME)
        (self.folder / f"{NAME}.part").write_bytes(bytes(1000))
        self.assert_complete(self.download(self.mirror("good")))

    def test_starts_again_where_the_partial_file_is_too_long(self):
        self.link_all_but(NAME)
        (self.folder / f"{NAME}.part").write_bytes(bytes(100_000))
        self.assert_complete(self.download(self.mirror("good")))

    def test_starts_again_where_the_mirror_knows_no_ranges(self):
        self.link_all_but(NAME)
        (self.folder / f"{NAME}.part").write_bytes((MNIST / NAME).read_bytes()[:1000])
        self.assert_complete(self.download(self.mirror("rangeless")))

    def test_replaces_a_damaged_file(self):
        self.link_all_but(NAME)
        (self.folder / NAME).write_bytes(bytes(1000))
        self.assert_complete(self.download(self.mirror("good")))

    def test_passes_over_mirrors_that_serve_the_wrong_content(self):
        self.link_all_but(NAME)
        self.assert_complete(self.download(self.mirror("corrupt"), self.mirror("swapped"), self.mirror("good")))

    def test_a_mirror_that_lacks_the_file_costs_nothing_of_what_is_there(self):
        self.link_all_but(NAME)
        (self.folder / f"{NAME}.part").write_bytes((MNIST / NAME).read_bytes()[:1000])
        self.assert_complete(self.download(self.mirror("empty"), self.mirror("good")))
        self.assertEqual(self.server.requests[-1], ("good", NAME, "bytes=1000-"))

    def test_leaves_nothing_of_a_corrupt_mirror(self):
        run = self.download(self.mirror("corrupt"))
        self.assertEqual(run.returncode, 6)
        self.assertIn("has the wrong content", run.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_damaged_file_does_not_stay_in_place_without_a_mirror(self):
        self.link_all_but(NAME)
        (self.folder / NAME).write_bytes(bytes(1000))
        self.assertEqual(self.download(unused_address()).returncode, 6)
        self.assertFalse((self.folder / NAME).exists())

    def test_says_what_to_do_where_no_mirror_answers(self):
        run = self.download(unused_address(), unused_address())
        self.assertEqual(run.returncode, 6)
        advice = run.stderr.splitlines()[-1]
        for words in (NAMES[0], "connect to the network", "VAE_MNIST_MIRRORS", str(self.folder)):
            self.assertIn(words, advice)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_refuses_a_folder_that_cannot_be_made(self):
        self.folder.write_text("a file")
        run = self.download(self.mirror("good"))
        self.assertEqual(run.returncode, 6)
        self.assertIn("cannot be made", run.stderr)


if __name__ == "__main__":
    if MNIST is None:
        print("skipped: MNIST is neither in data/mnist nor in ../shared/data/mnist; run scripts/download_mnist")
        sys.exit(SKIPPED)
    unittest.main()
