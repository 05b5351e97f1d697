"""Perplexities by each definition and divergences, in float64 from the peers' float32 logits.

Each definition is written here from its published formula, one target at a time, and shares no code
with what it tests. A target is a pair (context, position of the scored token in the text).
"""

import math
import re

import bitsandbytes as bnb
import torch
from tokenizers import Tokenizer
from transformers import BitsAndBytesConfig, GPT2Config, GPT2LMHeadModel

from fixture_files import DATA, write_json, write_tensors
from gpt2 import load, random_weights, save_directory
from tokenizer_strings import TRAINING_TEXT

WINDOW = 128
STRIDES = [128, 64, 37]
TOKENS = 1500
END = 2000
DIRECTORY = DATA / "perplexity"
SPEC = {
    "config": {
        "n_layer": 2, "n_embd": 64, "n_head": 4, "n_inner": 128, "vocab_size": 2001,
        "n_positions": WINDOW,
    },
    "prefix": "transformer.",
    "dtype": torch.float16,
}
SCHEMES = {
    "int8": {"load_in_8bit": True},
    "fp4": {"load_in_4bit": True, "bnb_4bit_quant_type": "fp4"},
    "nf4": {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"},
    "nf4_double": {
        "load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True,
    },
}


def save_model():
    model = GPT2LMHeadModel(GPT2Config(bos_token_id=END, eos_token_id=END, **SPEC["config"]))
    random_weights(model, 77)
    for block in model.transformer.h:  # Features beyond LLM.int8's threshold of 6.
        block.ln_1.weight.data[5] = 4
        block.ln_2.weight.data[11] = -4
    save_directory(DIRECTORY / "model", model, SPEC)


def load_quantized(options):
    """As transformers quantizes it: 8-bit or 4-bit blocks' matrices, the rest in float32."""
    model = GPT2LMHeadModel.from_pretrained(
        DIRECTORY / "model", dtype=torch.float32, attn_implementation="eager",
        quantization_config=BitsAndBytesConfig(**options), device_map={"": "cpu"},
    ).eval()
    kind = bnb.nn.Linear8bitLt if "load_in_8bit" in options else bnb.nn.Linear4bit
    layers = [module for module in model.modules() if isinstance(module, kind)]
    assert len(layers) == 4 * SPEC["config"]["n_layer"]
    for layer in layers:
        layer.support_avx512bf16_for_cpu = False  # That path rounds to bfloat16.
    return model


@torch.no_grad()
def log_probabilities(model, tokens):
    """Float64 [T, vocab] of one window with a fresh context: row t predicts the token after t."""
    return model(tokens[None]).logits[0].double().log_softmax(dim=-1)


def negative_log_likelihoods(model, tokens, begin, end, first):
    """NLL of the targets first ..< end in the window begin ..< end.

    The whole window is fed, though its last row predicts nothing: with LLM.int8 the outliers
    of that row decide on the columns of all rows.
    """
    rows = log_probabilities(model, tokens[begin:end])[first - 1 - begin : end - 1 - begin]
    return -rows[torch.arange(end - first), tokens[first:end]]


def stride(model, tokens, window, step):
    """Hugging Face's windows; both weightings."""
    count, previous, begin = len(tokens), 0, 0
    total, scored, guide, guide_weight = 0.0, 0, 0.0, 0
    while True:
        end = min(begin + window, count)
        first = max(previous, begin + 1)
        nll = negative_log_likelihoods(model, tokens, begin, end, first)
        total, scored = total + float(nll.sum()), scored + len(nll)
        weight = end - previous - 1
        guide, guide_weight = guide + weight * float(nll.mean()), guide_weight + weight
        previous = end
        if end == count:
            break
        begin += step
    exact = {"nll_mean": total / scored, "perplexity": math.exp(total / scored), "tokens": scored}
    mean = guide / guide_weight
    return exact, {"nll_mean": mean, "perplexity": math.exp(mean), "tokens": guide_weight}


def half_window_targets(count, context):
    """llama.cpp's chunks: (begin of the chunk, its scored targets)."""
    for begin in range(0, count // context * context, context):
        yield begin, range(begin + context // 2 + 1, begin + context)


def standard_error(values):
    variance = (values**2).mean() - values.mean() ** 2
    return float((variance / (len(values) - 1)).sqrt())


def half_window(model, tokens, context):
    nll = torch.cat([
        negative_log_likelihoods(model, tokens, b, t[-1] + 1, t[0])
        for b, t in half_window_targets(len(tokens), context)
    ])
    perplexity = math.exp(float(nll.mean()))
    return {
        "nll_mean": float(nll.mean()), "perplexity": perplexity, "tokens": len(nll),
        "perplexity_error": perplexity * standard_error(nll),
    }


def rolling_likelihood(model, tokens, length, prefix):
    """lm-evaluation-harness's loglikelihood_rolling: the sum of ln p over all tokens."""
    extended = torch.cat([torch.tensor([prefix]), tokens])  # extended[j] precedes tokens[j].
    total = 0.0
    for begin in range(0, len(tokens), length):
        end = min(begin + length, len(tokens))
        inputs = extended[max(end - length, 0) : end] if begin else extended[:end]
        rows = log_probabilities(model, inputs)[begin - end :]
        total += float(rows[torch.arange(end - begin), tokens[begin:end]].sum())
    return total


def rolling(model, documents, encode):
    """Word, byte and bits per byte over documents that are scored one by one."""
    encoded = [encode(text) for text in documents]
    total = sum(rolling_likelihood(model, ids, WINDOW, END) for ids in encoded)
    words = sum(len(re.split(r"\s+", text)) for text in documents)
    size = sum(len(text.encode()) for text in documents)
    return {
        "documents": documents, "log_likelihood": total, "tokens": sum(map(len, encoded)),
        "words": words, "bytes": size, "word_perplexity": math.exp(-total / words),
        "byte_perplexity": math.exp(-total / size), "bits_per_byte": -total / (size * math.log(2)),
    }


def percentile(values, fraction):
    """llama.cpp's: linear between the two nearest ranks of N - 1 steps."""
    ordered = values.sort().values
    place = fraction * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return float((1 - (place - low)) * ordered[low] + (place - low) * ordered[high])


def divergence(base, other, tokens, context):
    """llama.cpp's --kl-divergence, from the logits and not from its 16-bit file."""
    kld, change, same, nll_p, nll_q = [], [], [], [], []
    for begin, targets in half_window_targets(len(tokens), context):
        window = tokens[begin : begin + context]
        p, q = log_probabilities(base, window), log_probabilities(other, window)
        for target in targets:
            row_p, row_q = p[target - 1 - begin], q[target - 1 - begin]
            kept = row_p > -16
            kld.append((row_p.exp() * (row_p - row_q))[kept].sum())
            same.append((row_p.argmax() == row_q.argmax()).double())
            token = tokens[target]
            change.append(row_q[token].exp() - row_p[token].exp())
            nll_p.append(-row_p[token])
            nll_q.append(-row_q[token])
    kld, change, same, nll_p, nll_q = map(torch.stack, (kld, change, same, nll_p, nll_q))
    count = len(kld)
    se_p, se_q = standard_error(nll_p), standard_error(nll_q)
    covariance = float(((nll_q * nll_p).mean() - nll_q.mean() * nll_p.mean()) / (count - 1))
    log_ratio = float(nll_q.mean() - nll_p.mean())
    log_ratio_error = math.sqrt(se_q**2 + se_p**2 - 2 * covariance)
    rms = math.sqrt(float((change**2).mean()))
    share = float(same.mean())
    fractions = [0.999, 0.99, 0.95, 0.9, 0.5, 0.1, 0.05, 0.01, 0.001]
    return {
        "targets": count,
        "kld_mean": float(kld.mean()), "kld_mean_error": standard_error(kld),
        "kld_max": float(kld.max()), "kld_min": float(kld.min()),
        "kld_percentiles": {str(f): percentile(kld, f) for f in fractions},
        "same_top": share, "same_top_error": math.sqrt(share * (1 - share) / (count - 1)),
        "delta_p_mean": float(change.mean()), "delta_p_mean_error": standard_error(change),
        "delta_p_percentiles": {str(f): percentile(change, f) for f in fractions + [0.75, 0.25]},
        "delta_p_rms": rms, "delta_p_rms_error": 0.5 / rms * standard_error(change**2),
        "base_nll_mean": float(nll_p.mean()), "nll_mean": float(nll_q.mean()),
        "log_perplexity_ratio": log_ratio, "log_perplexity_ratio_error": log_ratio_error,
        "perplexity_ratio": math.exp(log_ratio),
        "perplexity_ratio_error": math.exp(log_ratio) * log_ratio_error,
        "correlation": covariance / (se_p * se_q),
    }


def make():
    small = Tokenizer.from_file(str(DATA / "tokenizer" / "tokenizer.json"))

    def encode(text):
        return torch.tensor(small.encode(text).ids)

    save_model()
    base = load(DIRECTORY / "model")
    tokens = encode(TRAINING_TEXT * 2)[:TOKENS]
    assert len(tokens) == TOKENS
    lines = TRAINING_TEXT.splitlines()
    # Of the lengths of several windows and of less than one.
    documents = [lines[0] + " ", "\n" + "\n".join(lines[1:6]), "A short one, scored alone."]
    expected = {"window": WINDOW, "base": {"stride": [], "half_window": []}, "quantized": {}}
    for step in STRIDES:
        exact, guide = stride(base, tokens, WINDOW, step)
        row = {"window": WINDOW, "stride": step, "every_token_once": exact, "guide": guide}
        expected["base"]["stride"].append(row)
    for context in (128, 101):
        row = {"context": context} | half_window(base, tokens, context)
        expected["base"]["half_window"].append(row)
    plain = negative_log_likelihoods(base, tokens, 0, WINDOW, 1)
    expected["base"]["plain"] = {
        "nll_mean": float(plain.mean()), "perplexity": math.exp(float(plain.mean())),
        "text": WINDOW, "tokens": len(plain),
    }
    likelihood = rolling_likelihood(base, tokens, WINDOW, END)
    expected["base"]["rolling_tokens"] = {
        "log_likelihood": likelihood, "prefix": END, "tokens": TOKENS,
    }
    expected["base"]["rolling_documents"] = rolling(base, documents, encode) | {"prefix": END}
    with torch.no_grad():
        first = tokens[None, :WINDOW]
        tensors = {"input_ids": tokens, "base.logits": base(first).logits[0, ::8, ::8]}
        for name, options in SCHEMES.items():
            model = load_quantized(options)
            exact, guide = stride(model, tokens, WINDOW, 64)
            expected["quantized"][name] = {
                "stride": {
                    "window": WINDOW, "stride": 64, "every_token_once": exact, "guide": guide,
                },
                "half_window": {"context": WINDOW} | half_window(model, tokens, WINDOW),
                "divergence": {"context": WINDOW} | divergence(base, model, tokens, WINDOW),
            }
            tensors[f"{name}.logits"] = model(first).logits[0, ::8, ::8]
            print(f"perplexity/{name}: {exact['perplexity']:.4f}")
    write_tensors(DIRECTORY / "expected.safetensors", tensors)
    write_json(DIRECTORY / "expected.json", expected)
    print(f"perplexity/base: {expected['base']['stride'][1]['every_token_once']['perplexity']:.4f}")
