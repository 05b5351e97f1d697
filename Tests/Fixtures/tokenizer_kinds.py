"""Other kinds of byte-level BPE around the small vocabulary, and what Hugging Face's tokenizers finds.

Each kind is what its tokenizer.json changes; the tests make the same file. Of ids only hashes are kept.
"""

import copy
import hashlib
import itertools
import json
import pathlib
import shutil
import tempfile
import unicodedata

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import GPT2TokenizerFast

from fixture_files import DATA, write_json
from tokenizer_strings import NASTY, TRAINING_TEXT, UNICODE_RANGES

STRINGS, BLOCK = 10_000, 100
CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace("{1,3}", "")
QWEN3_5 = (
    CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"
    r"|\s*[\r\n]|\s+(?!\S)|\s+"
)
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
O200K = "|".join([
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CONTRACTIONS}?",
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CONTRACTIONS}?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+",
])
BLOOM = " ?[^(\\s|[.,!?…。，、।۔،])]+"
DEEPSEEK = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
BEHAVIORS = ["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(prefix=False, words=False):
    return {
        "type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": words
    }


def steps(*elements):
    return {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [*elements]}}


def normalizers(*elements):
    if len(elements) == 1:
        return {"normalizer": elements[0]}
    return {"normalizer": {"type": "Sequence", "normalizers": [*elements]}}


BASE = json.loads((DATA / "tokenizer/tokenizer.json").read_text())


def added(*tokens):
    """Added tokens: contents with the flags that are set; the ids are those that the peer gives them."""
    flags = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    known = BASE["model"]["vocab"]
    fresh = itertools.count(len(known))
    return {
        "added_tokens": [
            {"id": known[content] if content in known else next(fresh), "content": content}
            | {flag: flag in set_flags for flag in flags}
            for content, *set_flags in tokens
        ]
    }


END = ("<|endoftext|>", "special")
# No two are equal when normalized: which of them the peer finds changes from run to run.
FLAGS = added(
    END, ("<mask>", "lstrip", "special"), ("<pad>", "rstrip", "special"),
    ("<s>", "single_word"), ("the", "single_word", "normalized"), ("This", "normalized"),
    ("é", "normalized", "lstrip", "rstrip"), ("ab",), ("abc", "normalized"), ("abcd", "special"),
    ("  ", "normalized"), ("    ",), ("\n\n",), ("ǅ", "normalized", "single_word"),
    ("字", "single_word", "lstrip"), (" x", "rstrip"), ("</s>", "lstrip", "rstrip", "single_word"),
)


def template(before, after):
    tokens = {name: {"id": name, "ids": ids, "tokens": [name] * len(ids)} for name, ids in
              [("<a>", [2000]), ("<b>", [7, 8])]}

    def piece(name):
        return {"SpecialToken": {"id": name, "type_id": 0}}

    def text(name):
        return {"Sequence": {"id": name, "type_id": 0}}

    single = [piece(name) for name in before] + [text("A")] + [piece(name) for name in after]
    return {
        "type": "TemplateProcessing", "single": single,
        "pair": [text("A"), text("B")], "special_tokens": tokens,
    }


KINDS = {
    "gpt2": {},
    "prefix": {"pre_tokenizer": byte_level(True, True)},
    "whole": {"pre_tokenizer": byte_level()},
    "whole-ignoring-merges": {"pre_tokenizer": byte_level(True), "model": {"ignore_merges": True}},
    "gpt2-as-expression": steps(split(GPT2), byte_level()),
    "llama3": steps(split(LLAMA3), byte_level()) | {"model": {"ignore_merges": True}}
    | {"post_processor": {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True},
        template(["<a>"], [])]}},
    "qwen2": steps(split(QWEN2), byte_level()) | normalizers({"type": "NFC"}),
    "qwen3.5": steps(split(QWEN3_5), byte_level()) | normalizers({"type": "NFC"}),
    "cl100k": steps(split(CL100K, "Removed", True), byte_level()),
    "o200k": steps(split(O200K, "Removed", True), byte_level()),
    "bloom": steps(split(BLOOM), byte_level()),
    "deepseek": steps(
        split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(DEEPSEEK), byte_level()),
    "starcoder": steps({"type": "Digits", "individual_digits": True}, byte_level(words=True)),
    "digits": steps({"type": "Digits", "individual_digits": False}, byte_level(True)),
    "words": steps(split(r"\w++|(?=\W\p{^L})[\s\S]"), byte_level()),
    "not-words": steps(split(r"\d{2,}|\D\P{Lu}?|[-\]a-f^]*+z|.", "Contiguous"), byte_level()),
    "alternatives": steps(
        split(r"(a|ab)(c|bcd)?|(?i:k[as-t]|'ll|re)|\p{So}(?!\s)", "MergedWithNext"),
        byte_level(True)),
    "neox": normalizers({"type": "NFC"}) | added(
        END, *[(" " * n, "normalized") for n in range(12, 1, -1)], ("\t\t", "normalized")),
    "nfd": normalizers({"type": "NFD"}),
    "nfkc": normalizers({"type": "NFKC"}),
    "nfkd": normalizers({"type": "NFKD"}),
    "lowercase": normalizers({"type": "Lowercase"}),
    "rewriting": normalizers(
        {"type": "Strip", "strip_left": True, "strip_right": True},
        {"type": "Prepend", "prepend": "▁"},
        {"type": "Replace", "pattern": {"String": "a "}, "content": "bb"},
        {"type": "Replace", "pattern": {"Regex": r"\s{2,}|é"}, "content": " "}),
    "strip-left": normalizers({"type": "Strip", "strip_left": True, "strip_right": False}),
    "strip-right": normalizers({"type": "Strip", "strip_left": False, "strip_right": True}),
    "added": FLAGS,
    "added-lowercase": FLAGS | normalizers({"type": "Lowercase"}),
    "added-nfd-prefix": FLAGS | normalizers({"type": "NFD"}, {"type": "Prepend", "prepend": " "})
    | {"pre_tokenizer": byte_level(True, True)},
    "template": {"post_processor": template(["<a>", "<b>"], ["<b>", "<a>"])},
    "incomplete": {"model": {"incomplete": True}},
    "incomplete-unknown": {"model": {"incomplete": True, "unk_token": "<unk>"}},
    "incomplete-fused": {
        "model": {"incomplete": True, "unk_token": "<unk>", "fuse_unk": True, "dropout": 0.0}},
} | {
    f"split-{kind}-{behavior}{'-inverted' * invert}":
        steps(split(pattern, behavior, invert, kind), byte_level(True))
    for behavior in BEHAVIORS for invert in (False, True)
    for kind, pattern in [("String", "a "), ("Regex", r"\p{N}+|\p{Ll}|\s+")]
}


def flagged(content, *flags):
    names = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    return {"content": content} | {name: name in flags for name in names}


# What stands beside vocab.json and merges.txt: tokenizer_config.json, special_tokens_map.json.
CONFIGS = {
    "none": (None, None),
    "prefix": ({"add_prefix_space": True, "add_bos_token": False}, None),
    "begin": ({"add_bos_token": True}, None),
    "added": ({
        "add_bos_token": True, "add_eos_token": True, "bos_token": "<s>", "eos_token": "</s>",
        "added_tokens_decoder": {
            "2001": flagged("<s>", "special"), "2002": flagged("</s>", "lstrip", "special"),
            str(BASE["model"]["vocab"]["the"]): flagged("the", "single_word"), "2003": flagged("<|im_start|>", "normalized"),
        }}, None),
    "map": (None, {"eos_token": "the", "pad_token": flagged("is", "rstrip")}),
    "both": ({"eos_token": flagged("the", "lstrip") | {"__type": "AddedToken"}, "unk_token": "on"},
             {"eos_token": "a"}),
}


def configured(config, special_map):
    """The ids of nasty strings by GPT2TokenizerFast in a folder with these files."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ("vocab.json", "merges.txt"):
            shutil.copy(DATA / "tokenizer" / name, folder)
        for name, value in [
            ("tokenizer_config.json", config), ("special_tokens_map.json", special_map)
        ]:
            if value is not None:
                (folder / name).write_text(json.dumps(value))
        tokenizer = GPT2TokenizerFast.from_pretrained(str(folder))
        return {
            "end": tokenizer.eos_token_id,
            "nasty": [short_hash([tokenizer(text)["input_ids"]]) for text in NASTY],
        }


def incomplete_model():
    """A vocabulary that lacks the bytes that its training text lacks."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=300, show_progress=False, special_tokens=["<unk>"])
    tokenizer.train_from_iterator([TRAINING_TEXT[:3000]], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"type": "BPE", "vocab": model["vocab"], "merges": model["merges"]}


def file(incomplete, changes):
    """The tokenizer.json of a kind."""
    root = copy.deepcopy(BASE) | copy.deepcopy(changes)
    model = changes.get("model", {}).copy()
    if model.pop("incomplete", False):
        root["added_tokens"] = []
        root["model"] = incomplete | model
    else:
        root["model"] = BASE["model"] | model
    return root


def pools():
    """What generated strings are made of; the first pool is in all of them."""
    common = list("aabbccdeilmnorstSTRKzABCx0123456789") + [
        " ", " ", " ", " ", "  ", "    ", "\n", "\n\n", "\r\n", "\t", "'", "'s", "'S", "'ll", "'VE", "'ſ",
        "the", " the", "The", " Abc", "abcd", "ab", "don't", "1234", " 42", "é", "e\u0301", "ǅ", "字", "!", "...",
        "-", "_", "/", "\u00a0", "\u3000", "\u200d", "\u0301", "<|endoftext|>", "<mask>", " <pad> ", "<s>", "</s>", "😀",
    ]
    rare = []
    generator = np.random.Generator(np.random.PCG64(21))
    for low, high in UNICODE_RANGES:
        block = [c for c in range(low, high + 1) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]
        chosen = generator.permutation(block)[:40]
        rare.append([chr(c) for c in sorted(chosen)])
    return [common, *rare]


def generated(pools):
    """The strings, by SplitMix64: the tests make the same."""
    mask, state = (1 << 64) - 1, 8

    def draw(bound):
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & mask
        return (z ^ z >> 31) % bound

    for _ in range(STRINGS):
        chosen = [pools[0], pools[0], pools[draw(len(pools))], pools[draw(len(pools))]]
        count = 1 + draw(24)
        text = ""
        for _ in range(count):
            pool = chosen[draw(4)]
            text += pool[draw(len(pool))]
        yield text


def short_hash(lists):
    digest = hashlib.sha256()
    for ids in lists:
        digest.update(np.array([len(ids), *ids], dtype="<i4").tobytes())
    return digest.hexdigest()[:8]


def compare(ours, table):
    """Ids of every kind, live: of the nasty strings and of the generated ones."""
    incomplete = incomplete_model()
    strings = NASTY + list(generated(pools()))
    texts = ours.folder / "strings.json"
    texts.write_text(json.dumps(strings))
    for name, changes in KINDS.items():
        path = ours.folder / "kind.json"
        path.write_text(json.dumps(file(incomplete, changes)))
        tokenizer = Tokenizer.from_file(str(path))
        theirs = [encoding.ids for encoding in tokenizer.encode_batch(strings)]
        result = ours.folder / "ids.safetensors"
        ours.run("encode", path, texts, result)
        got = load_file(result)
        ids = np.split(got["ids"], np.cumsum(got["lengths"])[:-1])
        assert len(ids) == len(strings)
        wrong = sum(list(a) != b for a, b in zip(ids, theirs))
        count = f"{sum(map(len, theirs))} tokens"
        table.row(
            f"tokens, {name}, {len(strings)} strings", f"{sum(map(len, ids))} tokens", count, wrong, 0)


def make():
    directory = DATA / "tokenizer-kinds"
    incomplete = incomplete_model()
    fragments = pools()
    strings = list(generated(fragments))
    results = []
    for name, changes in KINDS.items():
        tokenizer = Tokenizer.from_str(json.dumps(file(incomplete, changes)))
        hard = [encoding.ids for encoding in tokenizer.encode_batch(NASTY)]
        ids = [encoding.ids for encoding in tokenizer.encode_batch(strings)]
        expected = [{"id": t["id"], "content": t["content"]} for t in changes.get("added_tokens", [])]
        tokens = tokenizer.get_added_tokens_decoder()
        assert all(tokens[t["id"]].content == t["content"] for t in expected), name
        decoded = [tokenizer.decode(i, skip_special_tokens=False) for i in ids]
        results.append({
            "name": name, "changes": json.dumps(changes, ensure_ascii=True),
            "nasty": [short_hash([i]) for i in hard],
            "generated": [
                short_hash(ids[start:start + BLOCK]) for start in range(0, STRINGS, BLOCK)],
            "decoded": [
                hashlib.sha256("".join(decoded[start:start + 1000]).encode()).hexdigest()[:8]
                for start in range(0, STRINGS, 1000)],
        })
    write_json(directory / "kinds.json", results, compact=True)
    write_json(directory / "incomplete.json", incomplete)
    write_json(directory / "fragments.json", fragments, compact=True)
    configs = [
        {"name": name, "config": config and json.dumps(config), "map": given and json.dumps(given)}
        | configured(config, given)
        for name, (config, given) in CONFIGS.items()
    ]
    write_json(directory / "configs.json", configs, compact=True)
    print(f"tokenizer kinds: {len(results)}, {STRINGS} strings each")
