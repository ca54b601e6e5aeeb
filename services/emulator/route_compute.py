"""ARM: computes and the nodes of a cluster."""

from __future__ import annotations

from collections.abc import Callable

from services.emulator.answers import Json
from services.emulator.attached_documents import attached_document
from services.emulator.compute_documents import cluster_document, instance_document, node_document
from services.emulator.load import load_of
from services.emulator.overlays import attached_of, clusters_of, instances_of, is_going
from services.emulator.paging import paged
from services.emulator.routing import Ask, Route

NODES_A_PAGE = 5
COMPUTES_A_PAGE = 50


def _makers(ask: Ask) -> dict[str, Callable[[], Json]]:
    """Return what makes each compute's document, by name, in the order of the list."""
    place, book, now, changes = ask.place, ask.book, ask.now, ask.world.changes
    makers: dict[str, Callable[[], Json]] = {}
    for cluster in clusters_of(changes, place, now):
        makers[cluster.name] = lambda one=cluster: cluster_document(place, book, one, now)
    for instance in instances_of(changes, place, now):
        makers[instance.name] = lambda one=instance: instance_document(place, one, now)
    for attached in attached_of(changes, place, now):
        makers[attached.name] = lambda one=attached: attached_document(place, one)
    return makers


def list_computes(ask: Ask) -> Json:
    """Answer all computes of the workspace."""
    return paged(ask, [_standing(ask, make()) for make in _makers(ask).values()], COMPUTES_A_PAGE)


def _standing(ask: Ask, document: Json) -> Json:
    """Return a compute as it is while it is being taken away: still there, and saying so."""
    if is_going(ask.world.changes, ask.place, document["name"]):
        document["properties"]["provisioningState"] = "Deleting"
    return document


def _missing_compute(ask: Ask) -> Exception:
    return ask.missing(f"Compute {ask.parts['compute']} not found.", "ComputeNotFound")


def get_compute(ask: Ask) -> Json:
    """Answer one compute."""
    make = _makers(ask).get(ask.parts["compute"])
    if make is None:
        raise _missing_compute(ask)
    return _standing(ask, make())


def list_nodes(ask: Ask) -> Json:
    """Answer the nodes of a cluster, five a page, under `nodes`. Only clusters have nodes."""
    name = ask.parts["compute"]
    clusters = clusters_of(ask.world.changes, ask.place, ask.now)
    cluster = next((one for one in clusters if one.name == name), None)
    if cluster is None and name in _makers(ask):
        raise ask.wrong(f"Compute {name} is not an AmlCompute cluster: it has no nodes to list.")
    if cluster is None:
        raise _missing_compute(ask)
    nodes = () if cluster.trouble == "failed" else load_of(ask.place, ask.book, cluster, ask.now).nodes
    page = paged(ask, [node_document(node) for node in nodes], NODES_A_PAGE)
    page["nodes"] = page.pop("value")
    return page


ROUTES = (
    Route("GET", "arm", "{ws}/computes", list_computes),
    Route("GET", "arm", "{ws}/computes/{compute}", get_compute),
    Route("POST", "arm", "{ws}/computes/{compute}/listNodes", list_nodes),
    # Clients follow the nextLink of this POST with a GET.
    Route("GET", "arm", "{ws}/computes/{compute}/listNodes", list_nodes),
)
