"""Writes the seed corpora of the fuzzers: small files of every kind, right ones and some that are almost right.

Usage: seeds.py FOLDER     (needs numpy, pillow and safetensors)
"""

import gzip
import io
import pathlib
import struct
import sys

import numpy
from PIL import Image
from safetensors.numpy import save


def write(folder, seeds):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds.items():
        (folder / name).write_bytes(content)


def idx(*sizes, kind=8):
    count = int(numpy.prod(sizes))
    return struct.pack(f">HBB{len(sizes)}I", 0, kind, len(sizes), *sizes) + bytes(i * 37 % 256 for i in range(count))


def idx_seeds():
    images, labels = idx(3, 2, 2), idx(3)
    return {"grey": b"\0" + images, "colour": b"\0" + idx(2, 2, 2, 3), "labelled": bytes([len(images)]) + images + labels,
            "gzip": b"\0" + gzip.compress(images), "bomb": b"\0" + gzip.compress(idx(1000, 100, 100)),
            "cut": b"\0" + images[:-1], "huge": b"\0" + struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**31, 2**31)}


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture_seeds():
    pixels = numpy.random.default_rng(0).integers(0, 256, (9, 11, 4), numpy.uint8)
    rgba = Image.fromarray(pixels, "RGBA")
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    files = {"png": encoded(rgb, "PNG"), "png-alpha": encoded(rgba, "PNG"), "png-grey": encoded(grey, "PNG"),
             "png-palette": encoded(rgb.quantize(7), "PNG"), "png-bit": encoded(grey.convert("1"), "PNG"),
             "png-16": encoded(Image.fromarray(pixels[..., 0].astype("u2") * 257), "PNG"),
             "jpeg": encoded(rgb, "JPEG"), "jpeg-grey": encoded(grey, "JPEG"), "jpeg-cmyk": encoded(rgb.convert("CMYK"), "JPEG"),
             "jpeg-progressive": encoded(rgb, "JPEG", progressive=True),
             "jpeg-exif": encoded(rgb, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"),
             "webp": encoded(rgb, "WEBP"), "webp-lossless": encoded(rgba, "WEBP", lossless=True)}
    return {f"{name}-{choice}": bytes([choice]) + content for name, content in files.items() for choice in (1, 2)}


def npy_seeds():
    def saved(array):
        file = io.BytesIO()
        numpy.save(file, array)
        return file.getvalue()
    types = {f"type-{kind}": saved(numpy.arange(6, dtype=kind).reshape(2, 3)) for kind in ("f2", "f4", "f8", "u1", "i4", "i8")}
    whole = types["type-f4"]
    return types | {"fortran": saved(numpy.asfortranarray(numpy.ones((2, 3, 4), "f4"))), "scalar": saved(numpy.float32(1)),
                    "empty": saved(numpy.zeros((0, 4), "f4")), "other": saved(numpy.zeros(3, "c8")), "cut": whole[:-1],
                    "version-3": whole[:6] + b"\3\0" + whole[8:10] + b"\0\0" + whole[10:]}


def safetensors_seeds():
    tensors = {"a": numpy.arange(6, dtype="f4").reshape(2, 3), "b": numpy.zeros(0, "i8"), "c": numpy.array(True)}
    whole = save(tensors, {"format": "1", "config": "{}"})
    header = b'{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}'
    return {"whole": whole, "plain": save(tensors), "empty": struct.pack("<Q", 2) + b"{}",
            "overflow": struct.pack("<Q", len(header)) + header + bytes(4), "length": struct.pack("<Q", 2**63) + b"{}"}


def config_seeds():
    texts = ['{"source": {"type": "folder", "path": "a"}}', '{"source": {"type": "idx", "images": "a", "labels": null}}',
             '// a comment\n{"name": "\\u00fc\\ud83d\\ude00", "flag": true, "count": 7, "seed": 18446744073709551615,\n'
             '"rate": 1e-3, "maybe": null, "numbers": [3, 4], "words": ["a", ""], "resampling": "bicubic",\n'
             '"source": {"type": "folder", "path": "a", "background": [0, 1, 2]}}', "[" * 600, '{"source": "idx", "count": 1e400}']
    overrides = ["", "count=3", "numbers.0=5", 'source={"type": "idx", "images": "b"}', "words.9=x", "source.path=c"]
    return {f"{i}-{j}": f"{override}\n{text}".encode() for i, override in enumerate(overrides) for j, text in enumerate(texts)}


def cache_seeds():
    """Two rows of 12 bytes; the fuzzer makes the digests right."""
    entry = "<Qqq16sQIIII"
    names = b"a.pngb.png" + b"bad"
    table = struct.pack(entry, 5, 1, 2, b"x" * 16, 0, 1, 5, 0, 0) + struct.pack(entry, 6, 1, 2, b"y" * 16, 0, 2, 5, 3, 0) + names
    header = b"vae pixels 1\n".ljust(16, b"\0") + bytes(16) + struct.pack("<QQQ", 2, 12, len(table)) + bytes(32)
    whole = header.ljust(4096, b"\0") + bytes(24) + table
    return {"whole": whole, "empty": b"vae pixels 1\n".ljust(16, b"\0") + bytes(16) + struct.pack("<QQQ", 0, 12, 0) + bytes(4096 - 56)}


def main(root):
    for kind in ("jpeg", "png", "webp"):
        write(root / kind, {name: seed for name, seed in picture_seeds().items() if name.startswith(kind)})
    write(root / "idx", idx_seeds())
    write(root / "npy", npy_seeds())
    write(root / "safetensors", safetensors_seeds())
    write(root / "config", config_seeds())
    write(root / "cache", cache_seeds())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
