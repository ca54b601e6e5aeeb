"""Times, durations and ids in every shape that real answers hold."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parsing import id_key, id_part, id_tail, is_guid, moment, same_id, seconds

NOON = datetime(2023, 5, 17, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2023-05-17T12:00:00Z", NOON),
        ("2023-05-17T12:00:00z", NOON),
        ("2023-05-17T12:00:00+00:00", NOON),
        ("2023-05-17T12:00:00+0000", NOON),
        ("2023-05-17T12:00:00", NOON),
        ("2023-05-17 12:00:00", NOON),
        ("2023-05-17T14:00:00+02:00", NOON),
        ("2023-05-17T06:30:00-05:30", NOON),
        ("2023-05-17T12:00Z", NOON),
        ("2023-05-17T12:00:00 +00:00", NOON),
        (" 2023-05-17T12:00:00Z ", NOON),
        ("2023-05-17T12:00:00.1Z", NOON.replace(microsecond=100_000)),
        ("2023-05-17T12:00:00.12Z", NOON.replace(microsecond=120_000)),
        ("2023-05-17T12:00:00.123Z", NOON.replace(microsecond=123_000)),
        ("2023-05-17T12:00:00.1234Z", NOON.replace(microsecond=123_400)),
        ("2023-05-17T12:00:00.12345Z", NOON.replace(microsecond=123_450)),
        ("2023-05-17T12:00:00.123456Z", NOON.replace(microsecond=123_456)),
        ("2023-05-17T12:00:00.1234567Z", NOON.replace(microsecond=123_456)),
        ("2023-05-17T12:00:00.12345678Z", NOON.replace(microsecond=123_456)),
        ("2023-05-17T12:00:00.1234567+00:00", NOON.replace(microsecond=123_456)),
        ("2023-05-17T12:00:00.12345678", NOON.replace(microsecond=123_456)),
        ("2023-05-17T12:00:00,021671581+00:00", NOON.replace(microsecond=21_671)),
        ("2023-05-17 12:00:00.5", NOON.replace(microsecond=500_000)),
        ("2023-05-17", NOON.replace(hour=0)),
        ("05/17/2023 12:00:00 +00:00", NOON),
        ("5/17/2023 12:00:00 PM", NOON),
        ("5/17/2023 12:00:00 AM", NOON.replace(hour=0)),
        ("5/17/2023 6:05:58 PM", NOON.replace(hour=18, minute=5, second=58)),
        ("5/17/2023", NOON.replace(hour=0)),
        ("20230517-12:00:00.750675", NOON.replace(microsecond=750_675)),
        ("20230517T120000Z", NOON),
        ("20230517", NOON.replace(hour=0)),
        (20230517, NOON.replace(hour=0)),
        (20230517.0, NOON.replace(hour=0)),
        (1684324800, NOON),
        (1684324800.5, NOON.replace(microsecond=500_000)),
        ("1684324800", NOON),
        (1684324800000, NOON),
        ("1684324800000", NOON),
        (1684324800000000, NOON),
        ("/Date(1684324800000)/", NOON),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_every_shape_it_comes(text: str | float, when: datetime) -> None:
    found = moment(text)
    assert found == when
    assert found is not None
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        "",
        "  ",
        0,
        "0",
        0.0,
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00.0000000+00:00",
        "1/1/0001 12:00:00 AM",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_azure_did_not_say_is_none(nothing: str | float | None) -> None:
    assert moment(nothing) is None


@pytest.mark.parametrize(
    "text",
    [
        "yesterday", "2023-13-01T00:00:00Z", "2023-02-30T00:00:00Z", "2023-05-17T25:00:00Z", "2023-05-17T12:61:00Z",
        "12:00:00",
        "2023-05-17T12:00:00Zx", "13/45/2023", "20231345", "12345", 12345, -5, "-5", True, float("nan"), float("inf"),
        1e30, "1" * 400,
        "9999-12-31T23:59:59-14:00", "5/17/2023 13:00:00 PM", "null", "None", "2023-05-17T12:00:00+99:00",
    ],
)  # fmt: skip
def test_a_malformed_time_is_an_error_and_not_a_guess(text: str | float) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment(text)


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9000, 1, 1)),  # noqa: DTZ001
    st.integers(0, 8),
    st.sampled_from(["Z", "+00:00", ""]),
)
def test_any_time_azure_could_write_is_read_to_the_microsecond_it_wrote(when: datetime, digits: int, zone: str) -> None:
    fraction = f"{when.microsecond:06d}00"[:digits]
    text = f"{when:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + (f".{fraction}" if fraction else "") + zone
    kept = int((fraction + "000000")[:6])
    assert moment(text) == when.replace(microsecond=kept, tzinfo=UTC)


@given(st.text(max_size=40))
def test_no_text_makes_it_raise_anything_but_a_value_error(text: str) -> None:
    for read in (moment, seconds):
        with contextlib.suppress(ValueError):
            read(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:02:50.9224693", 170.9224693),
        ("1.02:03:04.5", 93_784.5),
        ("-00:00:01.5", -1.5),
        ("-1.00:00:00", -86_400),
        ("00:00:00", 0),
        ("12:34", 45_240),
        ("100:00:00", 360_000),
        ("PT2M", 120),
        ("PT1M49.7591966S", 109.7591966),
        ("PT0S", 0),
        ("PT1H30M", 5_400),
        ("P1D", 86_400),
        ("P1DT12H", 129_600),
        ("P2W", 1_209_600),
        ("-PT5M", -300),
        ("pt5m", 300),
        ("120", 120),
        ("0.25", 0.25),
        (5, 5),
        (2.5, 2.5),
        (0, 0),
    ],
)
def test_a_duration_is_read_in_every_shape_it_comes(text: str | float, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_a_duration_not_said_is_none(nothing: str | None) -> None:
    assert seconds(nothing) is None


@pytest.mark.parametrize(
    "text", ["P", "PT", "P1DT", "P1Y", "P1M", "soon", "1:2:3:4", "PT5X", True, float("nan"), "1e400", "5 minutes"]
)
def test_a_malformed_duration_is_an_error_and_not_a_guess(text: str | float) -> None:
    with pytest.raises(ValueError, match=r".+"):
        seconds(text)


GROUP = "/subscriptions/S/resourceGroups/My-Group"
ID = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/ML-Prod/computes/cpu"


def test_ids_are_compared_without_case_and_leading_slash() -> None:
    assert same_id(ID, ID.lower().replace("resourcegroups", "RESOURCEGROUPS"))
    assert same_id(ID, ID[1:] + "/")
    assert not same_id(ID, ID + "x")
    assert not same_id(ID, None)
    assert not same_id(None, None)
    assert not same_id("", "")
    assert id_key(ID[1:]) == ID.lower()


def test_parts_of_an_id_keep_their_case() -> None:
    assert id_part(ID, "WORKSPACES") == "ML-Prod"
    assert id_part(ID.replace("resourceGroups", "resourcegroups"), "resourceGroups") == "My-Group"
    assert id_part(ID[1:], "subscriptions") == "S"
    assert id_part(ID, "endpoints") is None
    assert id_part(ID, "cpu") is None
    assert id_part(None, "workspaces") is None
    assert id_part("/workspaces//x", "workspaces") is None


def test_the_tail_of_an_id_is_its_last_name() -> None:
    assert id_tail(ID) == "cpu"
    assert id_tail(ID + "/") == "cpu"
    assert id_tail("cpu") == "cpu"
    assert id_tail("") is None
    assert id_tail(None) is None


def test_a_guid_is_told_from_a_name() -> None:
    assert is_guid("8d0fa1f2-3e0a-4C0b-9d4e-0123456789ab")
    assert not is_guid("00000000-0000-0000-0000-000000000")  # as in recordings: nine digits at the end
    assert not is_guid("Anna Example")
    assert not is_guid("")
    assert not is_guid(None)
