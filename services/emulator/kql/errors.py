"""What is wrong with a query, as Log Analytics says it."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class QueryFault(Exception):
    """A query that is not evaluated; `document` is the error as the service answers it, with the status 400."""

    document: Json


class SyntaxFault(QueryFault):
    """A query that cannot be read. Lines are counted from 1, places in a line from 0."""

    def __init__(self, text: str, at: int, token: str) -> None:
        line, place = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1)
        message = f"Query could not be parsed at '{token}' on line [{line},{place}]"
        super().__init__(message)
        inner = {"code": "SYN0002", "message": message, "line": line, "pos": place, "token": token}
        self.document = _framed("SyntaxError", "A recognition error occurred in the query.", inner)


class SemanticFault(QueryFault):
    """A query that can be read and makes no sense: an unknown table, column or function, kinds that do not fit."""

    def __init__(self, message: str, code: str = "SEM0100") -> None:
        super().__init__(message)
        self.document = _framed("SemanticError", "A semantic error occurred.", {"code": code, "message": message})


class MissingTable(SemanticFault):
    """A table that was never written to: what `union isfuzzy=true` passes over."""

    def __init__(self, operator: str, name: str) -> None:
        where = f"'{operator}' operator: " if operator else ""
        super().__init__(f"{where}Failed to resolve table or column expression named '{name}'")


def _framed(code: str, message: str, inner: Json) -> Json:
    return {
        "error": {
            "message": "The request had some invalid properties", "code": "BadArgumentError",
            "innererror": {"code": code, "message": message, "innererror": inner},
        }
    }  # fmt: skip


def too_many_rows(most: int) -> Json:
    """Return the error that stands beside the first `most` rows of an answer that was cut there."""
    message = (
        f"The results of this query exceed the set limit of {most} records, so not all records were returned "
        "(E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003). See https://aka.ms/kustoquerylimits for more information and "
        "possible solutions."
    )
    return _partial(-2133196797, message)


def too_many_bytes(most: int) -> Json:
    """Return the error that stands beside an answer that was cut at so many bytes."""
    message = (
        f"The results of this query exceed the set limit of {most} bytes, so not all records were returned "
        "(E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003). See https://aka.ms/kustoquerylimits for more information and "
        "possible solutions."
    )
    return _partial(-2133196797, message)


def _partial(code: int, message: str) -> Json:
    inner = {"code": str(code), "message": message, "severity": 2, "severityName": "Error"}
    detail = {"code": "EngineError", "message": "Something went wrong processing your query on the server.",
              "innererror": inner}  # fmt: skip
    return {"code": "PartialError", "message": "There were some errors when processing your query.",
            "details": [detail]}  # fmt: skip
