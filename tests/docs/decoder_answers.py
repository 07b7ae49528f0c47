"""What docs/decoder.py makes of checkpoints. Usage: decoder_answers.py DOCS FOLDER

Of every FOLDER/NAME.safetensors with its latents in FOLDER/NAME.latents the pictures go to FOLDER/NAME.pictures.
"""

import pathlib
import sys

try:
    import torch
    from safetensors.torch import load_file, save_file
except ImportError:
    sys.exit(77)

sys.path.insert(0, sys.argv[1])
from decoder import decode  # noqa: E402

torch.set_num_threads(1)
for checkpoint in sorted(pathlib.Path(sys.argv[2]).glob("*.safetensors")):
    pictures = decode(checkpoint, **load_file(checkpoint.with_suffix(".latents")))
    save_file({"x": pictures.contiguous()}, checkpoint.with_suffix(".pictures"))
