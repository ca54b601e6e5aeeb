"""Who a workspace acts as, what that identity needs to hold, and how others prove who they are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import msgspec

from services.built_in_roles import BY_ID, BY_NAME
from services.dependent_parsers import Dependent
from services.identity_grants import IdentityGrants
from services.parsing import id_part, id_tail
from services.posture_lines import (
    LEARN,
    Facts,
    PostureLine,
    Sighting,
    Standing,
    counted,
    line,
    listed,
    place_of,
    unseen,
)
from services.workspace_settings import WorkspaceSettings

_ABOUT_IDENTITY = f"{LEARN}how-to-setup-authentication"
_ABOUT_GRANTS = f"{LEARN}how-to-identity-based-service-authentication"

OWNER, CONTRIBUTOR, AI_ADMINISTRATOR = (BY_NAME[name].id for name in ("Owner", "Contributor", "Azure AI Administrator"))
_BLOBS, _VAULT, _PULL = (
    BY_NAME[name].id for name in ("Storage Blob Data Contributor", "Key Vault Administrator", "AcrPull")
)
_BLOB_OWNER, _PUSH = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "8311e382-0749-4cb8-b61a-304f252e45ec"
_MANAGERS = frozenset({OWNER, CONTRIBUTOR, AI_ADMINISTRATOR})

ROLES = {key: role.name for key, role in BY_ID.items()} | {_BLOB_OWNER: "Storage Blob Data Owner", _PUSH: "AcrPush"}
"""Built-in roles by the name (GUID) of their definition, the same in every tenant."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """One grant the identity of a workspace needs: any role of `enough` will do, `role` is the one to ask for."""

    key: str
    place: str
    role: str
    enough: frozenset[str]
    why: str


EXPECTED = (
    Expected(key="workspace", place="the workspace", role="Contributor", enough=_MANAGERS,
             why="It reads and changes the workspace's own jobs, computes and endpoints."),
    Expected(key="storage", place="the storage account", role="Storage Blob Data Contributor",
             enough=frozenset({_BLOBS, _BLOB_OWNER}),
             why="Snapshots, logs and outputs of jobs are written there. Contributor alone gives no data."),
    Expected(key="key vault", place="the key vault", role="Key Vault Administrator",
             enough=frozenset({_VAULT}),
             why="Credentials of datastores, connections and computes are kept there."),
    Expected(key="registry", place="the registry", role="AcrPull",
             enough=_MANAGERS | {_PULL, _PUSH},
             why="Images of environments are pulled from it: without it jobs and deployments cannot start."),
    Expected(key="group", place="the resource group", role="Contributor", enough=_MANAGERS,
             why="It makes what it finds missing: the registry at the first image build, private endpoints."),
)  # fmt: skip
"""What the documents of Azure Machine Learning give a workspace's identity."""


def is_support_app(name: str) -> bool:
    """Return whether a caller is an application Azure Machine Learning itself put into the tenant."""
    lowered = name.lower()
    return lowered.startswith(("aml-", "microsoft-azureml-support-app-"))


def principals_of(settings: WorkspaceSettings) -> tuple[str, ...]:
    """Return the object ids it acts as: its own identity, else the primary of the assigned ones, else all of them."""
    if settings.principal:
        return (settings.principal,)
    primary = (settings.primary_identity or "").lower()
    known = {name.lower(): one for name, one in settings.user_identities.items() if one}
    return (known[primary],) if primary in known else tuple(known.values())


def scopes_of(settings: WorkspaceSettings) -> dict[str, str]:
    """Return the places where the identity needs a grant, by the key of the grant."""
    group = settings.id.partition("/providers/")[0]
    known = {
        "workspace": settings.id,
        "storage": settings.storage,
        "key vault": settings.key_vault,
        "registry": settings.registry,
        "group": group,
    }
    return {key: scope for key, scope in known.items() if scope}


def of_identity(facts: Facts) -> Iterator[PostureLine]:
    """Yield the lines of the workspace's identity, its grants, and the ways to sign in."""
    workspace = facts.workspace
    yield _kind(workspace)
    principals = principals_of(workspace.record)
    for principal in principals:
        for expected in EXPECTED:
            yield from _grant(facts, principal, expected, suffix=f"/{principal}" if len(principals) > 1 else "")
    yield _datastores(workspace)
    yield from _endpoints(facts)
    if facts.support_apps:
        yield line("identity", "support apps", "Support applications", listed(facts.support_apps), "note",
                   facts.settings, why="These callers of the activity log are Azure Machine Learning itself.",
                   document=f"{LEARN}how-to-assign-roles")  # fmt: skip


def _kind(workspace: Sighting[WorkspaceSettings]) -> PostureLine:
    one = workspace.record
    why = "The workspace reaches its storage, key vault and registry as this identity, with what was granted to it."
    named = [f"own identity {one.principal}"] if one.principal else []
    named += [f"{id_tail(name) or name} {principal or ''}".strip() for name, principal in one.user_identities.items()]
    if one.identity is None:
        return unseen("identity", "kind", "Workspace identity", workspace, "Azure names no identity.", why=why)
    return line("identity", "kind", "Workspace identity", one.identity, "note", workspace, why=why,
                detail=listed(named), document=_ABOUT_IDENTITY)  # fmt: skip


def _grant(facts: Facts, principal: str, expected: Expected, *, suffix: str) -> Iterator[PostureLine]:
    key, about = f"grant/{expected.key}{suffix}", f"Identity on {expected.place}"
    scope = scopes_of(facts.workspace.record).get(expected.key)
    if scope is None:
        return
    vault = facts.one("key vault")
    if expected.key == "key vault" and vault is not None and vault.record.is_rbac is False:
        yield _policy(vault, principal, expected, key, about)
        return
    if expected.key == "key vault" and (vault is None or vault.record.is_rbac is None):
        reason = (
            vault.record.problem if vault else facts.dependents.missing
        ) or "Azure does not say who decides there."
        yield unseen("identity", key, about, vault or facts.dependents, reason, why=expected.why)
        return
    wanted = f"{principal}|{scope}".lower()
    found = next((one for one in facts.grants.sightings if one.record.id == wanted), None)
    if found is None or found.record.roles is None:
        reason = (found.record.problem if found else facts.grants.missing) or "It was not read yet."
        yield unseen("identity", key, about, found or facts.grants, reason, why=expected.why)
        return
    yield _held(found, principal, scope, expected, key, about)


def _held(
    found: Sighting[IdentityGrants], principal: str, scope: str, expected: Expected, key: str, about: str
) -> PostureLine:
    roles = found.record.roles or ()
    good = [ROLES[role] for role in roles if role in expected.enough]
    named = listed([ROLES.get(role, f"role {role}") for role in roles]) or "no role"
    ask = ["az", "role", "assignment", "create", "--assignee-object-id", principal, "--assignee-principal-type",
           "ServicePrincipal", "--role", expected.role, "--scope", scope]  # fmt: skip
    if good:
        return line("identity", key, about, listed(good), "ok", found, why=expected.why, detail=f"It holds {named}.",
                    document=_ABOUT_GRANTS)  # fmt: skip
    strange = [role for role in roles if role not in ROLES]
    standing: Standing = "unknown" if strange else "weak"
    fact = "a role of your own" if strange else f"{expected.role} is missing"
    detail = f"It holds {named}." + (" Whether that is enough is not known here." if strange else "")
    return line("identity", key, about, fact, standing, found, why=expected.why, detail=detail, change=shlex.join(ask),
                document=_ABOUT_GRANTS)  # fmt: skip


def _policy(vault: Sighting[Dependent], principal: str, expected: Expected, key: str, about: str) -> PostureLine:
    known = {who.lower(): rights for who, rights in (vault.record.policies or {}).items()}
    rights = known.get(principal.lower())
    ask = f"az keyvault set-policy {place_of(vault.record.id)} --object-id {shlex.quote(principal)}"
    ask += " --secret-permissions all --key-permissions all --certificate-permissions all"
    if vault.record.policies is None:
        return unseen("identity", key, about, vault, "Azure lists no access policies.", why=expected.why)
    if rights is None:
        return line("identity", key, about, "no access policy", "weak", vault, why=expected.why, change=ask,
                    detail="The vault goes by access policies, and none names this identity.")  # fmt: skip
    return line("identity", key, about, "access policy", "ok", vault, why=expected.why, detail=rights)


def _datastores(workspace: Sighting[WorkspaceSettings]) -> PostureLine:
    mode = workspace.record.datastore_auth
    why = "With the account's key, whoever may run a job reads everything in the storage account, and no log says who."
    one = workspace.record
    change = (
        f"az ml workspace update {place_of(one.id)} --system-datastores-auth-mode identity"
        if id_part(one.id, "resourceGroups")
        else None
    )
    if mode is None:
        reason = "Azure does not say; workspaces made before there was a choice use the account's key."
        return unseen("identity", "datastores", "Built-in datastores", workspace, reason, why=why)
    if mode.lower() == "accesskey":
        return line("identity", "datastores", "Built-in datastores", "by the account's key", "weak", workspace, why=why,
                    change=change, document=f"{LEARN}how-to-disable-local-auth-storage")  # fmt: skip
    fact = "by identity" if mode.lower() == "identity" else mode
    return line("identity", "datastores", "Built-in datastores", fact, "ok", workspace, why=why)


def _endpoints(facts: Facts) -> Iterator[PostureLine]:
    known = facts.endpoints
    why = "A key says nothing about who calls and does not expire by itself; a token of Microsoft Entra does both."
    if known.missing is not None:
        yield unseen("identity", "endpoints", "Sign-in at endpoints", known, known.missing, why=why)
        return
    keyed = [one.name for one in known.records if (one.auth_mode or "").lower() == "key"]
    if known.records:
        fact = f"{len(keyed)} of {counted(len(known.records), 'endpoint')} by key"
        yield line("identity", "endpoints", "Sign-in at endpoints", fact, "note" if keyed else "ok", known, why=why,
                   detail=listed(keyed) or None, document=f"{LEARN}how-to-authenticate-online-endpoint",
                   change="auth_mode: aad_token, when an endpoint is made" if keyed else None)  # fmt: skip
