"""A first look at files: texts, tables and pictures, hostile or broken ones too."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest

from services.artifacts import artifact_link
from services.emulator.output_files import picture
from services.previews import HEAD, Preview, looked_at, pixels_of, read_preview, rows_of
from tests.services.emulated import Emulated


def seen(path: str, content: bytes, size: int | None = None) -> Preview:
    return looked_at(Preview(id="r|p", run="r", path=path, kind="none", size=size or len(content)), content)


def test_outputs_of_a_run_are_looked_at_by_their_kind() -> None:
    emulated = Emulated()
    run = next(one["runId"] for one in emulated.runs("price", filter="Status eq 'Completed'", top=60)
               if one["runTypeV2"]["orchestrator"] == "Execution")  # fmt: skip

    def look(path: str) -> Preview:
        link = artifact_link(emulated.connection, emulated.ref, "price", run, path)
        return read_preview(emulated.connection, link, run, path).records[0]

    assert look("outputs/metrics.json").kind == "json"
    table = look("outputs/predictions.csv")
    assert rows_of(table)[0] == ["id", "score", "label", "note"]
    assert len(rows_of(table)) == 201
    assert table.note == "The first 200 rows."
    assert rows_of(look("outputs/history.jsonl"))[0][0] == "step"
    image = look("outputs/confusion_matrix.png")
    width, height, pixels = pixels_of(image)
    assert (width, height, len(pixels)) == (96, 96, 96 * 96 * 3)
    assert image.note == "96 × 96 pixels"
    assert look("outputs/empty.txt").note == "It is empty."
    weights = look("outputs/model/model.safetensors")
    assert (weights.kind, weights.body[:8]) in (("bytes", "00000000"), ("text", weights.body[:8]))
    assert weights.size > 30_000_000


def test_secrets_do_not_get_into_what_is_kept() -> None:
    text = b"url,note\nhttps://a.blob.core.windows.net/c?sig=AbCdEf0123456789&se=2,api_key=abcdefgh12345678\n"
    for name in ("a.csv", "a.txt", "a.json", "a.jsonl"):
        body = seen(name, text).body
        assert "AbCdEf" not in body
        assert "fgh12345678" not in body


def test_a_table_in_parquet_shows_its_first_rows(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]

    parquet.write_table(
        arrow.table({"id": range(1000), "name": [f"n{n}" for n in range(1000)]}), tmp_path / "a.parquet"
    )
    found = seen("outputs/a.parquet", (tmp_path / "a.parquet").read_bytes())
    assert rows_of(found)[:2] == [["id", "name"], ["0", "n0"]]
    assert found.note == "The first 200 of 1,000 rows."
    assert "no Parquet file" in (seen("a.parquet", b"PAR1 nothing PAR1").note or "")


def bomb() -> bytes:
    content = picture("x")
    head = content.index(b"IHDR") + 4
    grown = content[:head] + (60_000).to_bytes(4, "big") * 2 + content[head + 8 :]
    end = head + 13
    return grown[:end] + zlib.crc32(grown[head - 4 : end]).to_bytes(4, "big") + grown[end + 4 :]


@pytest.mark.parametrize(
    ("path", "content", "size", "note"),
    [
        ("a.png", bomb(), None, "too many pixels"),
        ("a.png", b"\x89PNG\r\n\x1a\nnothing", None, "no picture that can be read"),
        ("a.jpg", b"x" * 100, 99_999_999, "99,999,999 bytes: too many"),
        ("a.txt", b"line\n" * 20_000, HEAD * 9, "The first 100,000 of 1,179,648 bytes."),
        ("a.bin", bytes(range(256)) * 40, None, "The first 1,024 of 10,240 bytes."),
    ],
)
def test_what_is_too_much_or_broken_says_so(path: str, content: bytes, size: int | None, note: str) -> None:
    assert note in (seen(path, content, size).note or "")


def test_a_picture_is_kept_small() -> None:
    pillow = pytest.importorskip("PIL.Image")
    wide = io.BytesIO()
    pillow.new("RGB", (3000, 1000), (200, 10, 10)).save(wide, "PNG")
    width, height, pixels = pixels_of(seen("a.png", wide.getvalue()))
    assert (width, height) == (160, 53)
    assert pixels[:3] == bytes((200, 10, 10))
