"""Calls that fail: a message, an exit code, and nothing lost."""

import errno
import os
import pathlib
import signal
import subprocess
import time

import pytest

from conftest import QUANTBOOK, figures


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "EDQUOT", "EROFS"])
def test_a_call_that_fails(finished, renewed, shim, calls, tmp_path, fault):
    before = finished.reports()
    failed = 0
    for number in range(1, len(calls) + 1):
        place = finished.copy(tmp_path / str(number))
        run = place.run(LD_PRELOAD=shim, FAULT=fault, FAULT_AT=str(number))
        assert run.returncode in (0, 1), f"{calls[number - 1]}: {run.stderr}"
        if run.returncode == 1:
            failed += 1
            assert "error:" in run.stderr
            assert os.strerror(getattr(errno, fault)) in run.stderr
            assert "quantbook-tmp" not in run.stderr
            assert place.reports() == before, calls[number - 1]
        else:
            assert figures(place) == renewed
        if calls[number - 1] == "unlink":
            assert place.run().returncode == 0
        assert place.left_over() == []
    assert failed > 0


def test_a_disk_that_stays_full(finished, shim, calls, tmp_path):
    before = finished.reports()
    place = finished.copy(tmp_path / "full")
    run = place.run(LD_PRELOAD=shim, FAULT="ENOSPC", FAULT_FROM="1")
    assert run.returncode == 1
    assert "No space left on device" in run.stderr
    assert place.reports() == before


@pytest.mark.parametrize("fault", ["EINTR", "short"])
def test_what_is_no_error_goes_on(finished, renewed, shim, calls, tmp_path, fault):
    for number, name in enumerate(calls, 1):
        if name not in ("write", "open", "open64", "fsync"):
            continue
        place = finished.copy(tmp_path / str(number))
        run = place.run(LD_PRELOAD=shim, FAULT=fault, FAULT_AT=str(number))
        assert run.returncode == 0, f"{name}: {run.stderr}"
        assert figures(place) == renewed


def test_a_full_file_system(finished, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder])
    if mounted.returncode != 0:
        pytest.skip("only root can mount a small file system")
    try:
        run = finished.run("run", "tiny.md", "-o", str(folder))
        assert run.returncode == 1
        assert "No space left on device" in run.stderr
        assert not list(folder.glob("*.quantbook-tmp"))
    finally:
        subprocess.run(["umount", folder], check=True)


def test_outputs_that_may_not_be_written(finished, tmp_path):
    if os.geteuid() == 0:
        run = finished.run("run", "tiny.md", "-o", "/proc/self")
    else:
        run = finished.run("run", "tiny.md", "-o", "/")
    assert run.returncode == 1
    assert "error:" in run.stderr


def test_a_full_pipe_ends_when_nobody_reads(finished):
    command, environment = finished.command("list", "cells")
    process = subprocess.Popen(
        command, cwd=finished.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=30) in (0, 1, -signal.SIGPIPE)


def test_a_full_device_for_what_is_printed(finished):
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    command, environment = finished.command("list", "cells")
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            command, cwd=finished.folder, env=environment, stdout=full, stderr=subprocess.PIPE,
            text=True)
    assert run.returncode == 1
    assert "No space left on device" in run.stderr


def test_a_text_that_goes_in_mid_run(finished, tmp_path):
    before = finished.reports()
    place = finished.copy(tmp_path / "place")
    command, environment = place.command("run", "tiny.md", "-o", "out")
    for pause in (0, 0.05, 0.1, 0.2):
        (place.folder / "tiny.txt").write_text("1 2 3 " * 40)
        process = subprocess.Popen(
            command, cwd=place.folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        time.sleep(pause)
        (place.folder / "tiny.txt").unlink(missing_ok=True)
        _, errors = process.communicate(timeout=60)
        # Read before it went, or told of.
        assert process.returncode in (0, 5, 2), errors
        assert process.returncode == 0 or "tiny.txt" in errors
    assert set(place.reports()) == set(before)


def test_a_model_that_is_shortened_in_mid_run(tmp_path):
    """SIGBUS is a message. Whether the file is touched after it was cut depends on when that was."""
    folder = tmp_path / "model"
    made = subprocess.run(
        [QUANTBOOK, "export", "starter", "-o", str(folder)], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    weights = folder / "model.safetensors"
    size = weights.stat().st_size
    notebook = tmp_path / "n.md"
    notebook.write_text("```{load}\n#| label: base\nmodel: model\n```\n\n```{corpus}\n#| label: text\ntext: t.txt\n```\n\n"
                        "```{evaluate}\n#| label: p\nof: base\ncorpus: text\nmetrics: perplexity\n"
                        "perplexity: {window: 32, stride: 1}\n```\n")
    (tmp_path / "t.txt").write_text(" ".join(map(str, range(4000))))
    process = subprocess.Popen(
        [QUANTBOOK, "run", str(notebook), "--no-cache", "-o", str(tmp_path / "out")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while str(weights) not in pathlib.Path(f"/proc/{process.pid}/maps").read_text():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.005)
    os.truncate(weights, 4096)
    _, errors = process.communicate(timeout=120)
    assert process.returncode in (1, 5), errors
    assert "model.safetensors" in errors
    assert not (tmp_path / "out/n.html").exists()
    assert size > 4096


def test_memory_that_cannot_be_mapped(finished, renewed, shim, tmp_path):
    place = finished.copy(tmp_path / "place")
    before = place.reports()
    refused = 0
    for number in range(1, 100):
        run = place.run("run", "tiny.md", "-o", "out", "--no-cache", LD_PRELOAD=shim, FAULT_MAP=str(number))
        if run.returncode == 0 and "error" not in run.stderr:
            break
        refused += 1
        assert run.returncode in (1, 5), run.stderr
        assert "emory" in run.stderr
        assert place.reports() == before
    assert 0 < refused < 99
    assert figures(place) == renewed


def test_a_disk_that_becomes_full(finished, shim, calls, tmp_path):
    """Wherever it does, the reports are the old ones or all new."""
    before = finished.reports()
    failed = 0
    # A move takes no room.
    writes = [number for number, name in enumerate(calls, 1) if name in ("open", "write", "fsync")]
    for number in writes[-9:]:
        place = finished.copy(tmp_path / str(number))
        run = place.run(LD_PRELOAD=shim, FAULT="ENOSPC", FAULT_FROM=str(number))
        failed += run.returncode == 1
        after = place.reports()
        assert after == before if run.returncode else all(after[name] != before[name] for name in before)
    assert failed > 0


def test_one_of_two_results_is_there_whole(finished, tmp_path):
    places = [finished.copy(tmp_path / str(number)) for number in range(4)]
    for number, place in enumerate(places):
        notebook = place.folder / "tiny.md"
        notebook.write_text(notebook.read_text().replace("title: Faults", f"title: Faults of {number}"))
    output = tmp_path / "out"
    runs = []
    for place in places:
        command, environment = place.command("run", "tiny.md", "-q", "-o", str(output))
        runs.append(subprocess.Popen(command, cwd=place.folder, env=environment, stderr=subprocess.PIPE))
    for run in runs:
        assert run.communicate(timeout=120) == (None, b"")
        assert run.returncode == 0
    texts = [path.read_text() for path in sorted(output.iterdir())]
    assert len(texts) == 3
    assert any(all(f"Faults of {number}" in text for text in texts) for number in range(4))


def test_two_runs_at_once(finished, renewed, tmp_path):
    place = finished.copy(tmp_path / "place")
    command, environment = place.command("run", "tiny.md", "-o", "out")
    runs = [
        subprocess.Popen(command, cwd=place.folder, env=environment, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for run in runs:
        _, errors = run.communicate(timeout=120)
        assert run.returncode == 0, errors
    assert figures(place) == renewed
    assert place.left_over() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_tidily(finished, tmp_path, number):
    before = finished.reports()
    place = finished.copy(tmp_path / "place")
    (place.folder / "tiny.txt").write_text(" ".join(map(str, range(20000))))
    command, environment = place.command("run", "tiny.md", "-o", "out")
    process = subprocess.Popen(
        command, cwd=place.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)
    time.sleep(0.5)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == (129 if number == signal.SIGHUP else 130)
    assert "interrupted" in errors
    assert place.reports() == before
    assert place.left_over() == []


def test_an_interrupt_keeps_what_was_generated():
    main, terminal = os.openpty()
    process = subprocess.Popen(
        [QUANTBOOK, "generate", "starter", "The sea", "-n", "1000"],
        stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    said = b""
    while b"The sea" not in said or len(said.partition(b"The sea")[2]) < 40:
        said += os.read(main, 1000)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            piece = os.read(main, 1000)
        except OSError:  # How a terminal without its other side ends.
            break
        if not piece:
            break
        said += piece
    assert process.wait(timeout=30) == 130
    text = said.partition(b"The sea")[2]
    assert b"\x1b[K" not in text
    lines = text.decode().replace("\r", "").rstrip("\n").split("\n")
    assert lines[-1] == "interrupted"
    assert "tokens a second" in lines[-2] and "prompt of 2 tokens" in lines[-2]


def test_nohup_is_heeded(finished, tmp_path):
    place = finished.copy(tmp_path / "place")
    (place.folder / "tiny.txt").write_text(" ".join(map(str, range(2000))))
    command, environment = place.command("run", "tiny.md", "-o", "out")
    process = subprocess.Popen(
        ["nohup", *command], cwd=place.folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(0.3)
    process.send_signal(signal.SIGHUP)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_input_and_outputs(finished, renewed, tmp_path, closed):
    """No file of ours gets their numbers: nothing of what is printed lands in it."""
    place = finished.copy(tmp_path / "place")
    command, environment = place.command("run", "tiny.md", "-o", "out")
    run = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *command], cwd=place.folder, env=environment)
    assert run.returncode == 0
    assert figures(place) == renewed
    printed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", str(QUANTBOOK), "list", "cells"],
                             capture_output=True, text=True)
    assert printed.returncode == 1
    assert "cannot write to standard output" in printed.stderr
