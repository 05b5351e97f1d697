"""The command and huggingface_hub, each against a Hub of this machine (fakehub.py) with a cache of its own."""

import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

from fakehub import FakeHub, Repo

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUANTBOOK = pathlib.Path(os.environ.get("QUANTBOOK", ROOT / ".build/release/quantbook")).resolve()
FIXTURES = ROOT / "Tests/Fixtures/data"
NAME = "owner/tiny"

NOTEBOOK = """\
---
params: {model: owner/tiny}
---

```{load}
#| label: base
model: {{ params.model }}
```

The model {{ base.name }} has {{ base.layers }} layers.
"""


def model_files():
    folder = FIXTURES / "perplexity/model"
    files = {f.name: f.read_bytes() for f in folder.iterdir() if f.suffix in (".json", ".safetensors")}
    for name in ("vocab.json", "merges.txt"):
        files[name] = (FIXTURES / "tokenizer" / name).read_bytes()
    return files


@pytest.fixture(scope="session")
def files():
    return model_files()


@pytest.fixture
def hub(files):
    hub = FakeHub()
    hub.repos[NAME] = Repo(
        {**files, "README.md": b"# A model\n", "pytorch_model.bin": b"never fetched", "onnx/model.onnx": b"nor this"})
    yield hub
    hub.close()


class User:
    """A folder of notebooks, a home beside it where there is nothing yet, and the programs that are run so."""

    def __init__(self, folder, hub):
        self.folder = folder / "notebooks"
        self.folder.mkdir()
        self.home = folder / "home"
        self.home.mkdir()
        self.cache = self.home / "huggingface/hub"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "HF_HOME": str(self.home / "huggingface"),
            "HF_ENDPOINT": hub.url, "QUANTBOOK_CACHE": str(self.home / "results"), "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_XET": "1", "NO_COLOR": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        }
        (self.folder / "notebook.md").write_text(NOTEBOOK)

    def start(self, *command, **variables):
        return subprocess.Popen(
            [str(c) for c in command], cwd=self.folder, env={**self.environment, **variables}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *command, **variables):
        process = self.start(*command, **variables)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def quantbook(self, *arguments, **variables):
        return self.run(QUANTBOOK, *arguments, **variables)

    def download(self, name=NAME, **variables):
        """The folder that `quantbook download` prints."""
        done = self.quantbook("download", name, **variables)
        assert done.returncode == 0, done.stderr
        return pathlib.Path(done.stdout.strip())

    def python(self, code, **variables):
        """What a program prints that uses huggingface_hub."""
        done = self.run(sys.executable, "-c", textwrap.dedent(code), **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def repository(self):
        return self.cache / "models--owner--tiny"

    def blobs(self):
        folder = self.repository / "blobs"
        return sorted(f.name for f in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def user(tmp_path, hub):
    return User(tmp_path, hub)
