import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Sources/Distribution"))


@pytest.fixture(scope="session")
def quantbook():
    return pathlib.Path(os.environ.get("QUANTBOOK", ROOT / ".build/release/quantbook")).resolve()
