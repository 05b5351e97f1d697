"""Blocks of ggml's number formats, and what the gguf package makes of them and from weights."""

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type

from fixture_files import DATA, normal, write_tensors

BLOCKS = 12
# Where the Float16 scales of a block stand, in bytes.
DECODED = {
    Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2],
    Type.IQ4_NL: [0], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}
ENCODED = [Type.Q8_0, Type.Q4_0]


def blocks(kind, scales):
    """Random codes under usual scales, then zero, negative, subnormal and largest ones, then codes
    whose bits are all 0 and all 1."""
    _, size = gguf.GGML_QUANT_SIZES[kind]
    random = np.random.Generator(np.random.PCG64(int(kind)))
    data = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
    usual = np.abs(random.standard_normal((BLOCKS, len(scales)))) * 0.01
    values = usual.astype(np.float16)
    values[4], values[5], values[6] = 0, -0.0, 5e-8
    values[7], values[8] = 65504, -0.37
    data[9] = 0
    data[10] = 255
    for column, place in enumerate(scales):
        data[:, place:place + 2] = values[:, column:column + 1].copy().view(np.uint8)
    return data


def weights():
    """[24, 64]: normal; ties; zeros of both signs; single spikes; wide and tiny ranges."""
    w = normal(61, (24, 64), 0.05).numpy().copy()
    w[0] = np.linspace(-127, 127, 64, dtype=np.float32) / 2  # Halves: ties of Q8_0.
    w[1] = (np.arange(64, dtype=np.float32) % 16 - 8) / 2
    w[2], w[3] = 0, -0.0
    w[4] = 0
    w[4, 40] = -3
    w[5] = 1  # Equal: the first is the extreme.
    w[6, ::2], w[6, 1::2] = 0.25, -0.25
    w[7] *= 1e6
    w[8] *= 1e-6
    return w


def make():
    tensors = {}
    for kind, scales in DECODED.items():
        data = blocks(kind, scales)
        tensors[f"{kind.name}.blocks"] = torch.from_numpy(data)
        tensors[f"{kind.name}.weights"] = torch.from_numpy(gguf.dequantize(data, kind))
    w = weights()
    tensors["weights"] = torch.from_numpy(w)
    for kind in ENCODED:
        tensors[f"{kind.name}.encoded"] = torch.from_numpy(gguf.quantize(w, kind))
    write_tensors(DATA / "ggml" / "blocks.safetensors", tensors)
    print(f"ggml: {', '.join(kind.name for kind in DECODED)}")
