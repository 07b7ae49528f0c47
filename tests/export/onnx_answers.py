"""What onnxruntime makes of exported models. Usage: onnx_answers.py FOLDER

Of every FOLDER/NAME.onnx with its inputs in FOLDER/NAME.inputs.safetensors the outputs go to
FOLDER/NAME.outputs.safetensors.
"""

import pathlib
import sys

try:
    import onnxruntime
    from safetensors.numpy import load_file, save_file
except ImportError:
    sys.exit(77)

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
for model in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    outputs = session.run(names, load_file(model.with_suffix(".inputs.safetensors")))
    save_file(dict(zip(names, outputs)), model.with_suffix(".outputs.safetensors"))
