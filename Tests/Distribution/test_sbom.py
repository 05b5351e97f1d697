"""The bill of materials, and the page of dependencies that it is made from."""

import json
import re
import subprocess
import sys

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import sbom
from conftest import ROOT


def printed():
    script = ROOT / "Sources/Distribution/sbom.py"
    return subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True).stdout


def pins():
    return json.loads((ROOT / "Package.resolved").read_text())["pins"]


def test_valid_and_the_same_each_time():
    text = printed()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert printed() == text
    # The validator finds what is wrong.
    wrong = text.replace('"application"', '"applicaton"')
    assert wrong != text and JsonStrictValidator(SchemaVersion.V1_6).validate_str(wrong) is not None


def test_version_is_the_commands(quantbook):
    version = subprocess.run([quantbook, "--version"], capture_output=True, text=True, check=True)
    assert json.loads(printed())["metadata"]["component"]["version"] == version.stdout.strip()


def test_holds_every_package_library_and_file():
    components = {one["name"]: one for one in json.loads(printed())["components"]}
    for pin in pins():
        one = components[pin["identity"]]
        assert one["version"] == pin["state"]["version"]
        assert one["purl"].endswith(f"@{pin['state']['version']}")
    for name in ("cmark-gfm", "cmark-gfm-extensions", "zlib", "zstd", "lzma", "swift"):
        assert components[name]["version"][0].isdigit()
    assert components["starter"]["licenses"] == [{"expression": "CC-BY-SA-4.0"}]
    assert components["house-prose"]["hashes"][0]["content"] == (
        "96f01c4b7dd229787b3558b0821d8439f3908483162fd74a644888a8781a2b01")


def test_manifest_resolved_and_page_agree():
    manifest = (ROOT / "Package.swift").read_text()
    asked = {
        re.sub(r"\.git$", "", address).rsplit("/", 1)[1].lower(): version
        for address, version in re.findall(r'\.package\(url: "(.+?)", exact: "(.+?)"\)', manifest)
    }
    assert len(asked) == manifest.count(".package(url:"), "a package without exact:"
    resolved = {pin["identity"]: pin["state"]["version"] for pin in pins()}
    assert asked.items() <= resolved.items()
    assert {row[0]: row[1] for row in sbom.table("Swift packages")} == resolved


def test_page_names_every_system_library():
    manifest = (ROOT / "Package.swift").read_text()
    packages = set(re.findall(r'"([a-z0-9-]+-dev)"', manifest))
    assert packages and packages <= {row[1] for row in sbom.table("Libraries")}


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("Tests/*/requirements.txt")), ids=lambda file: file.parent.name)
def test_tests_packages_are_exact_and_on_the_page(file):
    on_page = {
        name.strip() for row in sbom.table("For tests alone") if f"`Tests/{file.parent.name}`" in row[1]
        for name in row[0].split(",")
    }
    lines = [line.split("#")[0].strip() for line in file.read_text().splitlines()]
    lines = [line for line in lines if line]
    names = {re.match(r"[\w-]+", line)[0] for line in lines}
    assert all("==" in line for line in lines)
    assert names <= on_page, names - on_page
