"""The examples of the CommonMark specification through our pipeline, beside cmark-gfm's own output.

The text of the specification comes with the source package `commonmark` on PyPI; it is read from
there and not kept here, for its licence (CC BY-SA 4.0) is another.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import concurrent.futures

import html5lib
import pytest

from conftest import quantbook

TEMPLATE = "{{{body}}}"
HEAD = "---\ntitle: T\nformat: {html: {toc: false, template: body.mustache}}\n---\n"


def examples():
    folder = os.environ.get("QUANTBOOK_SPEC_FOLDER", "")
    found = sorted(pathlib.Path(folder).glob("commonmark-*.tar.gz")) if folder else []
    if not found:
        return []
    with tarfile.open(found[-1]) as archive:
        name = next(n for n in archive.getnames() if n.endswith("spec.txt"))
        text = archive.extractfile(name).read().decode()
    pattern = re.compile(r"^`{32} example\n(.*?)^\.\n.*?^`{32}$", re.S | re.M)
    return [match.group(1).replace("→", "\t") for match in pattern.finditer(text)]


def why_left_out(markdown):
    """Why an example is in play of what CommonMark does not know; None if it is not."""
    if "{{" in markdown or "$" in markdown:
        return "an expression or a formula"
    if markdown.startswith(("---", "\ufeff")):
        return "front matter"
    if re.search(r"[`~]{3}\s*\{", markdown):
        return "a cell"
    if "[^" in markdown:
        return "a footnote"
    if re.search(r"!\[", markdown) or "<img" in markdown:
        return "a picture: a report asks nobody for one"
    if "\x00" in markdown or "&#0;" in markdown:
        return "U+0000 is refused"
    if re.search(r"^[ >]*([`~]{3,})(?!.*\1)", markdown, re.S | re.M) or "> ```\n> aaa\n\n" in markdown:
        return "a fence that is never closed is a mistake"
    if re.search(r"\\\)\\:|<(irc|a\+b\+c|made-up-scheme|localhost):", markdown):
        return "a link whose scheme is none of the safe ones"
    if "@" in markdown and "[@" in markdown:
        return "a citation"
    return None


def tree(html):
    document = html5lib.parseFragment(html.strip(), namespaceHTMLElements=False)
    return normalised(document)


DROPPED = {"id", "class", "tabindex", "rel", "role", "aria-label", "disabled", "checked"}


def normalised(element):
    """Names, texts and attributes, without what our page adds."""
    parts = []

    def text(value):
        if value:
            if parts and isinstance(parts[-1], str):
                parts[-1] += value
            else:
                parts.append(value)

    text(element.text)
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else "comment"
        classes = child.attrib.get("class", "").split()
        if tag == "comment" or "anchor" in classes or "number" in classes:
            pass
        elif "scroll" in classes:
            parts.extend(normalised(child))
        else:
            attributes = {k: v for k, v in child.attrib.items() if k not in DROPPED}
            parts.append((tag, tuple(sorted(attributes.items())), tuple(normalised(child))))
        text(child.tail)
    return [re.sub(r"\s+", " ", part).strip() if isinstance(part, str) else part
            for part in parts if not isinstance(part, str) or part.strip()]


def lowered(html):
    """cmark's headings, one level down as on our page."""
    return re.sub(r"<(/?)h([1-5])>", lambda m: f"<{m[1]}h{int(m[2]) + 1}>", html)


def test_equals_cmark(tmp_path):
    cmark = shutil.which("cmark-gfm")
    texts = examples()
    if not texts or not cmark:
        pytest.skip("needs cmark-gfm, and QUANTBOOK_SPEC_FOLDER with commonmark's source package")
    (tmp_path / "body.mustache").write_text(TEMPLATE)
    chosen = [(n, text) for n, text in enumerate(texts, 1) if not why_left_out(text)]
    assert len(chosen) > 450, len(chosen)

    def problem(item):
        number, text = item
        notebook = tmp_path / f"n{number}.md"
        notebook.write_text(HEAD + "\n" + text)
        result = quantbook("run", notebook, "-o", tmp_path / "out", "--to", "html", "-q",
                           "--unsafe-html", check=False)
        if result.returncode != 0:
            return f"{number}: {text!r}: {result.stderr[:300]}"
        expected = subprocess.run(
            [cmark, "--unsafe", "-e", "table", "-e", "strikethrough", "-e", "autolink",
             "-e", "tasklist"], input=text, capture_output=True, text=True).stdout
        ours = (tmp_path / f"out/n{number}.html").read_text()
        if tree(ours) != tree(lowered(expected)):
            return f"{number}: {text!r}\n  ours:  {ours!r}\n  cmark: {expected!r}"
        return None

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        problems = [found for found in pool.map(problem, chosen) if found]
    assert not problems, f"{len(problems)} of {len(chosen)}:\n" + "\n".join(problems[:8])
