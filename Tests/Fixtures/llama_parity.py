"""What llama.cpp computes from the GGUF files that quantbook exports; for parity.py.

Its program llama-perplexity is the one that LLAMA_PERPLEXITY names, or that of the path. It reads a text
with its own tokenizer from the file, and saves the log-probabilities of the second half of each window,
in 16 bits.
"""

import os
import shutil
import subprocess

import numpy as np
import torch

import starter

WINDOW, CHUNKS = 256, 4
# By type: how far log-probabilities may lie apart on average, in nats; half of it was found. llama.cpp looks
# GELU up in a table of F16, rounds activations to 16 bits with F16 weights and to 8 with Q8_0 and Q4_0, and
# saves what it found in steps of 16/65535.
BOUNDS = {"f32": 2e-3, "f16": 4e-3, "q8_0": 6e-2, "q4_0": 6e-2}


def program():
    """Where llama-perplexity is; None where it is not."""
    return os.environ.get("LLAMA_PERPLEXITY") or shutil.which("llama-perplexity")


def saved_logits(program, model, text, folder):
    """The tokens [chunks, window], and of each chunk the log-probabilities [window/2 - 1, vocabulary] with
    the least that each row can have."""
    path = folder / "logits.bin"
    command = [
        program, "-m", model, "-f", text, "-c", WINDOW, "-b", WINDOW, "--chunks", CHUNKS,
        "-ctk", "f32", "-ctv", "f32", "-fa", "off", "--save-all-logits", path,
    ]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, f"{program} failed:\n{done.stderr[-2000:]}"
    data = path.read_bytes()
    assert data[:8] == b"_logits_"
    window, vocabulary, chunks = np.frombuffer(data, "<i4", 3, 8)
    assert (window, chunks) == (WINDOW, CHUNKS)
    tokens = np.frombuffer(data, "<i4", window * chunks, 20).reshape(chunks, window)
    width = 2 * ((vocabulary + 1) // 2) + 4
    rows = np.frombuffer(data, "<u2", offset=20 + tokens.nbytes).reshape(chunks, -1, width)
    scale, least = np.moveaxis(np.ascontiguousarray(rows[..., :4]).view("<f4"), -1, 0)[..., None]
    return tokens, rows[..., 4:4 + vocabulary] * scale + least, least


def compare(ours, table):
    found = program()
    if not found:
        print("\nllama.cpp: passed over. Name its llama-perplexity in LLAMA_PERPLEXITY.\n")
        return
    text = ours.folder / "prose.txt"
    # Enough for twice the windows, which it asks for.
    text.write_text((starter.RESOURCES / "house-prose.txt").read_text()[:20_000])
    expected = starter.prose_tokens()[:WINDOW * CHUNKS].reshape(CHUNKS, WINDOW)
    for kind, bound in BOUNDS.items():
        model = ours.folder / f"llama-{kind}.gguf"
        ours.run("export", model, "--gguf", kind)
        tokens, theirs, least = saved_logits(found, model, text, ours.folder)
        wrong = int((torch.from_numpy(tokens.astype(np.int64)) != expected).sum())
        table.row(f"GGUF {kind}, tokens by llama.cpp", expected.numel(), tokens.size, wrong, 0)
        got = []
        for chunk in expected:
            logits = ours.tensors("logits", {"input_ids": chunk}, "--model", model)["logits"]
            got.append(logits[WINDOW // 2:-1].double().log_softmax(-1))
        got = torch.stack(got).numpy()
        near = got > least + 1e-3  # What lies further below is saved as the least.
        difference = float(np.abs(got - theirs)[near].mean())
        table.row(
            f"GGUF {kind}, log-probabilities by llama.cpp", float(got[near].mean()),
            float(theirs[near].mean()), difference, bound,
        )
        # Another token first only where the two are nearly equal.
        first = got.argmax(-1)
        lead = theirs.max(-1) - np.take_along_axis(theirs, first[..., None], -1)[..., 0]
        same = int((first == theirs.argmax(-1)).sum())
        table.row(
            f"GGUF {kind}, likeliest tokens by llama.cpp", f"{same} the same", f"{first.size} tokens",
            float(lead.max()), 10 * bound,
        )
