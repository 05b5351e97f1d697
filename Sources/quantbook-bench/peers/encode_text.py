"""Hugging Face's tokenizers on one thread: a worker that quantbook-bench runs beside its own.

Arguments: vocabulary, merges, text. Reads one command a line: `whole`, `lines` and `lines-fast`
answer with milliseconds, `check` with the number of tokens and their sum. Needs tokenizers.
"""

import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer, models, pre_tokenizers

vocabulary, merges, path = sys.argv[1:]
tokenizer = Tokenizer(models.BPE.from_file(vocabulary, merges))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
text = open(path, encoding="utf-8", newline="").read()
lines = [line + "\n" for line in text.split("\n")]
ways = {
    "whole": lambda: tokenizer.encode(text),
    "lines": lambda: [tokenizer.encode(line) for line in lines],
    "lines-fast": lambda: tokenizer.encode_batch_fast(lines),
}
print("ready", flush=True)
for command in map(str.strip, sys.stdin):
    if command == "check":
        ids = tokenizer.encode(text).ids
        print(len(ids), sum(ids), flush=True)
    else:
        start = time.perf_counter()
        ways[command]()
        print((time.perf_counter() - start) * 1000, flush=True)
