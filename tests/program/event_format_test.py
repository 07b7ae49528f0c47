"""Event files open in TensorBoard and hold what metrics.jsonl and the picture folders hold."""

import io
import json
import struct
import unittest

import program
from program import ProgramTest

program.require("numpy", "tensorboard", "PIL")
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator


class EventFormat(ProgramTest):
    shared_settings = {}

    def setUp(self):
        super().setUp()
        self.events = event_accumulator.EventAccumulator(
            str(self.run_folder), size_guidance={"scalars": 0, "images": 0}).Reload()

    def test_scalars_are_the_metrics_in_float32(self):
        expected = {}
        for line in (self.run_folder / "metrics.jsonl").read_text().splitlines():
            row = json.loads(line)
            for name, value in row.items():
                if name not in ("step", "epoch", "split"):
                    value = struct.unpack("f", struct.pack("f", value))[0]
                    expected.setdefault(f"{row['split']}/{name}", []).append((row["step"], value))
        given = {tag: [(event.step, event.value) for event in self.events.Scalars(tag)]
                 for tag in self.events.Tags()["scalars"]}
        self.assertEqual(given, expected)

    def test_pictures_are_those_in_the_folders(self):
        self.assertEqual(sorted(self.events.Tags()["images"]), ["reconstructions", "samples"])
        for tag in ("samples", "reconstructions"):
            images = self.events.Images(tag)
            self.assertEqual([image.step for image in images], [8, 16])
            for epoch, image in enumerate(images, start=1):
                decoded = Image.open(io.BytesIO(image.encoded_image_string))
                decoded.load()
                self.assertEqual(decoded.size, (image.width, image.height))
                file = self.run_folder / tag / f"epoch-000{epoch}.png"
                self.assertEqual(image.encoded_image_string, file.read_bytes())


if __name__ == "__main__":
    unittest.main()
