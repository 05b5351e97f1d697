#!/usr/bin/env python3
"""Runs the peers' benchmark with Quantbook's workers beside them and prints the ratios aimed at.

    targets.py BENCH PROGRAM [WORKDIR] [--isa both|native|avx2] [--rounds N] [--json FILE]
    targets.py --render FILE

BENCH is the peers' bench.py, WORKDIR what its setup.sh made, PROGRAM our quantbook-bench. `both` is native
alone where that is AVX2. --json keeps all figures, --render prints the tables of such a file. The text and
the tokenizer of GPT-2 are taken from `../data` of BENCH's folder.
"""

import argparse
import importlib.util
import json
import pathlib
import sys
import tempfile

import engines
import others
import perplexity
import reading


def imported(path):
    """bench.py as a module: its workers, its count of operations."""
    spec = importlib.util.spec_from_file_location("bench", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def instruction_sets(name):
    if name != "both":
        return [name]
    return ["native", "avx2"] if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text() else ["native"]


def measure(args):
    bench = imported(args.bench.resolve())
    program = args.program.resolve()
    data = args.bench.resolve().parent.parent / "data"
    figures = {"by_isa": {}, "others": others.measure(program, sys.executable, data)}
    for isa in instruction_sets(args.isa):
        figures["by_isa"][isa] = {
            part.__name__: part.measure(bench, program, args.work, isa, args.rounds)
            for part in (engines, reading, perplexity)
        }
    return figures


def render(figures):
    for isa, parts in figures["by_isa"].items():
        print(f"**{isa}**\n")
        engines.render(parts["engines"])
        reading.render(parts["reading"])
        perplexity.render(parts["perplexity"])
        print()
    others.render(figures["others"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", nargs="?", type=pathlib.Path)
    parser.add_argument("program", nargs="?", type=pathlib.Path)
    parser.add_argument("work", nargs="?", type=pathlib.Path,
                        default=pathlib.Path(tempfile.gettempdir()) / "quantbook-peers")
    parser.add_argument("--isa", choices=("both", "native", "avx2"), default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--render", type=pathlib.Path)
    args = parser.parse_args()
    if args.render:
        return render(json.loads(args.render.read_text()))
    if not (args.bench and args.program):
        parser.error("BENCH and PROGRAM are missing")
    figures = measure(args)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")
    render(figures)


if __name__ == "__main__":
    main()
