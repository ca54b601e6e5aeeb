"""Storage account, key vault and registry: what their own settings allow, one rule a setting."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from services.dependent_parsers import Dependent, DependentKind
from services.posture_lines import LEARN, Area, Facts, PostureLine, Sighting, Standing, line, place_of, unseen

OLD_KEY = timedelta(days=365)
"""A shared key older than this, while it may be used, wants a new one."""
FALLBACK = "Azure does not say."


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of one kind of store. `good` is the value that is right; `unset` what Azure means by silence."""

    kind: DependentKind
    area: Area
    field: str
    about: str
    good: bool
    right: str
    wrong: str
    why: str
    change: str = ""
    """The rest of an `az` command, after the options that name the resource."""
    command: str = ""
    unset: bool | None = None


_STORE = "az storage account update"
CHECKS = (
    Check(kind="storage", area="storage", field="allows_shared_key", about="Shared keys of the storage account",
          good=False, right="refused", wrong="allowed", unset=True, command=_STORE,
          change="--allow-shared-key-access false",
          why="Whoever has the key reads and writes everything, as nobody. First set the datastores to identity."),
    Check(kind="storage", area="storage", field="allows_public_blobs", about="Anonymous access to blobs", good=False,
          right="refused", wrong="may be switched on for a container", command=_STORE,
          change="--allow-blob-public-access false",
          why="A container set to public is readable by the whole internet, without a key or an account."),
    Check(kind="storage", area="storage", field="is_https_only", about="Storage over https only", good=True,
          right="yes", wrong="plain http is taken, too", command=_STORE, change="--https-only true",
          why="Over http, data and signatures can be read on the way."),
    Check(kind="key vault", area="secrets", field="is_soft_delete", about="Soft delete of the key vault", good=True,
          right="on", wrong="off", command="az keyvault update", change="--enable-soft-delete true",
          why="A deleted secret or key can be brought back; without it datastores and encryption are gone for good."),
    Check(kind="key vault", area="secrets", field="is_purge_protected", about="Purge protection of the key vault",
          good=True, right="on", wrong="off", unset=False, command="az keyvault update",
          change="--enable-purge-protection true",
          why="Nobody can destroy deleted secrets before their time; an own encryption key requires it."),
    Check(kind="registry", area="secrets", field="has_admin_user", about="Admin user of the registry", good=False,
          right="off", wrong="on", command="az acr update", change="--admin-enabled false",
          why="One name and password for everybody, with the right to push images that the deployments will run."),
    Check(kind="registry", area="secrets", field="is_anonymous", about="Anonymous pull from the registry", good=False,
          right="off", wrong="on", command="az acr update", change="--anonymous-pull-enabled false",
          why="Anybody on the internet can fetch the images, with the code in them."),
)  # fmt: skip

NAMES: dict[DependentKind, str] = {
    "storage": "Storage account",
    "key vault": "Key vault",
    "registry": "Container registry",
    "app insights": "Application Insights",
}
AREAS_OF: dict[DependentKind, Area] = {
    "storage": "storage",
    "key vault": "secrets",
    "registry": "secrets",
    "app insights": "logging",
}
_WHY = "The workspace hangs on it: when it is gone or closed, jobs, images or logs stop."


def of_stores(facts: Facts) -> Iterator[PostureLine]:
    """Yield the lines of the resources the workspace hangs on, then what their settings allow."""
    named = facts.workspace.record
    ids = {"storage": named.storage, "key vault": named.key_vault, "registry": named.registry,
           "app insights": named.app_insights}  # fmt: skip
    for kind, label in NAMES.items():
        yield _itself(facts, kind, label, ids[kind])
    for check in CHECKS:
        found = facts.one(check.kind)
        if found is not None and found.record.problem is None:
            yield _checked(found, check)
    store = facts.one("storage")
    if store is not None and store.record.problem is None:
        yield _keys(facts, store)
        yield _tls(store)
    vault = facts.one("key vault")
    if vault is not None and vault.record.problem is None:
        yield _vault_rights(vault)
        yield _vault_content(vault)


def _itself(facts: Facts, kind: DependentKind, label: str, resource: str | None) -> PostureLine:
    area, found = AREAS_OF[kind], facts.one(kind)
    if resource is None:
        fact = "none yet" if kind == "registry" else "none"
        later = "It is made at the first image build." if kind == "registry" else None
        return line(area, kind, label, fact, "note", facts.workspace, why=_WHY, detail=later)
    if found is None:
        return unseen(area, kind, label, facts.dependents, facts.dependents.missing or FALLBACK, why=_WHY)
    one = found.record
    if one.is_missing:
        return line(area, kind, label, f"{one.name} is gone", "weak", found, why=_WHY, detail=one.problem)
    if one.problem is not None:
        return unseen(area, kind, label, found, one.problem, why=_WHY)
    moved = one.location and facts.workspace.record.location
    is_away = bool(moved) and _plain(one.location) != _plain(facts.workspace.record.location)
    sku = f"{one.name}, {one.sku}" if one.sku else one.name
    hns = "hierarchical namespace" if one.is_hns else None
    where = f"It is in {one.location}, the workspace in {facts.workspace.record.location}." if is_away else hns
    return line(area, kind, label, sku, "note" if is_away else "ok", found, why=_WHY, detail=where)


def _plain(location: str | None) -> str:
    return (location or "").replace(" ", "").lower()


def _checked(found: Sighting[Dependent], check: Check) -> PostureLine:
    said: bool | None = getattr(found.record, check.field)
    value = check.unset if said is None else said
    if value is None:
        return unseen(check.area, check.field, check.about, found, FALLBACK, why=check.why)
    is_good = value == check.good
    silence = "Nobody set it; this is what Azure does then." if said is None else None
    change = None if is_good else f"{check.command} {place_of(found.record.id)} {check.change}"
    return line(check.area, check.field, check.about, check.right if is_good else check.wrong,
                "ok" if is_good else "weak", found, why=check.why, change=change, detail=silence)  # fmt: skip


def _keys(facts: Facts, store: Sighting[Dependent]) -> PostureLine:
    one, about = store.record, "Age of the storage keys"
    why = "A key that leaked works until it is renewed. Then have the workspace take the new one (resync keys)."
    made = [created for created in (one.first_key_created, one.second_key_created) if created is not None]
    if not made:
        return unseen("storage", "key age", about, store, "Azure does not say when the keys were made.", why=why)
    age = facts.now - min(made)
    is_in_use = one.allows_shared_key is not False
    standing: Standing = "weak" if age > OLD_KEY and is_in_use else "note"
    change = f"az storage account keys renew {place_of(one.id)} --key primary"
    return line("storage", "key age", about, f"{age.days} days", standing, store, why=why, change=change,
                detail=None if is_in_use else "Shared keys are refused, so they open nothing.",
                document=f"{LEARN}how-to-change-storage-access-key")  # fmt: skip


def _tls(store: Sighting[Dependent]) -> PostureLine:
    said, about = store.record.minimum_tls, "Oldest TLS of the storage account"
    why = "TLS 1.0 and 1.1 can be broken. The other services of a workspace take 1.2 at least by themselves."
    if said is None:
        return unseen("storage", "tls", about, store, FALLBACK, why=why)
    is_good = said.upper() not in ("TLS1_0", "TLS1_1")
    change = None if is_good else f"{_STORE} {place_of(store.record.id)} --min-tls-version TLS1_2"
    spoken = said.replace("TLS", "TLS ").replace("_", ".")
    return line("storage", "tls", about, spoken, "ok" if is_good else "weak", store, why=why, change=change)


def _vault_rights(vault: Sighting[Dependent]) -> PostureLine:
    one, about = vault.record, "Who decides over the key vault"
    why = "With access policies whoever may change the vault can give himself every secret; roles keep the two apart."
    if one.is_rbac is None:
        return unseen("secrets", "vault rights", about, vault, FALLBACK, why=why)
    if one.is_rbac:
        return line("secrets", "vault rights", about, "roles", "ok", vault, why=why)
    change = f"az keyvault update {place_of(one.id)} --enable-rbac-authorization true"
    fact = f"access policies, {len(one.policies)}" if one.policies is not None else "access policies"
    return line("secrets", "vault rights", about, fact, "note", vault, why=why, change=change,
                detail="Grant the roles first: the policies stop counting at once.")  # fmt: skip


def _vault_content(vault: Sighting[Dependent]) -> PostureLine:
    return line(
        "secrets",
        "vault content",
        "Secrets in the key vault",
        "not asked",
        "note",
        vault,
        why="Their names and when they expire stand in the vault itself, which amldeck does not sign in to.",
        change=f"az keyvault secret list --vault-name {shlex.quote(vault.record.name)} -o table",
    )
