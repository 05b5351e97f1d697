"""PyTorch's FP32 GPT-2 small, random weights: a worker that quantbook-bench runs beside its own.

Reads one command a line, `prefill TOKENS` or `decode CONTEXT`, and answers with milliseconds.
Needs torch and transformers. Prefill computes the last token's logits only, as ours does.
"""

import sys
import time

import torch
from transformers import GPT2Config, GPT2LMHeadModel

model = GPT2LMHeadModel(GPT2Config()).eval()
print("ready", torch.__version__, flush=True)
with torch.inference_mode():
    for line in sys.stdin:
        command, length = line.split()
        tokens = torch.randint(0, 50257, (1, int(length)))
        if command == "prefill":
            start = time.perf_counter()
            hidden = model.transformer(tokens).last_hidden_state
            model.lm_head(hidden[:, -1])
        else:
            cache = model(tokens, use_cache=True).past_key_values
            start = time.perf_counter()
            model(tokens[:, :1], past_key_values=cache, use_cache=True)
        print((time.perf_counter() - start) * 1000, flush=True)
