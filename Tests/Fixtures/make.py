#!/usr/bin/env python3
"""Makes the parity fixtures under data/ with the peers that requirements.txt pins.

    python Tests/Fixtures/make.py [gpt2] [activations] [tokenizer] [kinds] [bitsandbytes] [perplexity]
                                 [starter] [ggml] [gguf] [llmc] [quantized] [compressed]

Without arguments: all of them. README.md says what each file holds.
"""

import importlib
import logging
import os
import pathlib
import sys
import warnings

sys.dont_write_bytecode = True
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

# In this order: the kinds of tokenizers and the perplexity fixtures read the tokenizer's.
TOPICS = {
    "gpt2": "gpt2",
    "activations": "activations",
    "tokenizer": "tokenizer",
    "kinds": "tokenizer_kinds",
    "bitsandbytes": "bitsandbytes_formats",
    "perplexity": "perplexity",
    "starter": "starter",
    "ggml": "ggml_formats",
    "gguf": "gguf_models",
    "llmc": "llmc_models",
    "quantized": "quantized_models",
    "compressed": "compressed_files",
}


def main(wanted):
    unknown = sorted(set(wanted) - set(TOPICS))
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; known: {', '.join(TOPICS)}")
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # One line for each product.
    warnings.filterwarnings("ignore", message="MatMul8bitLt: inputs will be cast")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for topic, module in TOPICS.items():
        if not wanted or topic in wanted:
            importlib.import_module(module).make()


if __name__ == "__main__":
    main(sys.argv[1:])
