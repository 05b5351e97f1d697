#!/usr/bin/env bash
# Makes a virtual environment with the pinned peers. Safe to run again.
#
#   Tests/Fixtures/setup.sh [VENV]      default: .venv-fixtures in the repository's root
#   .venv-fixtures/bin/python Tests/Fixtures/make.py
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${1:-$here/../../.venv-fixtures}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet -r "$here/requirements.txt"
