"""What is read around endpoints, and the rows made of it: autoscale settings, batch endpoints and their jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.derived.batch import batch_job_rows, batch_rows
from app.rollups import all_of, pages, was_read
from services.autoscale import list_autoscale
from services.batch_endpoints import list_batch_deployments, list_batch_endpoints
from services.batch_jobs import list_batch_jobs
from services.deployments import list_deployments
from services.endpoints import list_endpoints
from services.other_endpoints import list_other_endpoints
from services.records import Page, Provenance

if TYPE_CHECKING:
    from app.handed import Reading


def read_endpoints(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Endpoint."""
    return list_endpoints(*reading.azure, stop=reading.stop)


def read_deployments(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Deployment, of the endpoints the cache knows."""
    endpoints = [seen.key for seen in reading.store.records("endpoints", reading.scope)]
    if not endpoints:
        return _nothing(reading)
    known = {seen.key: seen.record for seen in reading.store.records("deployments", reading.scope)}
    return list_deployments(*reading.azure, endpoints=endpoints, known=known, stop=reading.stop)


def read_autoscale(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Autoscale."""
    return list_autoscale(*reading.azure, stop=reading.stop)


def read_batch_endpoints(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of BatchEndpoint."""
    return list_batch_endpoints(*reading.azure, stop=reading.stop)


def read_batch_deployments(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of BatchDeployment."""
    return _of_each(reading, list_batch_deployments)


def read_batch_jobs(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of BatchJob."""
    return _of_each(reading, list_batch_jobs)


def read_other_endpoints(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of OtherEndpoint."""
    return list_other_endpoints(*reading.azure, at=reading.now, stop=reading.stop)


def _of_each(reading: Reading, read: Callable[..., Iterator[Page[Any]]]) -> Iterator[Page[Any]]:
    names: Sequence[str] = [seen.key for seen in reading.store.records("batch_endpoints", reading.scope)]
    if not names:
        return _nothing(reading)
    return read(*reading.azure, names, asked=_from_cache(reading), stop=reading.stop)


def _nothing(reading: Reading) -> Iterator[Page[Any]]:
    """The complete listing of nothing: there is no parent to ask about."""
    return iter((Page((), (), _from_cache(reading), is_last=True),))


def _from_cache(reading: Reading) -> Provenance:
    return Provenance("the cache", None, reading.now, "inferred")


def batch(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of BatchRow."""
    parts = [all_of(reading, name) for name in ("batch_endpoints", "batch_deployments", "batch_jobs")]
    found = batch_rows(*parts, are_jobs_known=was_read(reading, "batch_jobs"))
    return pages(reading, "batch endpoints, deployments, jobs", found)


def batch_jobs(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of BatchJobRow."""
    found = batch_job_rows(all_of(reading, "batch_jobs"), all_of(reading, "batch_deployments"))
    return pages(reading, "batch jobs, deployments", found)
