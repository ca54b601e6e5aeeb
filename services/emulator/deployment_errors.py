"""What the last operation on a failed deployment says went wrong, in the frames the service wraps it in."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.changes import Changes
from services.emulator.endpoint_documents import operation_name
from services.emulator.operations import failure_message
from services.emulator.overlays import endpoints_of
from services.emulator.places import Place


def failed_operation(changes: Changes, place: Place, name: str, now: int) -> Json | None:
    """Return the error of the operation of this name, when it is the one a failed deployment was left by."""
    for endpoint in endpoints_of(changes, place, now):
        for deployment in endpoint.deployments:
            if deployment.state == "Failed" and operation_name(place, endpoint, deployment, now) == name:
                incident = changes.incident
                code = incident.failure(place, endpoint.name, deployment.name) if incident else ""
                return _failed(code, deployment.name) if code else _no_image(endpoint.name, deployment.name)
    return None


def _failed(code: str, deployment: str) -> Json:
    guide = f"Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-{code.lower()}"
    return {"code": code, "message": f"{failure_message(code, deployment)} {guide}", "details": [],
            "additionalInfo": []}  # fmt: skip


def _no_image(endpoint: str, deployment: str) -> Json:
    message = (
        f"User container image pull failed for deployment {deployment} of endpoint {endpoint}: manifest unknown. "
        "Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-imagepullfailure"
    )
    return {"code": "ImagePullFailure", "message": message, "details": [], "additionalInfo": []}
