"""The perplexity of the model that ships, whole and quantized, by transformers and bitsandbytes."""

import pathlib

import bitsandbytes as bnb
import torch
from transformers import BitsAndBytesConfig, GPT2LMHeadModel, GPT2TokenizerFast

import perplexity as definitions
from fixture_files import DATA, write_json

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RESOURCES = ROOT / "Sources" / "StarterModel" / "Resources"
WINDOW = 512
# Windows' step and tokens. 8-bit rounds activations, so equal implementations differ by more than
# 0.05 % over few tokens, bitsandbytes from itself among them: docs/testing.md.
FEW, MANY = (256, 2048), (512, 20480)


def load(options=None, attention="eager"):
    """By from_pretrained, in exact float32 arithmetic; what is not converted stays in float32."""
    quantized = {}
    if options:
        quantized = {
            "quantization_config": BitsAndBytesConfig(**options), "device_map": {"": "cpu"},
        }
    model = GPT2LMHeadModel.from_pretrained(
        RESOURCES / "starter", dtype=torch.float32, attn_implementation=attention, **quantized
    ).eval()
    kinds = (bnb.nn.Linear8bitLt, bnb.nn.Linear4bit)
    layers = [module for module in model.modules() if isinstance(module, kinds)]
    assert len(layers) == (4 * model.config.n_layer if options else 0)
    for layer in layers:
        layer.support_avx512bf16_for_cpu = False  # That path rounds to bfloat16.
    return model


def prose_tokens():
    directory = RESOURCES / "starter"
    tokenizer = GPT2TokenizerFast(str(directory / "vocab.json"), str(directory / "merges.txt"))
    text = (RESOURCES / "house-prose.txt").read_text()
    return torch.tensor(tokenizer(text, verbose=False)["input_ids"])


def make():
    tokens = prose_tokens()
    figures = {}
    for name, options in {"base": None, **definitions.SCHEMES}.items():
        stride, count = MANY if name == "int8" else FEW
        figure = definitions.stride(load(options), tokens[:count], WINDOW, stride)[0]
        figures[name] = {"window": WINDOW, "stride": stride, "text_tokens": count} | figure
        print(f"starter/{name}: {figure['perplexity']:.4f}")
    write_json(DATA / "perplexity" / "starter.json", figures)
