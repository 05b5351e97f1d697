"""The examples of GitHub's specification through our pipeline, beside cmark-gfm's own output: those of
CommonMark, and those of tables, strikethrough, autolinks, task lists and the filter of tags.

The text of the specification comes with the source package `marko` on PyPI; it is read from there and
not kept here, for its licence (CC BY-SA 4.0) is another.
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

CMARK = shutil.which("cmark-gfm")
# The policy, which a template has to hold, stands on a line of its own.
TEMPLATE = '<meta http-equiv="Content-Security-Policy" content="{{{policy}}}">\n{{{body}}}'
HEAD = "---\ntitle: T\nformat: {html: {toc: false, template: body.mustache}}\n---\n"


def examples():
    """The number, the extensions ("" for CommonMark's own) and the text of each."""
    folder = os.environ.get("QUANTBOOK_SPEC_FOLDER", "")
    found = sorted(pathlib.Path(folder).glob("marko-*.tar.gz")) if folder else []
    if not found:
        return []
    with tarfile.open(found[-1]) as archive:
        name = next(n for n in archive.getnames() if n.endswith("spec/gfm.txt"))
        text = archive.extractfile(name).read().decode()
    pattern = re.compile(r"^`{32} example *(.*?)\n(.*?)^\.\n.*?^`{32}$", re.S | re.M)
    return [(number, match.group(1), match.group(2).replace("→", "\t"))
            for number, match in enumerate(pattern.finditer(text), 1)]


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
    if re.search(r"\\\)\\:|<(irc|a\+b\+c|made-up-scheme|localhost):|ftp://", markdown):
        return "a link whose scheme is none of the safe ones"
    if "@" in markdown and "[@" in markdown:
        return "a citation"
    return None


def tree(html):
    document = html5lib.parseFragment(html.strip(), namespaceHTMLElements=False)
    return normalised(document)


DROPPED = {"id", "class", "scope", "tabindex", "rel", "role", "aria-label", "disabled", "checked"}


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
            if tag in ("td", "th") and classes:
                attributes["align"] = classes[0]
            parts.append((tag, tuple(sorted(attributes.items())), tuple(normalised(child))))
        text(child.tail)
    return [re.sub(r"\s+", " ", part).strip() if isinstance(part, str) else part
            for part in parts if not isinstance(part, str) or part.strip()]


def lowered(html):
    """cmark's headings, one level down as on our page."""
    return re.sub(r"<(/?)h([1-5])>", lambda m: f"<{m[1]}h{int(m[2]) + 1}>", html)


# How many examples each extension of the specification has, less one autolink by ftp.
COUNTS = {"table": 8, "disabled": 2, "strikethrough": 2, "autolink": 10, "tagfilter": 1}
EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]


def difference(folder, number, text, options=(), extensions=EXTENSIONS):
    """How our page differs from cmark-gfm's; None if it does not."""
    notebook = folder / f"n{number}.md"
    notebook.write_text(HEAD + "\n" + text)
    result = quantbook("run", notebook, "-o", folder / "out", "--to", "html", "-q", *options,
                       check=False)
    if result.returncode != 0:
        return f"{number}: {text!r}: {result.stderr[:300]}"
    command = [CMARK, "--unsafe"] + [word for name in extensions for word in ("-e", name)]
    expected = subprocess.run(command, input=text, capture_output=True, text=True).stdout
    ours = body(folder / f"out/n{number}.html")
    if tree(ours) != tree(lowered(expected)):
        return f"{number}: {text!r}\n  ours:  {ours!r}\n  cmark: {expected!r}"
    return None


def body(page):
    """What the template has of a page, without its first line."""
    return page.read_text().split("\n", 1)[1]


@pytest.fixture
def specification(tmp_path):
    found = examples()
    if not found or not CMARK:
        pytest.skip("needs cmark-gfm, and QUANTBOOK_SPEC_FOLDER with marko's source package")
    (tmp_path / "body.mustache").write_text(TEMPLATE)
    return found


def test_equals_cmark(tmp_path, specification):
    chosen = [(number, text) for number, extensions, text in specification
              if extensions != "tagfilter" and not why_left_out(text)]
    assert len(chosen) > 480, len(chosen)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        problems = [found for found in pool.map(
            lambda example: difference(tmp_path, *example, ["--unsafe-html"]), chosen) if found]
    assert not problems, f"{len(problems)} of {len(chosen)}:\n" + "\n".join(problems[:8])


def test_has_every_example_of_the_extensions(specification):
    """None of GFM's own examples may be left out unseen."""
    counts = {}
    for _, extensions, text in specification:
        if extensions and not why_left_out(text):
            counts[extensions] = counts.get(extensions, 0) + 1
    assert counts == COUNTS


def test_filters_tags(tmp_path, specification):
    """Without --unsafe-html nothing is let through that GFM's filter holds back."""
    filtered = [text for _, extensions, text in specification if extensions == "tagfilter"]
    assert filtered
    for number, text in enumerate(filtered):
        notebook = tmp_path / f"filter{number}.md"
        notebook.write_text(HEAD + "\n" + text)
        quantbook("run", notebook, "-o", tmp_path / "out", "--to", "html", "-q")
        found = html5lib.parseFragment(
            body(tmp_path / f"out/filter{number}.html"), namespaceHTMLElements=False)
        names = {element.tag for element in found.iter() if isinstance(element.tag, str)}
        assert not names & {"title", "textarea", "style", "xmp", "iframe", "noembed", "noframes",
                            "script", "plaintext"}
