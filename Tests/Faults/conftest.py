"""The command in a folder of its own, with faults of the system: see inject.c."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUANTBOOK = pathlib.Path(os.environ.get("QUANTBOOK", ROOT / ".build/release/quantbook")).resolve()
TEMPORARY = ".quantbook-tmp"

NOTEBOOK = """\
---
title: Faults
---

```{load}
#| label: base
model: starter
```

```{quantize}
#| label: small
of: base
scheme: nf4
only: "h.0.mlp.*"
```

```{corpus}
#| label: text
text: tiny.txt
```

```{evaluate}
#| label: ppl
of: [base, small]
corpus: text
metrics: perplexity
perplexity: {window: 32, stride: 32}
```

Perplexity {{ ppl.base.perplexity.after }} and {{ ppl.small.perplexity.after }}.
"""
OUTPUTS = ("tiny.html", "tiny.md", "tiny.results.json")


class Workplace:
    """A notebook, its text, its reports and a cache."""

    def __init__(self, folder):
        self.folder = folder
        self.output = folder / "out"
        self.cache = folder / "cache"

    @classmethod
    def new(cls, folder):
        folder.mkdir()
        (folder / "tiny.md").write_text(NOTEBOOK)
        (folder / "tiny.txt").write_text(" ".join(map(str, range(60))))
        return cls(folder)

    def copy(self, folder):
        shutil.copytree(self.folder, folder)
        return Workplace(folder)

    def command(self, *arguments, **variables):
        environment = os.environ | {"QUANTBOOK_CACHE": str(self.cache)} | variables
        return [str(QUANTBOOK), *arguments], environment

    def run(self, *arguments, **variables):
        command, environment = self.command(*(arguments or ("run", "tiny.md", "-o", "out")), **variables)
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120)

    def change(self):
        """A text with other figures, so that everything is computed and written anew."""
        (self.folder / "tiny.txt").write_text(" ".join(map(str, range(7, 67))))

    def reports(self):
        return {name: (self.output / name).read_bytes() for name in OUTPUTS}

    def left_over(self):
        return sorted(str(path) for path in self.folder.rglob("*" + TEMPORARY))


@pytest.fixture(scope="session")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("shim") / "inject.so"
    source = pathlib.Path(__file__).with_name("inject.c")
    subprocess.run(["cc", "-O1", "-fPIC", "-shared", "-o", library, source, "-ldl"], check=True)
    return str(library)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A workplace whose reports are there, and whose text has changed since."""
    place = Workplace.new(tmp_path_factory.mktemp("finished") / "place")
    run = place.run()
    assert run.returncode == 0, run.stderr
    place.change()
    return place


@pytest.fixture(scope="session")
def renewed(finished, tmp_path_factory):
    """What the reports are after the next run, whenever it comes: figures alone, not when they were made."""
    place = finished.copy(tmp_path_factory.mktemp("renewed") / "place")
    assert place.run().returncode == 0
    return figures(place)


def figures(place):
    import json

    cells = json.loads((place.output / "tiny.results.json").read_text())["cells"]
    return json.dumps(cells["ppl"]["value"], sort_keys=True)


@pytest.fixture
def calls(finished, shim, tmp_path):
    """The names of the calls that a run makes to change files, in their order."""
    place = finished.copy(tmp_path / "counted")
    log = tmp_path / "log"
    run = place.run(LD_PRELOAD=shim, FAULT_LOG=str(log))
    assert run.returncode == 0, run.stderr
    return log.read_text().split()
