"""Prints the software bill of materials: CycloneDX 1.6, JSON, the same for the same sources and system.

Versions come from Package.resolved and from the system's libraries, licences from docs/dependencies.md.

    python3 Sources/Distribution/sbom.py > quantbook.cdx.json
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/dependencies.md"


def version():
    """Quantbook's own, from the one place that has it."""
    source = (ROOT / "Sources/quantbook/Quantbook.swift").read_text()
    return re.search(r'static let version = "(.+)"', source)[1]


def table(heading):
    """Rows of the page's table below a heading, as lists of texts."""
    section = PAGE.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def output(*command):
    """What a program prints; empty where it is not there or fails."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return run.stdout.strip()


def component(kind, name, version, licence, purl, **more):
    return {
        "type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl,
        "licenses": [{"expression": licence}], **more,
    }


def swift_packages():
    licences = {row[0]: row[2] for row in table("Swift packages")}
    resolved = ROOT / "Package.resolved"
    if not resolved.exists():
        sys.exit("error: there is no Package.resolved yet: run 'swift package resolve' or a build first")
    for pin in json.loads(resolved.read_text())["pins"]:
        name, address = pin["identity"], pin["location"].removesuffix(".git")
        if name not in licences:
            sys.exit(f"error: {PAGE.relative_to(ROOT)} has no line for the Swift package {name}")
        state = pin["state"]
        yield component(
            "library", name, state["version"], licences[name],
            f"pkg:swift/{address.removeprefix('https://')}@{state['version']}",
            externalReferences=[{"type": "vcs", "url": address}])


def libraries():
    """As this system has them: their packages on Debian, else what pkg-config says."""
    release = output("sh", "-c", '. /etc/os-release && echo "$ID $ID-$VERSION_ID"').split()
    architecture = output("dpkg", "--print-architecture")
    for name, package, licence, _ in table("Libraries"):
        if package == "(toolchain)":
            found = re.search(r"Swift version ([\d.]+)", output("swift", "--version"))
            if found:
                yield component(
                    "library", name, found[1], licence, f"pkg:generic/swift@{found[1]}")
            continue
        installed = output("dpkg-query", "-W", "-f=${Version}", package)
        if installed and release:
            encoded = installed.replace(":", "%3A").replace("+", "%2B")
            purl = (f"pkg:deb/{release[0]}/{package}@{encoded}"
                    f"?arch={architecture}&distro={release[1]}")
            yield component("library", name, installed, licence, purl)
        else:
            known = {"zlib": "zlib", "curl": "libcurl"}.get(name, f"lib{name}")
            known = "libcmark-gfm" if name.startswith("cmark-gfm") else known
            found = output("pkg-config", "--modversion", known)
            if found:
                yield component("library", name, found, licence, f"pkg:generic/{name}@{found}")


def data():
    """What ships beside the program."""
    folder = ROOT / "Sources/StarterModel/Resources"
    for kind, name, file, licence in (
        ("machine-learning-model", "starter", "starter/model.safetensors", "CC-BY-SA-4.0"),
        ("data", "house-prose", "house-prose.txt", "CC0-1.0"),
    ):
        digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        yield component(
            kind, name, version(), licence, f"pkg:generic/quantbook-{name}@{version()}",
            hashes=[{"alg": "SHA-256", "content": digest}])


def document():
    components = [*swift_packages(), *libraries(), *data()]
    components.sort(key=lambda one: one["bom-ref"])
    contents = json.dumps(components, sort_keys=True)
    root = component(
        "application", "quantbook", version(), "MIT", f"pkg:generic/quantbook@{version()}")
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, contents)}",
        "metadata": {"component": root},
        "components": components,
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=2, ensure_ascii=False)
    print()
