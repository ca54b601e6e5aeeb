"""Who can reach a workspace and its stores, and where its computes can connect to."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from services.dependent_parsers import Dependent, DependentKind
from services.outbound_rules import OutboundRule
from services.posture_lines import (
    LEARN,
    Facts,
    PostureLine,
    Sighting,
    counted,
    line,
    listed,
    place_of,
    unseen,
)

_STORES: tuple[tuple[DependentKind, str, str], ...] = (
    ("storage", "Network of the storage account", "az storage account update {} --default-action Deny"),
    ("key vault", "Network of the key vault", "az keyvault update {} --default-action Deny"),
    ("registry", "Network of the registry", "az acr update {} --public-network-enabled false"),
)
_ISOLATION = f"{LEARN}how-to-managed-network"
_PRIVATE = f"{LEARN}how-to-configure-private-link"


def of_network(facts: Facts) -> Iterator[PostureLine]:
    """Yield the lines of public access, private endpoints, the managed network and its rules, and the stores."""
    yield _public(facts)
    yield from _behind_vnet(facts)
    yield from _links(facts)
    yield _managed(facts)
    yield from _rules(facts)
    yield from _legacy(facts)
    for kind, about, change in _STORES:
        found = facts.one(kind)
        if found is not None and found.record.problem is None:
            yield _store(facts, found, about, change)


def is_closed(facts: Facts) -> bool:
    """Return whether the workspace itself lets nobody in over the internet."""
    return (facts.workspace.record.public_access or "").lower() == "disabled"


def _public(facts: Facts) -> PostureLine:
    workspace = facts.workspace
    one, about = workspace.record, "Public access to the workspace"
    why = "Open means that a stolen token is enough, from anywhere. Closed means that only its private network gets in."
    if one.public_access is None:
        return unseen("network", "public", about, workspace, "Azure does not say.", why=why)
    if is_closed(facts):
        detail = "From elsewhere even those with every right are refused, and amldeck shows what it has in its cache."
        return line("network", "public", about, "closed", "ok", workspace, why=why, detail=detail, document=_PRIVATE)
    allowed = one.allowed_ips or ()
    fact = f"from {counted(len(allowed), 'address range')}" if allowed else "open"
    is_sensitive = bool(one.is_hbi or one.has_own_key) and not allowed
    change = f"az ml workspace update {place_of(one.id)} --public-network-access Disabled"
    return line("network", "public", about, fact, "weak" if is_sensitive else "note", workspace, why=why, change=change,
                detail=listed(allowed) if allowed else None, document=_PRIVATE)  # fmt: skip


def _behind_vnet(facts: Facts) -> Iterator[PostureLine]:
    one = facts.workspace.record
    if one.allows_public_behind_vnet and one.private_endpoints:
        yield line("network", "behind vnet", "Public access beside private endpoints", "allowed", "weak",
                   facts.workspace, why="The private endpoint is no fence while the public door stands open, too.",
                   change=f"az ml workspace update {place_of(one.id)} --public-network-access Disabled")  # fmt: skip


def _links(facts: Facts) -> Iterator[PostureLine]:
    one, about = facts.workspace.record, "Private endpoints"
    why = "Through them the workspace is reached without the internet; one that is not approved carries nothing."
    if one.private_endpoints is None and not one.private_links:
        fact = "none" if one.private_links == 0 else None
        if fact is None:
            yield unseen("network", "endpoints", about, facts.workspace, "Azure does not say.", why=why)
        else:
            yield line("network", "endpoints", about, fact, "note", facts.workspace, why=why, document=_PRIVATE)
        return
    if one.private_endpoints is None:
        yield line("network", "endpoints", about, f"{one.private_links}", "note", facts.workspace, why=why,
                   detail="Azure gives their number alone.")  # fmt: skip
        return
    for name, state in one.private_endpoints.items():
        yield _link(facts, name, state, why)


def _link(facts: Facts, name: str, state: str | None, why: str) -> PostureLine:
    about, key = f"Private endpoint {name}", f"endpoint/{name}"
    if state is None:
        return unseen("network", key, about, facts.workspace, "Azure does not give its state.", why=why)
    is_good = state.lower() == "approved"
    change = None if is_good else "portal: the workspace, Networking, Private endpoint connections, Approve"
    return line("network", key, about, state.lower(), "ok" if is_good else "weak", facts.workspace, why=why,
                change=change, document=_PRIVATE)  # fmt: skip


def _managed(facts: Facts) -> PostureLine:
    workspace = facts.workspace
    one, about = workspace.record, "Managed network"
    why = (
        "It decides where computes and deployments can send data: a job that was taken over can carry it anywhere else."
    )
    change = f"az ml workspace update {place_of(one.id)} --managed-network allow_only_approved_outbound"
    mode = (one.isolation or "").lower()
    if mode in ("", "disabled"):
        return line("network", "managed", about, "none", "note", workspace, why=why, change=change, document=_ISOLATION,
                    detail="Computes connect to anywhere, unless a network of your own holds them.")  # fmt: skip
    if one.network_status is not None and one.network_status.lower() != "active":
        return line("network", "managed", about, f"{one.isolation}, {one.network_status.lower()}", "weak", workspace,
                    why=why, change=f"az ml workspace provision-network {place_of(one.id)}", document=_ISOLATION,
                    detail="It is set and not provisioned: the first compute does that, or you.")  # fmt: skip
    if mode == "allowonlyapprovedoutbound":
        detail = None if one.network_status else "Azure does not say whether it is provisioned."
        return line("network", "managed", about, "approved outbound only", "ok", workspace, why=why, detail=detail,
                    document=_ISOLATION)  # fmt: skip
    return line("network", "managed", about, "all outbound", "note", workspace, why=why, change=change,
                document=_ISOLATION)  # fmt: skip


def _rules(facts: Facts) -> Iterator[PostureLine]:
    if (facts.workspace.record.isolation or "").lower() in ("", "disabled"):
        return
    about, why = (
        "Outbound rules",
        "Each is a way out for data. A name with a star at its front covers every name under it.",
    )
    if facts.rules.missing is not None:
        yield unseen("network", "rules", about, facts.rules, facts.rules.missing, why=why)
        return
    own = [rule for rule in facts.rules.records if (rule.category or "").lower() == "userdefined"]
    named = [f"{rule.name} → {rule.destination or '?'}" for rule in own]
    fact = f"{len(own)} of your own, {len(facts.rules.records) - len(own)} required"
    yield line("network", "rules", about, fact, "note", facts.rules, why=why, detail=listed(named, 12) or None,
               document=_ISOLATION)  # fmt: skip
    for rule in own:
        yield from _rule(facts, rule)


def _rule(facts: Facts, rule: OutboundRule) -> Iterator[PostureLine]:
    key, about, status = f"rule/{rule.name}", f"Outbound rule {rule.name}", (rule.status or "").lower()
    if rule.destination in ("*", "*.*"):
        change = f"az ml workspace outbound-rule remove -w {rule_place(facts)} --rule {shlex.quote(rule.name)}"
        why = "A rule that covers every name makes the others pointless."
        yield line("network", key, about, "to anywhere", "weak", facts.rules, why=why, change=change)
    elif status not in ("active", ""):
        why = "Until the network is provisioned with it, it opens nothing."
        yield line("network", key, about, status, "note", facts.rules, why=why)


def rule_place(facts: Facts) -> str:
    """Return the options that name the workspace where `-w` does so."""
    return place_of(facts.workspace.record.id).removeprefix("-n ")


def _legacy(facts: Facts) -> Iterator[PostureLine]:
    if facts.workspace.record.is_v1_legacy:
        yield line("network", "v1 legacy", "Legacy mode of API version 1", "on", "note", facts.workspace,
                   why="It keeps calls off Azure Resource Manager, and turns off most of what came since 2022.",
                   document=f"{LEARN}how-to-configure-network-isolation-with-v2")  # fmt: skip


def _store(facts: Facts, found: Sighting[Dependent], about: str, change: str) -> PostureLine:
    one = found.record
    why = "Data can be fetched from the store itself, past the workspace: its network should be no wider."
    public, action = (one.public_access or "").lower(), (one.default_action or "").lower()
    links = f"{counted(one.private_endpoints, 'private endpoint')}" if one.private_endpoints is not None else None
    if not public and not action:
        return unseen("network", one.kind, about, found, "Azure does not say.", why=why)
    if public == "disabled":
        return line("network", one.kind, about, "closed", "ok", found, why=why, detail=links)
    if action == "deny":
        return line("network", one.kind, about, "chosen networks", "ok", found, why=why, detail=links)
    return line("network", one.kind, about, "open", "weak" if is_closed(facts) else "note", found, why=why,
                change=change.format(place_of(one.id)), detail=links)  # fmt: skip
