"""ARM: jobs, newest first over all experiments, 50 a page."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import islice

from services.emulator.answers import Json
from services.emulator.job_documents import TYPES, job_document
from services.emulator.ledger import Ledger
from services.emulator.paging import skip_link, skipped
from services.emulator.plans import Plan
from services.emulator.routing import Ask, Route
from services.emulator.run_facts import is_archived

PAGE = 50


def list_jobs(ask: Ask) -> Json:
    """Answer the jobs. The token is the time of the last job, so deep pages cost no more than the first."""
    before = skipped(ask) or ask.now + 1
    view = (ask.query("listViewType") or "ActiveOnly").lower()
    streams = [
        stream for ledger in ask.book.ledgers for stream in (_given(ask, ledger, before), _jobs(ask, ledger, before))
    ]
    newest_first = heapq.merge(*streams, key=lambda plan: -plan.created)
    kept = (plan for plan in newest_first if _is_seen(ask, plan, view))
    plans = list(islice(kept, PAGE + 1))
    page: Json = {"value": [job_document(ask.place, ask.book, plan, ask.now) for plan in plans[:PAGE]]}
    if len(plans) > PAGE:
        page["nextLink"] = skip_link(ask, plans[PAGE - 1].created)
    return page


def _jobs(ask: Ask, ledger: Ledger, before: int) -> Iterator[Plan]:
    for index in range(ledger.newest(before - 1), ledger.first - 1, -1):
        if (seat := ledger.seat(index)).parent < 0 and seat.part.kind in TYPES:
            yield ask.book.plan(ledger, index)


def _given(ask: Ask, ledger: Ledger, before: int) -> Iterator[Plan]:
    return (plan for plan in ask.book.given(ledger, ask.now) if plan.given and plan.created < before)


def _is_seen(ask: Ask, plan: Plan, view: str) -> bool:
    kind = ask.query("jobType")
    if kind and TYPES[plan.kind].lower() != kind.lower():
        return False
    return view == "all" or is_archived(plan) == (view == "archivedonly")


def get_job(ask: Ask) -> Json:
    """Answer one job. Trials and steps of others are jobs of no kind here: run history has them."""
    name = ask.parts["job"]
    plan = ask.book.find(name, ask.now)
    if plan is None or plan.parent is not None or plan.kind not in TYPES:
        raise ask.missing(f"Job {name} not found.", "JobNotFound")
    return job_document(ask.place, ask.book, plan, ask.now)


ROUTES = (Route("GET", "arm", "{ws}/jobs", list_jobs), Route("GET", "arm", "{ws}/jobs/{job}", get_job))
