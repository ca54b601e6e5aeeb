"""The one door into `services.errors`. What knows the many forms of failures is loaded at the first of them."""

from __future__ import annotations

from services.calls import Answer, Call
from services.errors import ServiceError


def translate(problem: BaseException | Answer, call: Call | None = None) -> ServiceError:
    """Return what went wrong as a ServiceError: from an answer with an error status, or from an exception.

    An answer's HTTP status decides the kind, never the code in its body. Exceptions of azure-core, azure-identity,
    requests, urllib3 and the sockets are known; the caller raises the result `from` the original.
    """
    if isinstance(problem, ServiceError):
        return problem
    if isinstance(problem, Answer):
        from services.refusals import of_answer

        return of_answer(problem)
    from services.failures import of_exception

    return of_exception(problem, call)
