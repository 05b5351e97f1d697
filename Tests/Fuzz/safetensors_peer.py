"""Safetensors files, mutated: the `safetensors` package and Quantbook accept and refuse the same.

    Tests/Fixtures/setup.sh .venv-fixtures
    .venv-fixtures/bin/python Tests/Fuzz/safetensors_peer.py .build/release/quantbook-parity [COUNT]

Prints what differs without being meant to, and exits with 1 if anything does. `MEANT` says what is.
"""

import collections
import json
import random
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import safetensors

# What we refuse and the package accepts, by our message, and why we do.
MEANT = {
    r"occurs twice": "a name that occurs twice has two meanings; the package takes the last",
    r"nested too deeply": "no header nests beyond 64; the package stops at 128",
    r"dtype is '(F8|F6|F4|C64)": "types that no GPT-2 has",
    r"entry must be an object, not an array": "the package takes an entry as a list by chance of serde",
    r"__metadata__ must be an object": "null for no metadata: nobody writes it",
    r"shape must be an array of whole numbers": "more than 16 dimensions, or sizes beyond 63 bits",
    r"data_offsets must be two whole numbers": "offsets beyond 63 bits",
    r"shape \[.*\d{19}.*has another size": "products beyond 63 bits before a zero",
}
# And the other way round.
ALSO_MEANT = {
    r"floating point `-0": "-0 is a whole number",
}

SEEDS = [
    {"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
     "b": {"dtype": "I8", "shape": [3], "data_offsets": [24, 27]}},
    {"__metadata__": {"format": "pt"}, "é": {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]},
     "x": {"dtype": "BOOL", "shape": [], "data_offsets": [0, 1]}},
    {"w.0": {"dtype": "BF16", "shape": [1, 2, 1], "data_offsets": [4, 8]},
     "w.1": {"dtype": "U32", "shape": [1], "data_offsets": [0, 4], "extra": [None, True, 1.5]}},
    {},
]
PIECES = [
    "0", "1", "-1", "-0", "1.0", "1e2", "4294967296", "9223372036854775807", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "1e999", "null", "true", '""', '"F32"', '"F64"',
    '"U8"', '"I16"', '"F8_E4M3"', '"F4"', '"C64"', "[]", "{}", "[0]", "[1,1]", ",", ":", " ", "\n",
    "\\u0061", "\\ud800", "\\ud83d\\ude00", "\0", "\t", '"__metadata__"', '"dtype"', '"shape"',
    '"data_offsets"', '"a":', "é", "e\u0301", "[" * 70 + "]" * 70, ",1" * 20,
]


def mutated(draw):
    """A file: a header made, changed in a few places, and data of about the right length."""
    header = json.loads(json.dumps(draw.choice(SEEDS)))
    for _ in range(draw.choice([0, 0, 1, 2])):
        entries = [value for value in header.values() if "dtype" in value]
        if not entries:
            break
        entry = draw.choice(entries)
        key = draw.choice(["dtype", "shape", "data_offsets", "shape", "data_offsets"])
        if key == "dtype":
            entry[key] = draw.choice(["F32", "F16", "BF16", "I8", "U8", "BOOL", "F64", "U16", "X"])
        else:
            sizes = [0, 1, 2, 3, 4, 8, 24, 27, 28, 1 << 31, 1 << 40, (1 << 63) - 1]
            entry[key] = [draw.choice(sizes) for _ in range(draw.choice([0, 1, 2, 2, 2, 3, 4]))]
    text = json.dumps(header, ensure_ascii=draw.random() < 0.5).encode()
    for _ in range(draw.choice([0, 0, 1, 1, 2, 4])):
        at = draw.randrange(len(text) + 1)
        end = min(len(text), at + draw.choice([0, 0, 1, 1, 2, 5]))
        piece = draw.choice([b"", draw.choice(PIECES).encode(), bytes([draw.randrange(256)])])
        text = text[:at] + piece + text[end:]
    size = max(
        [max(entry["data_offsets"], default=0) for entry in header.values() if "dtype" in entry],
        default=0)
    size = min(size, 64) + draw.choice([0] * 8 + [-1, 1])
    length = len(text) + draw.choice([0] * 20 + [-1, 1, 8, 1 << 40, (1 << 63)])
    length = max(length, 0)
    contents = struct.pack("<Q", length) + text + bytes(max(size, 0))
    return contents[: draw.randrange(len(contents))] if draw.random() < 0.03 else contents


def theirs(contents):
    try:
        safetensors.deserialize(contents)
        return ""
    except Exception as error:
        return str(error) or "refused"


def main(program, count=20_000):
    draw = random.Random(9)
    seen = collections.Counter()
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        while count > 0:
            batch = [mutated(draw) for _ in range(min(count, 2000))]
            count -= len(batch)
            for number, contents in enumerate(batch):
                Path(folder, str(number)).write_bytes(contents)
            answers = subprocess.run(
                [program, "accept", folder, str(len(batch))], check=True, capture_output=True,
            ).stdout.decode(errors="replace").split("\n")
            for contents, ours in zip(batch, answers, strict=False):
                other = theirs(contents)
                if bool(ours) == bool(other):
                    seen["both refuse" if ours else "both accept"] += 1
                    continue
                meant = MEANT if ours else ALSO_MEANT
                why = next((why for form, why in meant.items() if re.search(form, ours or other)), None)
                seen[f"meant: {why}" if why else "DIFFERENT"] += 1
                if not why:
                    differing += 1
                    if differing <= 20:
                        print(f"ours: {ours or 'accepted'}\ntheirs: {other or 'accepted'}\n  {contents[:300]}")
    for what, number in sorted(seen.items()):
        print(f"{number:8} {what}")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
