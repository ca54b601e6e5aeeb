"""ARM: the virtual machines that are attached to workspaces, as far as Azure Compute says how they run."""

from __future__ import annotations

from services.emulator.answers import Json, Refusal, gateway_error
from services.emulator.fleet import ATTACHED
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route
from services.emulator.ticks import DAY, HOUR, stamp


def instance_view(ask: Ask) -> Json:
    """Answer how a machine is: they are deallocated for the night, from 19 to 7 o'clock UTC."""
    known_subscription(ask)
    names = (ask.parts[part].lower() for part in ("subscription", "group", "vm"))
    path = "/subscriptions/{}/resourcegroups/{}/providers/microsoft.compute/virtualmachines/{}".format(*names)
    known = {one.resource.lower() for places in ATTACHED.values() for one in places if one.kind == "VirtualMachine"}
    if path not in known:
        message = f"The Resource 'Microsoft.Compute/virtualMachines/{ask.parts['vm']}' was not found."
        raise Refusal(gateway_error(404, "ResourceNotFound", message))
    is_on = 7 * HOUR <= ask.now % DAY < 19 * HOUR
    since = ask.now // DAY * DAY + (7 if is_on else -5) * HOUR
    word, title = ("running", "VM running") if is_on else ("deallocated", "VM deallocated")
    return {
        "computerName": ask.parts["vm"], "osName": "ubuntu", "hyperVGeneration": "V2",
        "statuses": [
            {"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Provisioning succeeded",
             "time": stamp(since)},
            {"code": f"PowerState/{word}", "level": "Info", "displayStatus": title},
        ],
    }  # fmt: skip


ROUTES = (
    Route("GET", "arm", "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute"
          "/virtualMachines/{vm}/instanceView", instance_view),
)  # fmt: skip
