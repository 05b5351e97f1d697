"""The other formats, read by the programs that they are for."""

import csv
import re
import shutil
import subprocess

import pytest

from conftest import ROOT, quantbook

REPORTS = ["quantization-report", "which-layers", "block-size"]
EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]


@pytest.fixture(scope="session")
def formats(tmp_path_factory):
    """Every format of the notebooks as they are committed; nothing is computed."""
    folder = tmp_path_factory.mktemp("formats")
    for name in REPORTS:
        shutil.copy(ROOT / f"output/{name}.results.json", folder)
        quantbook("run", ROOT / f"notebooks/{name}.md", "-o", folder, "--frozen", "-q",
                  "--to", "md,csv,ipynb")
    quantbook("run", ROOT / "Tests/Browser/kinds.md", "-o", folder, "-q", "--to", "md")
    return folder


@pytest.mark.parametrize("name", REPORTS)
def test_notebook_is_valid(formats, name):
    nbformat = pytest.importorskip("nbformat", reason="make test-browser installs nbformat")
    notebook = nbformat.read(formats / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook, relax_add_props=False)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert outputs and all({"text/html", "text/markdown"} <= set(o.data) for o in outputs)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_notebook_converts(formats, tmp_path, name, form):
    nbconvert = pytest.importorskip("nbconvert", reason="make test-browser installs nbconvert")
    exporter = nbconvert.get_exporter(form)()
    body, _ = exporter.from_filename(str(formats / f"{name}.ipynb"))
    assert "Table 1." in body and "{{" not in body
    if form == "html":
        assert "<title>" in body and "<svg" in body


def test_tables_are_read_as_csv(formats):
    files = sorted(formats.glob("*_files/*.csv"))
    assert len(files) > 6
    for path in files:
        with open(path, newline="") as file:
            rows = list(csv.reader(file, strict=True))
        assert len({len(row) for row in rows}) == 1, path
        assert len(rows) > 1, path
    with open(formats / "quantization-report_files/tbl-results.csv", newline="") as file:
        rows = {row[0]: row for row in csv.reader(file)}
    assert all(float(field) for field in rows["Perplexity Before"][2:] if field)


@pytest.mark.parametrize("name", [*REPORTS, "kinds"])
def test_markdown_is_unchanged_by_cmark(formats, name):
    """Our Markdown, read by cmark-gfm and written again by it, says the same."""
    cmark = shutil.which("cmark-gfm")
    if not cmark:
        pytest.skip("cmark-gfm is not installed: make test-browser installs it")

    def run(text, *arguments):
        options = [word for name in EXTENSIONS for word in ("-e", name)]
        return subprocess.run([cmark, "--unsafe", *options, *arguments], input=text,
                              capture_output=True, text=True, check=True).stdout

    text = (formats / f"{name}.md").read_text()
    again = run(text, "-t", "commonmark")
    assert without_space(run(again)) == without_space(run(text))


def without_space(html):
    return re.sub(r"\s+", " ", html)


def test_pdf(formats, tmp_path):
    if not shutil.which("chromium") and not shutil.which("google-chrome"):
        pytest.skip("Chromium is not installed: make test-browser installs it")
    shutil.copy(ROOT / "output/block-size.results.json", tmp_path)
    quantbook("run", ROOT / "notebooks/block-size.md", "-o", tmp_path, "--frozen", "-q",
              "--to", "pdf")
    pdf = (tmp_path / "block-size.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    assert {path.name for path in tmp_path.iterdir()} == {
        "block-size.pdf", "block-size.results.json"}
