"""Models that transformers quantized with bitsandbytes and saved, and the logits they give.

Rows are whole blocks: where they are not and the last block is full, bitsandbytes' CPU backend decodes
with the scale of another block than it encoded with.
"""

import bitsandbytes as bnb
import torch
from transformers import BitsAndBytesConfig, GPT2Config, GPT2LMHeadModel

from fixture_files import DATA, integers, write_tensors
from gpt2 import random_weights, save_directory
from perplexity import SCHEMES

FOLDER = DATA / "quantized"
SOURCE = FOLDER / "source"
SPEC = {
    "config": {
        "n_layer": 1, "n_embd": 64, "n_head": 4, "n_inner": 128, "vocab_size": 101,
        "n_positions": 40,
    },
    "prefix": "transformer.", "dtype": torch.float16,
}


def load(directory, options=None):
    """By from_pretrained, in exact float32 arithmetic. Without options the directory says how it was
    quantized."""
    quantized = {"quantization_config": BitsAndBytesConfig(**options)} if options else {}
    model = GPT2LMHeadModel.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", device_map={"": "cpu"},
        **quantized,
    ).eval()
    layers = [m for m in model.modules() if isinstance(m, (bnb.nn.Linear8bitLt, bnb.nn.Linear4bit))]
    assert len(layers) == 4 * model.config.n_layer
    for layer in layers:
        layer.support_avx512bf16_for_cpu = False  # That path rounds to bfloat16.
    return model


@torch.no_grad()
def make():
    model = GPT2LMHeadModel(GPT2Config(bos_token_id=0, eos_token_id=0, **SPEC["config"]))
    random_weights(model, 7)
    save_directory(SOURCE, model, SPEC)
    tokens = integers(1007, SPEC["config"]["vocab_size"], 40)
    for name, options in SCHEMES.items():
        load(SOURCE, options).save_pretrained(FOLDER / name)  # Before any pass, which repacks.
        logits = load(FOLDER / name)(tokens[None]).logits[0]
        (FOLDER / name / "generation_config.json").unlink(missing_ok=True)
        write_tensors(FOLDER / f"{name}.expected.safetensors", {"input_ids": tokens, "logits": logits})
        print(f"quantized/{name}")
