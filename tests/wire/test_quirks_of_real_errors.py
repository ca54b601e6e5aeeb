"""What is odd in recorded errors, and the sentence a person must see."""

from __future__ import annotations

import pytest

from services.errors import ServiceError, Throttled
from tests.wire.recordings import BY_NAME
from tests.wire.replaying import refused


def error_of(name: str) -> ServiceError:
    if name not in BY_NAME:
        pytest.skip(f"{name} is not among these recordings")
    with pytest.raises(ServiceError) as caught:
        refused(BY_NAME[name])
    return caught.value


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("errors/400-graph-query", "Query is invalid."),
        ("errors/400-cancel-terminal-debuginfo", "The pipeline run 000000000000000000000 is in terminal status"),
        ("errors/404-flow-nested", "Flow with id fake_flow_name not found"),
        ("errors/404-trigger-debuginfo-11kb", "Resource Trigger test_501674609020 not found"),
        (
            "errors/404-workspace",
            "The Resource 'Microsoft.MachineLearningServices/workspaces/e2etest_test_496978202099'",
        ),
        ("errors/401-invalid-token", "The access token is invalid"),
        ("errors/502-nginx-html", "502 Bad Gateway"),
        ("logs/blob-range-416-empty-log", "The range specified is invalid"),
    ],
)
def test_the_innermost_sentence_comes_first(name: str, start: str) -> None:
    assert str(error_of(name)).startswith(start)


def test_the_status_decides_and_not_the_code() -> None:
    names = ("403-aml-user-error", "404-job", "429-aml-no-retry-after", "400-immutable-field")
    errors = [error_of(f"errors/{name}") for name in names]
    assert {error.code for error in errors} == {"UserError"}
    assert len({type(error) for error in errors}) == 4


def test_a_wait_that_is_only_in_the_text_is_found() -> None:
    error = error_of("errors/429-aml-no-retry-after")
    assert isinstance(error, Throttled)
    assert error.retry_after == 20.0
