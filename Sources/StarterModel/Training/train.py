#!/usr/bin/env python3
"""Train Quantbook's starter model: a small GPT-2 with its own byte-level BPE.

The script reads packed English text, holds documents out, trains the tokenizer and the
model, measures both, and writes a directory that `transformers.GPT2LMHeadModel` loads.
README.md beside it gives the command line of the run that made the shipped weights.

    python3 train.py --text TEXT_DIR --wikitext wiki.test.raw --out OUT_DIR

Stages, in order: `read_corpora`, `hold_out`, `train_tokenizer`, `train`, `perplexity`,
`quantized_perplexities`, `export`. Every random choice follows from `--seed`; sums on a GPU
are not bit-reproducible, so two runs agree in their figures and not in every bit.
"""

from __future__ import annotations

import argparse
import copy
import csv
import hashlib
import json
import lzma
import math
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor, nn

END_OF_TEXT = "<|endoftext|>"

# The sets of the training text: file-name prefix -> copies of each document in one epoch.
SET_WEIGHTS = {
    "wikipedia-vital-summaries": 4,
    "computing-reference": 3,
    "anarchism-faq": 2,
    "100-english-novels": 1,
    "gutenberg": 1,
}
ENCYCLOPEDIC_SETS = ("wikipedia-vital-summaries", "computing-reference", "anarchism-faq")

# A document of an encyclopedic set is held out when its hash falls into this share, unless
# it is so long that it alone would decide the held-out perplexity.
HELD_OUT_SHARE = 0.04
HELD_OUT_LONGEST = 64_000
# Training paragraphs that share this many consecutive words with held-out text are dropped.
OVERLAP_WORDS = 13


# MARK: Text


def read_corpora(directory: Path) -> dict[str, list[str]]:
    """The documents of every set, in file order, without the lines that end them."""
    corpora = {}
    for name in SET_WEIGHTS:
        files = sorted(directory.glob(f"{name}-*.txt.*"))
        if not files:
            raise FileNotFoundError(f"no file of the set {name} in {directory}")
        text = "".join(unpack(file).decode("utf-8") for file in files)
        documents = (document.strip("\n") for document in text.split(END_OF_TEXT))
        corpora[name] = [document for document in documents if document]
    return corpora


def unpack(file: Path) -> bytes:
    """The content of an .xz or .zst file."""
    if file.suffix == ".xz":
        return lzma.decompress(file.read_bytes())
    import pyarrow

    with pyarrow.CompressedInputStream(pyarrow.OSFile(str(file)), "zstd") as stream:
        return stream.read()


def hold_out(corpora: dict[str, list[str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Split into (training, held-out) documents by a hash of each document's text.

    The sets repeat passages across documents, so a training paragraph that shares
    `OVERLAP_WORDS` consecutive words with the held-out text is dropped as well.
    """
    held = {name: [d for d in corpora[name] if is_held_out(d)] for name in ENCYCLOPEDIC_SETS}
    seen = {gram for documents in held.values() for d in documents for gram in word_grams(d)}
    training = {}
    for name, documents in corpora.items():
        if name not in held:
            training[name] = documents
            continue
        excluded = set(held[name])
        kept = (without_overlap(d, seen) for d in documents if d not in excluded)
        training[name] = [document for document in kept if document]
    return training, held


def is_held_out(document: str) -> bool:
    digest = hashlib.sha256(document.encode("utf-8")).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return share < HELD_OUT_SHARE and len(document) <= HELD_OUT_LONGEST


def word_grams(text: str):
    words = text.split()
    for start in range(len(words) - OVERLAP_WORDS + 1):
        yield hash(tuple(words[start : start + OVERLAP_WORDS]))


def without_overlap(document: str, seen: set[int]) -> str:
    """The document without the paragraphs that share words with the held-out text."""
    if seen.isdisjoint(word_grams(document)):
        return document
    paragraphs = document.split("\n\n")
    return "\n\n".join(p for p in paragraphs if seen.isdisjoint(word_grams(p)))


# MARK: Tokenizer


def train_tokenizer(corpora: dict[str, list[str]], size: int) -> Tokenizer:
    """Byte-level BPE as GPT-2's: 256 bytes, then merges, then `<|endoftext|>` as the last id."""
    tokenizer = Tokenizer(models.BPE())
    # use_regex=True is GPT-2's own pre-tokenization pattern.
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size - 1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    documents = (document for name in corpora for document in corpora[name])
    tokenizer.train_from_iterator(documents, trainer)
    tokenizer.add_special_tokens([END_OF_TEXT])
    if tokenizer.token_to_id(END_OF_TEXT) != size - 1:
        raise ValueError(f"the text yields fewer than {size} tokens")
    return tokenizer


def encode(tokenizer: Tokenizer, documents: list[str]) -> list[np.ndarray]:
    """One array of ids for each document, `<|endoftext|>` at its end."""
    end = tokenizer.token_to_id(END_OF_TEXT)
    encodings = tokenizer.encode_batch_fast(documents, add_special_tokens=False)
    return [np.array([*encoding.ids, end], dtype=np.int32) for encoding in encodings]


# MARK: Model


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 8192
    context: int = 1024
    width: int = 384
    layers: int = 8
    heads: int = 6
    epsilon: float = 1e-5


class Conv1D(nn.Module):
    """GPT-2's linear layer: the weight is stored [in, out]."""

    def __init__(self, inputs: int, outputs: int, deviation: float = 0.02):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * deviation)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight.t(), self.bias)


class Attention(nn.Module):
    def __init__(self, shape: Shape, dropout: float):
        super().__init__()
        self.heads = shape.heads
        self.dropout = dropout
        self.c_attn = Conv1D(shape.width, 3 * shape.width)
        self.c_proj = Conv1D(shape.width, shape.width, 0.02 / math.sqrt(2 * shape.layers))

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = self.c_attn(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(query, key, value, dropout_p=dropout, is_causal=True)
        return self.c_proj(y.transpose(1, 2).reshape(batch, length, width))


class FeedForward(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.c_fc = Conv1D(shape.width, 4 * shape.width)
        self.c_proj = Conv1D(4 * shape.width, shape.width, 0.02 / math.sqrt(2 * shape.layers))

    def forward(self, x: Tensor) -> Tensor:
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))  # gelu_new


class Block(nn.Module):
    def __init__(self, shape: Shape, dropout: float):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.ln_1 = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.attn = Attention(shape, dropout)
        self.ln_2 = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.mlp = FeedForward(shape)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.dropout(self.attn(normalized(self.ln_1, x)))
        return x + self.dropout(self.mlp(normalized(self.ln_2, x)))


def normalized(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    """LayerNorm in the type of x: autocast alone would widen a bfloat16 stream to float32."""
    return norm(x).to(x.dtype)


class GPT2(nn.Module):
    """GPT-2 with the parameter names of `transformers.GPT2Model` and a tied head."""

    def __init__(self, shape: Shape, dropout: float = 0.0):
        super().__init__()
        self.shape = shape
        self.wte = nn.Embedding(shape.vocabulary, shape.width)
        self.wpe = nn.Embedding(shape.context, shape.width)
        self.drop = nn.Dropout(dropout)
        self.h = nn.ModuleList(Block(shape, dropout) for _ in range(shape.layers))
        self.ln_f = nn.LayerNorm(shape.width, eps=shape.epsilon)
        nn.init.normal_(self.wte.weight, std=0.02)
        nn.init.normal_(self.wpe.weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits [batch, length, vocabulary] for ids [batch, length]."""
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        if torch.is_autocast_enabled(ids.device.type):
            x = x.to(torch.get_autocast_dtype(ids.device.type))
        x = self.drop(x)
        for block in self.h:
            x = block(x)
        return F.linear(normalized(self.ln_f, x), self.wte.weight)

    def loss(self, windows: Tensor) -> Tensor:
        """Mean cross-entropy of windows [batch, length + 1], each position given those before."""
        logits = self(windows[:, :-1])
        return F.cross_entropy(logits.float().flatten(0, 1), windows[:, 1:].flatten())


# MARK: Optimizer


def orthogonalized(update: Tensor) -> Tensor:
    """Each matrix of update [n, rows, columns] moved towards the nearest semi-orthogonal one.

    The quintic Newton-Schulz iteration of Muon (Jordan et al. 2024), in bfloat16.
    """
    x = update.bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x


class Muon:
    """Momentum with orthogonalized updates for the matrices of the blocks.

    Matrices of one shape are updated as one batch. The three parts of `c_attn` count as
    matrices of their own. Weight decay is decoupled, as in AdamW.
    """

    def __init__(self, model: GPT2, rate: float, decay: float, momentum: float = 0.95):
        self.rate, self.decay, self.momentum = rate, decay, momentum
        square, widening, narrowing = [], [], []
        for block in model.h:
            weight = block.attn.c_attn.weight
            square += [(weight, part) for part in range(3)]
            square.append((block.attn.c_proj.weight, None))
            widening.append((block.mlp.c_fc.weight, None))
            narrowing.append((block.mlp.c_proj.weight, None))
        self.groups = [square, widening, narrowing]
        self.moments = [torch.stack([self.matrix(*m) for m in g]) * 0 for g in self.groups]
        on_gpu = model.wte.weight.is_cuda
        self.update = torch.compile(muon_update, dynamic=False) if on_gpu else muon_update

    @staticmethod
    def matrix(weight: Tensor, part: int | None) -> Tensor:
        """A view of the matrix with no more rows than columns."""
        view = weight.detach() if part is None else weight.detach().chunk(3, dim=1)[part]
        return view if view.shape[0] <= view.shape[1] else view.t()

    @torch.no_grad()
    def step(self, scale: float) -> None:
        rate = self.rate * scale
        for group, moment in zip(self.groups, self.moments):
            gradient = torch.stack([self.matrix(weight.grad, part) for weight, part in group])
            update = self.update(gradient, moment, self.momentum)
            inputs, outputs = group[0][0].shape[0], group[0][0].shape[1]
            if group[0][1] is not None:
                outputs = inputs
            step = -rate * math.sqrt(max(1.0, outputs / inputs))
            matrices = [self.matrix(weight, part) for weight, part in group]
            torch._foreach_mul_(matrices, 1 - rate * self.decay)
            torch._foreach_add_(matrices, list(update.unbind()), alpha=step)


def muon_update(gradient: Tensor, moment: Tensor, momentum: float) -> Tensor:
    moment.lerp_(gradient, 1 - momentum)
    return orthogonalized(gradient.lerp(moment, momentum)).float()


# MARK: Training


@dataclass(frozen=True)
class Plan:
    """The hyperparameters of a run."""

    seed: int
    steps: int
    batch: int
    warmup: int
    dropout: float
    muon_rate: float
    muon_decay: float
    adam_rate: float
    adam_decay: float
    averaging: float

    def scale(self, step: int) -> float:
        """The learning rate's factor: a linear warm-up, then linear decay to zero."""
        return min((step + 1) / self.warmup, 1.0) * (1 - step / self.steps)


class WindowSource:
    """Batches of windows from an endless stream of reshuffled documents.

    One epoch holds each document as often as its set's weight says, in random order, packed
    end to end; it is cut into windows at a random offset and the windows are shuffled.
    """

    def __init__(self, sets: dict[str, list[np.ndarray]], length: int, batch: int, seed: int):
        self.documents = [
            document
            for name, documents in sets.items()
            for document in documents
            for _ in range(SET_WEIGHTS[name])
        ]
        self.length, self.batch = length, batch
        self.random = np.random.default_rng(seed)

    def epoch(self) -> tuple[Tensor, Tensor]:
        """(The token stream, the shuffled starts of its windows.)"""
        order = self.random.permutation(len(self.documents))
        stream = np.concatenate([self.documents[index] for index in order])
        offset = int(self.random.integers(self.length))
        starts = np.arange(offset, len(stream) - self.length, self.length)
        return torch.from_numpy(stream), torch.from_numpy(self.random.permutation(starts))

    def batches(self, device: str):
        """Endless windows [batch, length + 1] on the device."""
        span = torch.arange(self.length + 1, device=device)
        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(self.epoch)
            while True:
                stream, starts = (part.to(device) for part in following.result())
                following = pool.submit(self.epoch)
                for first in range(0, len(starts) - self.batch + 1, self.batch):
                    rows = starts[first : first + self.batch]
                    yield stream[rows[:, None] + span].long()


def train(
    sets: dict[str, list[np.ndarray]],
    held: dict[str, np.ndarray],
    shape: Shape,
    plan: Plan,
    out: Path,
    device: str,
) -> tuple[GPT2, dict]:
    """The averaged model and the facts of the run; writes training-log.csv and snapshots."""
    torch.manual_seed(plan.seed)
    model = GPT2(shape, plan.dropout).to(device)
    average = copy.deepcopy(model).eval()
    muon = Muon(model, plan.muon_rate, plan.muon_decay)
    embeddings = [model.wte.weight, model.wpe.weight]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    adam = torch.optim.AdamW(
        [
            {"params": embeddings, "weight_decay": plan.adam_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=plan.adam_rate,
        betas=(0.9, 0.95),
        fused=device == "cuda",
    )
    loss_of = torch.compile(model.loss, dynamic=False) if device == "cuda" else model.loss
    source = WindowSource(sets, shape.context, plan.batch, plan.seed)
    batches = source.batches(device)

    every = max(1, plan.steps // 40)
    log_file = (out / "training-log.csv").open("w", newline="")
    log = csv.writer(log_file, lineterminator="\n")
    log.writerow(["step", "tokens", "seconds", "rate_factor", "train_loss", "held_out_loss", *held])
    running, counted = torch.zeros((), device=device), 0
    began = time.monotonic()
    timed_from = began
    for step in range(plan.steps):
        scale = plan.scale(step)
        with torch.autocast(device, dtype=torch.bfloat16):
            loss = loss_of(next(batches))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=True)
        muon.step(scale)
        for group in adam.param_groups:
            group["lr"] = plan.adam_rate * scale
        adam.step()
        for parameter in model.parameters():
            parameter.grad = None
        with torch.no_grad():
            # The average follows quickly at first, so that the random start is forgotten.
            weight = max(1 - plan.averaging, 1 / (step + 1))
            torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), weight)
        running += loss.detach()
        counted += 1
        if step + 1 == plan.warmup:
            running.item()  # waits for the device, so that compilation stays out of the rate
            timed_from = time.monotonic()
        if (step + 1) % every == 0 or step + 1 == plan.steps:
            train_loss = float(running) / counted
            running.zero_()
            counted = 0
            losses = {name: window_loss(average, ids) for name, ids in held.items()}
            tokens = {name: len(ids) for name, ids in held.items()}
            total = sum(losses[n] * tokens[n] for n in losses) / sum(tokens.values())
            seconds = time.monotonic() - began
            row = [step + 1, (step + 1) * plan.batch * shape.context, f"{seconds:.1f}"]
            row += [f"{v:.4f}" for v in (scale, train_loss, total, *losses.values())]
            log.writerow(row)
            log_file.flush()
            print(*row, flush=True)
            write_weights(average, out / "model.safetensors")
    log_file.close()
    ended = time.monotonic()
    timed_tokens = (plan.steps - plan.warmup) * plan.batch * shape.context
    return average, {
        "train_seconds": ended - began,
        "tokens_per_second": timed_tokens / (ended - timed_from),
        "tokens_per_epoch": sum(map(len, source.documents)),
    }


@torch.no_grad()
def window_loss(model: GPT2, ids: np.ndarray) -> float:
    """A quick mean loss over disjoint windows, in bfloat16, for the log."""
    device = model.wte.weight.device
    length = min(model.shape.context, len(ids) - 1)
    count = (len(ids) - 1) // length
    stream = torch.from_numpy(ids).to(device).long()
    rows = torch.arange(count, device=device)[:, None] * length
    windows = stream[rows + torch.arange(length + 1, device=device)]
    with torch.autocast(device.type, dtype=torch.bfloat16):
        return sum(float(model.loss(part)) * len(part) for part in windows.split(32)) / count


# MARK: Evaluation


@torch.no_grad()
def perplexity(model: GPT2, ids: np.ndarray) -> dict:
    """exp of the mean negative log-likelihood, every token but the first scored once.

    Windows of the whole context start every half context (1024 and 512), each with fresh
    context; each scores the targets that no earlier window scored. Logits are float32;
    log-sum-exp and sums are float64. `perplexity` is None where the exponential overflows.
    """
    device = model.wte.weight.device
    length, stride = model.shape.context, model.shape.context // 2
    stream = torch.from_numpy(ids).to(device).long()
    total, scored, reached, begin = 0.0, 0, 1, 0
    pending: list[tuple[int, int, int]] = []  # (begin, first scored target, end)
    while reached < len(ids):
        end = min(begin + length, len(ids))
        pending.append((begin, reached, end))
        reached, begin = end, begin + stride
    for first in range(0, len(pending), 8):
        part = pending[first : first + 8]
        # The last window may be short: padding on the right cannot reach back past the mask.
        inputs = torch.zeros(len(part), length, dtype=torch.long, device=device)
        for row, (start, _, end) in enumerate(part):
            inputs[row, : end - start] = stream[start:end]
        logits = model(inputs)
        for row, (start, target, end) in enumerate(part):
            rows = logits[row, target - 1 - start : end - 1 - start].double()
            chosen = rows.gather(1, stream[target:end, None])[:, 0]
            total += float((torch.logsumexp(rows, dim=1) - chosen).sum())
            scored += end - target
    mean = total / scored
    finite = math.isfinite(mean) and mean < 709
    return {
        "tokens": scored,
        "mean_nll": mean if math.isfinite(mean) else None,
        "perplexity": math.exp(mean) if finite else None,
    }


def with_bits_per_byte(result: dict, size: int) -> dict:
    """The result with the bits that a byte of the text (size bytes in all) costs."""
    return {**result, "bits_per_byte": result["mean_nll"] * result["tokens"] / math.log(2) / size}


# MARK: Quantization, emulated

NF4_VALUES = [
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
    -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
]  # fmt: skip
FP4_VALUES = sorted({sign * v / 12 for v in (0, 0.0625, 8, 12, 4, 6, 2, 3) for sign in (-1, 1)})


def raw_codes(weight: Tensor) -> Tensor:
    """INT8 codes by the tensor's absmax, used as weights without their scale."""
    return torch.round(weight / weight.abs().max() * 127)


def int8_rows(weight: Tensor) -> Tensor:
    """LLM.int8()'s weights: one absmax for each output, codes times scale."""
    rows = weight.t().half().float()
    absmax = rows.abs().amax(dim=1, keepdim=True)
    return (torch.round(rows * (127 / absmax)) * absmax / 127).t()


def four_bit(weight: Tensor, values: list[float]) -> Tensor:
    """bitsandbytes' 4-bit weights: blocks of 64 inputs of one output, nearest code."""
    codebook = torch.tensor(values, dtype=torch.float32, device=weight.device)
    blocks = weight.t().contiguous().view(-1, 64)
    absmax = blocks.abs().amax(dim=1, keepdim=True)
    midpoints = (codebook[1:] + codebook[:-1]) / 2
    codes = torch.bucketize(blocks / absmax.clamp_min(1e-38), midpoints)
    return (codebook[codes] * absmax).view(weight.shape[1], weight.shape[0]).t()


def quantized_perplexities(model: GPT2, ids: np.ndarray) -> dict[str, dict]:
    """Perplexity under the report's methods, each emulated with expanded float32 weights."""

    def is_matrix(name: str) -> bool:
        return name.endswith(".weight") and (".attn." in name or ".mlp." in name)

    methods = {
        "fp32": (lambda name: False, raw_codes),
        "int8_raw_whole": (lambda name: name.endswith(".weight"), raw_codes),
        "int8_raw_selective": (is_matrix, raw_codes),
        "llm_int8_weights": (is_matrix, int8_rows),
        "fp4": (is_matrix, lambda weight: four_bit(weight, FP4_VALUES)),
        "nf4": (is_matrix, lambda weight: four_bit(weight, NF4_VALUES)),
    }
    results = {}
    for method, (applies, quantize) in methods.items():
        state = {n: quantize(t) if applies(n) else t for n, t in model.state_dict().items()}
        changed = copy.deepcopy(model)
        changed.load_state_dict(state)
        results[method] = perplexity(changed, ids)
    return results


# MARK: Files


def write_weights(model: GPT2, file: Path) -> None:
    """FP16 weights with the names that `GPT2LMHeadModel.save_pretrained` gives them."""
    state = {f"transformer.{n}": t.detach().half().cpu() for n, t in model.state_dict().items()}
    save_file({n: t.contiguous() for n, t in state.items()}, file, metadata={"format": "pt"})


def write_config(shape: Shape, dropout: float, file: Path) -> None:
    end = shape.vocabulary - 1
    config = {
        "activation_function": "gelu_new",
        "architectures": ["GPT2LMHeadModel"],
        "attn_pdrop": dropout,
        "bos_token_id": end,
        "dtype": "float16",
        "embd_pdrop": dropout,
        "eos_token_id": end,
        "initializer_range": 0.02,
        "layer_norm_epsilon": shape.epsilon,
        "model_type": "gpt2",
        "n_ctx": shape.context,
        "n_embd": shape.width,
        "n_head": shape.heads,
        "n_inner": None,
        "n_layer": shape.layers,
        "n_positions": shape.context,
        "reorder_and_upcast_attn": False,
        "resid_pdrop": dropout,
        "scale_attn_by_inverse_layer_idx": False,
        "scale_attn_weights": True,
        "tie_word_embeddings": True,
        "torch_dtype": "float16",
        "use_cache": True,
        "vocab_size": shape.vocabulary,
    }
    file.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def write_tokenizer(tokenizer: Tokenizer, directory: Path) -> None:
    """vocab.json and merges.txt as GPT-2 has them, and what names their special token."""
    vocabulary = sorted(tokenizer.get_vocab(with_added_tokens=True).items(), key=lambda t: t[1])
    text = json.dumps(dict(vocabulary), ensure_ascii=False)
    (directory / "vocab.json").write_text(text + "\n", encoding="utf-8")
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    lines = [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]
    text = "\n".join(["#version: 0.2", *lines]) + "\n"
    (directory / "merges.txt").write_text(text, encoding="utf-8")
    settings = {
        "add_prefix_space": False,
        "bos_token": END_OF_TEXT,
        "eos_token": END_OF_TEXT,
        "model_max_length": 1024,
        "tokenizer_class": "GPT2Tokenizer",
        "unk_token": END_OF_TEXT,
    }
    text = json.dumps(settings, indent=2) + "\n"
    (directory / "tokenizer_config.json").write_text(text, encoding="utf-8")


@torch.no_grad()
def difference_from_transformers(model: GPT2, directory: Path, ids: np.ndarray) -> float:
    """The largest difference between our logits and those of the files just written."""
    from transformers import GPT2LMHeadModel

    device = model.wte.weight.device
    reference = GPT2LMHeadModel.from_pretrained(directory, dtype=torch.float32).to(device).eval()
    inputs = torch.from_numpy(ids[: model.shape.context])[None].to(device).long()
    return float((reference(inputs).logits - model(inputs)).abs().max())


# MARK: Command


def main() -> None:
    arguments = parse_arguments()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    shape = Shape(
        arguments.vocabulary, arguments.context, arguments.width, arguments.layers, arguments.heads
    )
    plan = Plan(**{name: getattr(arguments, name) for name in Plan.__dataclass_fields__})
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()

    def progress(what: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {what}", flush=True)

    training, held = hold_out(read_corpora(arguments.text))
    sizes = {n: sum(len(d.encode("utf-8")) for d in ds) for n, ds in training.items()}
    held_sizes = {n: sum(len(d.encode("utf-8")) for d in ds) for n, ds in held.items()}
    progress(f"text read; bytes for training {sizes}, held out {held_sizes}")
    tokenizer = train_tokenizer(training, shape.vocabulary)
    write_tokenizer(tokenizer, out)
    write_config(shape, plan.dropout, out / "config.json")
    progress("tokenizer trained")
    sets = {name: encode(tokenizer, documents) for name, documents in training.items()}
    held_ids = {n: np.concatenate(encode(tokenizer, documents)) for n, documents in held.items()}
    counts = {name: sum(map(len, documents)) for name, documents in sets.items()}
    progress(f"encoded; tokens {counts}")

    model, facts = train(sets, held_ids, shape, plan, out, device)
    progress(f"trained; {facts}")

    # Everything is measured on the weights as they are stored.
    model.load_state_dict({n: t.half().float() for n, t in model.state_dict().items()})
    joined = np.concatenate(list(held_ids.values()))
    results = {
        "plan": asdict(plan),
        "shape": asdict(shape),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "documents": {name: len(documents) for name, documents in training.items()},
        "bytes": sizes,
        "tokens": counts,
        "held_out_documents": {name: len(documents) for name, documents in held.items()},
        "held_out_bytes": held_sizes,
        **facts,
        "held_out": with_bits_per_byte(perplexity(model, joined), sum(held_sizes.values())),
        "held_out_by_set": {
            name: with_bits_per_byte(perplexity(model, ids), held_sizes[name])
            for name, ids in held_ids.items()
        },
        "held_out_quantized": quantized_perplexities(model, joined),
        "largest_weight": max(float(t.abs().max()) for t in model.state_dict().values()),
    }
    prose = "\n\n".join(document for documents in held.values() for document in documents)
    prose_ids = np.array(tokenizer.encode(prose, add_special_tokens=False).ids, dtype=np.int32)
    results["held_out_without_end_of_text"] = with_bits_per_byte(
        perplexity(model, prose_ids), len(prose.encode("utf-8"))
    )
    if arguments.wikitext:
        raw = arguments.wikitext.read_text(encoding="utf-8")
        ids = np.array(tokenizer.encode(raw, add_special_tokens=False).ids, dtype=np.int32)
        result = perplexity(model, ids)
        size = len(raw.encode("utf-8"))
        results["wikitext2_test"] = with_bits_per_byte(result, size)
        words = len(re.findall(r"\S+", raw))
        word_mean = result["mean_nll"] * result["tokens"] / words
        results["wikitext2_test"]["word_perplexity"] = math.exp(word_mean)
    write_weights(model, out / "model.safetensors")
    results["logits_from_transformers"] = difference_from_transformers(model, out, joined)
    text = json.dumps(results, indent=2) + "\n"
    (out / "training-results.json").write_text(text, encoding="utf-8")
    progress("measured\n" + text)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--text", type=Path, required=True, help="directory of the packed training text")
    add("--wikitext", type=Path, help="WikiText-2's raw test split, measured at the end only")
    add("--out", type=Path, required=True, help="directory for the model")
    add("--seed", type=int, default=1)
    add("--steps", type=int, default=14_000)
    add("--batch", type=int, default=64, help="windows in a step")
    add("--warmup", type=int, default=300, help="steps of rising learning rate")
    add("--dropout", type=float, default=0.1)
    add("--muon-rate", type=float, default=0.01, help="learning rate of the blocks' matrices")
    add("--muon-decay", type=float, default=0.05)
    add("--adam-rate", type=float, default=2e-3, help="learning rate of all other parameters")
    add("--adam-decay", type=float, default=0.1, help="weight decay of the embeddings")
    add("--averaging", type=float, default=0.999, help="decay of the average of the weights")
    add("--vocabulary", type=int, default=8192)
    add("--context", type=int, default=1024)
    add("--width", type=int, default=384)
    add("--layers", type=int, default=8)
    add("--heads", type=int, default=6)
    return parser.parse_args()


if __name__ == "__main__":
    main()
