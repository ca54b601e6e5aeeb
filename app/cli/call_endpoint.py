"""`amldeck test-call ENDPOINT`: one payload to an endpoint or to deployments of it, once each, without a screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from app.calling.allowed import why_not
from app.calling.lines import outcome_lines, said_of
from app.calling.making import Call, NotCalled, made, planned
from app.calling.payloads import NAME, NoPayload, payload_in, payloads_of, read_payload
from app.cli.asked import shared_options
from app.cli.errand import Errand, QueryFailed, TryAgain, choose_workspace, opened, say
from services.answer_difference import compare_answers
from services.endpoint_calls import LARGEST, Outcome, checked_payload
from services.errors import Refused
from services.scoring import LIMITS
from widgets.lines import line_text
from widgets.safe import safe

UNHEALTHY = 4
"""The exit code of an endpoint that did not answer well: for scripts."""
WIDTH = 100


@click.command("test-call")
@click.argument("endpoint")
@click.option("--deployment", "-d", "deployments", multiple=True, metavar="NAME",
              help="Call this one, whatever the traffic; several are compared.")  # fmt: skip
@click.option("--payload", metavar="NAME|FILE|-", default="", help="A kept payload, a file, or standard input.")
@click.option("--yes", is_flag=True, help="Send it: it is billed, and what is in production answers it.")
@click.option("--json", "is_json", is_flag=True, help="One object: every call with its answer, and what differs.")
@shared_options
@click.pass_context
def COMMAND(
    context: click.Context, endpoint: str, deployments: tuple[str, ...], payload: str, yes: bool, is_json: bool
) -> None:
    """Call ENDPOINT with a payload, once, and show status, latency and answer.

    Needs `test_calls = true` in the settings, and --yes: without it, it only says what would be sent. Ends with 4 when
    the model did not answer well.
    """
    with opened(context) as errand:
        session = errand.session
        workspace = choose_workspace(errand)
        session.is_pinned = errand.settings.is_pinned_read_only
        session.has_test_calls = session.has_test_calls or errand.settings.test_calls
        if (reason := why_not(session) or session.read_only_because) is not None:
            raise QueryFailed(safe(reason, 600))
        call = _planned(errand, endpoint, deployments, payload)
        say(f"{call.named}, {len(call.payload):,} bytes, to {call.target.host} "
            f"({', '.join(call.target.deployments) or 'by the traffic'}), with {call.target.proves}.")  # fmt: skip
        if not yes:
            raise click.UsageError("Nothing was sent: --yes sends it. It is billed, and production answers it.")
        session.lock.open(workspace.id, LIMITS.total * max(1, len(deployments)))
        outcomes = _made(errand, call)
        _show(endpoint, outcomes, is_json=is_json, is_ascii=errand.settings.is_ascii)
        context.exit(0 if all(one.is_good for one in outcomes) else UNHEALTHY)


def _planned(errand: Errand, endpoint: str, deployments: Sequence[str], payload: str) -> Call:
    document, named = _payload(errand, endpoint, payload)
    try:
        return planned(errand.session, endpoint, deployments, document, named)
    except NotCalled as error:
        raise _failed(error) from error


def _made(errand: Errand, call: Call) -> tuple[Outcome, ...]:
    try:
        return made(errand.session, call)
    except NotCalled as error:
        raise _failed(error) from error
    finally:
        errand.session.relock()


def _failed(error: NotCalled) -> click.ClickException:
    return (TryAgain if error.is_retryable else QueryFailed)(safe(error, 1000))


def _payload(errand: Errand, endpoint: str, asked: str) -> tuple[bytes, str]:
    """The payload that is meant and what it is called; the only kept one for no name. Raises UsageError."""
    kept = [one.name for one in payloads_of(errand.session, endpoint)]
    try:
        if asked == "-":
            return checked_payload(sys.stdin.buffer.read(LARGEST + 1)), "standard input"
        if not asked and len(kept) == 1:
            asked = kept[0]
        if not asked:
            known = f"kept for it: {', '.join(kept)}" if kept else "none is kept for it"
            raise click.UsageError(f"Which payload? --payload names one ({safe(known, 500)}), a file, or - for input.")
        if asked in kept and NAME.fullmatch(asked):
            return read_payload(errand.session, endpoint, asked), asked
        return payload_in(asked), asked
    except (NoPayload, Refused) as error:
        raise click.UsageError(safe(error, 1000)) from error


def _show(endpoint: str, outcomes: Sequence[Outcome], *, is_json: bool, is_ascii: bool) -> None:
    if is_json:
        report = {"endpoint": endpoint, "calls": [_told(one) for one in outcomes], "differing": _differing(outcomes)}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")
        return
    for line in outcome_lines(outcomes, WIDTH, is_ascii=is_ascii):
        click.echo(line_text(line).rstrip())


def _told(one: Outcome) -> dict[str, Any]:
    scored = one.scored
    told: dict[str, Any] = {"deployment": one.deployment or None, "is_good": one.is_good, "meaning": said_of(one)}
    if scored is None:
        return told
    return {
        **told, "status": scored.status, "answered_by": scored.answered_by, "model_status": scored.model_status,
        "seconds": scored.seconds, "first_byte": scored.first_byte, "request_id": scored.request_id, "at": scored.at,
        "answer": _answer(scored.body),
    }  # fmt: skip


def _answer(body: bytes) -> object:
    """The answer as it came, where it is JSON; else its text."""
    try:
        msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return body.decode("utf-8", "replace")
    return msgspec.Raw(body)


def _differing(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    bodies = [one.scored.body for one in outcomes if one.scored is not None]
    if len(bodies) < 2:
        return []
    return [{"path": one.path, "values": one.values} for one in compare_answers(bodies).fields if one.differs]
