"""The rows of machines: computes, quotas and sizes, each with what the rest of the cache knows of it."""

from __future__ import annotations

from datetime import datetime

from services.compute_record import Compute
from services.nodes import Node
from services.quotas import Quota
from services.records import Money
from services.vm_sizes import VmSize


class ComputeRow(Compute, frozen=True, kw_only=True):
    """One compute with its price an hour, what works on it and waits for it, and people by their names."""

    accelerator: str | None = None
    """GPU, FPGA or CPU; None where neither the size's name nor the list of sizes says."""
    gpus: int | None = None
    """Of one machine; None while the sizes of the region were not read."""
    cores: int | None = None
    memory_gb: float | None = None
    per_hour: Money | None = None
    """What its machines cost an hour now, estimated; None while that is unknown."""
    idle_per_hour: Money | None = None
    """What of it goes to nodes that idle; None while that is unknown."""
    priced: tuple[str, ...] = ()
    """How that came about, or why there is no price."""
    owner_name: str | None = None
    """Who made it, by name where the cache knows one, else as Azure gives it."""
    user_name: str | None = None
    """Who it belongs to: who it is assigned to, else who made it."""
    at_work: tuple[str, ...] = ()
    """Runs on its nodes: `llm-sft-0042 on 2 nodes`."""
    idle_since: datetime | None = None
    """Since when the node that idles longest was seen to idle: it may do so for longer. None where none idles."""
    queue: int | None = None
    """Runs that wait for it; None while no run was read."""
    waits_for_quota: int = 0
    """How many of them wait because the quota has no more machines."""
    waiting: tuple[str, ...] = ()
    """Why the first of them wait, a sentence each."""
    done_by: str | None = None
    """Who asked for what was last done to it, and what that was, as the activity log says."""
    done_at: datetime | None = None
    power: str | None = None
    """Of an attached virtual machine: running, deallocated …"""
    can: str | None = None
    """What amldeck can do with its kind."""


class NodeRow(Node, frozen=True, kw_only=True):
    """One node with the run on it by name, and since when it is as it is."""

    run_name: str | None = None
    experiment: str | None = None
    run_by: str | None = None
    since: datetime | None = None
    """When its run started; of a node without a run, when it was first seen in its state, in which it may be for
    longer. None while not known."""


class QuotaRow(Quota, frozen=True, kw_only=True):
    """One quota with what is really left of it, and what waits for more."""

    standing: str | None = None
    """full, near or room; None without a limit."""
    free: int | None = None
    reserve: int | None = None
    """Cores that managed online deployments keep for their upgrades."""
    headroom: int | None = None
    """Cores for something new; None while that cannot be told."""
    basis: tuple[str, ...] = ()
    given: int | None = None
    """The limit that the workspace was given of it; None where it was given none of its own."""
    waiting: int = 0
    """Runs that wait for it."""
    waiting_cores: int | None = None
    waiting_for: tuple[str, ...] = ()
    may: str | None = None
    """Whether the account may give quota to workspaces: allowed, denied or unknown."""
    request: str = ""
    """The words that ask for more."""


class SizeRow(VmSize, frozen=True, kw_only=True):
    """One machine size with its price an hour and what is left of its family's quota."""

    accelerator: str | None = None
    per_hour: Money | None = None
    low_per_hour: Money | None = None
    priced: tuple[str, ...] = ()
    left: int | None = None
    """Dedicated cores of its family for something new; None while that is unknown."""
    most: int | None = None
    """How many machines of it fit."""
    low_left: int | None = None
    low_most: int | None = None
