"""Logs and outputs of runs, read by the byte behind links that expire, from the emulator and from recorded answers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from services import run_logs
from services.artifacts import artifact_link, list_artifacts, with_sizes
from services.blobs import Link, read_all, read_facts, read_part
from services.errors import Forbidden, Malformed, NotFound, TooLarge
from services.log_redaction import LogRedactor
from services.run_logs import RunFiles, RunLog, list_logs, ranked
from tests.services.answering import Asked, Azure, Given
from tests.services.emulated import Emulated

USER_LOG = "user_logs/std_log.txt"


@pytest.fixture(scope="module")
def emulated() -> Emulated:
    return Emulated()


def logs(emulated: Emulated, run: str) -> list[RunLog]:
    return list(list_logs(emulated.connection, emulated.ref, run))[-1].records  # type: ignore[return-value]


def whole(emulated: Emulated, link: Link) -> bytes:
    return b"".join(part.content for part in read_all(emulated.connection, link))


def failed_with(emulated: Emulated, words: str) -> dict[str, Any]:
    for experiment in ("fraud", "price", "geo", "llm-sft"):
        for run in emulated.runs(experiment, filter="Status eq 'Failed'", top=100):
            if words in (run.get("error") or {}).get("error", {}).get("message", ""):
                return run
    raise LookupError(words)


def test_the_log_with_the_traceback_of_a_failed_run_comes_first_and_says_why(emulated: Emulated) -> None:
    run = failed_with(emulated, "CUDA out of memory on rank 1")
    pages = list(list_logs(emulated.connection, emulated.ref, run["runId"]))
    first = pages[-1].records[0]
    assert (first.name, first.reason) == ("user_logs/std_log_process_1.txt", "it holds the traceback")
    assert first.has_traceback
    assert first.process == 1
    assert first.size
    assert [log.rank for log in pages[-1].records] == list(range(len(pages[-1].records)))
    assert pages[0].records[0].name == "user_logs/std_log_process_1.txt", "before anything was read: the error names it"
    text = whole(emulated, RunFiles(emulated.connection, emulated.ref, run["runId"]).link(first.name))
    assert b"Traceback (most recent call last)" in text[-2_000:]


def test_what_the_script_prints_comes_before_other_files_it_writes() -> None:
    names = ("user_logs/nccl_debug.log", "user_logs/std_log_process_10.txt", "user_logs/std_log_process_2.txt")
    found = ranked(
        [RunLog(id=name, run="r", name=name, kind="user", process=run_logs.process_of(name), size=9) for name in names],
        status="Running", error="",
    )  # fmt: skip
    assert [log.name for log in found] == [names[2], names[1], names[0]]


def test_the_log_of_a_failed_image_build_comes_first(emulated: Emulated) -> None:
    build = RunLog(id="b", run="r", name="azureml-logs/20_image_build_log.txt", kind="build", size=9)
    user = RunLog(id="u", run="r", name=USER_LOG, kind="user", size=0)
    found = ranked((user, build), status="Failed", error='{"code": "ImageBuildFailure"}')
    assert [(log.name, log.reason) for log in found] == [
        ("azureml-logs/20_image_build_log.txt", "the image build failed"), (USER_LOG, "it is empty"),
    ]  # fmt: skip


def test_the_log_of_a_running_run_grows_with_the_clock() -> None:
    emulated = Emulated()
    run = next(run for run in emulated.runs("llm-sft", top=9) if run["status"] == "Running")
    link = RunFiles(emulated.connection, emulated.ref, run["runId"]).link("user_logs/std_log_process_0.txt")
    before = read_facts(emulated.connection, link)
    emulated.forward(600)
    more = read_part(emulated.connection, link, before.size, before.size + 1_000_000)
    assert more.start == before.size
    assert more.size == more.end > before.size
    assert more.etag != before.etag


def test_an_expired_link_is_asked_for_again_once_and_never_written_down(
    emulated: Emulated,
) -> None:
    run = next(run for run in emulated.runs("price", top=40) if run["status"] == "Completed" and not run["parentRunId"])
    files = RunFiles(emulated.connection, emulated.ref, run["runId"])
    link = files.link(USER_LOG)
    first = read_part(emulated.connection, link, 0, 100)
    emulated.forward(9 * 3600)
    emulated.world.log.clear()
    second = read_part(emulated.connection, link, 100, 200)
    asked = [(one.method, one.host.partition(".")[0], one.status) for one in emulated.world.log.entries()]
    assert asked == [("GET", "stmlprod", 403), ("GET", "westeurope", 200), ("GET", "stmlprod", 206)]
    assert not any(one.has_token for one in emulated.world.log.entries("blob.core"))
    assert first.content + second.content == whole(emulated, link)[:200]
    assert "sig=" not in repr(link)


def test_a_link_that_stays_refused_is_a_sentence_without_its_signature(emulated: Emulated) -> None:
    link = Link(
        "https://stmlprod.blob.core.windows.net/azureml/ExperimentRun/dcid.x/a.txt?sig=AAAAAAAAAA", lambda: link_url
    )
    link_url = "https://stmlprod.blob.core.windows.net/azureml/ExperimentRun/dcid.x/a.txt?sig=BBBBBBBBBB"
    with pytest.raises(Forbidden) as caught:
        read_facts(emulated.connection, link)
    assert "AAAA" not in str(caught.value)
    assert "BBBB" not in str(caught.value)


def test_a_log_that_is_not_there_is_told_apart_from_an_empty_one(emulated: Emulated) -> None:
    ended = [run for run in emulated.runs("geo", top=60) if run["status"] == "Completed"]  # what waits has no log yet
    run = next(run for run in ended if run["runTypeV2"]["orchestrator"] == "Pipeline")
    files = RunFiles(emulated.connection, emulated.ref, run["runId"])
    part = read_part(emulated.connection, files.link("logs/azureml/stderrlogs.txt"), 0, 100)
    assert (part.content, part.size) == (b"", 0)
    with pytest.raises(NotFound, match="no log user_logs/nothing"):
        files.link("user_logs/nothing.txt")


def recorded(answers: dict[str, Given]) -> Azure:
    return Azure(lambda asked: answers[asked.method])


URL = "https://sav6dhrxexwlv7g.blob.core.windows.net/azureml/x.txt?sig=xxxxxxxxxx"
RECORDED_416 = Given(
    b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><Error><Code>InvalidRange</Code><Message>The range specified is"
    b" invalid for the current size of the resource.\nRequestId:ce9aa204\nTime:2022-09-23T15:34:39Z</Message></Error>",
    416, {"content-range": "bytes */0", "content-type": "application/xml", "x-ms-error-code": "InvalidRange"},
)  # fmt: skip


def test_the_416_of_an_empty_log_is_an_empty_log() -> None:
    azure = recorded({"GET": RECORDED_416, "HEAD": Given(b"", 200, {"content-length": "0"})})
    part = read_part(azure.connection, Link(URL, lambda: URL), 0, 100)
    assert (part.start, part.content, part.size) == (0, b"", 0)


@pytest.mark.parametrize(
    ("given", "content"),
    [
        (Given(b"abc", 206, {"content-range": "bytes 0-2/3"}), b"abc"),
        (Given(b"abcdefghijkl", 200, {}), b"abcdefghij"),
    ],
)
def test_a_range_and_a_whole_answer_in_its_place_are_both_read(given: Given, content: bytes) -> None:
    azure = recorded({"GET": given})
    assert read_part(azure.connection, Link(URL, lambda: URL), 0, 10).content == content


@pytest.mark.parametrize(
    "given", [Given(b"abc", 206, {"content-range": "bytes 5-7/9"}), Given(b"ab", 206, {"content-range": "bytes 0-2/3"})]
)
def test_another_range_than_was_asked_for_is_refused(given: Given) -> None:
    with pytest.raises(Malformed, match="another range"):
        read_part(recorded({"GET": given}).connection, Link(URL, lambda: URL), 0, 10)


def test_a_file_that_is_replaced_or_larger_than_allowed_is_not_read_on() -> None:
    etags = iter(("a", "b"))

    def answering(asked: Asked) -> Given:
        return Given(b"x" * 4 * 1024 * 1024, 206, {"etag": next(etags), "content-range": _span(asked)})

    spans = iter((0, 1))

    def _span(asked: Asked) -> str:
        start = next(spans) * 4 * 1024 * 1024
        return f"bytes {start}-{start + 4 * 1024 * 1024 - 1}/99999999"

    azure = Azure(answering)
    with pytest.raises(Malformed, match="replaced"):
        list(read_all(azure.connection, Link(URL, lambda: URL)))
    with pytest.raises(TooLarge, match="99,999,999 bytes"):
        list(read_all(recorded({"GET": Given(b"x", 206, {"content-range": "bytes 0-0/99999999"})}).connection,
                      Link(URL, lambda: URL), most=1_000))  # fmt: skip


def test_everything_a_run_left_is_listed_with_sizes_and_read(emulated: Emulated) -> None:
    run = next(
        run
        for run in emulated.runs("llm-sft", top=30)
        if run["status"] == "Completed" and "probe" not in run["displayName"]
    )
    pages = list(list_artifacts(emulated.connection, emulated.ref, "llm-sft", run["runId"]))
    assert len(pages) > 1, "checkpoints fill more than a page"
    found = {one.path: one for page in pages for one in page.records}
    assert {"outputs/metrics.json", "outputs/confusion_matrix.png", "user_logs/std_log_process_0.txt"} <= found.keys()
    big = found["outputs/model/model.safetensors"]
    sized = next(with_sizes(emulated.connection, emulated.ref, "llm-sft", [big]))
    assert sized.size
    assert sized.size > 30_000_000
    link = artifact_link(emulated.connection, emulated.ref, "llm-sft", run["runId"], "outputs/metrics.json")
    assert msgspec.json.decode(whole(emulated, link))["run"] == run["runId"]
    weights = artifact_link(emulated.connection, emulated.ref, "llm-sft", run["runId"], big.path)
    part = read_part(emulated.connection, weights, sized.size - 10, sized.size + 10)
    assert (len(part.content), part.end) == (10, sized.size)


SECRETS = (
    b"2026-11-21 10:00:00 INFO url https://a.blob.core.windows.net/c/b?sv=1&sig=AbCdEf0123456789%2B&se=2 read\n"
    b"api_key=abcdefghijklmn123456\rAuthorization: Bearer abcdefgh.ijklmnop.qrstuvwx\n"
    b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nqOOGW4SDbmTeNBhLYjJm\n-----END RSA PRIVATE KEY-----\nafter\n"
    b"the last line without an end: password=hunter2hunter2"
)
HIDDEN = (b"AbCdEf", b"lmn1234", b"ijklmnop", b"MIIEp", b"qOOGW4", b"hunter2")


@pytest.mark.parametrize("size", [1, 2, 7, 31, 64, 100, 4096])
def test_no_secret_survives_however_the_log_is_cut(size: int) -> None:
    redactor = LogRedactor()
    kept = b"".join(redactor.feed(SECRETS[at : at + size]) for at in range(0, len(SECRETS), size)) + redactor.finish()
    assert not [secret for secret in HIDDEN if secret in kept]
    assert b"sig=redacted&se=2 read\n" in kept
    assert b"\nafter\n" in kept


def test_a_log_goes_on_inside_a_private_key_after_a_restart() -> None:
    first = LogRedactor()
    kept = first.feed(b"-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n")
    kept += LogRedactor(first.hidden_lines).feed(b"qOOGW4SDbmTeNBhLYjJm\n-----END PRIVATE KEY-----\nafter\n")
    assert kept == b"[redacted]\nafter\n"


def test_a_line_without_end_is_not_held_for_ever_and_its_secret_not_cut() -> None:
    redactor, out = LogRedactor(), b""
    for _ in range(60):
        out += redactor.feed(b"step 1, api_key=abcdefghijklmn123456, " * 400)
    assert redactor.held < 600 * 1024
    assert out
    assert b"lmn123" not in out + redactor.finish()


def test_clean_bytes_come_out_as_they_went_in() -> None:
    text = bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"") + "größer ✓ 語\n".encode()
    assert LogRedactor().feed(text) == text


def test_names_tell_who_writes_a_log() -> None:
    kinds = {name: run_logs.kind_of(name) for name in (
        "user_logs/std_log_process_00.txt", "azureml-logs/70_driver_log.txt", "azureml-logs/20_image_build_log.txt",
        "system_logs/lifecycler/execution-wrapper.log", "logs/azureml/executionlogs.txt", "logs/mine.txt",
    )}  # fmt: skip
    assert list(kinds.values()) == ["user", "user", "build", "system", "service", "other"]
