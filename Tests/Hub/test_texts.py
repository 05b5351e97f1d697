"""Texts by name: data sets of the Hub, as Arrow writes them and as huggingface_hub keeps them."""

import gzip
import hashlib
import io
import json
import os
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT
from fakehub import Repo, sha256

WIKI = "datasets/Salesforce/wikitext"
COMMIT = "b08601e04326c79dfdd32d625aee71d232d685c3"
FILE = "wikitext-2-raw-v1/test-00000-of-00001.parquet"
ROWS = ["", " = Title = \n", "", "A text of some words — naïve 漢字 .\n", ""] * 50
SHARED = pathlib.Path(os.environ.get("WIKITEXT_2", ROOT.parent / "shared/data/wikitext-2")) / "wiki.test.raw"


def parquet(rows, column="text", **options):
    file = io.BytesIO()
    pq.write_table(pa.table({column: rows}), file, **options)
    return file.getvalue()


def text_of(user, keys, *arguments, status=0, **variables):
    """SHA-256 of the text that a notebook reads, the report, and what was said."""
    (user.folder / "text.md").write_text(f"```{{corpus}}\n#| label: text\n{keys}\n```\n\nsha256={{{{ text.sha256 }}}}\n")
    done = user.quantbook("run", "text.md", "-q", *arguments, **variables)
    assert done.returncode == status, done.stderr
    if status:
        return done.stderr
    report = (user.folder / "output/text.md").read_text()
    return report.split("sha256=")[1].split()[0].strip("`"), report


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def wiki(hub):
    repo = Repo({FILE: parquet(ROWS), "README.md": b"never fetched",
                 "wikitext-103-raw-v1/train-00000-of-00002.parquet": parquet(ROWS[:7], compression="zstd"),
                 "wikitext-103-raw-v1/train-00001-of-00002.parquet": parquet(ROWS[7:], compression="gzip")})
    repo.commit = repo.revisions["main"] = COMMIT
    hub.repos[WIKI] = repo
    return repo


def test_a_text_is_fetched_joined_and_named(user, hub, wiki):
    found, report = text_of(user, "text: wikitext-2")
    assert found == digest("\n\n".join(ROWS))
    assert f"wikitext-2, the test split of Salesforce/wikitext from the Hub at commit {COMMIT}, joined by blank lines" in report
    assert not hub.requests(part="README") and not hub.requests(part="103")
    before = len(hub.log)
    assert text_of(user, "text: wikitext-2")[0] == found
    assert text_of(user, "text: wikitext-2\nsplit: test\njoin: blankLine", "--offline")[0] == found
    assert text_of(user, "text: wikitext-2\njoin: llama.cpp")[0] == digest("".join(row or " \n" for row in ROWS))
    assert len(hub.log) == before


def test_several_files_are_one_text(user, wiki):
    assert text_of(user, "text: wikitext-103\nsplit: train\njoin: none")[0] == digest("".join(ROWS))


def test_the_real_text(user, hub, wiki):
    if not SHARED.exists():
        pytest.skip(f"no {SHARED}")
    raw = SHARED.read_text()
    rows = ["" if line == " \n" else line for line in raw.splitlines(keepends=True)]
    # As the data set is: Arrow's defaults with Snappy.
    wiki.files[FILE] = parquet(rows, compression="snappy")
    assert text_of(user, "text: wikitext-2\njoin: llama.cpp")[0] == digest(raw)
    assert text_of(user, "text: wikitext-2")[0] == digest("\n\n".join(rows))


def test_other_texts(user, hub):
    sentences = ["no it was n't black monday", "but while the new york stock exchange did n't"]
    ptb = Repo({"penn_treebank/test/0000.parquet": parquet(sentences, "sentence")})
    ptb.revisions["refs/convert/parquet"] = ptb.commit
    hub.repos["datasets/ptb-text-only/ptb_text_only"] = ptb
    assert text_of(user, "text: ptb")[0] == digest(" ".join(sentences))
    cache = user.cache / "datasets--ptb-text-only--ptb_text_only"
    assert (cache / "refs/refs/convert/parquet").read_text() == ptb.commit

    hub.repos["datasets/cimec/lambada"] = Repo({"plain_text/validation-00000-of-00001.parquet": parquet(sentences)})
    assert text_of(user, "text: lambada\nsplit: validation")[0] == digest("\n\n".join(sentences))

    documents = [f"Document {number}\nof two lines." for number in range(1200)]
    lines = "".join(json.dumps({"text": text, "url": ""}) + "\n" for text in documents)
    c4 = Repo({"en/c4-validation.00000-of-00008.json.gz": gzip.compress(lines.encode())})
    c4.commit = "607bd4c8450a42878aa9ddc051a65a055450ef87"
    hub.repos["datasets/allenai/c4"] = c4
    found, report = text_of(user, "text: c4-sample")
    assert found == digest(" ".join(documents[:1100]))
    assert "the first 1100 documents of the validation split of allenai/c4" in report


def test_download_prints_the_files(user, wiki):
    done = user.quantbook("download", "wikitext-2")
    folder = user.cache / "datasets--Salesforce--wikitext/snapshots" / COMMIT
    assert done.stdout == f"{folder / FILE}\n", done.stderr
    assert os.readlink(folder / FILE) == f"../../../blobs/{sha256(wiki.files[FILE])}"
    done = user.quantbook("download", "wikitext-103", "--split", "train")
    assert len(done.stdout.splitlines()) == 2, done.stderr
    assert "'wikitext-2' has no split 'trian'" in user.quantbook("download", "wikitext-2", "--split", "trian").stderr
    assert "has no splits" in user.quantbook("download", "gpt2", "--split", "test").stderr


def test_what_huggingface_hub_fetched_is_used_and_the_other_way_round(user, hub, wiki):
    fetch = f"""
        from huggingface_hub import hf_hub_download
        print(hf_hub_download("Salesforce/wikitext", "{FILE}", repo_type="dataset", local_files_only=%s))
    """
    path = user.python(fetch % False)
    before = len(hub.log)
    assert text_of(user, "text: wikitext-2", "--offline")[0] == digest("\n\n".join(ROWS))
    assert user.quantbook("download", "wikitext-2").stdout.strip() == path
    assert len(hub.log) == before

    (user.home / "huggingface").rename(user.home / "older")
    ours = user.quantbook("download", "wikitext-2").stdout.strip()
    found = user.python(f"""
        from huggingface_hub import hf_hub_download, scan_cache_dir
        print(hf_hub_download("Salesforce/wikitext", "{FILE}", repo_type="dataset", revision="{COMMIT}",
                              local_files_only=True))
        (repo,) = scan_cache_dir().repos
        assert repo.repo_type == "dataset" and not scan_cache_dir().warnings
    """)
    assert found == ours == path


def test_mistakes_say_what_to_do(user, hub, wiki):
    said = text_of(user, "text: wikitext-2", "--offline", status=5)
    assert "not all in the Hub's cache" in said and "'quantbook download wikitext-2'" in said
    said = text_of(user, "text: wikitext-2\nsplit: train", "--offline", status=5)
    assert "'quantbook download wikitext-2 --split train'" in said
    assert not hub.log
    said = text_of(user, "text: wikitext-2\nsplit: train", status=5)
    assert "has no file 'wikitext-2-raw-v1/train-00000-of-00001.parquet'" in said
    assert "no dataset 'cimec/lambada'" in text_of(user, "text: lambada", status=5)
    assert user.quantbook("check", "text.md").returncode == 0


def test_a_file_that_is_no_parquet_is_a_mistake(user, wiki):
    wiki.files[FILE] = parquet(ROWS)[:-100]
    said = text_of(user, "text: wikitext-2", status=1)
    assert "no Parquet file, or damaged" in said


def test_a_damaged_file_is_fetched_anew_by_the_command_that_is_told(user, hub, wiki):
    path = pathlib.Path(user.quantbook("download", "wikitext-2").stdout.strip())
    data = path.read_bytes()
    path.resolve().write_bytes(data[:-100])
    said = text_of(user, "text: wikitext-2", "--offline", status=1)
    assert "'quantbook download wikitext-2 --force' fetches it anew" in said
    done = user.quantbook("download", "wikitext-2", "--verify")
    assert done.returncode == 0 and path.read_bytes() == data, done.stderr
    before = len(hub.requests("GET", FILE))
    done = user.quantbook("download", "wikitext-2", "--force")
    assert done.returncode == 0 and path.read_bytes() == data, done.stderr
    assert len(hub.requests("GET", FILE)) > before


def test_a_download_that_was_cut_goes_on(user, hub, wiki):
    hub.faults[FILE] = [{"cut": 100}]
    assert text_of(user, "text: wikitext-2")[0] == digest("\n\n".join(ROWS))
    assert [r["headers"].get("range", "")[:10] for r in hub.requests("GET", FILE) if r["where"] == "storage"] == [
        "", "bytes=100-"]


def test_a_split_that_the_hub_lacks_is_marked(user, wiki):
    said = text_of(user, "text: wikitext-2\nsplit: validation", status=5)
    assert "text.md:4:8: error: 'Salesforce/wikitext' has no file" in said, said
