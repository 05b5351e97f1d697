"""What the browser's tests share: reports rendered from the committed results, and a browser."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUANTBOOK = os.environ.get("QUANTBOOK", str(ROOT / ".build/release/quantbook"))
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REPORTS = ["quantization-report", "which-layers", "block-size"]


def quantbook(*arguments, cwd=ROOT, check=True):
    result = subprocess.run(
        [QUANTBOOK, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=300)
    assert not check or result.returncode == 0, result.stderr
    return result


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """The notebooks rendered as they are committed: nothing is computed."""
    folder = tmp_path_factory.mktemp("reports")
    for name in REPORTS:
        shutil.copy(ROOT / f"output/{name}.results.json", folder)
        quantbook("run", ROOT / f"notebooks/{name}.md", "-o", folder, "--frozen", "-q")
    return folder


@pytest.fixture(scope="session")
def kinds(tmp_path_factory):
    """A page with every kind of block and of chart."""
    folder = tmp_path_factory.mktemp("kinds")
    quantbook("run", ROOT / "Tests/Browser/kinds.md", "-o", folder, "-q")
    return folder / "kinds.html"


@pytest.fixture(scope="session")
def pages(reports, kinds):
    return [reports / f"{name}.html" for name in REPORTS] + [kinds]


class Browser:
    """Headless Chromium, with what a page asked for and complained of."""

    def __init__(self, scripts=True):
        options = Options()
        for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                         "--disable-dev-shm-usage", "--force-device-scale-factor=1"]:
            options.add_argument(argument)
        options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        if not scripts:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2})
        self.driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
        self.scheme("light")

    def size(self, width, height=900):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name},
                         {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def open(self, path):
        self.visit(pathlib.Path(path).as_uri())

    def visit(self, address):
        self.driver.get_log("performance"), self.driver.get_log("browser")
        self.driver.get(address)

    def requests(self):
        """Addresses that were asked for since the page was opened, the page's own left out."""
        events = [json.loads(entry["message"])["message"]
                  for entry in self.driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"
                and event["params"].get("type") != "Document"]

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)


@pytest.fixture(scope="session")
def browser():
    browser = Browser()
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="session")
def browser_without_scripts():
    browser = Browser(scripts=False)
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="session")
def axe():
    package = importlib.util.find_spec("axe_playwright_python")
    return (pathlib.Path(package.origin).parent / "axe.min.js").read_text()


def violations(browser, axe):
    """What axe finds on the page that is open: a line for each rule."""
    browser.run(axe)
    result = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}}).then(done);", STANDARDS)
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]} "
            f"({len(v['nodes'])}): {v['nodes'][0]['failureSummary'][:300]}"
            for v in result["violations"]]
