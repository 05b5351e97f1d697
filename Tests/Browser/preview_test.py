"""The live preview in a real browser: what is saved is seen, and nothing else moves.

QUANTBOOK names the command; else it is that of `make build`.
"""

import contextlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time

import pytest
from selenium import webdriver
from selenium.common.exceptions import JavascriptException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("QUANTBOOK", str(ROOT / ".build/release/quantbook"))
PATIENCE = 60

PARAGRAPH = "A paragraph that makes the page longer than a window. " * 12

NOTEBOOK = f"""---
title: Preview
params:
  rows: {{default: 2, type: int, min: 1, max: 9, help: How many.}}
  word: {{default: one, choices: [one, two]}}
  flag: {{default: true}}
  note: {{default: text}}
---

First: {{{{ params.rows }}}} rows, {{{{ params.word }}}}, {{{{ params.flag }}}}, {{{{ params.note }}}}.

# Above {{#sec-above}}

{PARAGRAPH}

{PARAGRAPH}

{PARAGRAPH}

# Below {{#sec-below}}

{PARAGRAPH}

The marked sentence.

```{{published}}
#| label: figures
source: a paper
columns: [a]
rows:
  memory.before: [42]
```

```{{plot-table}}
#| label: tbl-figures
#| tbl-cap: Figures.
from: figures
columns: {{a: A}}
rows:
  - {{label: Memory, value: memory.before, format: round(0)}}
```

{PARAGRAPH}

{PARAGRAPH}

{PARAGRAPH}
"""

FAILING = """
```{load}
#| label: base
model: no-such-folder
```
"""


class Preview:
    """A running `quantbook preview`."""

    def __init__(self, folder, text, *options):
        self.notebook = folder / "preview.md"
        self.notebook.write_text(text)
        self.errors = open(folder / "errors.txt", "w+")
        self.folder = folder
        self.start(["--port", "0", *options])

    def start(self, options):
        environment = os.environ | {"QUANTBOOK_CACHE": str(self.folder / "cache")}
        self.process = subprocess.Popen(
            [COMMAND, "preview", str(self.notebook), *options],
            stdout=subprocess.PIPE, stderr=self.errors, text=True, env=environment)
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rstrip("/").rsplit(":", 1)[1])

    def save(self, text):
        # As editors do: another file takes the name.
        other = self.notebook.with_suffix(".new")
        other.write_text(text)
        other.replace(self.notebook)

    def ask(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, text

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=10)


@pytest.fixture
def preview(tmp_path):
    preview = Preview(tmp_path, NOTEBOOK)
    yield preview
    preview.end()


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                   "--window-size=900,600"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Debian's, where it is there, so that selenium asks nobody for one.
    path = shutil.which("chromedriver")
    driver = webdriver.Chrome(options=options, service=Service(path) if path else None)
    yield driver
    driver.quit()


# While a page loads anew it has no body yet, and elements found before are gone.
LOADING = [JavascriptException, StaleElementReferenceException]


def until(browser, condition):
    wait = WebDriverWait(browser, PATIENCE, poll_frequency=0.05, ignored_exceptions=LOADING)
    return wait.until(lambda _: condition())


def state(browser):
    return browser.execute_script("return document.documentElement.dataset.preview")


def main_text(browser):
    return browser.execute_script("return document.querySelector('main').innerText")


def opened(browser, preview):
    browser.get(preview.address)
    until(browser, lambda: state(browser) == "ready" and "The marked sentence." in main_text(browser))
    return browser


def top_of_marked(browser):
    return browser.execute_script(
        "return [...document.querySelectorAll('main > p')]"
        ".find(p => p.textContent.startsWith('The marked')).getBoundingClientRect().top")


def box(browser):
    return browser.execute_script(
        "const box = document.querySelector('.preview-mistakes'); return box.hidden ? '' : box.innerText")


def set_control(browser, selector, value):
    browser.execute_script(
        "const e = document.querySelector(arguments[0]);"
        "if (e.type === 'checkbox') e.checked = arguments[1]; else e.value = arguments[1];"
        "e.dispatchEvent(new Event('input', {bubbles: true}))", selector, value)


def test_a_saved_figure_is_seen_and_the_scroll_position_stays(browser, preview):
    opened(browser, preview)
    browser.execute_script(
        "document.documentElement.style.scrollBehavior = 'auto';"
        "const marked = [...document.querySelectorAll('main > p')]"
        ".find(p => p.textContent.startsWith('The marked'));"
        "marked.scrollIntoView(); marked.dataset.same = 'yes'; window.same = 'yes'")
    before = top_of_marked(browser)
    assert browser.execute_script("return window.scrollY") > 300
    text = NOTEBOOK.replace("[42]", "[1234]").replace(
        "# Above", f"{PARAGRAPH}\n\n{PARAGRAPH}\n\n# Another {{#sec-another}}\n\n# Above")
    preview.save(text)
    until(browser, lambda: "1,234" in main_text(browser) or "1234" in main_text(browser))
    assert abs(top_of_marked(browser) - before) < 2
    assert browser.execute_script("return window.same") == "yes"
    assert browser.execute_script("return document.querySelectorAll('[data-same=yes]').length") == 1
    links = browser.execute_script(
        "return [...document.querySelectorAll('.contents a')].map(a => a.hash)")
    assert links == ["#sec-another", "#sec-above", "#sec-below"]


def test_any_change_of_blocks_gives_the_page_that_the_server_has(browser, preview):
    opened(browser, preview)
    choice = random.Random(7)
    paragraphs = [f"Paragraph {number}." for number in range(12)]
    for number in range(12):
        for _ in range(choice.randint(1, 4)):
            place = choice.randrange(len(paragraphs))
            match choice.choice(["add", "remove", "move", "change"]):
                case "add": paragraphs.insert(place, f"Added {choice.random()}.")
                case "remove" if len(paragraphs) > 2: paragraphs.pop(place)
                case "move": paragraphs.append(paragraphs.pop(place))
                case _: paragraphs[place] = f"Changed {choice.random()}."
        text = [*paragraphs, f"Round {number}."]
        choice.shuffle(text) if number % 4 == 3 else None
        preview.save("\n\n".join(text))
        until(browser, lambda: browser.execute_script(
            "return [...document.querySelectorAll('main > p')].map(p => p.textContent)") == text)


def test_mistakes_come_and_go(browser, preview):
    opened(browser, preview)
    browser.execute_script(
        "document.documentElement.style.scrollBehavior = 'auto'; window.scrollTo(0, 700)")
    before = top_of_marked(browser)
    preview.save(NOTEBOOK.replace("from: figures", "from: figurs"))
    until(browser, lambda: state(browser) == "invalid")
    assert "no cell is labelled 'figurs'" in box(browser)
    assert "did you mean 'figures'" in box(browser)
    assert "42" in main_text(browser)
    assert abs(top_of_marked(browser) - before) < 2
    preview.save(NOTEBOOK)
    until(browser, lambda: state(browser) == "ready")
    assert box(browser) == ""
    assert abs(top_of_marked(browser) - before) < 2


def test_the_authors_style_and_pictures_are_followed_too(browser, preview):
    style = preview.folder / "own.css"
    style.write_text("main p { color: rgb(1, 2, 3); }")
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"/>'
    (preview.folder / "square.svg").write_text(square.format(30))
    preview.save(NOTEBOOK.replace("title: Preview", "title: Preview\nformat: {html: {css: own.css}}")
                 .replace("# Above", "![A square](square.svg)\n\n# Above"))
    colour = ("return getComputedStyle(document.querySelector('main > p')).color")
    width = "return document.querySelector('main img')?.naturalWidth"
    browser.get(preview.address)
    until(browser, lambda: browser.execute_script(colour) == "rgb(1, 2, 3)")
    until(browser, lambda: browser.execute_script(width) == 30)
    style.write_text("main p { color: rgb(4, 5, 6); }")
    until(browser, lambda: browser.execute_script(colour) == "rgb(4, 5, 6)")
    (preview.folder / "square.svg").write_text(square.format(40))
    until(browser, lambda: browser.execute_script(width) == 40)


def test_a_failing_cell_has_its_box_in_its_place(browser, preview):
    opened(browser, preview)
    preview.save(NOTEBOOK.replace("# Below", FAILING + "\n# Below"))
    failure = until(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "main > .failure"))[0]
    until(browser, lambda: state(browser) == "failed")
    assert "no-such-folder" in failure.text
    following = browser.execute_script("return arguments[0].nextElementSibling.id", failure)
    assert following == "sec-below"
    assert "42" in main_text(browser)
    preview.save(NOTEBOOK)
    until(browser, lambda: state(browser) == "ready")
    until(browser, lambda: not browser.find_elements(By.CSS_SELECTOR, "main > .failure"))


def test_a_notebook_that_starts_broken_is_shown_when_mended(browser, tmp_path):
    preview = Preview(tmp_path, "{{ nothing }}\n")
    try:
        browser.get(preview.address)
        until(browser, lambda: "nothing" in box(browser))
        preview.save("Mended.\n")
        until(browser, lambda: "Mended." in main_text(browser))
        until(browser, lambda: box(browser) == "")
    finally:
        preview.end()


def test_controls_run_the_notebook_again(browser, preview):
    opened(browser, preview)
    assert "First: 2 rows, one, true, text." in main_text(browser)
    # It is closed where it would cover the text.
    browser.find_element(By.CSS_SELECTOR, ".preview-parameters summary").click()
    slider = browser.find_element(By.CSS_SELECTOR, ".preview-control input[type=range]")
    assert [slider.get_attribute(n) for n in ("min", "max", "step")] == ["1", "9", "1"]
    set_control(browser, ".preview-control input[type=range]", "7")
    until(browser, lambda: "First: 7 rows" in main_text(browser))
    set_control(browser, "#preview-word", "two")
    set_control(browser, "#preview-flag", False)
    set_control(browser, "#preview-note", "<b>mine</b>")
    until(browser, lambda: "First: 7 rows, two, false, <b>mine</b>." in main_text(browser))
    set_control(browser, "#preview-rows", "10")
    mistake = browser.find_element(By.ID, "preview-rows-mistake")
    until(browser, lambda: mistake.text != "")
    assert mistake.text == "the parameter 'rows' is at most 9, not 10"
    browser.find_element(By.CSS_SELECTOR, ".preview-reset").click()
    until(browser, lambda: "First: 2 rows, one, true, text." in main_text(browser))
    assert mistake.text == ""
    # Not even a report is written.
    names = sorted(path.name for path in preview.folder.iterdir())
    assert [name for name in names if name != "cache"] == ["errors.txt", "preview.md"]


def test_a_page_comes_back_to_another_run_of_the_command(browser, preview):
    opened(browser, preview)
    assert preview.end() == 130
    until(browser, lambda: state(browser) == "lost")
    preview.notebook.write_text(NOTEBOOK.replace("[42]", "[77]"))
    preview.start(["--port", str(preview.port)])
    until(browser, lambda: state(browser) == "ready" and "77" in main_text(browser))


def test_nothing_is_refused_by_the_pages_own_policy(browser, preview):
    browser.get_log("browser")
    opened(browser, preview)
    messages = [entry["message"] for entry in browser.get_log("browser")]
    assert [m for m in messages if "favicon" not in m] == []


def test_ctrl_c_ends_it_with_an_open_stream(browser, preview):
    opened(browser, preview)
    start = time.monotonic()
    assert preview.end() == 130
    # Twice what is promised: the machine may be busy.
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 200),
        ("HEAD", "/", {}, 200),
        ("GET", "/", {"Host": "evil.example"}, 421),
        ("GET", "/", {"Origin": "http://evil.example"}, 403),
        ("GET", "/events", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
        ("GET", "/preview.md", {}, 404),
        ("GET", "/../preview.md", {}, 404),
        ("GET", "/%2e%2e/preview.md", {}, 404),
        ("GET", "/" + "a" * 5000, {}, 414),
        ("GET", "/", {"X-Long": "a" * 20000}, 431),
        ("DELETE", "/", {}, 405),
        ("POST", "/parameters", {}, 403),
    ])
def test_only_its_own_page_is_answered(preview, method, path, headers, status):
    assert preview.ask(method, path, headers)[0] == status


def test_parameters_need_the_token_and_a_small_body(preview):
    own = {"Origin": preview.address.rstrip("/")}
    body = json.dumps({"rows": "3"})
    assert preview.ask("POST", "/parameters", own | {"X-Preview-Token": "guessed"}, body)[0] == 403
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=30)
    connection.request("GET", "/events")
    response = connection.getresponse()
    while not (line := response.readline().decode()).startswith('data: {"token"'):
        pass
    token = json.loads(line.removeprefix("data: "))["token"]
    connection.close()
    known = own | {"X-Preview-Token": token}
    assert preview.ask("POST", "/parameters", known, body)[0] == 200
    assert preview.ask("POST", "/parameters", known, "not JSON")[0] == 400
    assert preview.ask("POST", "/parameters", known, "[" * 16000)[0] == 400
    assert preview.ask("POST", "/parameters", known, "a" * 20000)[0] == 413
    status, text = preview.ask("POST", "/parameters", known, json.dumps({"rows": "x", "row": "1"}))
    assert status == 422 and sorted(json.loads(text)) == ["row", "rows"]


def test_an_events_reader_that_comes_back_gets_what_it_has_not_seen(preview):
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=30)
    connection.request("GET", "/events")
    response = connection.getresponse()
    assert response.getheader("Content-Type") == "text/event-stream"
    assert response.readline() == b"retry: 500\n"
    last = ""
    while True:
        line = response.readline().decode().strip()
        if line.startswith("id: "):
            last = line.removeprefix("id: ")
        if line.startswith("data: ") and "up to date" in line:
            break
    connection.close()
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=30)
    connection.request("GET", "/events", headers={"Last-Event-ID": last})
    response = connection.getresponse()
    lines = [response.readline() for _ in range(3)]
    # Nothing is new: after the opening comes a sign of life.
    assert lines == [b"retry: 500\n", b"\n", b": \n"]
    connection.close()


def test_readers_beyond_the_limit_are_turned_away(preview):
    readers = []
    statuses = []
    for _ in range(70):
        connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=30)
        connection.request("GET", "/events")
        # The answer holds the connection, which ends with it.
        readers.append(connection.getresponse())
        statuses.append(readers[-1].status)
    assert statuses == [200] * 64 + [503] * 6
    assert preview.ask("GET", "/")[0] == 200
    for response in readers:
        response.close()


def test_readers_and_connections_are_as_many_as_was_asked_for(tmp_path):
    preview = Preview(
        tmp_path, NOTEBOOK, "--limit", "preview-readers=1", "--limit", "preview-connections=2")
    connections = []
    for _ in range(2):
        connections.append(http.client.HTTPConnection("127.0.0.1", preview.port, timeout=30))
        connections[-1].request("GET", "/events")
    first = connections[0].getresponse()
    assert first.status == 200 and connections[1].getresponse().status == 503
    connections.append(http.client.HTTPConnection("127.0.0.1", preview.port, timeout=30))
    connections[-1].request("GET", "/events")
    assert connections[-1].getresponse().status == 503
    first.close()
    assert preview.ask("GET", "/")[0] == 200
    preview.end()


def test_a_reader_that_leaves_makes_room(preview):
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=30)
        connection.request("GET", "/events")
        response = connection.getresponse()
        assert response.status == 200
        response.close()


@contextlib.contextmanager
def clients(preview, count):
    """So many open connections."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection(("127.0.0.1", preview.port)))
            for _ in range(count)
        ]


def reply_to(preview, sent):
    with socket.create_connection(("127.0.0.1", preview.port)) as client:
        client.settimeout(PATIENCE)
        client.sendall(sent)
        received = b""
        while piece := client.recv(1 << 16):
            received += piece
    return received


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: {}\r\nHost: {}\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: {}\n\n\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET /%00 HTTP/1.1\r\nHost: {}\r\n\r\n", 404),
        (b"GET /%252e%252e/preview.md HTTP/1.1\r\nHost: {}\r\n\r\n", 404),
        (b"GET / HTTP/1.1\r\nHost: {}\r\nContent-Length: 9999999999\r\n\r\n", 413),
        (b"GET /" + b"a" * 40000, 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 40000, 431),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
    ])
def test_requests_that_no_browser_sends_are_refused(preview, sent, status):
    host = f"127.0.0.1:{preview.port}".encode()
    assert reply_to(preview, sent.replace(b"{}", host)).split()[1] == str(status).encode()


def test_a_head_without_an_end_is_cut_off(preview):
    with socket.create_connection(("127.0.0.1", preview.port)) as client:
        client.settimeout(PATIENCE)
        client.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{preview.port}\r\nX: ".encode())
        with pytest.raises(OSError):
            # A gigabyte, if nobody stopped it.
            for _ in range(1 << 14):
                client.sendall(b"a" * (1 << 16))
    assert preview.ask("GET", "/")[0] == 200


def test_two_hundred_connections_cost_little(preview):
    def memory():
        status = pathlib.Path(f"/proc/{preview.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    before = memory()
    with clients(preview, 200) as crowd:
        for client in crowd[:100]:
            client.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 20000)
        # Those that are open and say nothing are ended after a while.
        assert preview.ask("GET", "/")[0] == 200
        assert memory() - before < 64 << 10


def test_a_reader_that_takes_nothing_keeps_nobody_waiting(preview):
    with clients(preview, 20) as lazy:
        for client in lazy:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            client.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{preview.port}\r\n\r\n".encode())
        assert preview.ask("GET", "/")[0] == 200


def test_slow_clients_keep_nobody_waiting(preview):
    with clients(preview, 100) as slow:
        for client in slow:
            client.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        assert preview.ask("GET", "/")[0] == 200
        for client in slow:
            client.sendall(b"a")
        assert preview.ask("GET", "/")[0] == 200


def test_a_port_that_is_taken_is_refused(preview):
    run = subprocess.run(
        [COMMAND, "preview", str(preview.notebook), "--port", str(preview.port)],
        capture_output=True, text=True, timeout=30)
    assert run.returncode == 64
    assert f"port {preview.port} is taken" in run.stderr
