"""Decode beside the rate at which memory can be read, both taken in turn, some 30 ms each.

Memory of a shared machine can change its rate by half within seconds: a share is the median of those of
pieces of 8 tokens, each beside the reading around it.
"""

import shlex
import statistics

import engines
from verdict import at_least

CONTEXT, TOKENS = 128, 64
# The share aimed at, and for which: the report's formats.
AIM, AIMED = 0.80, ("float32", "int8", "llmInt8", "fp4", "nf4")


def measure(bench, program, work, isa, rounds):
    """By worker: bytes of a token, and of each piece of tokens ms of one and GB/s of reading around it."""
    env = bench.AVX2_ENV if isa == "avx2" else {}
    found = {name: {"ms": [], "reads": []} for name in engines.OURS}
    for name, figures in found.items():
        worker = bench.Worker(shlex.split(engines.worker(bench, program, work, name)), env)
        for _ in range(3 * rounds):
            reply = worker.ask(op="share", context=CONTEXT, tokens=TOKENS)
            figures["ms"] += reply["ms"]
            figures["reads"] += [2 / (1 / a + 1 / b) for a, b in zip(reply["reads"], reply["reads"][1:])]
            figures["bytes"] = reply["bytes"]
        figures["weights"] = worker.ask(op="memory")["stream_bytes"]
        worker.close()
    return found


def render(found):
    print(f"\n| decode from context {CONTEXT} | ms | read, MB | GB/s | could be read, GB/s | share | aim | | by weights alone |\n"
          "|---|---:|---:|---:|---:|---:|---:|---|---:|")
    median = statistics.median
    for name, figures in found.items():
        size = figures["bytes"] / 1e6
        share = median(size / ms / read for ms, read in zip(figures["ms"], figures["reads"]))
        verdict = at_least(share, AIM, ".0%") if name in AIMED else f"{share:.0%} | |"
        print(f"| {name} | {median(figures['ms']):.2f} | {size:.1f} | {size / median(figures['ms']):.1f} | "
              f"{median(figures['reads']):.1f} | {verdict} | {share * figures['weights'] / figures['bytes']:.0%} |")
