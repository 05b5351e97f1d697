"""Makes the seeds of `Corpus` that no person writes: binary files, and JSON of other tests' fixtures.

    .venv-fixtures/bin/python Tests/Fuzz/seeds.py

Seeds that a person wrote stand in `Corpus` as well and are left alone.
"""

import json
import struct
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import save

HERE = Path(__file__).parent
DATA = HERE.parent / "Fixtures" / "data"


def seed(target, name, contents):
    path = HERE / "Corpus" / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def safetensors():
    seed("safetensors", "two", save({"a": np.zeros((2, 3), np.float32), "b": np.zeros(3, np.int8)}))
    seed("safetensors", "metadata", save({"a": np.zeros(0, np.float16)}, metadata={"format": "pt"}))
    seed("safetensors", "none", save({}))
    header = b'{"x":{"dtype":"U8","shape":[2,0],"data_offsets":[0,0]},"y":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}}'
    seed("safetensors", "scalar", struct.pack("<Q", len(header)) + header + b"\1")


def ggufs():
    def model(name, version, types, tokenizer):
        path = Path("/tmp/quantbook-seed.gguf")
        writer = gguf.GGUFWriter(path, "gpt2")
        writer.add_name(name)
        writer.add_block_count(1)
        writer.add_context_length(2)
        writer.add_embedding_length(8)
        writer.add_feed_forward_length(32)
        writer.add_head_count(2)
        writer.add_layer_norm_eps(1e-5)
        if tokenizer:
            writer.add_tokenizer_model("gpt2")
            writer.add_tokenizer_pre("gpt-2")
            writer.add_token_list(["a", "b", "ab", "<|endoftext|>"])
            writer.add_token_types([1, 1, 1, 3])
            writer.add_token_merges(["a b"])
            writer.add_eos_token_id(3)
        shapes = {
            "token_embd.weight": (4, 8), "position_embd.weight": (2, 8), "output_norm.weight": (8,),
            "output_norm.bias": (8,), "blk.0.attn_norm.weight": (8,), "blk.0.attn_norm.bias": (8,),
            "blk.0.attn_qkv.weight": (24, 8), "blk.0.attn_qkv.bias": (24,),
            "blk.0.attn_output.weight": (8, 8), "blk.0.attn_output.bias": (8,),
            "blk.0.ffn_norm.weight": (8,), "blk.0.ffn_norm.bias": (8,),
            "blk.0.ffn_up.weight": (32, 8), "blk.0.ffn_up.bias": (32,),
            "blk.0.ffn_down.weight": (8, 32), "blk.0.ffn_down.bias": (8,),
        }
        for key, shape in shapes.items():
            values = np.zeros(shape, types.get(key, np.float32))
            if key == "blk.0.ffn_down.weight" and "blocks" in types:
                kind = gguf.GGMLQuantizationType.Q8_0
                writer.add_tensor(key, gguf.quants.quantize(values, kind), raw_dtype=kind)
            else:
                writer.add_tensor(key, values)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        contents = path.read_bytes()
        path.unlink()
        seed("gguf", name, contents[:4] + struct.pack("<I", version) + contents[8:])

    model("tokenizer", 3, {"blocks": True}, True)
    model("half", 2, {"token_embd.weight": np.float16}, False)
    text = lambda value: struct.pack("<Q", len(value)) + value
    settings = text(b"list") + struct.pack("<IIQ", 9, 9, 1) + struct.pack("<IQ", 8, 1) + text(b"x")
    seed("gguf", "lists", b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + settings)


def tokenizers():
    """The fixtures' kinds with a vocabulary of a few words."""
    whole = json.loads((DATA / "tokenizer" / "tokenizer.json").read_text())
    entries = ["Ġ", "a", "b", "c", "Ã", "©", "1", "ab", "Ġa", "<unk>", "'", "s"]
    merges = ["a b", "Ġ a"]
    for kind in json.loads((DATA / "tokenizer-kinds" / "kinds.json").read_text()):
        root = dict(whole)
        root.update({k: v for k, v in json.loads(kind["changes"]).items() if k != "model"})
        changes = json.loads(kind["changes"]).get("model", {})
        changes.pop("incomplete", None)
        vocabulary = {entry: index for index, entry in enumerate(entries)}
        root["added_tokens"] = [
            {**token, "id": len(vocabulary) + index}
            for index, token in enumerate(root["added_tokens"])]
        root["model"] = {"type": "BPE", "vocab": vocabulary, "merges": merges, **changes}
        seed("tokenizer-file", kind["name"], compact(root))
    text = "#version: 0.2\n" + "\n".join(merges) + "\n"
    vocabulary = compact({entry: index for index, entry in enumerate(entries + ["<|endoftext|>"])})
    seed("vocabulary", "both", f"{vocabulary}\0{text}")
    seed("vocabulary", "config", f'{vocabulary}\0{text}\0{{"eos_token":"<|endoftext|>","add_prefix_space":true}}')
    seed(
        "vocabulary", "added",
        f'{vocabulary}\0{text}\0' + compact({
            "added_tokens_decoder": {"12": {"content": "<|endoftext|>", "special": True}},
            "unk_token": {"content": "<unk>", "lstrip": True}}))
    byte_entries = {}
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    for byte in range(256):
        byte_entries[chr(byte if byte in printable else next(others))] = byte
    byte_entries.update({"ab": 256, "<|endoftext|>": 257})
    seed("vocabulary", "bytes", f"{compact(byte_entries)}\0#version: 0.2\na b\n")
    nasty = json.loads((DATA / "tokenizer" / "nasty.json").read_text())
    for index, entry in enumerate(nasty[:40]):
        seed("tokenization", f"nasty-{index}", entry["text"].encode()[:400])


def compressed():
    for number, ending in enumerate(["gz", "zst", "xz", "snappy"]):
        for path in sorted((DATA / "compressed").glob(f"*.{ending}")):
            seed("decompression", path.name, bytes([number]) + path.read_bytes()[:4000])


if __name__ == "__main__":
    safetensors()
    ggufs()
    tokenizers()
    compressed()
