"""What quantbook fetches, and what it does when that goes wrong."""

import hashlib
import os
import shutil
import threading
import time

import pytest
import trustme

from conftest import FIXTURES, NAME, QUANTBOOK
from fakehub import TOKEN, FakeHub, Repo, git_sha1, sha256

WEIGHTS = "model.safetensors"


def contents(folder):
    return {f.name: f.read_bytes() for f in folder.iterdir()}


def test_only_what_a_model_needs_is_fetched_and_laid_out_as_the_hub_does(user, hub, files):
    folder = user.download()
    repo = hub.repos[NAME]
    assert folder == user.repository / "snapshots" / repo.commit
    assert contents(folder) == files
    assert (user.repository / "refs/main").read_text() == repo.commit
    assert user.blobs() == sorted(
        sha256(data) if name == WEIGHTS else git_sha1(data) for name, data in files.items())
    assert os.readlink(folder / WEIGHTS) == f"../../blobs/{sha256(files[WEIGHTS])}"
    assert {f.name for f in (user.repository / ".no_exist" / repo.commit).iterdir()} == {
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json"
    } - set(files)
    assert not hub.requests(part="README") and not hub.requests(part="pytorch_model")
    assert all(r["headers"]["accept-encoding"] == "identity" for r in hub.log)


def test_what_is_there_is_not_fetched_again(user, hub):
    user.download()
    before = len(hub.log)
    user.download()
    assert [r["method"] for r in hub.log[before:]] == ["GET"]  # which commit main is now
    before = len(hub.log)
    assert user.quantbook("run", "notebook.md", "-q").returncode == 0
    assert user.quantbook("download", NAME, "--offline").returncode == 0
    assert len(hub.log) == before


def test_a_run_fetches_and_its_report_says_which_commit(user, hub):
    done = user.quantbook("run", "notebook.md", "-q")
    assert done.returncode == 0, done.stderr
    report = (user.folder / "output/notebook.md").read_text()
    assert f"The model {NAME} has" in report
    assert f"{NAME} from the Hub at commit {hub.repos[NAME].commit}" in report


def test_download_follows_the_branch_and_run_stays(user, hub):
    old = user.download()
    hub.repos[NAME].update({"README.md": b"# Better\n", "tokenizer_config.json": b"{}"})
    assert user.quantbook("run", "notebook.md", "-q").returncode == 0
    assert (user.repository / "refs/main").read_text() == old.name
    new = user.download()
    assert new.name == hub.repos[NAME].commit != old.name
    assert (new / "tokenizer_config.json").read_bytes() == b"{}"
    assert user.download(f"{NAME}@{old.name}") == old


def test_check_and_status_ask_nobody(user, hub):
    assert user.quantbook("check", "notebook.md").returncode == 0
    user.quantbook("status", "notebook.md")
    assert not hub.log


def test_a_folder_comes_before_the_hub(user, hub, files):
    folder = user.folder / NAME
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = user.quantbook("run", "notebook.md", "-q")
    assert done.returncode == 0, done.stderr
    assert not hub.log
    done = user.quantbook("run", "notebook.md", "-q", "-P", f"model=hf://{NAME}")
    assert done.returncode == 0, done.stderr
    assert hub.log


def test_names_without_owner_and_renamed_repositories(user, hub):
    hub.repos["openai-community/gpt2"] = hub.repos[NAME]
    hub.moved["gpt2"] = "openai-community/gpt2"
    assert user.download("gpt2").parents[1].name == "models--openai-community--gpt2"
    hub.moved["owner/old"] = NAME
    assert user.download("owner/old").parents[1].name == "models--owner--old"


def test_revisions_by_key_and_by_name(user, hub, files):
    hub.repos[NAME].revisions |= {"v1": hub.repos[NAME].commit, "refs/pr/1": hub.repos[NAME].commit}
    text = (user.folder / "notebook.md").read_text()
    (user.folder / "keyed.md").write_text(text.replace("}}\n```", "}}\nrevision: v1\n```", 1))
    done = user.quantbook("run", "keyed.md", "-q")
    assert done.returncode == 0, done.stderr
    assert (user.repository / "refs/v1").exists() and not (user.repository / "refs/main").exists()
    user.download(f"{NAME}@refs/pr/1")
    assert (user.repository / "refs/refs/pr/1").read_text() == hub.repos[NAME].commit


def test_shards_are_found_by_their_index(user, hub, files):
    index = b'{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}'
    hub.repos["owner/sharded"] = Repo(
        {**{n: d for n, d in files.items() if n != WEIGHTS}, "model.safetensors.index.json": index,
         "model-1.safetensors": b"1" * 1000, "model-2.safetensors": b"2" * 1000, "model-3.safetensors": b"3"})
    folder = user.download("owner/sharded")
    assert {f for f in contents(folder) if f.startswith("model")} == {
        "model.safetensors.index.json", "model-1.safetensors", "model-2.safetensors"}


def test_a_large_file_comes_in_several_requests(user, hub):
    data = os.urandom(1 << 20) * 70
    hub.repos["owner/large"] = Repo({"model.gguf": data})
    assert hashlib.sha256(user.download("owner/large/model.gguf").read_bytes()).hexdigest() == sha256(data)
    assert [r["headers"].get("range") for r in hub.requests("GET") if r["where"] == "storage"] == [
        "bytes=0-67108863", "bytes=67108864-73400319"]


def test_one_gguf_file_of_many_is_a_model(user, hub):
    data = (FIXTURES / "gguf/mixed.gguf").read_bytes()
    hub.repos["owner/quantized"] = Repo({"tiny.gguf": data, "huge.gguf": b"never fetched"})
    done = user.quantbook("run", "notebook.md", "-q", "-P", "model=owner/quantized/tiny.gguf")
    assert done.returncode == 0, done.stderr
    assert f"at commit {hub.repos['owner/quantized'].commit}" in (user.folder / "output/notebook.md").read_text()
    assert not hub.requests(part="huge")
    done = user.quantbook("run", "notebook.md", "-q", "--offline", "-P", "model=owner/quantized/tiny.gguf")
    assert done.returncode == 0, done.stderr


# --- who may see the token -------------------------------------------------------------------------------

def test_the_token_goes_to_the_hub_and_not_to_its_storage(user, hub):
    hub.repos[NAME].private = True
    user.download(HF_TOKEN=TOKEN)
    assert {r["where"] for r in hub.log if "authorization" in r["headers"]} == {"hub"}
    assert {r["where"] for r in hub.log if "authorization" not in r["headers"]} == {"storage"}


def test_the_token_of_hf_auth_login_is_used(user, hub):
    hub.repos[NAME].private = True
    (user.home / "huggingface").mkdir()
    (user.home / "huggingface/token").write_text(TOKEN + "\n")
    user.download()


def test_a_proxy_of_the_environment_is_used(user, hub):
    done = user.quantbook("download", NAME, HF_ENDPOINT="http://hub.invalid", http_proxy=hub.url, no_proxy="127.0.0.1")
    assert done.returncode == 0, done.stderr
    assert hub.log[0]["path"].startswith("http://hub.invalid/api/models/")


@pytest.fixture
def secure_hub(hub):
    """The hub's repositories by https, and the certificate that vouches for it."""
    authority = trustme.CA()
    secure = FakeHub(tls=authority.issue_cert("127.0.0.1"))
    secure.repos = hub.repos
    yield secure, authority
    secure.close()


def trusting(authority, user, *command, **variables):
    """Runs a command for which the authority is all that the system trusts."""
    authority.cert_pem.write_to_path(user.folder / "ca.pem")
    system = "/etc/ssl/certs/ca-certificates.crt"
    mount = ["unshare", "-rm", "sh", "-c", f'mount --bind ca.pem {system} && exec "$@"', "sh"]
    if user.run(*mount, "true").returncode:
        pytest.skip(f"nothing can be mounted over {system} here")
    return user.run(*mount, *command, **variables)


def test_secure_connections_are_made_to_whom_is_vouched_for(user, secure_hub, files):
    secure, authority = secure_hub
    assert "certificate problem" in failure(user, NAME, HF_ENDPOINT=secure.url)
    assert not secure.log
    done = trusting(authority, user, QUANTBOOK, "download", NAME, HF_ENDPOINT=secure.url)
    assert done.returncode == 0, done.stderr
    assert {r["where"] for r in secure.log} == {"hub", "storage"}


def test_a_secure_hub_does_not_lead_to_an_insecure_server(user, hub, secure_hub):
    secure, authority = secure_hub
    secure.storage_scheme = "http"
    done = trusting(authority, user, QUANTBOOK, "download", NAME, HF_ENDPOINT=secure.url)
    assert done.returncode == 5 and "which is not secure" in done.stderr, done.stderr
    assert not [r for r in secure.log if r["where"] == "storage"]


# --- messages that say what to do ---------------------------------------------------------------------------

def failure(user, *arguments, status=5, **variables):
    done = user.quantbook("download", *arguments, **variables)
    assert done.returncode == status, done.stderr
    assert not done.stdout
    return done.stderr


def test_gated(user, hub):
    hub.repos[NAME].gated = True
    text = failure(user, NAME)
    assert f"accept them at {hub.url}/{NAME}, then log in with 'hf auth login', or set HF_TOKEN" in text
    hub.repos[NAME].gated = "not yet"
    text = failure(user, NAME, HF_TOKEN=TOKEN)
    assert f"accept them at {hub.url}/{NAME}\n" in text


def test_missing_private_and_wrong_token(user, hub):
    assert "no model 'owner/none'" in failure(user, "owner/none")
    hub.repos[NAME].private = True
    assert "if it is private, log in with 'hf auth login', or set HF_TOKEN" in failure(user, NAME)
    assert "does not accept the token" in failure(user, NAME, HF_TOKEN="hf_wrong")
    assert "has no revision 'v9'" in failure(user, NAME + "@v9", HF_TOKEN=TOKEN)
    assert "no name of a model" in failure(user, "gpt5")
    assert f"did you mean '{NAME}'?" in failure(user, f"https://huggingface.co/{NAME}")


def test_files_that_are_not_there(user, hub, files):
    hub.repos["owner/pickled"] = Repo({"config.json": files["config.json"], "pytorch_model.bin": b""})
    assert "a pickle is a program" in failure(user, "owner/pickled")
    hub.repos["owner/quantized"] = Repo({"q8.gguf": b""})
    assert "name one, as 'owner/quantized/q8.gguf'" in failure(user, "owner/quantized")
    assert "has no file 'q4.gguf'" in failure(user, "owner/quantized/q4.gguf")


def test_another_architecture_is_told_before_its_weights_come(user, hub, files):
    hub.repos["owner/llama"] = Repo({**files, "config.json": b'{"model_type": "llama"}'})
    assert "'llama'" in failure(user, "owner/llama", status=1)
    assert not hub.requests(part=WEIGHTS)


def test_offline(user, hub):
    text = failure(user, NAME, HF_HUB_OFFLINE="1")
    assert f"not in the cache {user.cache}" in text and f"run 'quantbook download {NAME}' with a network" in text
    done = user.quantbook("run", "notebook.md", "--offline")
    assert done.returncode == 5 and "QB0510" in done.stderr, done.stderr
    assert not hub.log
    folder = user.download()
    (folder / WEIGHTS).unlink()
    assert f"without {WEIGHTS}" in failure(user, NAME, "--offline")


def test_nothing_answers(user):
    text = failure(user, NAME, HF_ENDPOINT="http://127.0.0.1:9")
    assert "http://127.0.0.1:9 cannot be reached: nothing answers there" in text
    assert "--offline" not in text
    assert "no address" in failure(user, NAME, HF_ENDPOINT="huggingface.co")
    text = user.quantbook("run", "notebook.md", HF_ENDPOINT="http://127.0.0.1:9").stderr
    assert f"'quantbook download {NAME}' on a machine with a network" in text
    assert "by -P model=PATH, or starter, which ships" in text and "--offline" not in text
    user.download()
    text = failure(user, NAME, "--verify", HF_ENDPOINT="http://127.0.0.1:9")
    assert "--offline uses what the cache has" in text


def test_a_proxy_that_does_not_answer_is_named(user):
    text = failure(user, NAME, HF_ENDPOINT="http://hub.invalid", http_proxy="http://me:secret@127.0.0.1:9", no_proxy="")
    assert "http://hub.invalid cannot be reached by the proxy http://127.0.0.1:9: nothing answers" in text
    assert "look at the network, http_proxy and HF_ENDPOINT" in text and "secret" not in text


def test_answers_that_are_none(user, hub):
    for location in ["file:///etc/passwd", "javascript:alert(1)"]:
        hub.faults["api"] = [{"status": 302, "headers": {"Location": location}}] * 9
        assert "it redirects to what is no address of the web" in failure(user, NAME)
    hub.faults["api"] = [{"status": 200, "headers": {"X-Long": "a" * 10_000_000}}] * 9
    assert "its answer has a header that is too long" in failure(user, NAME)


def test_a_shorter_file_is_told_by_its_length(user, hub, files):
    hub.corrupt = {WEIGHTS: b"1234"}
    text = failure(user, NAME)
    assert f"4 bytes come as '{WEIGHTS}' of '{NAME}', which has {len(files[WEIGHTS])} on the Hub" in text


def test_a_failed_run_names_the_place_in_the_notebook(user):
    done = user.quantbook("run", "notebook.md", "-P", "model=owner/none")
    assert done.returncode == 5
    assert "QB0501" in done.stderr and "no folder is at the path 'owner/none'" in done.stderr


def test_the_key_at_fault_is_marked(user, hub):
    text = (user.folder / "notebook.md").read_text().replace("}}\n```", "}}\nrevision: nosuch\n```", 1)
    (user.folder / "keyed.md").write_text(text)
    done = user.quantbook("run", "keyed.md", "-q")
    assert "keyed.md:8:11: error:" in done.stderr and "no folder" not in done.stderr, done.stderr


# --- files of the cache that are damaged ------------------------------------------------------------------

def damage(path, change):
    """Changes what a file of a snapshot leads to."""
    path.resolve().write_bytes(change(path.read_bytes()))


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("file", [WEIGHTS, "vocab.json", "config.json"])
def test_a_file_of_another_size_is_fetched_anew(user, hub, files, file):
    folder = user.download()
    damage(folder / file, lambda data: data[:-1])
    before = len(hub.log)
    assert contents(user.download()) == files
    fetched = {r["path"].split("?")[0].split("/")[-1] for r in hub.log[before:] if r["method"] == "GET"}
    assert fetched == {file, "main"}
    assert os.readlink(folder / WEIGHTS).startswith("../../blobs/")


def test_verify_finds_what_has_the_right_size(user, hub, files):
    folder = user.download()
    for file in (WEIGHTS, "merges.txt"):
        damage(folder / file, flipped)
    user.download()
    assert contents(folder) != files
    done = user.quantbook("download", NAME, "--verify")
    assert done.returncode == 0, done.stderr
    assert contents(folder) == files
    before = len(hub.requests("GET"))
    assert user.quantbook("download", NAME, "--verify").returncode == 0
    assert len(hub.requests("GET")) == before + 1  # the list


def test_a_file_that_is_no_link_is_left_where_it_is_right(user, hub, files):
    folder = user.download()
    for file in (WEIGHTS, "merges.txt"):
        (folder / file).unlink()
        (folder / file).write_bytes(files[file])
    (folder / "merges.txt").write_bytes(b"other")
    assert user.quantbook("download", NAME, "--verify").returncode == 0
    assert not (folder / WEIGHTS).is_symlink() and (folder / "merges.txt").is_symlink()
    assert contents(folder) == files


def test_force_fetches_all_anew_and_loses_nothing_where_that_fails(user, hub, files):
    folder = user.download()
    before = len(hub.log)
    assert user.quantbook("download", NAME, "--force").returncode == 0
    fetched = [r["path"].split("?")[0].split("/")[-1] for r in hub.log[before:] if r["method"] == "GET" and "etag=" in r["path"]]
    assert sorted(fetched) == sorted(set(files) - {WEIGHTS})
    assert len([r for r in hub.log[before:] if r["where"] == "storage"]) == 1
    assert contents(folder) == files
    hub.faults[WEIGHTS] = [{"status": 404}]
    failure(user, NAME, "--force")
    assert contents(folder) == files
    assert user.quantbook("run", "notebook.md", "-q", "--offline").returncode == 0


@pytest.mark.parametrize("flag", ["--verify", "--force"])
def test_offline_nothing_can_be_verified(user, hub, flag):
    user.download()
    before = len(hub.log)
    assert "leave out --offline" in failure(user, NAME, flag, "--offline")
    assert len(hub.log) == before


@pytest.mark.parametrize("file, left", [(WEIGHTS, b"\xff" * 40), ("config.json", b"{"), ("vocab.json", b"{"), ("merges.txt", b"a\n")])
def test_a_damaged_file_names_the_command_that_mends_it(user, hub, files, file, left):
    folder = user.download()
    damage(folder / file, lambda data: left)
    said = user.quantbook("generate", NAME, "a", "-n", "1", "--offline").stderr
    assert f"{folder}/{file}" in said and f"'quantbook download {NAME} --force' fetches it anew" in said
    if file in (WEIGHTS, "config.json"):
        said = user.quantbook("run", "notebook.md", "--offline").stderr
        assert f"'quantbook download {NAME} --force' fetches it anew" in said
    assert user.quantbook("download", NAME, "--force").returncode == 0
    assert contents(folder) == files
    hub.repos[NAME].update({"README.md": b"# Newer\n"})
    user.download()
    damage(folder / file, lambda data: left)
    said = user.quantbook("generate", f"{NAME}@{folder.name}", "a", "-n", "1", "--offline").stderr
    assert f"'quantbook download {NAME}@{folder.name} --force' fetches it anew" in said


# --- failures on the way --------------------------------------------------------------------------------

@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("file", ["api", "hub:" + WEIGHTS, WEIGHTS, "config.json"])
def test_what_passes_is_tried_again(user, hub, files, file, status):
    hub.faults[file] = [{"status": status, "headers": {"Retry_After": "0"}}] * 2
    assert contents(user.download()) == files
    assert not hub.faults[file]


def test_what_does_not_pass_ends(user, hub):
    hub.faults["api"] = [{"status": 429, "headers": {"Retry_After": "0"}}] * 9
    assert "too many requests" in failure(user, NAME)
    assert len(hub.log) == 5
    hub.faults["api"] = [{"status": 429, "headers": {"Retry_After": "86400"}}]
    failure(user, NAME)
    hub.faults["api"] = [{"status": 503, "headers": {"Retry_After": "0"}}] * 9
    assert "answers with status 503" in failure(user, NAME)


def test_a_cut_download_goes_on_where_it_stopped(user, hub, files):
    size = len(files[WEIGHTS])
    hub.faults[WEIGHTS] = [{"cut": 1000}, {"cut": 500}]
    assert contents(user.download()) == files
    ranges = [r["headers"].get("range") for r in hub.requests("GET", WEIGHTS) if r["where"] == "storage"]
    assert ranges == [None, f"bytes=1000-{size - 1}", f"bytes=1500-{size - 1}"]
    assert not [b for b in user.blobs() if "incomplete" in b]


def test_a_killed_download_goes_on_where_it_stopped(user, hub, files):
    blob = user.repository / "blobs" / sha256(files[WEIGHTS])
    blob.parent.mkdir(parents=True)
    blob.with_name(blob.name + ".incomplete").write_bytes(files[WEIGHTS][:1234])
    assert contents(user.download()) == files
    ranges = [r["headers"].get("range") for r in hub.requests("GET", WEIGHTS) if r["where"] == "storage"]
    assert ranges == [f"bytes=1234-{len(files[WEIGHTS]) - 1}"]


@pytest.mark.parametrize("left", [lambda d: b"x" * 1234, lambda d: b"x" * len(d), lambda d: d + b"x"],
                         ids=["other bytes", "as many other bytes", "more"])
def test_what_was_left_by_an_earlier_try_is_checked(user, hub, files, left):
    blob = user.repository / "blobs" / sha256(files[WEIGHTS])
    blob.parent.mkdir(parents=True)
    blob.with_name(blob.name + ".incomplete").write_bytes(left(files[WEIGHTS]))
    assert contents(user.download()) == files


def test_a_server_without_ranges_gives_all_anew(user, hub, files):
    hub.faults[WEIGHTS] = [{"cut": 1000}, {"ignores_range": True}]
    assert contents(user.download()) == files


def test_a_download_that_stands_still_is_tried_again(user, hub, files):
    never = threading.Event()
    hub.faults[WEIGHTS] = [{"waits": never}]
    assert contents(user.download(HF_HUB_DOWNLOAD_TIMEOUT="1")) == files
    never.set()
    assert not hub.faults[WEIGHTS]


def test_wrong_contents_are_never_seen(user, hub, files):
    hub.faults[WEIGHTS] = [{"append": b"more"}]
    assert "more comes" in failure(user, NAME)
    for file, etag in ((WEIGHTS, sha256), ("vocab.json", git_sha1)):
        hub.corrupt = {file: files[file][:-1] + b"\0"}
        assert "has not the hash" in failure(user, NAME)
        assert etag(files[file]) not in user.blobs()
    hub.corrupt = {}
    assert not (user.repository / "refs/main").exists()
    assert contents(user.download()) == files


@pytest.mark.parametrize("status", [401, 403])
def test_the_hub_is_asked_once_more_where_an_address_of_the_storage_has_expired(user, hub, files, status):
    hub.faults[WEIGHTS] = [{"status": status}]
    assert contents(user.download()) == files
    hub.repos["owner/other"] = hub.repos[NAME]
    hub.faults[WEIGHTS] = [{"cut": 1000}, {"status": status}, {"cut": 500}, {"status": status}]
    assert contents(user.download("owner/other")) == files
    assert not hub.faults[WEIGHTS]


def test_a_storage_that_refuses_is_named_and_not_the_rights_of_the_user(user, hub):
    for variables in ({}, {"HF_TOKEN": TOKEN}):
        hub.faults[WEIGHTS] = [{"status": 403}] * 9
        text = failure(user, NAME, **variables)
        assert f"{hub.storage} refuses '{WEIGHTS}' of '{NAME}' with status 403" in text
        assert "rights to the repository are not the matter" in text and "token" not in text
        assert len(hub.faults[WEIGHTS]) == 7
    hub.faults[WEIGHTS] = [{"status": 404}]
    assert f"{hub.storage}, where the Hub has '{WEIGHTS}' of '{NAME}', answers with status 404" in failure(user, NAME)


def test_a_file_that_stays_too_short_ends(user, hub, files):
    hub.corrupt = {WEIGHTS: files[WEIGHTS][:-10]}
    failure(user, NAME)
    assert sha256(files[WEIGHTS]) not in user.blobs()


def test_an_answer_of_no_hub(user, hub):
    hub.faults["api"] = [{"status": 200}]
    assert "does not answer as a Hub" in failure(user, NAME)


def test_no_room_is_told_before_anything_comes(user, hub, files):
    Huge.size = 2 * shutil.disk_usage(user.folder).free
    hub.repos["owner/huge"] = Repo({**files, WEIGHTS: Huge()})
    text = failure(user, "owner/huge")
    assert ("are free in" in text and "make room" in text) or "exceeds the limit" in text
    assert not [r for r in hub.requests("GET", WEIGHTS) if r["where"] == "storage"]


class Huge(bytes):
    """Claims a size that it has not."""

    size = 0

    def __len__(self):
        return self.size


def test_an_interrupt_leaves_what_came(user, hub, files):
    hub.faults[WEIGHTS] = [{"cut": 1000}] + [{"status": 503, "headers": {"Retry_After": "60"}}]
    process = user.start(QUANTBOOK, "download", NAME)
    incomplete = user.repository / "blobs" / (sha256(files[WEIGHTS]) + ".incomplete")
    while hub.faults[WEIGHTS]:
        assert process.poll() is None
        time.sleep(0.02)
    process.terminate()
    assert process.wait(timeout=20) == 130
    assert incomplete.read_bytes() == files[WEIGHTS][:1000]
    assert contents(user.download()) == files


def test_the_time_of_a_cell_ends_its_download_too(user, hub, files):
    # The Hub asks to wait for a minute: nothing but the limit of time ends that.
    hub.faults[WEIGHTS] = [{"cut": 1000}] + [{"status": 503, "headers": {"Retry-After": "60"}}] * 5
    done = user.quantbook("run", "notebook.md", "-q", "--timeout", "1s")
    assert done.returncode != 0
    assert "took longer than 1 s" in done.stderr, done.stderr
    assert len(hub.faults[WEIGHTS]) >= 4  # It was asked again at most once.
    hub.faults[WEIGHTS] = []
    assert user.quantbook("run", "notebook.md", "-q").returncode == 0


@pytest.mark.parametrize("limit", ["hub-list-bytes=10", "hub-model-bytes=1000"])
def test_a_repository_beyond_a_limit_is_refused_with_the_way_on(user, hub, limit):
    done = user.quantbook("download", NAME, "--limit", limit)
    name, value = limit.split("=")
    assert done.returncode != 0
    assert f"--limit {name}={2 * int(value)} allows more" in done.stderr.replace("kB", "000"), done.stderr
    assert not hub.requests("GET", WEIGHTS)  # The configuration is read first.
    assert user.quantbook("download", NAME).returncode == 0
