"""The words that ask for more quota: for a form of Azure's support, or for whoever may ask."""

from __future__ import annotations

import msgspec

PORTAL = "https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas"
ACTION = "Microsoft.MachineLearningServices/locations/updateQuotas/action"
"""What a role has to have for giving a subscription's quota to its workspaces."""
REQUEST_ACTION = "Microsoft.Support/supportTickets/write"
"""What a role has to have for asking Azure for more."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `wanted` is the new limit; None leaves it to whoever sends it."""

    subscription: str
    location: str | None
    family: str
    priority: str
    used: int | None
    limit: int | None
    wanted: int | None = None
    reason: str = ""


def request_text(ask: Ask) -> str:
    """Return the request, line by line."""
    wanted = f"{ask.wanted:,} vCPUs" if ask.wanted is not None else "(fill in) vCPUs"
    lines = (
        "Please raise a quota of Azure Machine Learning.",
        f"Subscription: {ask.subscription}",
        f"Region: {ask.location or '(fill in)'}",
        f"Quota: Machine Learning service, {ask.family}, {ask.priority}",
        f"Now: {_number(ask.used)} used of {_number(ask.limit)}",
        f"New limit: {wanted}",
        f"Because: {ask.reason or '(fill in)'}",
        f"Where: {PORTAL}, or Help + support, Service and subscription limits (quotas)",
        f"Needs: {REQUEST_ACTION} on the subscription",
    )
    return "\n".join(lines)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
