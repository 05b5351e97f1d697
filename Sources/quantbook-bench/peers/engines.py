"""Prefill and decode beside other engines: what bench.py measures, and the rows made of it."""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from verdict import at_least, at_most

OURS = {
    "float32": "", "int8": "--format int8", "int8-int8": "--format int8 --compute int8",
    "selective": "--format int8 --compute int8 --only 'h.*.attn.*' --only 'h.*.mlp.*' --rest float16",
    "llmInt8": "--format llmInt8", "fp4": "--format fp4", "nf4": "--format nf4",
    "fp4-int8": "--format fp4 --compute int8", "nf4-int8": "--format nf4 --compute int8",
    "nf4-head8": "--format nf4 --int8-head", "fp4-head8": "--format fp4 --int8-head",
    "nf4-int8-head8": "--format nf4 --compute int8 --int8-head",
    "fp4-int8-head8": "--format fp4 --compute int8 --int8-head",
}
PEERS = ("torch-fp32", "torch-int8dyn", "bnb-int8", "bnb-fp4", "bnb-nf4", "onnx-fp32", "onnx-int8",
         "llama-f32", "llama-q8_0", "llama-q4_0", "llama-iq4_nl")
PREFILLS = ("prefill 32", "prefill 128", "prefill 512", "prefill 1024")
LONG = PREFILLS[1:]
DECODE = ("decode 128",)
# What, our worker, the peers, the tests, the least speed over the best of the peers.
TARGETS = [
    ("FP32 prefill", "float32", ("onnx-fp32", "llama-f32", "torch-fp32"), PREFILLS, 1.0),
    ("FP32, logits of all tokens", "float32", ("onnx-fp32", "torch-fp32"), ("prefill 1024 all",), 1.0),
    ("INT8 prefill, compute int8", "int8-int8", ("onnx-int8", "torch-int8dyn"), LONG, 1.0),
    ("LLM.int8 prefill", "llmInt8", ("bnb-int8",), LONG, 1.3),
    ("NF4 prefill, exact, over our FP32", "nf4", ("float32",), LONG, 1.0),
    ("FP4 prefill, exact, over our FP32", "fp4", ("float32",), LONG, 1.0),
    ("NF4 prefill, compute int8", "nf4-int8", ("llama-iq4_nl",), LONG, 1.0),
    ("NF4 prefill, compute int8", "nf4-int8", ("bnb-nf4",), LONG, 1.2),
    ("FP32 decode", "float32", ("llama-f32",), DECODE, 1.05),
    ("LLM.int8 decode", "llmInt8", ("bnb-int8",), DECODE, 4.0),
    ("FP4 decode", "fp4", ("bnb-fp4",), DECODE, 4.0),
    ("NF4 decode", "nf4", ("bnb-nf4",), DECODE, 4.0),
    ("INT8 decode, head INT8", "int8", ("llama-q8_0", "onnx-int8"), DECODE, 1.2),
    ("NF4 decode, head INT8, exact", "nf4-head8", ("llama-q4_0",), DECODE, 1.2),
    ("FP4 decode, head INT8, exact", "fp4-head8", ("llama-q4_0",), DECODE, 1.2),
    # As llama.cpp does it: activations in INT8 too.
    ("NF4 decode, head INT8, compute int8", "nf4-int8-head8", ("llama-q4_0",), DECODE, 1.2),
    ("FP4 decode, head INT8, compute int8", "fp4-int8-head8", ("llama-q4_0",), DECODE, 1.2),
]
# After over before at the report's prompt of 128 tokens, and the most that is aimed at.
OWN = [
    ("whole, prefill 128", "int8-int8", "prefill 128", 0.64),
    ("selective, prefill 128", "selective", "prefill 128", 0.71),
    ("8-bit, prefill 128", "llmInt8", "prefill 128", 0.71),
    ("4-bit by compute int8, prefill 128", "fp4-int8", "prefill 128", 0.75),
    ("NF4 by compute int8, prefill 128", "nf4-int8", "prefill 128", 0.40),
    *[(f"{name}, decode", name, "decode 128", 0.40) for name in ("int8", "selective", "llmInt8", "fp4", "nf4")],
]
# Of the peak of FP32 multiply-adds at prefill 512.
PEAK_AIM = 0.78


def worker(bench, program, work, name):
    """The command of one of OURS. Quantized ones map one file, so that all fit into memory."""
    model = work / "gpt2-random"
    source = f"--model {model}" if OURS[name] and model.exists() else ""
    return f"{program} worker --threads {bench.THREADS} {OURS[name]} {source}"


def measure(bench, program, work, isa, rounds):
    """What bench.py finds with our workers beside the peers, and the operations of an FP32 prefill."""
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "figures.json"
        command = [sys.executable, bench.__file__, str(work), "--isa", isa, "--quick", "--rounds", str(rounds),
                   "--only", f"^({'|'.join(PEERS)})$", "--json", str(target)]
        for name in OURS:
            command += ["--add", f"{name}={worker(bench, program, work, name)}"]
        subprocess.run(command, check=True, stdout=sys.stderr)
        return json.loads(target.read_text()) | {"flops_512": bench.prefill_flops(512, "last")}


def render(result):
    describe(result)
    render_speeds(result)
    render_own(result)
    render_peak(result)


def peak(result):
    """The best rate of FP32 multiply-adds in the run, GFLOP/s."""
    keys = ["fma_f32_avx2_2t"] + ["fma_f32_avx512_2t"] * (result["isa"] == "native")
    return max(probe.get(key, 0) for probe in result["probe"] for key in keys)


def ratios(result, ours, peer, test):
    """Peer's time over ours, within each round."""
    a, b = (result["by_round"].get(name, {}).get(test, []) for name in (ours, peer))
    return [y / x for x, y in zip(a, b)]


def time(result, name, test):
    return statistics.median(result["by_round"][name][test])


def describe(result):
    machine = result["machine"]
    print(f"{machine['model name']}, {machine['cores']} cores, {' '.join(machine['flags'])}; {machine['time']}; "
          f"{result['rounds']} rounds, medians of ratios within a round. FP32 multiply-add {peak(result):.0f} "
          f"GFLOP/s; read {statistics.median(result['reads']):.1f} GB/s.")


def render_speeds(result):
    print("\n| what | test | best peer | ours, ms | peer, ms | speed | aim | |\n"
          "|---|---|---|---:|---:|---:|---:|---|")
    for what, ours, peers, tests, aim in TARGETS:
        for test in tests:
            known = [(statistics.median(r), p) for p in peers if (r := ratios(result, ours, p, test))]
            if not known:
                print(f"| {what} | {test} | {' or '.join(peers)}: none ran | | | | ≥ {aim:.2f} | |")
            else:
                ratio, peer = min(known)
                print(f"| {what} | {test} | {peer} | {time(result, ours, test):.1f} | "
                      f"{time(result, peer, test):.1f} | {at_least(ratio, aim)} |")


def render_own(result):
    print("\n| after over before, ours | ratio | aim | |\n|---|---:|---:|---|")
    for what, ours, test, aim in OWN:
        print(f"| {what} | {at_most(1 / statistics.median(ratios(result, ours, 'float32', test)), aim)} |")


def render_peak(result):
    share = result["flops_512"] / (time(result, "float32", "prefill 512") * 1e6) / peak(result)
    print("\n| of the limit of multiply-adds | ms | share | aim | |\n|---|---:|---:|---:|---|\n"
          f"| FP32 prefill 512 | {time(result, 'float32', 'prefill 512'):.1f} | "
          f"{at_least(share, PEAK_AIM, '.0%')} |")
