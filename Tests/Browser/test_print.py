"""Pages on paper: what belongs together stays on one page, nothing is cut off, and dark stays on screens.

Each row and each chart has a word of its own at its top and at its bottom; where they stand is read from
the PDF.
"""

import base64
import io
import re

import pdfplumber
import pytest

from conftest import quantbook

PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}
KINDS = ["bar", "line", "scatter", "slope", "heatmap"]
PROSE = "Words that move what follows to another place of its page. "


def published(label, columns, rows):
    lines = "\n".join(f"  r{n}: [{', '.join(str(n + m) for m in range(columns))}]" for n in range(rows))
    names = ", ".join(f"c{n}" for n in range(columns))
    return f"```{{published}}\n#| label: {label}\nsource: Nobody\ncolumns: [{names}]\nrows:\n{lines}\n```"


def table(number, source, columns, rows, words):
    """Each row has a label that is several lines high."""
    entries = "\n".join(
        f"  - {{label: t{number}r{n}top {'word ' * words}t{number}r{n}end, value: r{n}}}"
        for n in range(rows))
    names = ", ".join(f"c{n}: t{number}c{n}" for n in range(columns))
    return (f"```{{plot-table}}\n#| label: tbl-{number}\n#| tbl-cap: caption{number}\nfrom: {source}\n"
            f"columns: {{{names}}}\nrows:\n{entries}\n```")


def chart(number, kind):
    body = {"bar": "series: {One: r1, Two: r2}", "heatmap": "series: {One: r1, Two: r2, Six: r6}",
            "slope": "series: {One: r1, Two: r2}", "line": "x: r1\ny: r2", "scatter": "x: r1\ny: r2"}
    return (f"```{{plot}}\n#| label: fig-{number}\n#| fig-cap: chart{number}end\n#| fig-alt: A chart.\n"
            f"kind: {kind}\nfrom: narrow\n{body[kind]}\nyLabel: chart{number}top\n```")


def notebook():
    parts = ["---\ntitle: Long\nauthor: A. Author\n---", published("narrow", 3, 90),
             published("wide", 24, 12)]
    for number in range(15):
        parts += [f"# heading{number}", PROSE * (1 + number % 4), chart(number, KINDS[number % 5])]
    for number in range(6):
        parts += [f"# heading{15 + number}", PROSE * (2 + number % 3),
                  table(number, "narrow", 3, 12 + 13 * number, 12 + 9 * (number % 3))]
    parts += ["# heading21", table(9, "wide", 24, 12, 6)]
    # No element with a word of its own can be split unseen behind a code that is cut off.
    parts += ["# heading22", "```text\ncodestart " + "x" * 300 + " codeend\n```",
              "A [link](https://example.org/there) and <https://example.org/plain>."]
    return "\n\n".join(parts) + "\n"


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    folder = tmp_path_factory.mktemp("print")
    (folder / "long.md").write_text(notebook())
    quantbook("run", "long.md", "-o", folder, "--to", "html", "-q", cwd=folder)
    return folder / "long.html"


def printed(browser, page, paper):
    """As from a dark screen, with every control of the page turned off."""
    browser.size(1440)
    browser.scheme("dark")
    browser.open(page)
    browser.run("document.querySelectorAll('.toggle input').forEach(box => box.checked = false)")
    width, height = PAPERS[paper]
    taken = browser.driver.execute_cdp_cmd("Page.printToPDF", {
        "paperWidth": width, "paperHeight": height, "printBackground": True})
    browser.scheme("light")
    return pdfplumber.open(io.BytesIO(base64.b64decode(taken["data"])))


def places(pdf):
    """The pages on which each word stands."""
    found = {}
    for page in pdf.pages:
        for word in page.extract_words():
            found.setdefault(word["text"].rstrip("."), []).append(page.page_number)
    return found


def assert_inside(pdf):
    """Nothing but the page's number stands in the margins."""
    for page in pdf.pages:
        for word in page.extract_words():
            assert 40 < word["x0"] and word["x1"] < page.width - 40, (page.page_number, word)
            assert word["top"] > 40, (page.page_number, word)
            if word["bottom"] > page.height - 55:
                assert word["text"] == str(page.page_number), word


def assert_no_heading_at_the_foot(pdf, headings):
    for page in pdf.pages:
        lines = page.crop((0, 0, page.width, page.height - 55)).extract_text().splitlines()
        assert lines, f"page {page.page_number} is empty"
        assert lines[-1] not in headings, (page.page_number, lines[-1])


@pytest.mark.parametrize("paper", PAPERS)
def test_splits_nothing(browser, long, paper):
    pdf = printed(browser, long, paper)
    found = places(pdf)
    rows = [word for word in found if re.fullmatch(r"t\d+r\d+top", word)]
    assert len(rows) == sum(12 + 13 * n for n in range(6)) + 12
    for word in rows:
        assert found[word] == found[word.replace("top", "end")], word
    for number in range(15):
        assert found[f"chart{number}top"] == found[f"chart{number}end"], number
        assert len(found[f"chart{number}top"]) == 1
    longest = found["t5c0"]
    assert len(longest) > 1 and longest == sorted({found[w][0] for w in rows if w.startswith("t5r")}), \
        "a table's header stands on each of its pages"
    for number in range(6):
        first = min(found[word][0] for word in rows if word.startswith(f"t{number}r"))
        assert found[f"caption{number}"] == [first], "a caption stands with its first row"


@pytest.mark.parametrize("paper", PAPERS)
def test_cuts_nothing_off(browser, long, paper):
    pdf = printed(browser, long, paper)
    found = places(pdf)
    assert_inside(pdf)
    assert all(f"t9c{n}" in found for n in range(24)), "a wide table has all of its columns"
    assert found["codestart"] == found["codeend"]
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "(https://example.org/there)" in text, "a reader of paper sees where a link leads"
    assert text.count("https://example.org/plain") == 1


def test_is_dark_on_white(browser, kinds):
    pdf = printed(browser, kinds, "A4")
    for char in (char for page in pdf.pages for char in page.chars):
        colour = char["non_stroking_color"] or (0,)
        # White alone are what keeps a chart's lines off its labels, and figures in dark cells.
        assert sum(colour) / len(colour) < 0.6 or set(colour) == {1.0}, (char["text"], colour)
    assert not [box for page in pdf.pages for box in page.rects
                if box["width"] > 400 and box["fill"] and sum(box["non_stroking_color"] or (0,)) < 0.5]


@pytest.mark.parametrize("paper", PAPERS)
def test_leaves_no_heading_alone(browser, long, paper):
    pdf = printed(browser, long, paper)
    found = places(pdf)
    assert_no_heading_at_the_foot(pdf, {f"{n + 1} heading{n}" for n in range(23)})
    assert all(len(found[f"heading{n}"]) == 1 for n in range(23)), "contents are for screens"


@pytest.mark.parametrize("paper", PAPERS)
def test_prints_the_reports(browser, reports, paper):
    for page in sorted(reports.glob("*.html")):
        pdf = printed(browser, page, paper)
        assert 2 <= len(pdf.pages) <= 16
        assert_inside(pdf)
        browser.open(page)
        headings = browser.run(
            "return [...document.querySelectorAll('main :is(h2, h3, h4)')].map(h => "
            "h.innerText.replace(/#$/, '').replace(/\\s+/g, ' ').trim())")
        assert_no_heading_at_the_foot(pdf, set(headings))
        if page.stem == "quantization-report":
            text = "\n".join(sheet.extract_text() for sheet in pdf.pages)
            assert text.count("pub.") > 30, "published figures are printed, hidden on the screen or not"
            assert "Published figures" not in text and "point at it" not in text
