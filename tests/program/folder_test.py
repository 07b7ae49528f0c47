"""Folders of pictures: every kind that people have against Pillow, bad ones, and the cache of decoded pixels."""

import io
import os
import pathlib
import random
import shutil
import unittest

import program
from program import ProgramTest, run

program.require("numpy", "PIL")
import numpy  # noqa: E402
from PIL import Image  # noqa: E402

DONE, DATA = 0, 3
SIDE = 48
ROWS_BEGIN = 4096  # of a cache file: the pixels of each file in the order of their names
WHITE = (255, 255, 255)


def photograph(width=SIDE, height=SIDE, mode="RGB", seed=1):
    """Soft blobs with some edges and some grain, as photographs have them."""
    draw = random.Random(seed)
    small = Image.frombytes("RGB", (8, 8), bytes(draw.randrange(256) for _ in range(192)))
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    picture.paste((200, 30, 90), (width // 5, height // 4, width // 3, height // 2))
    grain = Image.frombytes("RGB", (width, height), bytes(draw.randrange(256) for _ in range(3 * width * height)))
    return Image.blend(picture, grain, 0.06).convert(mode)


def with_alpha(mode="RGBA"):
    alpha = Image.linear_gradient("L").resize((SIDE, SIDE))
    picture = photograph(mode=mode[:-1])
    picture.putalpha(alpha)
    return picture


def encoded(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def sixteen_bits():
    levels = numpy.arange(SIDE * SIDE, dtype=numpy.uint16).reshape(SIDE, SIDE) * 28
    return Image.fromarray(levels)


# Lossless formats agree to the byte, but for mixing with the background, which both round. JPEG and lossy WebP agree to
# the rounding of their transforms and of the conversion of colour.
LOSSLESS, MIXED, LOSSY = 0, 1, 3


def kinds():
    """Names to files and the largest difference from Pillow."""
    plain = photograph()
    yield "colour.png", encoded(plain, "PNG"), LOSSLESS
    yield "grey.png", encoded(plain.convert("L"), "PNG"), LOSSLESS
    yield "black_and_white.png", encoded(plain.convert("1"), "PNG"), LOSSLESS
    yield "palette.png", encoded(plain.convert("P"), "PNG"), LOSSLESS
    yield "alpha.png", encoded(with_alpha(), "PNG"), MIXED
    yield "grey_alpha.png", encoded(with_alpha("LA"), "PNG"), MIXED
    yield "sixteen_bits.png", encoded(sixteen_bits(), "PNG"), MIXED
    yield "colour.jpg", encoded(plain, "JPEG", quality=90), LOSSY
    yield "colour_444.jpg", encoded(plain, "JPEG", quality=90, subsampling=0), LOSSY
    yield "grey.jpg", encoded(plain.convert("L"), "JPEG", quality=90), LOSSY
    yield "progressive.jpg", encoded(plain, "JPEG", quality=90, progressive=True), LOSSY
    yield "cmyk.jpg", encoded(plain.convert("CMYK"), "JPEG", quality=90), LOSSY
    for orientation in range(2, 9):
        yield f"turned_{orientation}.jpg", encoded(plain, "JPEG", quality=90, exif=turned(orientation)), LOSSY
    yield "lossless.webp", encoded(plain, "WEBP", lossless=True), LOSSLESS
    yield "lossy.webp", encoded(plain, "WEBP", quality=90), LOSSY
    yield "alpha.webp", encoded(with_alpha(), "WEBP", lossless=True, exact=True), MIXED


def by_pillow(content):
    from PIL import ImageOps

    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    if picture.mode in ("I;16", "I"):
        picture = Image.fromarray((numpy.asarray(picture, dtype=float) * 255 / 65535).round().astype(numpy.uint8))
    if picture.mode in ("RGBA", "LA"):
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, WHITE), picture)
    return picture.convert("RGB")


class FolderTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.pictures = self.folder / "pictures"
        self.cache = self.folder / "cache"
        self.pictures.mkdir()

    def add(self, name, content):
        (self.pictures / name).parent.mkdir(parents=True, exist_ok=True)
        (self.pictures / name).write_bytes(content)

    def check(self, side=SIDE, **options):
        return run("data", "check", self.pictures, "--height", side, "--width", side, "--cache", self.cache,
                   **options)

    def decoded(self, side=SIDE):
        """Names to pixels, as the program leaves them for its next run."""
        self.assert_done(self.check(side))
        names = sorted(program.files(self.pictures), key=os.fsencode)
        content = max(self.cache.iterdir(), key=os.path.getmtime).read_bytes()
        size = side * side * 3
        rows = numpy.frombuffer(content, numpy.uint8, len(names) * size, ROWS_BEGIN)
        return dict(zip(names, rows.reshape(len(names), side, side, 3).astype(int)))


class EveryKind(FolderTest):
    def test_is_decoded_as_by_pillow(self):
        files = list(kinds())
        for name, content, _ in files:
            self.add(name, content)
        pixels = self.decoded()
        for name, content, bound in files:
            with self.subTest(name):
                difference = abs(pixels[name] - numpy.asarray(by_pillow(content), dtype=int))
                self.assertLessEqual(difference.max(), bound)

    def test_is_reduced_as_if_decoded_in_full_first(self):
        # libjpeg's scaled transform cuts off what averaging damps: it shows at edges, hardly on average.
        for factor in (2, 4, 8, 11):
            picture = photograph(SIDE * factor, SIDE * factor, seed=factor)
            for name, options in ((f"{factor}.jpg", {}), (f"{factor}_444.jpg", {"subsampling": 0})):
                self.add(name, encoded(picture, "JPEG", quality=90, **options))
        for name, pixels in self.decoded().items():
            with self.subTest(name):
                whole = by_pillow((self.pictures / name).read_bytes())
                averaged = numpy.asarray(whole.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=int)
                difference = abs(pixels - averaged)
                self.assertLessEqual(difference.mean(), 2)
                self.assertLessEqual(numpy.quantile(difference, 0.99), 16)


class BadPictures(FolderTest):
    def setUp(self):
        super().setUp()
        for i in range(20):
            self.add(f"good/{i}.png", program.png(8, 8, (i, i, i)))
            self.add(f"fine/{i}.png", program.png(8, 8, (i, i, i)))

    def train_on_folder(self, **changes):
        source = {"type": "folder", "path": str(self.pictures), "channels": 1, "height": 8, "width": 8}
        return self.train(data__train=source, data__validation="none", data__test="none", **changes)

    def add_bad(self):
        jpeg = encoded(photograph(), "JPEG")
        bad = {"good/gif.gif": encoded(photograph(), "GIF"), "good/cut.jpg": jpeg[:len(jpeg) // 2],
               "fine/empty.png": b"", "fine/page.jpg": b"<html>"}
        for name, content in bad.items():
            self.add(name, content)
        return bad

    def test_stop_training_and_are_all_listed(self):
        bad = self.add_bad()
        result = self.train_on_folder()
        self.assert_fails(result, DATA, "4 of 44 pictures can't be used", "data.bad_images", warnings=4)
        for name in bad:
            self.assertIn(f"{self.pictures / name}: ", result.stderr)
        self.assertFalse((self.folder / "run").exists())

    def test_are_listed_up_to_a_limit(self):
        for i in range(25):
            self.add(f"bad/{i}.jpg", b"")
        result = self.train_on_folder()
        self.assert_fails(result, DATA, "25 of 65", warnings=21)
        self.assertIn("and 5 more", result.stderr)

    def test_are_left_out_where_that_is_the_policy(self):
        self.add_bad()
        result = self.train_on_folder(data__bad_images="skip")
        self.assert_done(result)
        self.assertIn("4 of 44 pictures can't be used and are left out", result.stderr)

    def test_are_what_data_check_prints(self):
        bad = self.add_bad()
        result = run("data", "check", self.pictures)
        self.assertEqual(result.returncode, DATA)
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), len(bad) + 2)
        for name in bad:
            self.assertTrue(any(line.startswith(f"{self.pictures / name}: ") for line in lines), name)
        self.assertIn("40 pictures of 2 classes, 4 that can't be used, 0 other files", result.stdout)

    def test_that_come_later_do_not_stop_training(self):
        self.assert_done(self.train_on_folder(training__epochs=1, data__cache="off"))
        shutil.rmtree(self.pictures)
        result = run("train", "--resume", self.folder / "run", "--set", "training.epochs=2")
        self.assert_fails(result, DATA, "no such folder")


class Cache(FolderTest):
    def setUp(self):
        super().setUp()
        for i in range(10):
            self.add(f"{i}.jpg", encoded(photograph(seed=i), "JPEG"))

    def test_spares_decoding(self):
        for decoded in (10, 0, 0):
            self.assertIn(f"{decoded} decoded", self.check().stdout)

    def test_is_rebuilt_where_it_is_damaged(self):
        self.check()
        file = next(self.cache.iterdir())
        file.write_bytes(file.read_bytes()[:5000])
        result = self.check()
        self.assertIn("10 decoded", result.stdout)
        self.assertIn("is damaged", result.stderr)
        self.assertIn("0 decoded", self.check().stdout)

    def test_gives_the_same_run_as_none(self):
        source = {"type": "folder", "path": str(self.pictures), "channels": 1, "height": 8, "width": 8}
        settings = dict(data__train=source, data__validation="none", data__test="none")
        rows = []
        for name, cache in (("off", "off"), ("first", {"type": "folder", "path": str(self.cache)}),
                            ("second", {"type": "folder", "path": str(self.cache)})):
            self.assert_done(self.train(name, **settings, data__cache=cache))
            rows.append(program.rows(self.folder / name))
        self.assertEqual(rows[0], rows[1])
        self.assertEqual(rows[0], rows[2])


if __name__ == "__main__":
    unittest.main()
