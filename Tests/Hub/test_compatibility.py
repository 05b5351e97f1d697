"""quantbook and huggingface_hub share one cache."""

import sys
import threading
import time

import pytest

from conftest import NAME, QUANTBOOK

WEIGHTS = "model.safetensors"
FETCH = f"""
    from huggingface_hub import hf_hub_download
    for file in {{files}}:
        path = hf_hub_download("{NAME}", file)
    print(path)
"""


def hub_fetches(user, files, **variables):
    user.python(FETCH.format(files=sorted(files)), **variables)


def test_what_huggingface_hub_fetched_is_used_offline(user, hub, files):
    hub_fetches(user, files)
    before = len(hub.log)
    done = user.quantbook("run", "notebook.md", "-q", "--offline")
    assert done.returncode == 0, done.stderr
    done = user.quantbook("download", NAME, HF_HUB_OFFLINE="1")
    assert done.stdout.strip() == str(user.repository / "snapshots" / hub.repos[NAME].commit)
    assert len(hub.log) == before


def test_what_snapshot_download_fetched_is_used_offline(user, hub):
    user.python(f'from huggingface_hub import snapshot_download; snapshot_download("{NAME}")')
    done = user.quantbook("run", "notebook.md", "-q", "--offline")
    assert done.returncode == 0, done.stderr


def test_what_quantbook_fetched_is_found_by_huggingface_hub(user, hub, files):
    folder = user.download()
    before = len(hub.log)
    assert user.python(f"""
        from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache
        for file in {sorted(files)}:
            path = hf_hub_download("{NAME}", file, local_files_only=True)
            assert path == try_to_load_from_cache("{NAME}", file) == "{folder}/" + file, path
        absent = try_to_load_from_cache("{NAME}", "tokenizer.json")
        assert absent is not None and not isinstance(absent, str)  # known not to exist
        assert snapshot_download("{NAME}", local_files_only=True) == "{folder}"
        (repo,) = scan_cache_dir().repos
        assert repo.repo_id == "{NAME}" and not scan_cache_dir().warnings
        (revision,) = repo.revisions
        print(revision.commit_hash, sorted(revision.refs), sorted(f.file_name for f in revision.files))
    """) == f"{folder.name} ['main'] {sorted(files)}"
    assert len(hub.log) == before


def test_what_was_fetched_anew_is_found_by_huggingface_hub(user, hub, files):
    folder = user.download()
    (folder / WEIGHTS).resolve().write_bytes(b"damaged")
    assert user.quantbook("download", NAME, "--verify").returncode == 0
    assert user.quantbook("download", NAME, "--force").returncode == 0
    before = len(hub.log)
    user.python(f"""
        from huggingface_hub import scan_cache_dir, snapshot_download
        assert snapshot_download("{NAME}", local_files_only=True) == "{folder}"
        assert not scan_cache_dir().warnings
    """)
    assert (folder / WEIGHTS).read_bytes() == files[WEIGHTS]
    assert len(hub.log) == before
    hub_fetches(user, files)
    assert not [r for r in hub.log[before:] if r["method"] == "GET"]


def test_either_completes_what_the_other_began(user, hub, files):
    hub_fetches(user, ["config.json", "vocab.json"])
    before = len(hub.log)
    user.download()
    assert not hub.requests("GET", "config.json")[1:]
    assert {f.name for f in (user.repository / "snapshots" / hub.repos[NAME].commit).iterdir()} == set(files)
    before = len(hub.log)
    hub_fetches(user, [*files, "README.md"])
    assert {r["path"].split("/")[-1].split("?")[0] for r in hub.log[before:] if r["method"] == "GET"} == {"README.md"}


def test_a_snapshot_is_completed_at_its_own_commit(user, hub):
    hub_fetches(user, ["config.json"])
    commit = hub.repos[NAME].commit
    hub.repos[NAME].update({"README.md": b"# Newer\n"})
    done = user.quantbook("run", "notebook.md", "-q")
    assert done.returncode == 0, done.stderr
    assert (user.repository / "refs/main").read_text() == commit
    assert (user.repository / "snapshots" / commit / WEIGHTS).exists()


def test_a_name_without_owner_is_found_as_huggingface_hub_keeps_it(user, hub):
    hub.repos["gpt2"] = hub.repos[NAME]
    user.python('from huggingface_hub import snapshot_download; snapshot_download("gpt2")')
    for name in ("gpt2", "openai-community/gpt2"):
        done = user.quantbook("run", "notebook.md", "-q", "--offline", "-P", f"model={name}")
        assert done.returncode == 0, done.stderr
    hub.repos["openai-community/gpt2"] = hub.repos["gpt2"]
    hub.repos["gpt2"].update({"README.md": b"# Newer\n"})
    before = len(hub.requests("GET", WEIGHTS))
    assert user.download("gpt2").parents[1].name == "models--gpt2"
    assert len(hub.requests("GET", WEIGHTS)) == before


PROGRAMS = {
    "quantbook": [QUANTBOOK, "download", NAME],
    "huggingface_hub": [
        sys.executable, "-c", f'from huggingface_hub import hf_hub_download as d; d("{NAME}", "{WEIGHTS}")'],
}


@pytest.mark.parametrize("first, second", [("quantbook", "huggingface_hub"), ("huggingface_hub", "quantbook")])
def test_one_waits_for_the_lock_of_the_other(user, hub, files, first, second):
    """Who waits finds the blob and does not fetch it."""
    hub_fetches(user, set(files) - {WEIGHTS})
    goes_on = threading.Event()
    hub.faults[WEIGHTS] = [{"waits": goes_on}]
    programs = [user.start(*PROGRAMS[first])]
    for asked, program in ((1, PROGRAMS[second]), (2, None)):
        # The first is in the midst of the weights, then the second has asked what they are.
        while len(hub.requests("HEAD", WEIGHTS)) < asked or hub.faults[WEIGHTS]:
            assert all(p.poll() is None for p in programs)
            time.sleep(0.02)
        if program:
            programs.append(user.start(*program))
    goes_on.set()
    for program in programs:
        _, errors = program.communicate(timeout=60)
        assert program.returncode == 0, errors
    assert len([r for r in hub.requests("GET", WEIGHTS) if r["where"] == "storage"]) == 1


def test_both_at_once(user, hub, files):
    programs = [user.start(QUANTBOOK, "download", NAME) for _ in range(2)]
    programs += [
        user.start(sys.executable, "-c",
                   f'from huggingface_hub import hf_hub_download as d\nfor f in {sorted(files)}: d("{NAME}", f)')
        for _ in range(2)]
    for program in programs:
        _, errors = program.communicate(timeout=120)
        assert program.returncode == 0, errors
    folder = user.repository / "snapshots" / hub.repos[NAME].commit
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == files
    assert not [b for b in user.blobs() if "incomplete" in b]
