"""The workspaces of the emulated account: two that work, some that show what may be in the way."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.emulator.dice import guid
from services.emulator.samples import SUBSCRIPTION_PROD, SUBSCRIPTION_RESEARCH, UPNS
from services.emulator.scripts import PRODUCTION, RESEARCH, Script


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One workspace. `access` is open, forbidden (403 to everything) or private (403 from a public network)."""

    subscription: str
    group: str
    name: str
    region: str
    kind: str = "Default"
    access: str = "open"
    friendly: str = ""
    description: str = ""
    creator: str = UPNS[0]
    born: str = "2023-02-03T09:12:44.9964944Z"
    isolation: str | None = None
    tags: dict[str, str] = {}
    scripts: Sequence[Script] = ()
    share: float = 0.0
    """Its part of the world's runs: 1 is all that were asked for."""

    @property
    def id(self) -> str:
        """The ARM id, in ARM's spelling."""
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"
        )

    @property
    def guid(self) -> str:
        """workspaceId: the GUID that is neither name nor ARM id."""
        return guid("workspace", self.name)

    @property
    def api_host(self) -> str:
        """The host of run history."""
        own = f"{self.guid}.workspace." if self.access == "private" else ""
        return f"{own}{self.region}.api.azureml.ms"


PLACES = (
    Place(subscription=SUBSCRIPTION_PROD, group="rg-ml-prod", name="ml-prod", region="westeurope",
          friendly="ML production", tags={"env": "prod", "cost-center": "4711"}, scripts=PRODUCTION, share=1.0,
          isolation="AllowInternetOutbound"),
    Place(subscription=SUBSCRIPTION_PROD, group="rg-ml-prod", name="ml-staging", region="westeurope",
          friendly="", description="", born="2025-11-02T15:40:07.3Z", isolation="Disabled"),
    Place(subscription=SUBSCRIPTION_PROD, group="rg-ml-prod", name="ml-locked", region="westeurope",
          access="forbidden", friendly="Payments only", creator=UPNS[5], tags={"env": "prod"}),
    Place(subscription=SUBSCRIPTION_RESEARCH, group="RG-ML-Research", name="ml-research", region="northeurope",
          friendly="ML research", creator=UPNS[2], born="2022-09-14T07:01:00Z", scripts=RESEARCH, share=0.1),
    Place(subscription=SUBSCRIPTION_RESEARCH, group="RG-ML-Research", name="ai-hub", region="northeurope", kind="Hub",
          friendly="AI hub", creator=UPNS[2], born="2024-05-21T11:25:31.2606245Z",
          tags={"createdByToolkit": "sdk-v2-1.34.1"}),
    Place(subscription=SUBSCRIPTION_RESEARCH, group="RG-ML-Research", name="ai-support-bot", region="northeurope",
          kind="Project", friendly="Support bot", creator=UPNS[6], born="2024-06-03T08:00:19.7Z"),
    Place(subscription=SUBSCRIPTION_RESEARCH, group="rg-vault", name="ml-private", region="germanywestcentral",
          access="private", creator=UPNS[4], born="2023-04-25T21:11:29.4806159Z",
          isolation="AllowOnlyApprovedOutbound", tags={"data": "patients"}),
)  # fmt: skip

SUBSCRIPTIONS = ((SUBSCRIPTION_PROD, "ML Production"), (SUBSCRIPTION_RESEARCH, "ML Research"))
