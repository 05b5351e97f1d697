"""What large notebooks, many notebooks, a full cache and a long watch cost: `make test-load`.

Nothing here depends on how fast the machine is: times are of the processor, and judged by how they grow; they
are printed for docs/performance.md.
"""

import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

QUANTBOOK = os.environ.get("QUANTBOOK", ".build/release/quantbook")


def run(folder, *arguments, status=0):
    """Runs the command; gives the seconds of processor time, and the most MiB that were resident."""
    environment = os.environ | {"QUANTBOOK_CACHE": str(folder / "cache"), "NO_COLOR": "1"}
    with open(folder / "errors.txt", "w+") as errors:
        process = subprocess.Popen(
            [Path(QUANTBOOK).resolve(), *arguments], cwd=folder, env=environment, stdout=errors,
            stderr=errors)
        _, code, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
        errors.seek(0)
        assert process.returncode == status, errors.read()[-3000:]
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def notebook(cells, expressions, title="Large"):
    """Published figures, a table of each tenth, and prose with expressions between them."""
    parts = [f"---\ntitle: {title}\n---\n\n# Figures\n"]
    for index in range(cells):
        if index % 10 == 9:
            parts.append(
                f"```{{plot-table}}\n#| label: tbl-{index}\n#| tbl-cap: Table {index}.\nfrom: p{index - 1}\n"
                "columns: [a, b]\nrows: [{label: Bits, value: bits}]\n```\n")
        else:
            parts.append(
                f"```{{published}}\n#| label: p{index}\nsource: A paper\ncolumns: [a, b]\n"
                f"rows: {{bits: [{index}, 8]}}\n```\n")
        if index * expressions // cells != (index + 1) * expressions // cells:
            parts.append(f"Of *{index}* it has {{{{ p{index - index % 10}.a.bits | round }}}} bits.\n")
    return "\n".join(parts)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("check", ["check", "n.md"]), ("render", ["run", "n.md", "-q", "-o", "out", "--to", "html,md,json"])])
def test_time_grows_as_a_notebook_does(tmp_path, name, arguments):
    times = {}
    for cells in (2000, 8000):
        (tmp_path / "n.md").write_text(notebook(cells, cells // 4))
        run(tmp_path, *arguments)
        times[cells], memory = min(run(tmp_path, *arguments) for _ in range(3))
        print(f"\n{name}: {cells} cells, {cells // 4} expressions: {times[cells]:.2f} s, {memory:.0f} MiB")
    # Four times the notebook; the square would be sixteen.
    assert times[8000] < 8 * times[2000]


def test_memory_does_not_grow_with_the_notebooks_of_a_site(tmp_path):
    memory = {}
    for count in (10, 100):
        folder = tmp_path / str(count)
        (folder / "notebooks").mkdir(parents=True)
        for index in range(count):
            (folder / "notebooks" / f"n{index}.md").write_text(notebook(100, 50, f"Number {index}"))
        seconds, memory[count] = run(folder, "publish", "notebooks", "-o", "site", "-q")
        print(f"\npublish: {count} notebooks: {seconds:.2f} s, {memory[count]:.0f} MiB")
        assert len(list((folder / "site").rglob("*.html"))) >= count
    assert memory[100] < memory[10] + 60


def test_entries_of_the_cache_cost_nothing_until_they_are_used(tmp_path):
    (tmp_path / "n.md").write_text(notebook(100, 50))
    run(tmp_path, "run", "n.md", "-q")
    cache = tmp_path / "cache"
    alone = min(run(tmp_path, "run", "n.md", "-q")[0] for _ in range(3))
    for index in range(10_000):
        key = f"{random.getrandbits(256):064x}"
        (cache / key[:2]).mkdir(parents=True, exist_ok=True)
        (cache / key[:2] / key[2:]).write_bytes(b"x" * 100)
    trace = tmp_path / "trace"
    environment = os.environ | {"QUANTBOOK_CACHE": str(cache)}
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=file,getdents64", "-o", trace, Path(QUANTBOOK).resolve(), "run", "n.md", "-q"],
        cwd=tmp_path, env=environment, check=True)
    touched = [line for line in trace.read_text().splitlines() if str(cache) in line]
    full = min(run(tmp_path, "run", "n.md", "-q")[0] for _ in range(3))
    print(f"\ncache: none {alone:.3f} s, 10,000 entries {full:.3f} s, {len(touched)} calls in it")
    # Not one for a hundred entries.
    assert len(touched) < 100


class Watched:
    """A running watch or preview, and what it holds."""

    def __init__(self, folder, *arguments):
        environment = os.environ | {"QUANTBOOK_CACHE": str(folder / "cache")}
        self.log = folder / "log.txt"
        self.process = subprocess.Popen(
            [Path(QUANTBOOK).resolve(), *arguments], cwd=folder, env=environment,
            stdout=open(self.log, "w"), stderr=subprocess.STDOUT)

    def runs(self):
        return self.log.read_text().count("Ctrl-C ends")

    def resident(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("command", [["run", "n.md", "--watch", "-q"], ["preview", "n.md", "--port", "0"]])
def test_memory_and_descriptors_stay_flat_under_edits(tmp_path, command):
    generator = random.Random(1)
    source = notebook(200, 100)

    def edited():
        lines = source.split("\n")
        for _ in range(generator.randrange(1, 5)):
            place = generator.randrange(len(lines))
            choice = generator.randrange(4)
            if choice == 0:
                lines.insert(place, f"Some words, {generator.random()}.")
            elif choice == 1:
                lines.insert(place, "")
            elif choice == 2:
                del lines[place]
            else:
                lines[place] = lines[place].replace("8", str(generator.randrange(100)))
        return "\n".join(lines)

    (tmp_path / "n.md").write_text(source)
    watched = Watched(tmp_path, *command)
    until(lambda: watched.runs() >= 1)
    held = []
    for edit in range(200):
        before = watched.runs()
        # As editors save: another file takes the name. The last is whole again.
        (tmp_path / "new").write_text(source + f"\n{edit}\n" if edit % 50 == 49 else edited())
        os.replace(tmp_path / "new", tmp_path / "n.md")
        until(lambda: watched.runs() > before)
        if edit % 50 == 49:
            held.append((watched.resident(), watched.descriptors()))
    assert watched.end() == 130
    print(f"\n{command[0]}: MiB and descriptors after 50, 100, 150, 200 edits:", held)
    assert held[-1][1] <= held[0][1]
    # What the allocator keeps differs by some MiB.
    assert held[-1][0] < held[0][0] * 1.25 + 20
