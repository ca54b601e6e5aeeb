"""Nodes: the machines of a cluster and the run on each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.compute import API
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node of a cluster and the run on it."""

    id: str
    """`compute/node`."""
    compute: str
    node: str
    state: str | None = None
    run: str | None = None
    private_ip: str | None = None
    public_ip: str | None = None
    port: int | None = None
    user: str | None = None
    """The account of the cluster that may sign in over SSH."""


class Given(Wire):
    """One item of listNodes."""

    node_id: str | None = None
    node_state: str | None = None
    run_id: str | None = None
    private_ip_address: str | None = None
    public_ip_address: str | None = None
    port: int | None = None


_read = reader_of(Given)


def list_nodes(
    connection: Connection, ref: WorkspaceRef, compute: str, *, user: str | None = None, stop: Stop = never
) -> Iterator[Page[Node]]:
    """Yield the nodes of one cluster. Raises ServiceError: Refused for an instance, which has none.

    `user` is the cluster's account for SSH, which the answer does not hold. Reads POST …/computes/{name}/listNodes.
    """
    call = connection.arm(f"{ref.id}/computes/{compute}/listNodes", API)
    for answer in connection.pages(msgspec.structs.replace(call, method="POST"), stop=stop):
        yield read_page(answer, partial(parse_node, compute=compute, user=user), items="nodes")


def parse_node(document: bytes, *, compute: str, user: str | None = None) -> Node:
    """Return one node. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    if not given.node_id:
        raise ValueError("it has no nodeId")
    return Node(
        id=f"{compute}/{given.node_id}",
        compute=compute,
        node=given.node_id,
        state=given.node_state,
        run=given.run_id,
        private_ip=given.private_ip_address,
        public_ip=given.public_ip_address,
        port=given.port,
        user=user,
    )
