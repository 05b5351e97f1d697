"""What else is aimed at: quantizing, tokenizing, the first token, memory. Each is a subcommand of ours."""

import json
import subprocess

from verdict import at_least, at_most

MEBIBYTE = 1 << 20


def measure(program, python, data):
    """The subcommands' JSON by their name. `python` has the peers, `data` a tokenizer and a text."""
    commands = {
        "quantize": ["--python", python],
        "tokenize": ["--tokenizer", data / "gpt2-tokenizer", "--text", data / "wikitext-2" / "wiki.test.raw",
                     "--python", python],
        "startup": [],
        "memory": [],
    }
    if not data.is_dir():
        del commands["tokenize"]
    found = {}
    for name, options in commands.items():
        command = [str(word) for word in (program, name, "--json", *options)]
        found[name] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def render(found):
    print("\n**Other targets**\n\n| what | figure | aim | |\n|---|---:|---:|---|")
    for scheme in found["quantize"]["schemes"]:
        if scheme["name"] == "nf4":
            print(f"| NF4 quantizing, speed over bitsandbytes | {at_least(scheme['ratio'], 2.0)} |")
    if "tokenize" in found:
        ratio = found["tokenize"]["ratioWhole"]
        print(f"| tokenizing on one thread, speed over tokenizers' best way | {at_least(ratio, 1.0)} |")
    else:
        print("| tokenizing | no tokenizer and text | ≥ 1.00 | |")
    print(f"| first token after process start, ms | {at_most(found['startup']['milliseconds'], 100, '.0f')} |")
    excesses = {
        "quantizing": lambda row: row["quantizingPeak"] - row["packed"],
        "computing": lambda row: row["computingPeak"] - row["packed"] - row["activations"],
    }
    for phase, excess in excesses.items():
        worst = max(found["memory"], key=excess)
        print(f"| peak memory beyond what is needed, {phase}, MiB ({worst['format']}) | "
              f"{at_most(excess(worst) / MEBIBYTE, 64, '.1f')} |")
