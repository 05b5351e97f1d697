"""SIGKILL at each call that changes a file, and at random moments: what was there stays whole.

FAULT_RUNS: how often at random, 20 unless it says otherwise.
"""

import os
import random
import shutil
import signal
import subprocess
import time

from conftest import figures


def check(place, before, renewed):
    after = place.reports()
    for name, text in after.items():
        whole = text == before[name] or text.rstrip().endswith((b"</html>", b"}", b"|"))
        assert whole, f"{name} is neither the old report nor a whole one"
    again = place.run()
    assert again.returncode == 0, again.stderr
    assert figures(place) == renewed
    assert place.left_over() == []


def test_killed_at_each_call(finished, renewed, shim, calls, tmp_path):
    before = finished.reports()
    assert "rename" in calls and "write" in calls
    for number in range(1, len(calls) + 1):
        place = finished.copy(tmp_path / str(number))
        run = place.run(LD_PRELOAD=shim, FAULT="kill", FAULT_AT=str(number))
        assert run.returncode == -signal.SIGKILL
        check(place, before, renewed)
        shutil.rmtree(tmp_path / str(number))


def test_killed_at_random(finished, renewed, tmp_path):
    before = finished.reports()
    dice = random.Random(7)
    killed = 0
    for number in range(int(os.environ.get("FAULT_RUNS", "20"))):
        place = finished.copy(tmp_path / str(number))
        command, environment = place.command("run", "tiny.md", "-o", "out")
        process = subprocess.Popen(
            command, cwd=place.folder, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        time.sleep(dice.random() * 0.4)
        process.kill()
        killed += process.wait() != 0
        check(place, before, renewed)
        shutil.rmtree(tmp_path / str(number))  # A thousand would fill a disk.
    print(f"{killed} killed before their end")
