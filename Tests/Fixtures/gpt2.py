"""Random GPT-2 models as Hugging Face directories, and what transformers computes from them."""

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

from fixture_files import DATA, integers, normal, write_json, write_tensors

PROMPT = 7
CONTINUATION = 20

# config: what differs from GPT2Config's defaults. dtype: of the file. prefix: of the tensor names.
MODELS = {
    "tied": {
        "config": {"n_layer": 2, "n_embd": 36, "n_head": 3, "vocab_size": 211, "n_positions": 64},
        "tokens": 64,
        "prefix": "transformer.",
    },
    "untied-inner": {
        "config": {
            "n_layer": 3, "n_embd": 40, "n_head": 5, "vocab_size": 211, "n_positions": 48,
            "n_inner": 72, "layer_norm_epsilon": 1e-3, "tie_word_embeddings": False,
        },
        "tokens": 40,
        "prefix": "transformer.",
    },
    "bfloat16-sharded": {
        "config": {"n_layer": 2, "n_embd": 48, "n_head": 4, "vocab_size": 199, "n_positions": 64},
        "tokens": 33,
        "prefix": "transformer.",
        "dtype": torch.bfloat16,
        "shards": 3,
    },
    "float16-buffers": {
        "config": {"n_layer": 2, "n_embd": 56, "n_head": 7, "vocab_size": 151, "n_positions": 32},
        "tokens": 32,
        "prefix": "",
        "dtype": torch.float16,
        "buffers": True,
    },
    "inverse-layer-scale": {
        "config": {
            "n_layer": 4, "n_embd": 24, "n_head": 1, "vocab_size": 131, "n_positions": 40,
            "scale_attn_by_inverse_layer_idx": True, "layer_norm_epsilon": 1e-6,
        },
        "tokens": 40,
        "prefix": "",
    },
}


def random_weights(model, seed):
    """Large weights, uneven norms, real biases: an error anywhere must show in the logits."""
    for index, (name, parameter) in enumerate(sorted(model.named_parameters())):
        deviates = normal([seed, index], tuple(parameter.shape))
        if "ln_" in name and name.endswith("weight"):
            value = 1 + 0.2 * deviates
        elif name.endswith("bias"):
            value = 0.1 * deviates
        elif "wpe" in name or "wte" in name:
            value = 0.12 * deviates  # Small: with a tied head, each token would predict itself.
        else:
            value = 0.25 * deviates
        parameter.data.copy_(value)


def save_directory(directory, model, spec):
    """Writes config.json and the weights under the names and in the layout that `spec` asks for."""
    directory.mkdir(parents=True, exist_ok=True)
    dtype = spec.get("dtype", torch.float32)
    model.config.dtype = dtype
    model.config.architectures = ["GPT2LMHeadModel"]
    model.config.save_pretrained(directory)
    tensors = {}
    for name, value in sorted(model.state_dict().items()):
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        tensors[name.replace("transformer.", spec["prefix"])] = value.to(dtype).clone()
    if spec.get("buffers"):
        positions = model.config.n_positions
        mask = torch.tril(torch.ones(positions, positions)).view(1, 1, positions, positions)
        for layer in range(model.config.n_layer):
            tensors[f"{spec['prefix']}h.{layer}.attn.bias"] = mask.clone()
            tensors[f"{spec['prefix']}h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    shards = spec.get("shards", 1)
    if shards == 1:
        save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
        return
    names = sorted(tensors)
    weight_map = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        part = names[shard::shards]  # Interleaved: the parts of one layer lie in different files.
        save_file({n: tensors[n] for n in part}, directory / file, metadata={"format": "pt"})
        weight_map |= {name: file for name in part}
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": weight_map}
    write_json(directory / "model.safetensors.index.json", index)


def load(directory):
    """The directory as transformers loads it, in float32 and evaluation mode."""
    model = GPT2LMHeadModel.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager"
    )
    return model.eval()


@torch.no_grad()
def greedy(model, prompt, count):
    """Argmax continuation, or None where a near tie could be decided by rounding."""
    tokens = list(prompt)
    for _ in range(count):
        top = model(torch.tensor([tokens])).logits[0, -1].topk(2)
        if top.values[0] - top.values[1] < 5e-3:
            return None
        tokens.append(int(top.indices[0]))
    continuation = tokens[len(prompt):]
    generated = model.generate(
        torch.tensor([list(prompt)]), max_new_tokens=count, do_sample=False, pad_token_id=0,
        eos_token_id=None, attention_mask=torch.ones(1, len(prompt), dtype=torch.int64),
    )[0, len(prompt):]
    assert continuation == generated.tolist(), "generate with its cache disagrees"
    return torch.tensor(continuation)


def first_telling_model(directory, spec):
    """Tries seeds in turn until the greedy continuation is varied and free of near ties."""
    config = GPT2Config(bos_token_id=0, eos_token_id=0, **spec["config"])
    for seed in range(100):
        model = GPT2LMHeadModel(config)
        random_weights(model, seed)
        save_directory(directory, model, spec)
        model = load(directory)
        tokens = integers(1000 + seed, config.vocab_size, spec["tokens"])
        continuation = greedy(model, tokens[:PROMPT].tolist(), CONTINUATION)
        if continuation is not None and len(continuation.unique()) >= 8:
            return model, tokens, continuation
    raise AssertionError(f"{directory.name}: no seed below 100 gives a telling continuation")


@torch.no_grad()
def make():
    for name, spec in MODELS.items():
        directory = DATA / "gpt2" / name
        model, tokens, continuation = first_telling_model(directory, spec)
        out = model(tokens[None], output_hidden_states=True)
        expected = {"input_ids": tokens, "logits": out.logits[0]}
        for layer, hidden in enumerate(out.hidden_states):
            expected[f"hidden.{layer}"] = hidden[0]
        expected["greedy_prompt"] = tokens[:PROMPT]
        expected["greedy"] = continuation
        exact = model.double()(tokens[None]).logits[0]
        assert (exact - out.logits[0]).abs().max() < 2e-5, "float32 is too far from float64"
        write_tensors(directory / "expected.safetensors", expected)
        print(f"gpt2/{name}: greedy {continuation.tolist()}")
