"""Opens files of the trainer with the libraries that others will open them with, and prints what they see as JSON.

Needs: pip install numpy safetensors tensorboard
"""

import argparse
import json
import struct

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
          "BOOL": "?"}


def values(data, dtype):
    """The elements of a tensor as a NumPy array; NumPy has no bfloat16, the upper half of a float32."""
    import numpy
    if dtype == "BF16":
        return (numpy.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
    return numpy.frombuffer(data, DTYPES[dtype])


def check_safetensors(path):
    import safetensors
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    with open(path, "rb") as file:
        entries = safetensors.deserialize(file.read())
    tensors = {
        name: {"dtype": entry["dtype"], "shape": entry["shape"],
               "sum": float(values(entry["data"], entry["dtype"]).sum(dtype="f8"))}
        for name, entry in entries
    }
    return {"metadata": metadata, "tensors": tensors}


def png_size(png):
    if png[:8] != b"\x89PNG\r\n\x1a\n" or png[12:16] != b"IHDR":
        raise ValueError("not a PNG file")
    return list(struct.unpack(">II", png[16:24]))


def check_events(path):
    from tensorboard.backend.event_processing import event_accumulator
    everything = {event_accumulator.SCALARS: 0, event_accumulator.IMAGES: 0}
    events = event_accumulator.EventAccumulator(path, size_guidance=everything).Reload()
    tags = events.Tags()
    return {
        "scalars": {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]},
        "images": {
            tag: [{"step": event.step, "size": [event.width, event.height],
                   "png_size": png_size(event.encoded_image_string)} for event in events.Images(tag)]
            for tag in tags["images"]
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, check in (("safetensors", check_safetensors), ("events", check_events)):
        command = commands.add_parser(name, help=f"print what is in a {name} file")
        command.add_argument("file")
        command.set_defaults(check=check)
    arguments = parser.parse_args()
    print(json.dumps(arguments.check(arguments.file), indent=2))


if __name__ == "__main__":
    main()
