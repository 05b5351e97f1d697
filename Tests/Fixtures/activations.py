"""A GPT-2 under every activation function that transformers has a name for and Quantbook computes."""

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from fixture_files import DATA, integers, write_tensors
from gpt2 import load, random_weights, save_directory

NAMES = [
    "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh", "gelu", "gelu_python", "relu",
    "silu", "swish", "quick_gelu", "tanh",
]
TOKENS = 11


@torch.no_grad()
def make():
    directory = DATA / "activations"
    config = GPT2Config(
        n_layer=2, n_embd=20, n_head=2, n_inner=52, vocab_size=61, n_positions=16, bos_token_id=0, eos_token_id=0)
    tokens = integers(7, config.vocab_size, TOKENS)
    expected = {"input_ids": tokens}
    for name in NAMES:
        config.activation_function = name
        model = GPT2LMHeadModel(config)
        random_weights(model, 5)
        save_directory(directory, model, {"prefix": "transformer."})
        expected[f"logits.{name}"] = load(directory)(tokens[None]).logits[0]
    config.activation_function = NAMES[0]
    config.save_pretrained(directory)
    write_tensors(directory / "expected.safetensors", expected)
    curves = [expected[f"logits.{name}"] for name in ("gelu_new", "gelu", "relu", "silu", "quick_gelu", "tanh")]
    least = min((a - b).abs().max() for i, a in enumerate(curves) for b in curves[:i])
    print(f"activations: {len(NAMES)}, logits of two functions differ by {least:.2g} at least")
