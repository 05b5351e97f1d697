"""The manual: a page for each command, without a complaint of groff, and with all that help has."""

import json
import re
import shutil
import subprocess

import pytest

import manual


@pytest.fixture(scope="module")
def pages(quantbook, tmp_path_factory):
    folder = tmp_path_factory.mktemp("man")
    manual.Manual(quantbook, folder).write_all()
    return {path.name: path for path in folder.rglob("*.[17]")}


def commands(command, above=()):
    words = (*above, command["commandName"])
    yield words, command
    for one in manual.commands_below(command):
        yield from commands(one, words)


def plain(path):
    """The page as `man` shows it, without bold and in one line."""
    text = subprocess.run(
        ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-P-cbou", "-rLL=2000n", path],
        capture_output=True, text=True, check=True)
    assert text.stderr == "", path.name
    return re.sub(r"\s+", " ", text.stdout)


@pytest.mark.skipif(not shutil.which("groff"), reason="no groff")
def test_each_command_and_option_has_its_words(quantbook, pages):
    help = json.loads(subprocess.run(
        [quantbook, "--experimental-dump-help"], capture_output=True, text=True, check=True).stdout)
    count = 0
    for words, command in commands(help["command"]):
        text = plain(pages["-".join(words) + ".1"])
        assert command["abstract"] in text
        for argument in command["arguments"]:
            for name in argument.get("names", []):
                assert "-" + name["name"] in text
            if argument.get("abstract"):
                assert re.sub(r"\s+", " ", argument["abstract"]) in text
        for line in command.get("discussion", "").splitlines():
            assert re.sub(r"\s+", " ", line.strip().removesuffix("Examples:")) in text
        count += 1
    assert count > 20
    assert len(pages) == count + len(manual.GUIDES)


@pytest.mark.skipif(not shutil.which("groff"), reason="no groff")
@pytest.mark.parametrize("name", manual.GUIDES)
def test_guides_say_what_help_says(quantbook, pages, name):
    text = plain(pages[f"quantbook-{name}.7"])
    help = subprocess.run([quantbook, "help", name], capture_output=True, text=True, check=True)
    assert help.stdout.strip()
    for line in help.stdout.splitlines():
        assert re.sub(r"\s+", " ", line.strip()) in text


def test_text_means_itself():
    assert manual.escaped(".x\n'y \\n a-b ^~`") == (
        "\\&.x\n\\(aqy \\en a\\-b \\(ha\\(ti\\(ga")
