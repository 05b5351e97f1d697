"""Pictures of the committed report for the README: `make screenshots`."""

import base64
import io
import pathlib
import sys

from PIL import Image

from conftest import ROOT, Browser

FOLDER = ROOT / "docs/images"
# Name, width, height, scheme, and the element at the top.
PICTURES = [
    ("report-light", 1440, 1000, "light", "sec-results"),
    ("report-dark", 1440, 1000, "dark", "sec-results"),
    ("report-768", 768, 1000, "light", None),
    ("report-390", 390, 844, "light", "tbl-results"),
]


def main():
    page = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "output/quantization-report.html")
    FOLDER.mkdir(exist_ok=True)
    browser = Browser()
    for name, width, height, scheme, element in PICTURES:
        browser.size(width, height)
        browser.scheme(scheme)
        browser.open(page.resolve())
        if element:
            browser.run("document.getElementById(arguments[0]).scrollIntoView()", element)
            browser.driver.execute_async_script(
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")
        taken = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
        image = Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")
        image.quantize(64).save(FOLDER / f"{name}.png", optimize=True)
    browser.driver.quit()


if __name__ == "__main__":
    main()
