"""A stranger's notebook in a real browser: whatever it holds, none of it runs.

The texts are those of Tests/Fixtures/hostile_texts.json, which the Swift tests read too. Each stands in every
place of a notebook that takes a text. What would run calls `alert`, which is a trap here.
"""

import json
import re

import mistune
import pytest

from conftest import ROOT, Browser, quantbook

TEXTS = [entry["text"] for entry in json.loads((ROOT / "Tests/Fixtures/hostile_texts.json").read_text())]

# Runs before any script of a page: what is called there is told by `window.trapped`.
TRAP = """
window.trapped = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = (...values) => { window.trapped.push(name + "(" + values + ")"); };
addEventListener("securitypolicyviolation", (event) =>
  window.trapped.push("policy: " + event.violatedDirective + " " + event.blockedURI));
"""

# Does whatever a reader could do to anything on the page, by events that no script of the page is spared.
PROVOKE = """
const elements = [...document.querySelectorAll("*")];
for (const element of elements) {
  if (element.tagName === "DETAILS") element.open = true;
  if (element.focus) element.focus();
  for (const name of ["mouseover", "mouseenter", "mousemove", "pointerdown", "focus", "toggle", "load", "error",
                      "animationstart", "scroll", "keydown"])
    element.dispatchEvent(new Event(name, {bubbles: false}));
  const link = element.closest("a");
  const target = link && (link.getAttribute("href") ?? link.getAttribute("xlink:href") ?? "");
  // Others lead away, as links do, and the page's own buttons write to a clipboard that is not there.
  const isScript = /^(java|vb)script:/i.test(target?.replace(/[\\u0000-\\u0020]/g, ""));
  if (link ? isScript : !element.closest("button")) element.dispatchEvent(new MouseEvent("click", {bubbles: true}));
}
"""

# What a page may not have, in the tree that the browser has made of it.
LOOK = """
const found = [];
for (const element of document.querySelectorAll("*")) {
  for (const {name, value} of element.attributes) {
    if (/^on|^srcdoc$|^formaction$/i.test(name)) found.push(element.tagName + " " + name);
    if (/^(xlink:)?(href|src|action|data)$/i.test(name)
        && /^\\s*(java|vb)script:|^\\s*data:(?!image\\/(png|jpeg|gif|webp);base64)/i.test(value.replace(/[\\t\\n\\r]/g, "")))
      found.push(element.tagName + " " + name + "=" + value);
  }
  if (/^(iframe|object|embed|base|form|link|template|noscript|video|audio|marquee|portal)$/i.test(element.tagName))
    found.push(element.tagName);
}
if (document.querySelectorAll("meta[http-equiv]").length > 1) found.push("META http-equiv");
return found;
"""


def quoted(text):
    return json.dumps(text)


# What the language reads in Markdown and may refuse: pictures, formulas, notes, expressions, citations.
READ = re.compile(r"!\[|\$|\[\^|\[@|^@|<!--|#x|~~~|```")
# Braces would be expressions wherever they stand.
PLAIN = [text for text in TEXTS if "{{" not in text]
MARKDOWN = [text for text in PLAIN if not READ.search(text)]


def notebook(texts, *, isMarkdown):
    """The texts in every place: all of them together, and each as Markdown has it and as a text of YAML's."""
    together = " ".join(texts)
    plain = quoted(together)
    markup = plain if isMarkdown else quoted("plain")
    names = "abcdefghijklmnopqrstuvwxyz"[:len(texts)]
    lines = [" ".join(text.split()) for text in texts] if isMarkdown else []
    body = "\n\n".join(f"| a | b |\n|---|---|\n| `x` | {line} |\n\n> {line}\n\n- {line}\n\n[{line}](#text)" for line in lines)
    raw = "\n\n".join(texts if isMarkdown else [])
    values = "".join(
        f"\n\n## Heading {{{{ params.{n} }}}}\n\nA value {{{{ params.{n} }}}}, <b title=\"{{{{ params.{n} }}}}\">"
        f"{{{{ params.{n} }}}}</b>, **{{{{ params.{n} }}}}**.\n\n| {{{{ params.{n} }}}} |\n|---|\n| {{{{ params.{n} }}}} |"
        for n in names)
    columns = ", ".join(quoted(text) for text in texts)
    numbers = ", ".join(str(n + 1) for n in range(len(texts)))
    return f"""\
---
title: {markup}
subtitle: {markup}
author: [{columns}]
date: {plain}
abstract: {markup}
description: {plain}
references:
  - {{id: work, title: {markup}, author: [{columns}], issued: 2022, URL: "https://work.example"}}
params: {{{", ".join(f"{name}: {quoted(text)}" for name, text in zip(names, texts))}}}
---

# Text

A work [@work].{values}

{body}

{raw}

# Cells

```{{published}}
#| label: paper
#| echo: true
source: {plain}
columns: [{columns}]
rows:
  size: [{numbers}]
  more: [{numbers}]
```

```{{published}}
#| label: figures
source: {plain}
columns: [{", ".join(names)}]
rows:
  size: [{numbers}]
```

```{{plot}}
#| label: fig-a
#| fig-cap: {markup}
#| fig-alt: {plain}
kind: bar
from: figures
series: {{{plain}: size}}
annotate: [{{y: 1, text: {plain}}}]
```

```{{plot-table}}
#| label: tbl-a
#| tbl-cap: {markup}
from: figures
columns: [{{group: {plain}, columns: {{{", ".join(f"{n}: {quoted(t)}" for n, t in zip(names, texts))}}}}}]
rows: [{{label: {plain}, value: size}}]
```

```{{load}}
#| label: gone
#| error: true
model: {plain}
```
"""


def groups():
    """Texts by the dozen: pages that are wholly inert take long to find by one."""
    for isMarkdown, texts in [(True, MARKDOWN), (False, PLAIN)]:
        for start in range(0, len(texts), 12):
            yield texts[start:start + 12], isMarkdown


GROUPS = list(groups())


@pytest.fixture(scope="module")
def trap():
    browser = Browser()
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TRAP})
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="module", params=[[], ["--unsafe-html"]], ids=["safe", "unsafe"])
def made(request, tmp_path_factory):
    """The folder of the reports of all groups, and whether raw HTML was trusted."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, (texts, isMarkdown) in enumerate(GROUPS):
        (folder / f"n{number}.md").write_text(notebook(texts, isMarkdown=isMarkdown), newline="")
        quantbook("run", f"n{number}.md", "-o", "out", "-q", "--offline", "--to", "html,md,ipynb,csv", *request.param,
                  cwd=folder)
    return folder, bool(request.param)


def provoke(trap, path):
    """What the page that is open did when everything was done to it."""
    trap.open(path)
    address = trap.driver.current_url
    trap.run(PROVOKE)
    trap.run("return new Promise((done) => setTimeout(done, 30))")
    assert trap.driver.current_url.split("#")[0] == address, "the page led away"
    return trap.run("return window.trapped")


def test_reports_run_nothing(trap, made):
    folder, isTrusted = made
    for number, (texts, _) in enumerate(GROUPS):
        trapped = provoke(trap, folder / f"out/n{number}.html")
        if isTrusted:
            # What the policy held back is told of; it ran no more than the rest.
            trapped = [what for what in trapped if not what.startswith("policy:")]
        assert trapped == [], texts
        if not isTrusted:
            assert trap.run(LOOK) == [], texts
            assert trap.requests() == [] and trap.complaints() == [], texts
            assert trap.run("return document.scripts.length") == 1, texts


def test_markdown_runs_nothing_where_html_is_passed_through(trap, made):
    """By a converter that takes every HTML for good, on a page that has no policy."""
    folder, isTrusted = made
    if isTrusted:
        pytest.skip("Markdown has no policy: with --unsafe-html its HTML is the author's")
    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "footnotes"])
    for number, (texts, _) in enumerate(GROUPS):
        source = (folder / f"out/n{number}.md").read_bytes().decode()
        page = folder / f"out/md{number}.html"
        page.write_text("<!doctype html><meta charset=utf-8>" + render(source.split("\n---\n", 1)[1]))
        assert provoke(trap, page) == [], texts
        assert trap.run(LOOK) == [], texts


def test_jupyter_outputs_and_pictures_run_nothing(trap, made):
    folder, _ = made
    for number, (texts, _) in enumerate(GROUPS):
        cells = json.loads((folder / f"out/n{number}.ipynb").read_text())["cells"]
        html = [part for cell in cells for output in cell.get("outputs", [])
                for kind in ("text/html", "image/svg+xml") for part in output["data"].get(kind, [])]
        page = folder / f"out/ipynb{number}.html"
        page.write_text("<!doctype html><meta charset=utf-8>" + "".join(html))
        assert provoke(trap, page) == [], texts
        assert trap.run(LOOK) == [], texts
        for picture in (folder / f"out/n{number}_files").glob("*.svg"):
            assert provoke(trap, picture) == [], texts


def test_a_site_runs_nothing(trap, made, tmp_path):
    """All of them, and some that fail, on one index."""
    folder, isTrusted = made
    for number, (texts, _) in enumerate(GROUPS):
        (tmp_path / f"n{number}.md").write_bytes((folder / f"n{number}.md").read_bytes())
        failing = f"---\ntitle: plain\nauthor: {quoted(' '.join(texts))}\n---\n\n```{{load}}\nmodel: {quoted(' '.join(texts))}\n```\n"
        (tmp_path / f"f{number}.md").write_text(failing, newline="")
    done = quantbook("publish", ".", "-o", "site", "-q", "--offline", "--url", "https://site.example/",
                     *["--unsafe-html"] * isTrusted, cwd=tmp_path, check=False)
    assert done.returncode == 5, done.stderr
    assert not any(ord(c) < 0x20 and c not in "\n\t" for c in done.stderr)
    assert provoke(trap, tmp_path / "site/index.html") == []
    assert trap.run(LOOK.replace("form|link", "form")) == []
    assert trap.run("return document.scripts.length") == 1
    assert trap.run("return document.querySelectorAll('li.report').length") == 2 * len(GROUPS)


def test_the_trap_is_one(trap, tmp_path):
    """What the tests above would see if something ran."""
    page = tmp_path / "page.html"
    for number, body in enumerate([
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b onmouseover=alert(1)>x</b>",
            '<a href="javascript:alert(1)">x</a>', '<p title="a"\u0301 onmouseover=alert(1)>x</p>']):
        page.write_text("<!doctype html><meta charset=utf-8>" + body)
        assert provoke(trap, page) != [], body
        assert number == 0 or trap.run(LOOK) != [], body
