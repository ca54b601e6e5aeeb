"""Everything amldeck can change in Azure, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services import (
    alert_verbs,
    autoscale_verbs,
    cluster_verbs,
    compute_removal,
    compute_verbs,
    deployment_removal,
    deployment_verbs,
    endpoint_verbs,
    key_verbs,
    resubmit,
    run_verbs,
    schedule_verbs,
    submit,
    workspace_verbs,
)
from services.change import Verb

_ROOMS = (run_verbs, resubmit, submit, compute_verbs, cluster_verbs, compute_removal, endpoint_verbs,
          deployment_verbs, deployment_removal, autoscale_verbs, key_verbs, workspace_verbs,
          alert_verbs, schedule_verbs)  # fmt: skip

VERBS: Mapping[str, Verb] = MappingProxyType({verb.name: verb for room in _ROOMS for verb in room.VERBS})
