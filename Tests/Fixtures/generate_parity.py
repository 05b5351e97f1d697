"""Greedy continuations by transformers' generate, beside ours; for parity.py."""

import torch
from transformers import GPT2Config, GPT2LMHeadModel

import gpt2
import starter
from fixture_files import integers

PROMPT, CONTINUATION = 24, 96
PROMPTS = 6


def small_model(directory):
    """Random weights, as save_pretrained writes them."""
    config = GPT2Config(
        n_layer=3, n_embd=48, n_head=4, vocab_size=503, n_positions=PROMPT + CONTINUATION,
        bos_token_id=0, eos_token_id=0,
    )
    model = GPT2LMHeadModel(config)
    gpt2.random_weights(model, 5)
    model.save_pretrained(directory)
    return gpt2.load(directory)


@torch.no_grad()
def compare(ours, table):
    directory = ours.folder / "save_pretrained"
    small = small_model(directory)
    prose = starter.prose_tokens()
    step = len(prose) // PROMPTS
    cases = [
        ("starter", starter.load(), starter.RESOURCES / "starter",
         [prose[start:start + PROMPT] for start in range(0, step * PROMPTS, step)]),
        ("random, save_pretrained", small, directory,
         [integers(500 + index, small.config.vocab_size, PROMPT) for index in range(PROMPTS)]),
    ]
    for name, model, path, prompts in cases:
        wrong = size = 0
        for prompt in prompts:
            theirs = model.generate(
                prompt[None], max_new_tokens=CONTINUATION, do_sample=False, eos_token_id=None,
                pad_token_id=0, attention_mask=torch.ones_like(prompt)[None],
            )[0, PROMPT:]
            got = ours.tensors(
                "logits", {"input_ids": prompt}, "--model", path, "--prompt", PROMPT,
                "--continuation", CONTINUATION,
            )["greedy"]
            assert len(theirs) == CONTINUATION
            wrong += int((got != theirs).sum()) if len(got) == len(theirs) else CONTINUATION
            size += len(theirs)
        what = f"{len(prompts)} × {CONTINUATION} tokens"
        assert size == len(prompts) * CONTINUATION
        table.row(f"greedy by generate, {name}", what, what, wrong, 0)
