"""A report in a real browser: valid, accessible, without requests, and readable at any width."""

import re
import shutil
import subprocess

import html5lib
import pytest

from conftest import quantbook, violations

# What tidy does not know of HTML: it is older than MathML's own elements and these attributes.
UNKNOWN_TO_TIDY = re.compile(
    r"<(math|semantics|annotation|m[a-z]+)> is not|proprietary attribute|trimming empty|"
    r"is not recognized|discarding unexpected|<svg>|inserting implicit|nested emphasis|"
    r"lacks \"summary\"|attribute \"(tabindex|role|aria-[a-z]+)\"")


def test_is_valid_for_a_strict_parser(pages):
    for page in pages:
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(page.read_text())


def test_tidy_finds_no_errors(pages):
    tidy = shutil.which("tidy")
    if not tidy:
        pytest.skip("tidy is not installed")
    for page in pages:
        found = subprocess.run([tidy, "-qe", "--show-warnings", "yes", str(page)],
                               capture_output=True, text=True).stderr.splitlines()
        wrong = [line for line in found if "Error:" in line and not UNKNOWN_TO_TIDY.search(line)]
        assert not wrong, f"{page.name}: " + "\n".join(wrong[:10])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_is_accessible(browser, axe, pages, scheme, width):
    browser.size(width)
    browser.scheme(scheme)
    for page in pages:
        browser.open(page)
        found = violations(browser, axe)
        assert not found, f"{page.name}:\n" + "\n".join(found)


def test_asks_nobody_for_anything(browser, pages):
    browser.size(1440)
    for page in pages:
        browser.open(page)
        assert browser.requests() == []
        assert browser.complaints() == []


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_scrolls_only_downwards(browser, pages, width):
    browser.size(width)
    for page in pages:
        browser.open(page)
        wide = browser.run("return document.documentElement.scrollWidth")
        widest = browser.run("""
            const over = [...document.querySelectorAll("body *")].filter(e =>
                e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre, .formula, .hidden"));
            return over.slice(0, 3).map(e => e.outerHTML.slice(0, 150))""")
        assert wide <= width, f"{page.name} is {wide} wide: {widest}"


def test_long_words_end_within_the_page(browser, axe, tmp_path):
    word = "averylongword" * 12
    (tmp_path / "n.md").write_text(
        f"---\ntitle: {word}\n---\n\n# {word}\n\nA link https://example.org/{word} and `{word}`[^a],"
        f" again[^a].\n\n[^a]: A note.\n")
    quantbook("run", "n.md", "-o", ".", "-q", "--to", "html", cwd=tmp_path)
    for width in [390, 1440]:
        browser.size(width)
        browser.open(tmp_path / "n.html")
        assert browser.run("return document.documentElement.scrollWidth") == width
        assert violations(browser, axe) == []


def test_lines_are_of_a_readable_length(browser, reports):
    browser.size(1440)
    browser.open(reports / "quantization-report.html")
    characters = browser.run("""
        const lines = p => Math.round(p.clientHeight / parseFloat(getComputedStyle(p).lineHeight));
        const long = [...document.querySelectorAll("main > p")].filter(p => lines(p) >= 4);
        const text = long.reduce((sum, p) => sum + p.innerText.length, 0);
        // The last line of a paragraph is half full.
        return text / long.reduce((sum, p) => sum + lines(p) - 0.5, 0)""")
    assert 62 <= characters <= 80


def test_marks_the_section_being_read(browser, reports):
    browser.size(1440)
    browser.open(reports / "quantization-report.html")
    current = "return document.querySelector('.contents [aria-current]')?.hash"
    assert browser.run(current) == "#sec-introduction"
    browser.run("document.getElementById('sec-discussion').scrollIntoView()")
    browser.driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")
    assert browser.run(current) == "#sec-discussion"


def test_notes_stand_beside_the_text_where_there_is_room(browser, kinds):
    shown = ("return ['.side-note', '.footnotes li'].map(s => "
             "document.querySelector(s).getBoundingClientRect().width > 100)")
    browser.size(1440)
    browser.open(kinds)
    assert browser.run(shown)[0] is True
    browser.size(768)
    assert browser.run(shown) == [False, True]


def test_works_without_scripts(browser_without_scripts, reports):
    browser = browser_without_scripts
    browser.size(1440)
    browser.open(reports / "quantization-report.html")
    driver = browser.driver
    published = driver.find_element("css selector", "td > .published")
    assert published.is_displayed()
    driver.find_element("css selector", ".toggle input").click()
    assert not published.is_displayed()
    link = driver.find_elements("css selector", ".contents a")[1]
    link.click()
    assert driver.current_url.endswith(link.get_attribute("href").split("#")[1])


def test_draws_formulas(browser, kinds):
    browser.size(1440)
    browser.open(kinds)
    sizes = browser.run(
        "return [...document.querySelectorAll('math')].map(m => {"
        "const box = m.getBoundingClientRect(); return [box.width, box.height]})")
    assert len(sizes) >= 4 and all(width > 5 and height > 5 for width, height in sizes)


def test_shows_the_value_of_a_mark_that_is_pointed_at_or_reached(browser, kinds):
    from selenium.webdriver import ActionChains
    browser.size(1440)
    browser.open(kinds)
    points = browser.driver.find_elements("css selector", "#fig-slope .point")
    rect = browser.driver.find_elements("css selector", "#fig-slope .point > rect")[3]
    tips = ("return [...document.querySelectorAll('#fig-slope .tip')]"
            ".map(t => getComputedStyle(t).visibility == 'visible')")
    assert browser.run(tips) == [False] * 6
    browser.run("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", rect)
    ActionChains(browser.driver).move_to_element(rect).perform()
    assert browser.run(tips).index(True) == 3
    ActionChains(browser.driver).move_by_offset(0, 300).send_keys("\ue004").perform()
    browser.run("arguments[0].focus()", points[1])
    assert browser.run(tips) == [False, True, False, False, False, False]


def test_the_report_is_small(reports):
    size = (reports / "quantization-report.html").stat().st_size
    assert size < 150_000, f"{size} bytes"
