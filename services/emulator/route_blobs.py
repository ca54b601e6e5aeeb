"""The storage account of a workspace: blobs behind signed links, by the byte. It wants no token, and takes none."""

from __future__ import annotations

import base64
import re
from email.utils import format_datetime
from hashlib import md5

from services.emulator.answers import Refusal, Response
from services.emulator.blob_bodies import Blob, Whole
from services.emulator.dice import guid
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.routing import Ask, Route
from services.emulator.run_files import blob_of
from services.emulator.sas import STORAGE, account_of, refusal_of
from services.emulator.ticks import datetime_of, stamp

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_EXPLAINED = {
    "AuthenticationFailed": "Server failed to authenticate the request. Make sure the value of Authorization header "
    "is formed correctly including the signature.",
    "InvalidAuthenticationInfo": "Authentication information is not given in the correct format. Check the value of "
    "Authorization header.",
    "BlobNotFound": "The specified blob does not exist.",
    "InvalidRange": "The range specified is invalid for the current size of the resource.",
}


def get_blob(ask: Ask) -> Response:
    """Answer a blob, or the range of it that is asked for. Raises Refusal as storage refuses, in XML."""
    path = ask.request.path.lstrip("/").partition("/")[2]
    if "authorization" in ask.request.headers:
        raise _refused(ask, 400, "InvalidAuthenticationInfo")
    if why := refusal_of(path, ask.request.query, ask.now):
        raise _refused(ask, 403, "AuthenticationFailed", why)
    place = _place(ask)
    plan = ask.world.book(place).find(ask.parts["run"], ask.now) if place else None
    blob = _found(ask, place, plan, path) if place and plan else None
    if blob is None:
        raise _refused(ask, 404, "BlobNotFound")
    return _part(ask, blob)


def _place(ask: Ask) -> Place | None:
    account = ask.request.host.lower().removesuffix(STORAGE)
    return next((one for one in ask.world.places if account_of(one) == account), None)


def _found(ask: Ask, place: Place, plan: Plan, path: str) -> Blob | None:
    return blob_of(place, ask.world.book(place), plan, path.split("/", 2)[2], ask.now)


def _part(ask: Ask, blob: Blob) -> Response:
    headers = {
        "content-type": blob.kind, "etag": f'"0x8{guid(ask.request.path, blob.changed, blob.body.size)[:8].upper()}"',
        "last-modified": format_datetime(datetime_of(blob.changed), usegmt=True), "accept-ranges": "bytes",
        "x-ms-blob-type": "AppendBlob" if blob.is_append else "BlockBlob", "x-ms-version": "2019-07-07",
    }  # fmt: skip
    size = blob.body.size
    if isinstance(blob.body, Whole) and not blob.is_append and "range" not in ask.request.headers:
        # Whoever uploads a small block blob in one piece leaves its MD5; one of many pieces has none.
        digest = md5(blob.body.content, usedforsecurity=False).digest()
        headers["content-md5"] = base64.b64encode(digest).decode()
    if ask.request.method.upper() == "HEAD":
        return Response(headers=headers, length=size)
    asked = _RANGE.fullmatch(ask.request.headers.get("x-ms-range") or ask.request.headers.get("range") or "")
    if asked is None:
        return Response(headers=headers, body=blob.body.read(0, size))
    start = int(asked[1])
    end = min(int(asked[2]) + 1 if asked[2] else size, size)
    if start >= size:
        raise _refused(ask, 416, "InvalidRange", headers={"content-range": f"bytes */{size}"})
    headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    return Response(status=206, headers=headers, body=blob.body.read(start, end))


def _refused(ask: Ask, status: int, code: str, why: str = "", headers: dict[str, str] | None = None) -> Refusal:
    told = f"{_EXPLAINED[code]}\nRequestId:{guid(ask.request.path, ask.now)}\nTime:{stamp(ask.now, 'Z')}"
    more = f"<AuthenticationErrorDetail>{why}</AuthenticationErrorDetail>" if why else ""
    body = (
        f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{told}</Message>{more}</Error>'
    )
    named = {"content-type": "application/xml", "x-ms-error-code": code, **(headers or {})}
    return Refusal(Response(status=status, headers=named, body=body.encode()))


ROUTES = (Route("GET", "blob", "/azureml/ExperimentRun/dcid.{run}/{scope}", get_blob, needs_token=False),)
