"""Loading a folder of pictures: `vae` against what Python users have, in pictures a second.

Usage: bench/folder_loading.py FOLDER [--binary build/vae] [--size 64] [--rounds 5] [--workers N ...] [--variants NAME ...]
       bench/folder_loading.py --make-large FOLDER --from CIFAR [--count 2000]

Needs torch, pillow, simplejpeg and opencv-python-headless. Each variant gives batches of uint8 pixels [64, size, size, 3]
in random order: the shorter side scaled to `size`, the centre cropped, as torchvision's ImageFolder with Resize and
CenterCrop does it. The variants take turns, so that whatever else the machine does meets all alike; the table gives the
median of the rounds, and the fastest. Everything runs on one thread a process: `vae` on as many threads as the others have
workers, and on one beside those without.
"""

import argparse
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BATCH = 64


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, nargs="?")
    parser.add_argument("--binary", type=pathlib.Path, default="build/vae")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--variants", nargs="+", choices=LOADERS, default=list(LOADERS))
    parser.add_argument("--make-large", type=pathlib.Path)
    parser.add_argument("--from", dest="source", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=2000)
    return parser.parse_args()


def make_large(folder, source, count):
    """JPEGs of 500x375, each a mosaic of enlarged small pictures: about as much detail as photographs have."""
    from PIL import Image

    files = sorted(source.rglob("*.jp*g"))
    draw = random.Random(1)
    folder.mkdir(parents=True)
    for number in range(count):
        sheet = Image.new("RGB", (500, 375))
        for x in range(0, 500, 125):
            for y in range(0, 375, 125):
                tile = Image.open(draw.choice(files)).convert("RGB").resize((125, 125), Image.Resampling.BICUBIC)
                sheet.paste(tile, (x, y))
        sheet.save(folder / f"{number:05}.jpg", quality=90)


def crop(width, height, size):
    """Width and height of the picture scaled to cover the square, and the left upper corner of its centre."""
    scale = size / min(width, height)
    width, height = max(size, round(width * scale)), max(size, round(height * scale))
    return width, height, (width - size) // 2, (height - size) // 2


def with_pillow(path, size, draft=False):
    import numpy
    from PIL import Image

    with Image.open(path) as image:
        if draft:
            image.draft("RGB", (size, size))
        image = image.convert("RGB")
    width, height, left, top = crop(*image.size, size)
    image = image.resize((width, height), Image.Resampling.BILINEAR)  # torchvision's default, antialiased
    return numpy.asarray(image.crop((left, top, left + size, top + size)))


def with_pillow_draft(path, size):
    return with_pillow(path, size, draft=True)


def with_cv2_resize(image, size):
    import cv2

    width, height, left, top = crop(image.shape[1], image.shape[0], size)
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return image[top:top + size, left:left + size].copy()


def with_simplejpeg(path, size):
    import simplejpeg

    # Scaled by the DCT to no less than the target.
    return with_cv2_resize(simplejpeg.decode_jpeg(path.read_bytes(), min_height=size, min_width=size), size)


def with_opencv(path, size):
    import cv2

    return with_cv2_resize(cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), size)


def with_opencv_reduced(path, size):
    import cv2
    from PIL import Image

    with Image.open(path) as image:  # OpenCV must be told the factor, and does not tell the size
        shorter = min(image.size)
    flag = next((flag for factor, flag in ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4),
                                           (2, cv2.IMREAD_REDUCED_COLOR_2)) if shorter // factor >= size),
                cv2.IMREAD_COLOR)
    return with_cv2_resize(cv2.cvtColor(cv2.imread(str(path), flag), cv2.COLOR_BGR2RGB), size)


LOADERS = {"pillow": with_pillow, "pillow, draft": with_pillow_draft, "simplejpeg": with_simplejpeg,
           "opencv": with_opencv, "opencv, reduced": with_opencv_reduced}


class Pictures:
    def __init__(self, files, size, load):
        self.files, self.size, self.load = files, size, load

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        import torch

        return torch.from_numpy(self.load(self.files[index], self.size).copy())


def one_thread(_=None):
    import cv2
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def time_python(files, size, load, workers):
    import torch

    loader = torch.utils.data.DataLoader(Pictures(files, size, load), BATCH, shuffle=True, num_workers=workers,
                                         worker_init_fn=one_thread)
    begin = time.perf_counter()
    count = sum(len(batch) for batch in loader)
    assert count == len(files)
    return count / (time.perf_counter() - begin)


def time_vae(arguments, threads, cache=None):
    command = [arguments.binary, "data", "check", arguments.folder, "--height", arguments.size, "--width",
               arguments.size, "--threads", threads] + (["--cache", cache] if cache else [])
    output = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    return float(re.search(r"(\d+) pictures/s", output).group(1))


def measure(arguments):
    """A list of pictures a second for each variant and number of workers."""
    files = sorted(path for path in arguments.folder.rglob("*") if path.suffix in (".jpg", ".jpeg"))
    one_thread()
    rates = {}
    with tempfile.TemporaryDirectory() as temporary:
        cache = pathlib.Path(temporary) / "cache"
        for _ in range(arguments.rounds):
            for workers in arguments.workers:
                threads = max(1, workers)
                runs = {"vae": lambda: time_vae(arguments, threads)}
                for name in arguments.variants:
                    runs[name] = lambda load=LOADERS[name]: time_python(files, arguments.size, load, workers)
                for name, run in runs.items():
                    rates.setdefault((name, workers), []).append(run())
            shutil.rmtree(cache, ignore_errors=True)
            rates.setdefault(("vae, writing its cache", 1), []).append(time_vae(arguments, 1, cache))
            rates.setdefault(("vae, from its cache", 1), []).append(time_vae(arguments, 1, cache))
    return len(files), rates


def main():
    arguments = parse_arguments()
    if arguments.make_large:
        make_large(arguments.make_large, arguments.source, arguments.count)
        return 0
    count, rates = measure(arguments)
    print(f"{count} pictures of {arguments.folder} to {arguments.size}x{arguments.size}, {arguments.rounds} rounds\n")
    print("| | workers or threads | pictures/s, median | fastest | vae / this, median |")
    print("|---|---|---|---|---|")
    for (name, workers), values in sorted(rates.items(), key=lambda item: item[0][1]):
        ours = statistics.median(rates.get(("vae", workers), values))
        median = statistics.median(values)
        print(f"| {name} | {workers} | {median:.0f} | {max(values):.0f} | {ours / median:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
