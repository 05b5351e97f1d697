"""Compressed texts and Parquet files, by Python's own zlib and liblzma and by Apache Arrow."""

import gzip
import itertools
import json
import lzma
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

DATA = pathlib.Path(__file__).resolve().parent / "data"

# Repeated, empty, missing, long and not ASCII.
ROWS = ["", " = Title = \n", None, "naïve — 漢字 🙂", "x" * 300, "", None, None, "the end"] * 4 + [
    f"Sentence {number} of a text." for number in range(14)]
REQUIRED = ["" if row is None else row for row in ROWS]


def make():
    compressed()
    parquet()


def compressed():
    folder = DATA / "compressed"
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(REQUIRED).encode() * 20
    (folder / "text.txt").write_bytes(text)
    half = len(text) // 2
    parts = {
        "gz": lambda data: gzip.compress(data, mtime=0),
        "xz": lzma.compress,
        "zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
        "snappy": lambda data: pa.compress(data, codec="snappy", asbytes=True),
    }
    for ending, compress in parts.items():
        (folder / f"text.{ending}").write_bytes(compress(text))
        if ending != "snappy":
            # Far more than they seem.
            (folder / f"zeros.{ending}").write_bytes(compress(bytes(2_000_000)))
            (folder / f"parts.{ending}").write_bytes(compress(text[:half]) + compress(text[half:]))
    documents = ["A first text.", "naïve — 漢字 🙂\nwith two lines", "", "the end"]
    lines = "".join(json.dumps({"text": text, "url": "https://example.org"}) + "\n" for text in documents)
    (folder / "documents.json.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))


def write(name, table, **options):
    settings = {"row_group_size": 30, "data_page_size": 256, "compression": "none", "write_batch_size": 4}
    pq.write_table(table, DATA / "parquet" / f"{name}.parquet", **{**settings, **options})


def table(rows, nullable=True, kind=pa.string()):
    numbers = pa.array(range(len(rows)), pa.int64())
    schema = pa.schema([pa.field("number", pa.int64()), pa.field("text", kind, nullable=nullable)])
    return pa.table([numbers, pa.array(rows, kind)], schema=schema)


def parquet():
    folder = DATA / "parquet"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.json").write_text(json.dumps(ROWS, indent=0) + "\n")
    for codec, page, dictionary, nullable in itertools.product(
            ["none", "snappy", "gzip", "zstd"], ["1.0", "2.0"], [True, False], [True, False]):
        name = "-".join([
            codec, f"v{page[0]}", "dictionary" if dictionary else "plain", "optional" if nullable else "required"])
        write(name, table(ROWS if nullable else REQUIRED, nullable), compression=codec, data_page_version=page,
              use_dictionary=dictionary)
    # A dictionary that grew too large gives way to plain pages.
    write("other-fallback", table(ROWS), dictionary_pagesize_limit=64, compression="snappy")
    write("other-checksums", table(ROWS), write_page_checksum=True, compression="snappy")
    write("other-large", table(ROWS, kind=pa.large_string()), compression="snappy")
    write("other-nulls", table([None] * 40), data_page_version="2.0", compression="snappy")
    write("other-none", table([]))
    inner = pa.array([None if row is None else {"text": row} for row in ROWS], pa.struct([("text", pa.string())]))
    write("other-nested", pa.table({"outer": inner}))
    write("refused-lists", pa.table({"text": pa.array([[row] for row in REQUIRED])}))
    write("refused-binary", table(ROWS, kind=pa.binary()))
    write("refused-brotli", table(ROWS), compression="brotli")
    write("refused-lz4", table(ROWS), compression="lz4")
    for encoding in ("DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"):
        write(f"refused-{encoding.lower()}", table(ROWS), use_dictionary=False,
              column_encoding={"text": encoding})


if __name__ == "__main__":
    make()
