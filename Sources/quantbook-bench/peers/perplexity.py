"""One window of a perplexity, FP32: ours beside engines that give the logits of every token."""

import statistics
import sys

from verdict import at_least

WINDOW = 1024
# How many tokens of the window are scored: by half a window's stride, or as many as there are.
SCORED = {"ours": 512, "ours, all": WINDOW - 1}
PEERS = ("onnx-fp32", "torch-fp32")
AIM = 1.0


def measure(bench, program, work, isa, rounds):
    """Milliseconds of each round, by worker. ONNX Runtime cannot be held to an instruction set."""
    env = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(bench.THREADS), "MKL_NUM_THREADS": str(bench.THREADS)}
    if isa == "avx2":
        env |= bench.AVX2_ENV
    workers = {"ours": bench.Worker([str(program), "worker", "--threads", str(bench.THREADS)], env)}
    for peer in PEERS:
        if isa == "native" or peer != "onnx-fp32":
            command = [sys.executable, bench.__file__, "--worker", peer, str(work)]
            workers[peer] = bench.Worker(command, env)
    requests = {name: ("ours", {"op": "perplexity", "scored": count}) for name, count in SCORED.items()}
    requests |= {peer: (peer, {"op": "prefill", "logits": "all"}) for peer in workers if peer != "ours"}
    times = {name: [] for name in requests}
    for _ in range(rounds):
        for name, (worker, request) in requests.items():
            reply = workers[worker].ask(tokens=WINDOW, seconds=0, least=1, **request)
            times[name].append(statistics.median(reply["ms"]))
    for worker in workers.values():
        worker.close()
    return times


def render(times):
    print(f"\n| perplexity, a window of {WINDOW} | ours, ms | peer, ms | speed | aim | |\n"
          "|---|---:|---:|---:|---:|---|")
    median = statistics.median
    for peer in (peer for peer in PEERS if peer in times):
        for name, count in SCORED.items():
            ratio = median(b / a for a, b in zip(times[name], times[peer]))
            aimed = peer == "onnx-fp32" and name == "ours"
            print(f"| {count} scored, beside {peer}'s logits of all | {median(times[name]):.0f} | "
                  f"{median(times[peer]):.0f} | {at_least(ratio, AIM) if aimed else f'{ratio:.2f} | |'} |")
