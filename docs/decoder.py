"""The decoder of a checkpoint in PyTorch: pictures from latents, for the networks "mlp" and "conv"."""

import json

import torch
from safetensors import safe_open
from torch.nn import functional


def decode(path, z, labels=None):
    """The mean of p(x | z) at z [N, latent]: [N, C, H, W] in [0, 1]; labels [N] where the model knows classes."""
    with safe_open(path, "pt") as file:
        config, pictures = (json.loads(file.metadata()[key]) for key in ("config", "pictures"))
        prefix = "ema." if config["training"]["ema"] else ""
        weights = {name.removeprefix(prefix): file.get_tensor(name) for name in file.keys() if
                   name.startswith((prefix + "decoder.", prefix + "embedding."))}
    network, likelihood = config["model"]["decoder"], config["model"]["likelihood"]
    channels, height, width = (pictures[key] for key in ("channels", "height", "width"))
    if labels is not None:
        z = torch.cat([z, weights["embedding.weight"][labels]], 1)

    def linear(x, layer):
        return functional.linear(x, weights[f"decoder.{layer}.weight"], weights[f"decoder.{layer}.bias"])

    activate = getattr(functional, network["activation"])
    if network["type"] == "mlp":
        for i in range(len(network["hidden"])):
            z = activate(linear(z, f"mlp.hidden{i}"))
        x = linear(z, "mlp.output").unflatten(1, (-1, height, width))
    elif network["type"] == "conv":
        levels = len(network["channels"])
        x = activate(linear(z, "input")).unflatten(1, (-1, height >> levels, width >> levels))
        for i in range(levels):
            odd = [side >> (levels - 1 - i) & 1 for side in (height, width)]
            x = functional.conv_transpose2d(x if i == 0 else activate(x), weights[f"decoder.up{i}.weight"],
                                            weights[f"decoder.up{i}.bias"], 2, 1, odd)
    else:
        raise NotImplementedError(f"a decoder of type {network['type']}")
    if likelihood["type"] == "bernoulli":
        return torch.sigmoid(x)
    if likelihood["type"] == "gaussian" and likelihood["mean_constraint"] is None:
        return x[:, :channels].clamp(0, 1)
    raise NotImplementedError(f"the mean of a likelihood of type {likelihood['type']}")
