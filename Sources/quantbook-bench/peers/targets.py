#!/usr/bin/env python3
"""Runs the peers' benchmark with Quantbook's workers beside them and prints the ratios aimed at.

    targets.py BENCH PROGRAM [WORKDIR] [--isa native|avx2] [--rounds N] [--json FILE]

BENCH is the peers' bench.py, WORKDIR what its setup.sh made, PROGRAM our quantbook-bench. With --json
the raw figures are kept; --render FILE prints the table of an earlier run.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

OURS = {
    "float32": "", "int8": "--format int8", "int8-int8": "--format int8 --compute int8",
    "llmInt8": "--format llmInt8", "fp4": "--format fp4", "nf4": "--format nf4",
    "nf4-int8": "--format nf4 --compute int8",
    "nf4-head8": "--format nf4 --int8-head", "fp4-head8": "--format fp4 --int8-head",
}
PEERS = ("torch-fp32", "torch-int8dyn", "bnb-int8", "bnb-fp4", "bnb-nf4", "onnx-fp32", "onnx-int8",
         "llama-f32", "llama-q8_0", "llama-q4_0", "llama-iq4_nl")
PREFILLS = ("prefill 32", "prefill 128", "prefill 512", "prefill 1024")
LONG = PREFILLS[1:]
DECODE = ("decode 128",)
# What, our worker, the peers, the tests, the least speed over the best of the peers.
TARGETS = [
    ("FP32 prefill", "float32", ("onnx-fp32", "llama-f32", "torch-fp32"), PREFILLS, 1.0),
    ("FP32 all logits (perplexity)", "float32", ("onnx-fp32", "torch-fp32"), ("prefill 1024 all",), 1.0),
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
    ("NF4 decode, head INT8", "nf4-head8", ("llama-q4_0",), DECODE, 1.2),
    ("FP4 decode, head INT8", "fp4-head8", ("llama-q4_0",), DECODE, 1.2),
]
# After over before at the report's prompt of 128 tokens, and the most that is aimed at.
OWN = [
    ("whole, prefill 128", "int8-int8", "prefill 128", 0.64),
    ("8-bit, prefill 128", "llmInt8", "prefill 128", 0.71),
    ("NF4 by compute int8, prefill 128", "nf4-int8", "prefill 128", 0.40),
    *[(f"{name}, decode", name, "decode 128", 0.40) for name in ("int8", "llmInt8", "fp4", "nf4")],
]


def measure(bench, program, work, isa, rounds, target):
    command = [sys.executable, bench, *([work] if work else []), "--isa", isa, "--quick",
               "--rounds", str(rounds), "--only", f"^({'|'.join(PEERS)})$", "--json", target]
    for name, options in OURS.items():
        command += ["--add", f"{name}={program} worker {options}"]
    subprocess.run(command, check=True, stdout=sys.stderr)


def render(result):
    rounds = result["by_round"]

    def ratios(ours, peer, test):
        """Peer's time over ours, within each round."""
        a, b = (rounds.get(name, {}).get(test, []) for name in (ours, peer))
        return [y / x for x, y in zip(a, b)]

    probe = result["probe"][0]
    isa = "AVX2" if result["isa"] == "avx2" else "native"
    flags = " ".join(result["machine"]["flags"])
    print(f"{result['machine']['model name']}, {result['machine']['cores']} cores, "
          f"{isa} ({flags}); {result['machine']['time']}; {result['rounds']} rounds, medians of "
          f"ratios within a round. FP32 multiply-add {probe.get('fma_f32_avx2_2t', 0):.0f} G/s by "
          f"AVX2, {probe.get('fma_f32_avx512_2t', 0):.0f} by AVX-512; read "
          f"{statistics.median(result['reads']):.1f} GB/s.\n")
    print("| what | test | best peer | ours, ms | peer, ms | speed | aim | |\n"
          "|---|---|---|---:|---:|---:|---:|---|")
    median = statistics.median
    for what, ours, peers, tests, aim in TARGETS:
        for test in tests:
            known = [(median(r), p) for p in peers if (r := ratios(ours, p, test))]
            if not known:
                continue
            ratio, peer = min(known)
            print(f"| {what} | {test} | {peer} | {median(rounds[ours][test]):.1f} | "
                  f"{median(rounds[peer][test]):.1f} | {ratio:.2f} | ≥ {aim:.2f} | "
                  f"{'pass' if ratio >= aim else '**short**'} |")
    print("\n| after over before, ours | ratio | aim | |\n|---|---:|---:|---|")
    for what, ours, test, aim in OWN:
        ratio = 1 / median(ratios(ours, "float32", test))
        print(f"| {what} | {ratio:.2f} | ≤ {aim:.2f} | {'pass' if ratio <= aim else '**short**'} |")
    print("\n| decode at 128 | ms | bytes read, MB | GB/s | of the read limit |\n|---|---:|---:|---:|---:|")
    limit = median(result["reads"])
    for name in OURS:
        size = result["memory"].get(name, {}).get("stream_bytes", 0) / 1e6
        time = median(rounds[name]["decode 128"])
        share = size / time / limit
        print(f"| {name} | {time:.2f} | {size:.1f} | {size / time:.1f} | {share:.0%} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", nargs="?")
    parser.add_argument("program", nargs="?")
    parser.add_argument("work", nargs="?")
    parser.add_argument("--isa", choices=("native", "avx2"), default="native")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--render", type=pathlib.Path)
    args = parser.parse_args()
    if args.render:
        return render(json.loads(args.render.read_text()))
    if not (args.bench and args.program):
        parser.error("BENCH and PROGRAM are missing")
    with tempfile.TemporaryDirectory() as folder:
        target = args.json or pathlib.Path(folder) / "figures.json"
        measure(args.bench, args.program, args.work, args.isa, args.rounds, target)
        render(json.loads(target.read_text()))


if __name__ == "__main__":
    main()
