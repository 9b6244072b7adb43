"""Readers on what no reader should be given: noise under every ending, and good files with some of their bytes changed.

Each either says what is wrong in a message, or accounts for every row. Nothing else comes out, and no traceback.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.errors import PathwayError
from pathway.events.draft import draft
from pathway.events.profile import profile
from pathway.events.read import read_log
from tests.events.conftest import made
from tests.events.corpora import GOOD, beside
from tests.events.test_read import accounted

PATHWAY = made()
ENDINGS = ["csv", "csv.gz", "parquet", "xlsx", "xes", "xes.gz", "xml", "jsonl", "ndjson", "ndjson.gz", "json"]
FILES = [path for path in GOOD if path.is_file()]
FOLDERS = [path for path in GOOD if path.is_dir()]
STARTS = [
    b"",
    b"PAR1",
    b"PK\x03\x04",
    b'{"resourceType":"Bundle","entry":[',
    b'{"patient":',
    b"<MsgHead><MsgInfo>",
    b"<log><trace>",
    b"\xff\xfe",
]
KINDS = [
    "Bundle", "Patient", "Encounter", "ServiceRequest", "Procedure", "Observation", "Condition", "Communication", "DocumentReference",
    "Task", "CarePlan", "Appointment", "Other",
]  # fmt: skip
FIELDS = [
    "id", "status", "class", "code", "coding", "system", "subject", "reference", "period", "start", "end", "entry", "resource", "meta",
    "lastUpdated", "sent", "received", "topic", "type", "category", "date", "author", "participant", "actor", "valueQuantity", "value",
    "valueString", "performer", "identifier", "basedOn", "for", "authoredOn", "lastModified", "recipient", "display", "context",
]  # fmt: skip
ROOMY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def answers(path: Path, mapping: Path | None) -> None:
    """Read a log in every way that there is: each gives an account that adds up, or says what is wrong."""
    try:
        assert accounted(read_log(path, PATHWAY, mapping))
    except PathwayError as error:
        assert error.message("nb") and error.message("nn")
    try:
        found = profile(path, PATHWAY, mapping)
        counts = found.account
        if counts is not None:
            rejected = sum(count for count, _ in counts.rejected.values())
            assert counts.read == counts.used + counts.unknown.total() + counts.ignored + rejected
    except PathwayError:
        pass
    with suppress(PathwayError):
        draft(path, PATHWAY).mapping()


@ROOMY
@given(start=st.sampled_from(STARTS), noise=st.binary(max_size=400), ending=st.sampled_from(ENDINGS), packed=st.booleans())
def test_noise_is_answered(tmp_path: Path, start: bytes, noise: bytes, ending: str, packed: bool) -> None:
    path = tmp_path / f"noise.{ending}"
    path.write_bytes(gzip.compress(start + noise) if packed else start + noise)
    answers(path, None)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["Patient/7", "2026-03-01", "done", "IMP"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
    max_leaves=8,
)


@ROOMY
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)), max_size=4))
def test_resources_with_anything_in_any_place_are_answered(
    tmp_path: Path, resources: list[tuple[str, dict[str, object]]]
) -> None:
    lines = [json.dumps({"resourceType": kind, **fields}) for kind, fields in resources]
    (tmp_path / "odd.ndjson").write_text("\n".join(lines), encoding="utf-8")
    answers(tmp_path / "odd.ndjson", None)


def damaged(content: bytearray, data: st.DataObject) -> bytes:
    """The bytes of a file with some of them changed."""
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        match data.draw(st.sampled_from(["change", "cut", "insert", "twice"])):
            case "change" if at < len(content):
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 80))]
            case "insert":
                content[at:at] = data.draw(
                    st.binary(max_size=20) | st.sampled_from([b'"', b"\0", b"\n", b"{", b"<x>", b";", b"1e999"])
                )
            case "twice":
                content[at:at] = content[at : at + 200]
    return bytes(content)


@pytest.mark.parametrize("good", FILES, ids=lambda path: path.name)
@settings(ROOMY, max_examples=12)
@given(data=st.data())
def test_a_good_file_that_was_damaged_is_answered(tmp_path: Path, good: Path, data: st.DataObject) -> None:
    for own in good.parent.glob(f"{good.name.split('.')[0]}.*"):
        shutil.copy(own, tmp_path)
    path = tmp_path / good.name
    path.write_bytes(damaged(bytearray(good.read_bytes()), data))
    mapping = beside(path, ".map.toml")
    answers(path, mapping if mapping.exists() else None)


@pytest.mark.parametrize("good", FOLDERS, ids=lambda path: path.name)
@settings(ROOMY, max_examples=15)
@given(data=st.data())
def test_a_good_folder_that_was_damaged_is_answered(tmp_path: Path, good: Path, data: st.DataObject) -> None:
    folder = Path(tempfile.mkdtemp(dir=tmp_path)) / good.name
    shutil.copytree(good, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for file in data.draw(st.lists(st.sampled_from(files), min_size=1, max_size=3)):
        if not file.exists():
            continue
        match data.draw(st.sampled_from(["damage", "empty", "gone", "other", "beneath"])):
            case "damage":
                file.write_bytes(damaged(bytearray(file.read_bytes()), data))
            case "empty":
                file.write_bytes(b"")
            case "gone":
                file.unlink()
            case "other":
                (folder / data.draw(st.sampled_from(["readme.txt", ".hidden.json", "_part.parquet", "more.json"]))).write_bytes(
                    data.draw(st.binary(max_size=30))
                )
            case "beneath":
                (folder / "2026" / "03").mkdir(parents=True, exist_ok=True)
                shutil.copy(file, folder / "2026" / "03" / f"again-{file.name}")
    mapping = beside(good, ".map.toml")
    answers(folder, mapping if mapping.exists() else None)


@settings(ROOMY, max_examples=20)
@given(data=st.data(), ending=st.sampled_from(["jsonl", "json", "parquet"]))
def test_no_row_of_a_folder_is_lost(tmp_path: Path, data: st.DataObject, ending: str) -> None:
    cells = st.sampled_from(["", "1", "NA", "admitted", "nothing", "2026-03-01", "2026-03-01T10:00", "31.12.2", "🩺"])
    row = st.fixed_dictionaries({"patient": cells, "event": cells, "occurred": cells})
    files = data.draw(st.lists(st.lists(row, min_size=1, max_size=5), min_size=1, max_size=4))
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    for number, rows in enumerate(files):
        file = folder / f"{number}.{ending}"
        if ending == "parquet":
            parquet.write_table(pa.Table.from_pylist(rows), file)
        else:
            texts = [json.dumps(each) for each in rows]
            file.write_text("\n".join(texts) if ending == "jsonl" else f"[{','.join(texts)}]", encoding="utf-8")
    log = read_log(folder, PATHWAY)
    assert log.counts.read == sum(map(len, files))
    assert accounted(log)
