"""Whom a notebook can have asked: the Hub that the user has configured, and whoever that sends to."""

import json

import pytest

from conftest import NAME
from fakehub import TOKEN, FakeHub


@pytest.fixture
def stranger(hub):
    """Another host, with the same repositories."""
    stranger = FakeHub()
    stranger.repos = hub.repos
    yield stranger
    stranger.close()


def run(user, text, **variables):
    (user.folder / "notebook.md").write_text(text)
    return user.quantbook("run", "notebook.md", "-q", HF_TOKEN=TOKEN, **variables)


def load(**keys):
    return "```{load}\n#| label: a\n" + "".join(f"{k}: {json.dumps(v)}\n" for k, v in keys.items()) + "```\n"


@pytest.mark.parametrize("model", [
    "{url}/owner/tiny", "//{host}/owner/tiny", "hf://{host}/owner/tiny", "hf://{url}/owner/tiny", "{host}/tiny",
    "@{host}/tiny", "owner/tiny@{url}", "owner/tiny@../../../{host}", "owner@{host}/tiny", "owner/..%2f..%2f{host}",
    "owner/tiny?x={url}", "owner/tiny#{host}", "owner/tiny\\@{host}", "owner/tiny\r\nHost: {host}", "$HF_TOKEN/tiny",
    "${{HF_ENDPOINT}}/tiny", "user:password@{host}/tiny", "owner/tiny@main?x=", "owner/tiny@main#x",
])
def test_no_name_of_a_model_leads_to_another_host(user, hub, stranger, model):
    model = model.format(url=stranger.url, host=stranger.url.removeprefix("http://"))
    done = run(user, load(model=model))
    assert done.returncode != 0
    assert stranger.log == []
    assert all(r["path"].startswith("/api/models/") and TOKEN not in r["path"] for r in hub.log), hub.log
    assert TOKEN not in done.stderr


@pytest.mark.parametrize("revision", ["../../x", "main?x", "main#x", "a b", "{url}", "\r\nX: y", "-x"])
def test_no_revision_is_more_than_one(user, hub, stranger, revision):
    done = run(user, load(model=NAME, revision=revision.format(url=stranger.url)))
    assert done.returncode != 0
    assert stranger.log == [] and hub.log == []


@pytest.mark.parametrize("head", [
    "endpoint: {url}", "hub: {{endpoint: {url}}}", "env: {{HF_ENDPOINT: {url}}}", "execute: {{endpoint: {url}}}",
    "format: {{html: {{css: {url}/a.css}}}}", "format: {{html: {{template: {url}/a.mustache}}}}", "bibliography: {url}/a.bib",
])
def test_no_key_of_the_front_matter_names_a_host(user, hub, stranger, head):
    done = run(user, "---\n" + head.format(url=stranger.url) + "\n---\n")
    assert done.returncode == 2, done.stderr
    assert stranger.log == [] and hub.log == []


def test_pictures_includes_and_texts_are_fetched_from_nowhere(user, hub, stranger):
    for text in [f"![a]({stranger.url}/a.png)\n", f"```{{include}}\nfile: {stranger.url}/a.md\n```\n",
                 f"```{{corpus}}\n#| label: a\ntext: {stranger.url}/a.txt\n```\n"]:
        assert run(user, text).returncode != 0
    assert stranger.log == [] and hub.log == []


def test_a_host_that_the_hub_sends_to_never_sees_the_token(user, hub, stranger):
    hub.elsewhere[NAME] = stranger.url
    run(user, load(model=NAME))
    assert stranger.log, "the redirect was followed"
    assert all("authorization" not in r["headers"] for r in stranger.log)
    assert any("authorization" in r["headers"] for r in hub.log)
