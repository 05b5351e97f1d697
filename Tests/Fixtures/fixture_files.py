"""How every fixture is written: the same bytes on every run."""

import hashlib
import json
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file

DATA = pathlib.Path(__file__).resolve().parent / "data"


def write_json(path, value, compact=False):
    """Sorted keys, ASCII only. Compact: one list item a line, for long lists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if compact:
        lines = [json.dumps(item, sort_keys=True, separators=(",", ":")) for item in value]
        text = "[\n" + ",\n".join(lines) + "\n]\n"
    else:
        text = json.dumps(value, sort_keys=True, indent=1) + "\n"
    path.write_text(text)


def write_tensors(path, tensors):
    """safetensors with contiguous copies, so that shared storage never matters."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = {name: tensors[name].detach().clone().contiguous() for name in sorted(tensors)}
    save_file(own, path, metadata={"format": "pt"})


def sha256(tensor):
    """Of a tensor's little-endian bytes, row-major."""
    return hashlib.sha256(tensor.detach().contiguous().numpy().tobytes()).hexdigest()


def normal(seed, shape, scale=1.0):
    """Float32 normal deviates from NumPy's PCG64, whose stream is the same on every machine."""
    deviates = np.random.Generator(np.random.PCG64(seed)).standard_normal(shape)
    return torch.from_numpy((deviates * scale).astype(np.float32))


def integers(seed, high, count):
    """Int64 uniform integers below `high`."""
    drawn = np.random.Generator(np.random.PCG64(seed)).integers(0, high, count, dtype=np.int64)
    return torch.from_numpy(drawn)
