"""How a workspace and each of its stores are encrypted, and with whose key."""

from __future__ import annotations

from collections.abc import Iterator

from services.dependent_parsers import Dependent
from services.parsing import id_tail
from services.posture_lines import (
    LEARN,
    Facts,
    FromDocuments,
    PostureLine,
    Sighting,
    line,
    unseen,
)

_PAGE = f"{LEARN}concept-data-encryption"
_CMK = f"{LEARN}concept-customer-managed-keys"
_DOCUMENTS = FromDocuments(_PAGE)

HBI_EFFECTS = (
    "Microsoft collects less diagnostic data; the temporary disks of clusters are encrypted and cleaned between jobs; "
    "credentials for storage, registry and ssh pass to the computes through your key vault."
)
HBI_OFF = (
    "Microsoft collects the usual diagnostic data, and the temporary disks of clusters are not encrypted on purpose."
)
_OWN = "with a key of your own"
_THEIRS = "with Microsoft's key"


_BY_DESIGN = (
    ("os disks", "OS disks of computes", f"at rest, {_THEIRS}",
     "They belong to Microsoft's subscription: an own key is not possible there."),
    ("vault", "Key vault at rest", "at rest, by the vault itself",
     "What a vault holds is encrypted under its own keys; a premium one keeps those in hardware."),
    ("tls", "On the way", "TLS 1.2 or newer",
     "Every call between the services and to the endpoints; the storage account has a setting of its own."),
)  # fmt: skip
"""What holds for every workspace, as the documentation says."""


def of_encryption(facts: Facts) -> Iterator[PostureLine]:
    """Yield the lines of the HBI flag, the own key and what it entails, and of each store at rest."""
    yield _hbi(facts)
    yield from _own_key(facts)
    yield from _stores(facts)
    yield _metadata(facts)
    yield _disks(facts)
    for key, about, fact, why in _BY_DESIGN:
        yield line("encryption", key, about, fact, "note", _DOCUMENTS, why=why)
    yield from _logs(facts)


def _hbi(facts: Facts) -> PostureLine:
    said, about = facts.workspace.record.is_hbi, "High business impact (HBI)"
    why = "It is chosen when a workspace is made and cannot be changed: for data that would do harm in wrong hands."
    if said is None:
        return unseen("encryption", "hbi", about, facts.workspace, "Azure does not say.", why=why)
    return line("encryption", "hbi", about, "on" if said else "off", "ok" if said else "note", facts.workspace, why=why,
                detail=HBI_EFFECTS if said else HBI_OFF, document=_PAGE)  # fmt: skip


def _own_key(facts: Facts) -> Iterator[PostureLine]:
    one, of, about = facts.workspace.record, facts.workspace, "Customer-managed key (CMK)"
    if not one.has_own_key:
        why = "Microsoft's keys encrypt what the workspace holds; an own key is set when it is made."
        yield line("encryption", "cmk", about, "none", "note", of, why=why, document=_CMK)
        return
    why = "Who holds the key can take it away: revoked, the workspace stops within about an hour, until it is back."
    yield line("encryption", "cmk", about, "on", "ok", of, why=why, detail=one.key_uri, document=_CMK)
    yield _side(facts)


def _side(facts: Facts) -> PostureLine:
    one, of, about = facts.workspace.record, facts.workspace, "Where encrypted data lies"
    if one.is_service_side is None:
        return unseen("encryption", "cmk side", about, of, "Azure does not say.", why=_SIDE)
    if one.is_service_side:
        fact, detail = "in Microsoft's subscription", None
    elif named := id_tail(one.managed_group):
        fact, detail = f"in group {named}", None
    else:
        fact = "in a group of your subscription"
        detail = "Azure does not name the group; it begins with azureml-rg- and the workspace's name."
    return line("encryption", "cmk side", about, fact, "note", of, why=_SIDE, detail=detail, document=_CMK)


_SIDE = (
    "Not on the service's side, Cosmos DB (8,000 request units), a search service and a storage account stand in a "
    "managed group of your subscription, and cost what they cost. Who deletes them there breaks the workspace."
)


def _stores(facts: Facts) -> Iterator[PostureLine]:
    for key, kind, about in (("blob", "storage", "Blobs at rest"), ("acr", "registry", "Images at rest")):
        found = next((one for one in facts.dependents.sightings if one.record.kind == kind), None)
        if found is not None and found.record.problem is None:
            yield _store(found, key, about)


def _store(found: Sighting[Dependent], key: str, about: str) -> PostureLine:
    why = "Everything in a store of Azure is encrypted; the question is who can take the key away."
    source = (found.record.key_source or "").lower()
    if not source:
        return unseen("encryption", key, about, found, "Azure does not say whose key it is.", why=why)
    is_own = source.endswith("keyvault")
    return line("encryption", key, about, f"at rest, {_OWN if is_own else _THEIRS}", "ok" if is_own else "note", found,
                why=why, detail=found.record.key_uri, document=_PAGE)  # fmt: skip


def _metadata(facts: Facts) -> PostureLine:
    why = "The workspace's own records: runs, metrics, models, computes. They are kept in Cosmos DB."
    if facts.workspace.record.has_own_key:
        return line("encryption", "cosmos", "Metadata at rest (Cosmos DB)", f"at rest, {_OWN}", "ok", facts.workspace,
                    why=why, detail=facts.workspace.record.cosmos, document=_CMK)  # fmt: skip
    return line(
        "encryption", "cosmos", "Metadata at rest (Cosmos DB)", f"at rest, {_THEIRS}", "note", _DOCUMENTS, why=why
    )


def _disks(facts: Facts) -> PostureLine:
    said, about = facts.workspace.record.is_hbi, "Temporary disks of clusters"
    why = "Data of a job lies there while it runs. They are encrypted in a workspace that was made with HBI."
    if said is None:
        return unseen(
            "encryption",
            "temp disks",
            about,
            facts.workspace,
            "It depends on HBI, of which Azure says nothing.",
            why=why,
        )
    fact = "encrypted, cleaned between jobs" if said else "not encrypted on purpose"
    return line(
        "encryption", "temp disks", about, fact, "ok" if said else "note", facts.workspace, why=why, document=_PAGE
    )


def _logs(facts: Facts) -> Iterator[PostureLine]:
    logs = facts.one("log workspace")
    about = "Logs at rest (Log Analytics, App Insights)"
    why = "An own key for logs needs a dedicated cluster; without one Microsoft's key encrypts them."
    if logs is None:
        return
    if logs.record.problem is not None:
        yield unseen("encryption", "logs", about, logs, logs.record.problem, why=why)
        return
    cluster = id_tail(logs.record.cluster)
    fact = f"in cluster {cluster}" if cluster else f"at rest, {_THEIRS}"
    detail = "Whether the cluster has a key of its own is a setting of the cluster." if cluster else None
    yield line("encryption", "logs", about, fact, "note", logs, why=why, detail=detail)
