"""What quantbook exports, as transformers, bitsandbytes and gguf read it; for parity.py."""

import bitsandbytes as bnb
import gguf
import numpy as np
import torch
from safetensors.torch import load_file
from transformers import GPT2LMHeadModel, GPT2TokenizerFast

import starter
from gguf_models import llama_name

TOKENS = 128
SCHEMES = {
    "plain": [], "8-bit": ["--scheme", "llmInt8"], "FP4": ["--scheme", "fp4"],
    "NF4": ["--scheme", "nf4"], "NF4 double": ["--scheme", "nf4", "--double"],
    "NF4, blocks of 128": ["--scheme", "nf4", "--block-size", 128],
}


def logits_by_transformers(directory, tokens):
    """In exact float32 arithmetic; the directory says how it was quantized."""
    model = GPT2LMHeadModel.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", device_map={"": "cpu"}
    ).eval()
    quantized = 0
    for module in model.modules():
        if isinstance(module, (bnb.nn.Linear8bitLt, bnb.nn.Linear4bit)):
            module.support_avx512bf16_for_cpu = False  # That path rounds to bfloat16.
            quantized += 1
    return model(tokens[None]).logits[0], quantized, 4 * model.config.n_layer


def directories(ours, table, tokens):
    """Logits of what transformers loads, beside ours of the same packed weights."""
    for name, options in SCHEMES.items():
        directory = ours.folder / f"export {name}"
        ours.run("export", directory, *options)
        theirs, quantized, linear = logits_by_transformers(directory, tokens)
        assert quantized == (linear if options else 0), "layers must stay packed"
        got = ours.tensors("logits", {"input_ids": tokens}, *options)["logits"]
        back = ours.tensors("logits", {"input_ids": tokens}, "--model", directory)["logits"]
        difference = float((got - theirs).norm() / theirs.norm())
        # LLM.int8 rounds activations: a last bit changes a code.
        table.row(
            f"export {name}, logits by transformers", float(got.norm()), float(theirs.norm()),
            difference, 1e-2 if name == "8-bit" else 1e-5,
        )
        wrong = int((got != back).sum())
        table.row(f"export {name}, loaded again", float(got.norm()), float(back.norm()), wrong, 0)
        tokenizer = GPT2TokenizerFast.from_pretrained(directory)
        assert tokenizer("naïve 12")["input_ids"] == tokenizer_of_starter()("naïve 12")["input_ids"]


def tokenizer_of_starter():
    folder = starter.RESOURCES / "starter"
    return GPT2TokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))


def gguf_files(ours, table, tokens):
    """Every tensor of a GGUF file in the bytes that gguf's own quantize gives."""
    weights = load_file(starter.RESOURCES / "starter" / "model.safetensors")
    for kind in ("f32", "f16", "q8_0", "q4_0"):
        path = ours.folder / f"{kind}.gguf"
        ours.run("export", path, "--gguf", kind)
        reader = gguf.GGUFReader(path)
        tensors = {tensor.name: tensor for tensor in reader.tensors}
        wrong = size = 0
        for name, weight in weights.items():
            short = name.removeprefix("transformer.")
            if short.endswith((".attn.bias", ".attn.masked_bias")):
                continue
            values = weight.float()
            if ".c_" in short and short.endswith(".weight"):
                values = values.T
            values = values.contiguous().numpy()
            found = tensors.pop(llama_name(name))
            expected = gguf.quantize(values, found.tensor_type)
            ours_bytes = np.ascontiguousarray(found.data).view(np.uint8).ravel()
            wrong += int((ours_bytes != np.ascontiguousarray(expected).view(np.uint8).ravel()).sum())
            size += ours_bytes.size
        assert not tensors, f"too many: {sorted(tensors)}"
        fields = reader.fields
        assert fields["general.architecture"].contents() == "gpt2"
        assert fields["tokenizer.ggml.pre"].contents() == "gpt-2"
        assert len(fields["tokenizer.ggml.tokens"].data) == len(tokenizer_of_starter())
        table.row(f"GGUF {kind}, bytes by gguf", f"{size} bytes", f"{size} bytes", wrong, 0)
        got = ours.tensors("logits", {"input_ids": tokens}, "--model", path)["logits"]
        base = ours.tensors("logits", {"input_ids": tokens})["logits"]
        bound = {"f32": 0, "f16": 1e-3, "q8_0": 2e-2, "q4_0": 0.5}[kind]
        difference = float((got - base).norm() / base.norm())
        table.row(f"GGUF {kind}, logits by us", float(got.norm()), float(base.norm()), difference, bound)


@torch.no_grad()
def compare(ours, table):
    tokens = starter.prose_tokens()[:TOKENS]
    directories(ours, table, tokens)
    gguf_files(ours, table, tokens)
