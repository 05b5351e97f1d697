"""The page beside how it looked when somebody last looked at it: coarse pictures, so that another
machine's fonts do not matter, but a column that moves or a box that vanishes does.

`UPDATE_BASELINE=1 make test-browser` takes new pictures; look at them before they are committed.
"""

import base64
import io
import os
import pathlib

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

BASELINE = pathlib.Path(__file__).parent / "baseline"
# Mean difference of grey, of 255; text of another font differs by about 2, a lost sidebar by 6.
TOLERANCE = 4


def picture(browser, page, width, scheme):
    browser.size(width, 1600)
    browser.scheme(scheme)
    browser.open(page)
    taken = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    image = Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("L")
    return image.resize((width // 6, 1600 // 6), Image.BOX).filter(ImageFilter.GaussianBlur(2))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_looks_as_it_did(browser, kinds, width, scheme):
    now = picture(browser, kinds, width, scheme)
    kept = BASELINE / f"kinds-{width}-{scheme}.png"
    if os.environ.get("UPDATE_BASELINE"):
        BASELINE.mkdir(exist_ok=True)
        now.save(kept, optimize=True)
        return
    before = Image.open(kept)
    assert now.size == before.size
    difference = ImageStat.Stat(ImageChops.difference(now, before)).mean[0]
    if difference > TOLERANCE:
        now.save(f"/tmp/{kept.name}")
    assert difference <= TOLERANCE, f"{kept.name} differs by {difference:.1f}: see /tmp/{kept.name}"


def test_a_large_page_opens(browser, tmp_path):
    """Fifty charts and two hundred tables; how long it takes is printed, and asserted nowhere."""
    from conftest import quantbook
    rows = "\n".join(f"  r{n}: [{n}, {n * 1.5}, {n * 2.25}]" for n in range(1, 9))
    cells = [f"```{{published}}\n#| label: paper\nsource: Nobody\ncolumns: [a, b, c]\nrows:\n{rows}\n```"]
    cells += [
        f"```{{plot-table}}\n#| label: tbl-{n}\n#| tbl-cap: Table {n}.\nfrom: paper\n"
        "columns: {a: A, b: B, c: C}\nrows:\n"
        + "\n".join(f"  - {{label: Row {m}, value: r{m}}}" for m in range(1, 9)) + "\n```"
        for n in range(200)]
    cells += [
        f"```{{plot}}\n#| label: fig-{n}\n#| fig-cap: Figure {n}.\n#| fig-alt: Bars.\nkind: bar\n"
        f"from: paper\nseries: {{One: r1, Two: r2, Eight: r8}}\n```" for n in range(50)]
    (tmp_path / "large.md").write_text("---\ntitle: Large\n---\n\n" + "\n\n".join(cells) + "\n")
    quantbook("run", "large.md", "-o", tmp_path, "--to", "html", "-q", cwd=tmp_path)
    browser.size(1440)
    browser.open(tmp_path / "large.html")
    assert browser.run("return document.querySelectorAll('table.results').length") >= 200
    assert browser.run("return document.querySelectorAll('svg.chart').length") == 50
    taken = browser.run(
        "const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd - t.startTime")
    size = (tmp_path / "large.html").stat().st_size
    print(f"\n50 charts and 200 tables: {size / 1000:.0f} kB, loaded in {taken:.0f} ms")
