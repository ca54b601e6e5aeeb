"""Azure Monitor: metrics of several resources in one question, split by dimension, on the host of their region.

Three namespaces have metrics: Microsoft.MachineLearningServices/workspaces (of nodes, by run),
…/workspaces/onlineEndpoints and …/workspaces/onlineEndpoints/deployments. Any other has invented ones, under whatever
name is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from services.emulator.answers import Json, Refusal, gateway_error
from services.emulator.cluster_measures import ClusterMeasures
from services.emulator.dice import noise
from services.emulator.endpoint_gauges import NAMESPACES
from services.emulator.endpoint_measures import Measures
from services.emulator.gauges import GAUGES, Gauge, Measured, nodes_measured
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.routing import Ask, Route
from services.emulator.run_facts import is_orchestrator
from services.emulator.ticks import DAY, HOUR, MINUTE, parse_stamp, stamp, stamp_ms
from services.emulator.used_machines import instances, runs_at_work
from services.emulator.wanted_measures import GRAINS, Wanted
from services.emulator.workspace_measures import WorkspaceMeasures

MOST_IDS, MOST_NAMES, USUAL_TOP = 50, 20, 10
LONGEST = 30 * DAY

_WORKSPACE = "microsoft.machinelearningservices/workspaces"
_TERM = re.compile(r"\s*(\w+)\s+eq\s+'([^']*)'\s*", re.I)
_DIMENSIONS = ("runid", "instanceid", "computename")


def metrics_batch(ask: Ask) -> Json:
    """Answer metrics of up to fifty resources of one region and subscription."""
    found = ask.request.json().get("resourceids")
    resources = [str(one) for one in cast("list[Any]", found)] if isinstance(found, list) else []
    wanted = _wanted(ask)
    if not 1 <= len(resources) <= MOST_IDS:
        raise _wrong(f"The number of resource ids must be between 1 and {MOST_IDS}; {len(resources)} were given.")
    for resource in resources:
        if f"/subscriptions/{ask.parts['subscription']}".lower() not in f"/{resource.strip('/')}".lower():
            raise _wrong(f"The resource {resource} is not of subscription {ask.parts['subscription']}.")
    return {"values": [_of_resource(ask, one, wanted) for one in resources]}


def _wanted(ask: Ask) -> Wanted:
    names = tuple(name.strip() for name in (ask.query("metricnames") or "").split(",") if name.strip())
    if not 1 <= len(names) <= MOST_NAMES or not ask.query("metricnamespace"):
        raise _wrong(f"metricnamespace and 1 to {MOST_NAMES} metricnames are required.")
    end = parse_stamp(ask.query("endtime") or "") or ask.now
    start = parse_stamp(ask.query("starttime") or "") or end - HOUR
    grain = (ask.query("interval") or "PT1M").upper()
    if not 0 < end - start <= LONGEST:
        raise _wrong("The time span must be longer than nothing and not longer than 30 days.")
    if grain not in GRAINS:
        raise _wrong(f"The interval {grain} is not one of {', '.join(GRAINS)}.")
    aggregations = tuple(one.strip().lower() for one in (ask.query("aggregation") or "average").split(","))
    top = ask.query("top") or ""
    return Wanted(names, start, end, grain, aggregations, _terms(ask), int(top) if top.isdigit() else USUAL_TOP)


def _terms(ask: Ask) -> dict[str, str]:
    text = ask.query("filter") or ""
    terms: dict[str, str] = {}
    for part in re.split(r"\s+and\s+", text, flags=re.I) if text else ():
        term = _TERM.fullmatch(part)
        if term is None:
            raise _wrong(f"The filter {text!r} cannot be read at {part!r}.")
        terms[term[1].lower()] = term[2]
    return terms


def _wrong(message: str) -> Refusal:
    return Refusal(gateway_error(400, "BadRequest", message))


def _of_resource(ask: Ask, resource: str, wanted: Wanted) -> Json:
    namespace = (ask.query("metricnamespace") or "").lower()
    region = ask.request.host.partition(".")[0].lower()
    if namespace in NAMESPACES:
        measures = Measures(ask.world, region, resource, namespace, wanted)
        gauges = [measures.gauge(name) for name in wanted.names]
        value = [_metric(resource, one.name, one.unit, measures.series(one)) for one in gauges]
    else:
        read = _of_workspace(ask, resource, wanted) if namespace == _WORKSPACE else None
        value = [
            _metric(resource, name, _unit(name), read(name) if read is not None
                    else [{"metadatavalues": [], "data": _any_points(f"{resource}{name}", wanted)}])
            for name in wanted.names
        ]  # fmt: skip
    return {
        "starttime": stamp(wanted.start, "Z"), "endtime": stamp(wanted.end, "Z"), "interval": wanted.grain,
        "namespace": ask.query("metricnamespace"), "resourceregion": region, "resourceid": resource, "value": value,
    }  # fmt: skip


def _metric(resource: str, name: str, unit: str, series: list[Json]) -> Json:
    return {"id": f"{resource}/providers/Microsoft.Insights/metrics/{name}", "type": "Microsoft.Insights/metrics",
            "name": {"value": name, "localizedValue": name}, "displayDescription": "", "errorCode": "Success",
            "unit": unit, "timeseries": series}  # fmt: skip


def _unit(name: str) -> str:
    return "Percent" if "Percentage" in name else "MilliSeconds" if "Latency" in name else "Count"


def _of_workspace(ask: Ask, resource: str, wanted: Wanted) -> Callable[[str], list[Json]]:
    """Return what reads a metric of a workspace: what is counted of all of it, or what its nodes did, by run."""
    place = next((one for one in ask.world.places if one.id.lower() == f"/{resource.strip('/')}".lower()), None)
    if place is None or place.region != ask.request.host.partition(".")[0].lower():
        return lambda name: []
    counted, known = WorkspaceMeasures(ask.world, place, wanted), place
    by_cluster = ClusterMeasures(counted)

    def read(name: str) -> list[Json]:
        split = by_cluster.series(name)
        if split is not None:
            return [*split, *instances(ask.world, known, name, wanted)]
        found = counted.series(name)
        return _of_runs(ask, known, name, wanted) if found is None else found

    return read


def _of_runs(ask: Ask, place: Place, name: str, wanted: Wanted) -> list[Json]:
    """Return a metric of a workspace by run, or by node for the run that the filter names."""
    gauge = GAUGES.get(name.lower())
    if gauge is None:
        return []
    if wanted.terms.get("runid") == "*":
        return runs_at_work(ask.world, place, gauge, wanted)
    run = wanted.terms.get("runid", "")
    plan = ask.world.book(place).find(run, ask.now)
    if plan is None or is_orchestrator(plan) or not plan.has_started(ask.now):
        return []
    found = [_of_node(one, gauge, wanted, ask.now) for one in _nodes(place, plan, run, wanted) if one.has(gauge)]
    return [one for one in found if one["data"]][: wanted.top]


def _nodes(place: Place, plan: Plan, run: str, wanted: Wanted) -> list[Measured]:
    node = wanted.terms.get("instanceid", "*")
    return [one for one in nodes_measured(place, plan, run) if node in ("*", one.node)]


def _of_node(node: Measured, gauge: Gauge, wanted: Wanted, now: int) -> Json:
    values = {"runid": node.run, "instanceid": node.node, "computename": node.compute}
    split = [{"name": {"value": name, "localizedValue": name}, "value": values[name]}
             for name in _DIMENSIONS if name in wanted.terms]  # fmt: skip
    first = wanted.start // wanted.step * wanted.step
    data = [_point(node, gauge, at, wanted, now) for at in range(first, wanted.end, wanted.step)]
    return {"metadatavalues": split, "data": data}


def _point(node: Measured, gauge: Gauge, at: int, wanted: Wanted, now: int) -> Json:
    """Return one point; without a measurement it has a time stamp and no more."""
    minutes = (node.value(gauge, minute, now) for minute in range(at, at + wanted.step, MINUTE))
    values = [value for value in minutes if value is not None]
    point: Json = {"timeStamp": stamp(at, "Z")}
    if not values:
        return point
    told = {"average": sum(values) / len(values), "minimum": min(values), "maximum": max(values),
            "total": sum(values), "count": float(len(values))}  # fmt: skip
    return {**point, **{name: told[name] for name in wanted.aggregations if name in told}}


def _any_points(key: str, wanted: Wanted) -> list[Json]:
    points: list[Json] = []
    for at in range(wanted.start // wanted.step * wanted.step, wanted.end, wanted.step):
        point: Json = {"timeStamp": stamp_ms(at, "Z").replace(".000", "")}
        level = noise(f"{key}{at}")
        if level > -0.97:
            point |= dict.fromkeys(wanted.aggregations, round(50 + 30 * level, 6))
        points.append(point)
    return points


ROUTES = (Route("POST", "metrics", "/subscriptions/{subscription}/metrics:getBatch", metrics_batch),)
