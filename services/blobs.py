"""Files in storage, by the byte: ranges behind signed links that are never kept, written down or shown.

A link is good for some hours. Whoever reads for longer gives `Links` a way to ask for another: it is asked for once
when storage says no, and the read goes on where it was.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlsplit

import msgspec

from services.calls import Answer, Call
from services.errors import Forbidden, Malformed, Refused, TooLarge
from services.records import Stop, never

if TYPE_CHECKING:
    from services.connection import Connection

PIECE = 4 * 1024 * 1024
"""Bytes of one range: a cancel or a lost connection costs no more than this."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A range of a blob as it was when it was read. `start` is where `content` begins; `size` is the whole blob's."""

    start: int
    content: bytes
    size: int
    etag: str | None = None
    fetched_at: datetime

    @property
    def end(self) -> int:
        """The byte after the last one read."""
        return self.start + len(self.content)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a blob says of itself without being read."""

    size: int
    etag: str | None = None
    changed: datetime | None = None
    kind: str | None = None
    md5: str | None = None
    """Of the whole content, in hexadecimal digits; None where whoever uploaded it left none."""
    fetched_at: datetime


class Link:
    """A signed link to one blob, and how to get another when it has expired. Nothing of it is ever shown."""

    def __init__(self, url: str, renew: Callable[[], str]) -> None:
        self._url = url
        self._renew = renew

    def __repr__(self) -> str:
        return f"Link to {self.place}"

    @property
    def place(self) -> str:
        """Where the blob is, without the signature."""
        return self._url.partition("?")[0]

    def call(self, method: Literal["GET", "HEAD"], span: str = "") -> Call:
        """Return the request for the blob, or for a range of it."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", "x-ms-version": "2019-07-07"}
        if span:
            headers["Range"] = span
        return Call(url=plain_address(self._url), method=method, audience="none", headers=headers, is_content=True)

    def renew(self) -> None:
        """Ask for another link. Raises ServiceError."""
        self._url = self._renew()


def plain_address(url: str) -> str:
    """Return the link with odd characters of its path escaped, as they have to be sent; the query stays as it came."""
    where, mark, query = url.partition("?")
    parts = urlsplit(where)
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    return f"{parts.scheme}://{parts.netloc}{path}{mark}{query}"


def read_facts(connection: Connection, link: Link) -> Facts:
    """Return size, etag and age of a blob. Raises ServiceError; NotFound when there is no such blob.

    Reads HEAD of the link.
    """
    answer = _sent(connection, link, "HEAD", "", never)
    headers = answer.headers
    return Facts(
        size=_number(headers.get("content-length")) or 0,
        etag=headers.get("etag"),
        changed=_date(headers.get("last-modified")),
        kind=headers.get("content-type"),
        md5=_md5(headers.get("content-md5")),
        fetched_at=answer.fetched_at,
    )


def _md5(text: str | None) -> str | None:
    try:
        digest = base64.b64decode(text or "", validate=True)
    except ValueError:
        return None
    return digest.hex() if len(digest) == 16 else None


def read_part(connection: Connection, link: Link, start: int, end: int, *, stop: Stop = never) -> Part:
    """Return the bytes from `start` up to `end`, or fewer at the end of the blob; none when it is no longer than that.

    Raises ServiceError: Malformed when another range came than was asked for. Reads GET of the link, with a range.
    """
    if start >= end:
        raise ValueError(f"no range: {start} to {end}")
    try:
        answer = _sent(connection, link, "GET", f"bytes={start}-{end - 1}", stop)
    except Refused as error:
        if error.status != 416:
            raise
        # An empty log, or one that has not grown: storage calls that an error.
        facts = read_facts(connection, link)
        return Part(start=start, content=b"", size=facts.size, etag=facts.etag, fetched_at=facts.fetched_at)
    return _part(answer, start, end)


def read_all(
    connection: Connection, link: Link, *, start: int = 0, most: int | None = None, stop: Stop = never
) -> Iterator[Part]:
    """Yield a blob piece by piece from `start` to its end. Ends early when `stop` says so.

    Raises ServiceError: TooLarge when it has more than `most` bytes, Malformed when it was replaced meanwhile. Every
    piece has its own deadline.
    """
    etag = None
    while not stop():
        part = read_part(connection, link, start, start + PIECE, stop=stop)
        if most is not None and part.size > most:
            raise TooLarge(f"The file has {part.size:,} bytes", on=link.place, do=f"at most {most:,} are read")
        if etag is not None and part.etag is not None and part.etag != etag:
            raise Malformed("The file was replaced while it was read", on=link.place, do="read it again")
        etag = part.etag
        yield part
        start = part.end
        if start >= part.size or not part.content:
            return


def _sent(connection: Connection, link: Link, method: Literal["GET", "HEAD"], span: str, stop: Stop) -> Answer:
    try:
        return connection.read(link.call(method, span), stop=stop)
    except Forbidden:
        # Storage says 403 for a link that is over and for one that never was good: one new link tells which.
        link.renew()
        return connection.read(link.call(method, span), stop=stop)


_SPAN = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def _part(answer: Answer, start: int, end: int) -> Part:
    given = _SPAN.fullmatch(answer.headers.get("content-range", ""))
    size = int(given[3]) if given else len(answer.body)
    if given is None and answer.status == 200:
        # A whole answer in place of a range: a proxy in between dropped the header.
        content = answer.body[start:end]
    elif given is not None and int(given[1]) == start and len(answer.body) == int(given[2]) + 1 - start <= end - start:
        content = answer.body
    else:
        raise Malformed("Storage answered another range than was asked for", on=answer.call.url.partition("?")[0])
    return Part(start=start, content=content, size=size, etag=answer.headers.get("etag"), fetched_at=answer.fetched_at)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None


def _date(text: str | None) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
