"""Texts that no fixture has: `tokenizers` and Quantbook find the same tokens, for every kind of tokenizer.

    Tests/Fixtures/setup.sh .venv-fixtures
    .venv-fixtures/bin/python Tests/Fuzz/tokenizer_peer.py .build/release/quantbook-parity [COUNT [SEED]]

The fixtures' strings are put together from chosen pieces; these are random bytes read as UTF-8, random
scalars of all of Unicode, and the pieces cut and turned about. Prints what differs, and exits with 1.

Swift knows a newer Unicode than `tokenizers`: a text may differ where it has a character that was not assigned in
that of this Python, or one that has become another kind of letter since.
"""

import json
import random
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).parent.parent / "Fixtures"))
from tokenizer_kinds import KINDS, file, incomplete_model, pools  # noqa: E402


# U+0295 is a small letter up to Unicode 16, and a letter without case in 17.
CHANGED = {"\u0295"}


def is_of_one_unicode(text):
    return not any(c in CHANGED or unicodedata.category(c) == "Cn" for c in text)


def scalar(draw):
    """Any scalar, those of few bytes more often."""
    top = draw.choice([0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x110000])
    while True:
        code = draw.randrange(top)
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def strings(count, draw):
    pieces = [piece for pool in pools() for piece in pool]
    for number in range(count):
        length = draw.randrange(1, 60)
        match number % 3:
            case 0:
                yield bytes(draw.randrange(256) for _ in range(length)).decode(errors="replace")
            case 1:
                yield "".join(scalar(draw) for _ in range(length))
            case _:
                text = "".join(draw.choice(pieces) for _ in range(length)).encode()
                for _ in range(draw.randrange(4)):
                    at = draw.randrange(len(text))
                    text = text[:at] + bytes([draw.randrange(256)]) + text[at + draw.randrange(2):]
                yield text.decode(errors="replace")


def main(program, count=10_000, seed=9):
    texts = list(strings(count, random.Random(seed)))
    incomplete = incomplete_model()
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        listed, path, result = (Path(folder, name) for name in ("texts", "kind.json", "ids"))
        listed.write_text(json.dumps(texts))
        for name, changes in KINDS.items():
            path.write_text(json.dumps(file(incomplete, changes)))
            theirs = [e.ids for e in Tokenizer.from_file(str(path)).encode_batch(texts)]
            subprocess.run([program, "encode", path, listed, result], check=True)
            got = load_file(result)
            ours = np.split(got["ids"], np.cumsum(got["lengths"])[:-1])
            wrong = [i for i, ids in enumerate(theirs) if list(ours[i]) != ids]
            meant = [i for i in wrong if not is_of_one_unicode(texts[i])]
            wrong = [i for i in wrong if i not in meant]
            differing += len(wrong)
            newer = f", {len(meant)} by Unicode's version" if meant else ""
            print(f"{len(wrong):8} of {len(texts)} differ: {name}{newer}", flush=True)
            for i in wrong[:3]:
                print(f"  {texts[i]!r}\n  ours {ours[i].tolist()}\n  theirs {theirs[i]}")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
