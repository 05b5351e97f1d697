"""Checkpoints as llm.c's train_gpt2.py writes them (`write_model`), and transformers' logits."""

import numpy as np
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from fixture_files import DATA, integers, write_tensors
from gpt2 import random_weights

CONFIG = {"n_layer": 2, "n_embd": 20, "n_head": 2, "vocab_size": 97, "n_positions": 32}
PADDED = 128
# Version, element type, padded.
FILES = {
    "float32": (3, torch.float32, True),
    "bfloat16": (5, torch.bfloat16, True),
    "version-1": (1, torch.float32, False),
}
STACKED = [
    "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight",
    "attn.c_proj.bias", "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias",
    "mlp.c_proj.weight", "mlp.c_proj.bias",
]


def to_bytes(tensor, dtype):
    """Of a tensor as llm.c's `write_fp32` or `write_bf16` does."""
    tensor = tensor.detach().to(dtype).contiguous()
    return (tensor.view(torch.int16) if dtype == torch.bfloat16 else tensor).numpy().tobytes()


def checkpoint(model, version, dtype, padded):
    config, parts = model.config, []
    header = np.zeros(256, dtype=np.int32)
    header[:7] = [
        20240326, version, config.n_positions, config.vocab_size, config.n_layer, config.n_head,
        config.n_embd,
    ]
    header[7] = PADDED if padded else 0
    parts.append(header.tobytes())
    weights = {n.removeprefix("transformer."): p for n, p in model.named_parameters()}
    embedding = weights["wte.weight"].detach()
    if padded:
        rows = torch.zeros(PADDED - config.vocab_size, config.n_embd)
        embedding = torch.cat([embedding, rows])
    parts += [to_bytes(embedding, dtype), to_bytes(weights["wpe.weight"], dtype)]
    for name in STACKED:
        for layer in range(config.n_layer):
            weight = weights[f"h.{layer}.{name}"]
            # llm.c has linear layers [out, in], transformers' Conv1D [in, out].
            parts.append(to_bytes(weight.T if ".c_" in f".{name}" and weight.ndim == 2 else weight, dtype))
    parts += [to_bytes(weights["ln_f.weight"], dtype), to_bytes(weights["ln_f.bias"], dtype)]
    return b"".join(parts)


@torch.no_grad()
def make():
    folder = DATA / "llmc"
    folder.mkdir(parents=True, exist_ok=True)
    expected = {"input_ids": integers(1006, CONFIG["vocab_size"], 24)}
    for name, (version, dtype, padded) in FILES.items():
        model = GPT2LMHeadModel(GPT2Config(bos_token_id=0, eos_token_id=0, **CONFIG)).eval()
        random_weights(model, 6)
        (folder / f"{name}.bin").write_bytes(checkpoint(model, version, dtype, padded))
        for parameter in model.parameters():
            parameter.copy_(parameter.to(dtype).float())
        expected[f"{name}.logits"] = model(expected["input_ids"][None]).logits[0]
        print(f"llmc/{name}")
    write_tensors(folder / "expected.safetensors", expected)
