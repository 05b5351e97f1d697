"""A small byte-level BPE, and the ids that Hugging Face's tokenizers gives hard strings."""

import hashlib
import json
import os
import pathlib
import unicodedata

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2TokenizerFast

from fixture_files import DATA, write_json
from tokenizer_strings import NASTY, TRAINING_TEXT, UNICODE_RANGES

END = "<|endoftext|>"
VOCABULARY = 2001  # With <|endoftext|>, the last id.
RANDOM_STRINGS = 2000
ROOT = pathlib.Path(__file__).resolve().parents[2]
GPT2 = pathlib.Path(os.environ.get("GPT2_TOKENIZER", ROOT.parent / "shared/data/gpt2-tokenizer"))
WIKITEXT = pathlib.Path(os.environ.get("WIKITEXT_2", ROOT.parent / "shared/data/wikitext-2"))


def byte_level(model):
    """A tokenizer with GPT-2's pre-tokenisation around a BPE model."""
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def synthetic_words():
    """Made-up words, so that rare merges exist: every pair of two syllable lists."""
    first = "ka lo mi ru ten sha vor pel dri nau".split()
    last = "ba dun fer gol hix jat kem lup nor qua".split()
    return " ".join(a + b for a in first for b in last)


def train():
    """Writes vocab.json, merges.txt and tokenizer.json."""
    tokenizer = byte_level(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - 1,
        min_frequency=1,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([TRAINING_TEXT, synthetic_words()], trainer)
    trained = json.loads(tokenizer.to_str())["model"]
    vocabulary = trained["vocab"] | {END: VOCABULARY - 1}
    assert sorted(vocabulary.values()) == list(range(VOCABULARY)), "too little training text"
    directory = DATA / "tokenizer"
    directory.mkdir(parents=True, exist_ok=True)
    by_id = dict(sorted(vocabulary.items(), key=lambda item: item[1]))
    (directory / "vocab.json").write_text(json.dumps(by_id, ensure_ascii=False))
    merges = "".join(f"{left} {right}\n" for left, right in trained["merges"])
    (directory / "merges.txt").write_text("#version: 0.2\n" + merges)
    fast = load(directory / "vocab.json", directory / "merges.txt")
    fast.save(str(directory / "tokenizer.json"), pretty=False)
    return fast


def load(vocabulary, merges):
    """The Rust tokenizer of a vocabulary, with <|endoftext|> parsed in the text."""
    tokenizer = byte_level(models.BPE.from_file(str(vocabulary), str(merges)))
    tokenizer.add_special_tokens([AddedToken(END, special=True, normalized=False)])
    return tokenizer


def random_strings():
    """Strings over many Unicode blocks; code points that Unicode 14 assigned, so none is young."""
    generator = np.random.Generator(np.random.PCG64(20))
    pools = []
    for low, high in UNICODE_RANGES:
        block = range(low, high + 1)
        pools.append([c for c in block if unicodedata.category(chr(c)) not in ("Cn", "Cs")])
    spaces = [0x20, 0x20, 0x20, 0x0A, 0x09, 0xA0, 0x3000, 0x0D]
    for _ in range(RANDOM_STRINGS):
        chosen = [pools[generator.integers(len(pools))] for _ in range(2)] + [pools[0], spaces]
        length = int(generator.integers(1, 13))
        points = []
        for _ in range(length):
            pool = chosen[generator.integers(len(chosen))]
            points.append(pool[generator.integers(len(pool))])
        yield "".join(map(chr, points))


def make():
    if not (GPT2 / "encoder.json").exists():
        raise SystemExit(f"no encoder.json in {GPT2}: set GPT2_TOKENIZER to GPT-2's vocabulary")
    small = train()
    directory = DATA / "tokenizer"
    gpt2 = load(GPT2 / "encoder.json", GPT2 / "vocab.bpe")
    from_json = Tokenizer.from_file(str(directory / "tokenizer.json"))
    checks = [
        (small, GPT2TokenizerFast(str(directory / "vocab.json"), str(directory / "merges.txt"))),
        (small, GPT2TokenizerFast(tokenizer_object=from_json)),
        (gpt2, GPT2TokenizerFast(str(GPT2 / "encoder.json"), str(GPT2 / "vocab.bpe"))),
    ]

    def entry(text):
        for plain, wrapped in checks:
            assert plain.encode(text).ids == wrapped(text)["input_ids"], repr(text)
        for tokenizer in (small, gpt2):
            assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text
        return {"gpt2_ids": gpt2.encode(text).ids, "ids": small.encode(text).ids, "text": text}

    assert len(NASTY) >= 150 and len(set(NASTY)) == len(NASTY)
    write_json(directory / "nasty.json", [entry(text) for text in NASTY], compact=True)
    write_json(directory / "random.json", [entry(t) for t in random_strings()], compact=True)
    wikitext = WIKITEXT / "wiki.test.raw"
    if wikitext.exists():  # Its text is never committed; these figures are.
        raw = wikitext.read_bytes()
        ids = gpt2.encode(raw.decode()).ids
        figures = {
            "count": len(ids), "first": ids[:12], "sum": sum(ids),
            "text_bytes": len(raw), "text_sha256": hashlib.sha256(raw).hexdigest(),
            "ids_int32_sha256": hashlib.sha256(np.array(ids, dtype="<i4").tobytes()).hexdigest(),
        }
        assert (figures["count"], figures["sum"]) == (286221, 1471478031)
        write_json(directory / "wikitext.json", figures)
    print(f"tokenizer: {len(NASTY)} nasty strings, {RANDOM_STRINGS} random ones")
