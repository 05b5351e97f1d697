"""GPT-2 models in GGUF as llama.cpp's convert_hf_to_gguf.py writes them, and transformers' logits."""

import json

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from transformers import GPT2Config, GPT2LMHeadModel

from fixture_files import DATA, integers, write_tensors
from gpt2 import random_weights

# mixed: every type that the package can make, tied, with a tokenizer; untied: F16, a head of its own.
MODELS = {
    "mixed": {
        "config": {"n_layer": 2, "n_embd": 32, "n_head": 4, "vocab_size": 2003, "n_positions": 48},
        "types": {
            "token_embd": Type.Q8_0, "position_embd": Type.F32, "blk.0.attn_qkv": Type.Q4_0,
            "blk.0.attn_output": Type.Q4_1, "blk.0.ffn_up": Type.Q5_0, "blk.0.ffn_down": Type.Q5_1,
            "blk.1.attn_qkv": Type.Q8_0, "blk.1.attn_output": Type.F16, "blk.1.ffn_up": Type.BF16,
            "blk.1.ffn_down": Type.F32,
        },
        "tokenizer": True,
    },
    "untied": {
        "config": {
            "n_layer": 1, "n_embd": 24, "n_head": 2, "vocab_size": 97, "n_positions": 32,
            "layer_norm_epsilon": 1e-4, "tie_word_embeddings": False,
        },
        "types": {}, "version": 2,
    },
}
RENAMED = {
    "wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm", "lm_head": "output",
    "ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
}


def llama_name(name):
    """`transformer.h.0.ln_1.weight` as `blk.0.attn_norm.weight`."""
    parts = name.removeprefix("transformer.").rsplit(".", 1)
    module = parts[0]
    if module.startswith("h."):
        _, layer, module = module.split(".", 2)
        return f"blk.{layer}.{RENAMED[module]}.{parts[1]}"
    return f"{RENAMED[module]}.{parts[1]}"


def add_tokenizer(writer, vocabulary_size):
    """As `_set_vocab_gpt2` does: ids without an entry are unused."""
    folder = DATA / "tokenizer"
    entries = json.loads((folder / "vocab.json").read_text())
    by_id = {token: text for text, token in entries.items()}
    tokens, types = [], []
    for token in range(vocabulary_size):
        text = by_id.get(token, f"[PAD{token}]")
        tokens.append(text)
        special = gguf.TokenType.CONTROL if text == "<|endoftext|>" else gguf.TokenType.NORMAL
        types.append(special if token in by_id else gguf.TokenType.UNUSED)
    lines = (folder / "merges.txt").read_text().splitlines()
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([line for line in lines if not line.startswith("#version")])
    writer.add_eos_token_id(entries["<|endoftext|>"])


@torch.no_grad()
def write(path, model, spec):
    """Writes the file; the model's weights become those that the file holds."""
    config = model.config
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_name(path.stem)
    writer.add_block_count(config.n_layer)
    writer.add_context_length(config.n_positions)
    writer.add_embedding_length(config.n_embd)
    writer.add_feed_forward_length(4 * config.n_embd)
    writer.add_head_count(config.n_head)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_array("test.numbers", [1, -2, 3])  # Other programs' settings are no harm.
    writer.add_bool("test.truth", True)
    if spec.get("tokenizer"):
        add_tokenizer(writer, config.vocab_size)
    for name, parameter in sorted(model.named_parameters()):
        new_name = llama_name(name)
        is_linear = ".c_" in name and name.endswith("weight")  # Conv1D: [in, out].
        values = (parameter.T if is_linear else parameter).contiguous().numpy()
        usual = Type.F16 if values.ndim == 2 else Type.F32
        kind = spec["types"].get(new_name.removesuffix(".weight"), usual)
        data = gguf.quantize(values, kind if values.ndim == 2 else Type.F32)
        writer.add_tensor(new_name, data, raw_dtype=kind if data.dtype == np.uint8 else None)
        back = torch.from_numpy(
            gguf.dequantize(data, kind).copy() if data.dtype != np.float32 else data.copy())
        parameter.copy_(back.T if is_linear else back)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    if version := spec.get("version"):
        data = bytearray(path.read_bytes())
        data[4] = version
        path.write_bytes(data)


@torch.no_grad()
def make():
    for name, spec in MODELS.items():
        folder = DATA / "gguf"
        folder.mkdir(parents=True, exist_ok=True)
        model = GPT2LMHeadModel(GPT2Config(bos_token_id=0, eos_token_id=0, **spec["config"])).eval()
        random_weights(model, 5)
        write(folder / f"{name}.gguf", model, spec)
        tokens = integers(1005, min(spec["config"]["vocab_size"], 2001), 24)
        logits = model(tokens[None]).logits[0]
        expected = {"input_ids": tokens, "logits": logits[:, ::7]}
        write_tensors(folder / f"{name}.expected.safetensors", expected)
        print(f"gguf/{name}: {(folder / (name + '.gguf')).stat().st_size} bytes")
