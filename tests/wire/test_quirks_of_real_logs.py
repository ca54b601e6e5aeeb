"""What is odd in recorded answers of Log Analytics, and how it must be shown."""

from __future__ import annotations

from datetime import UTC, datetime

from services.logs import LogTable
from services.scoring_requests import requests_in
from tests.wire.replaying import record_of


def test_an_answer_with_rows_and_an_error_is_not_whole_and_says_why() -> None:
    table: LogTable = record_of("loganalytics/query-partial-error")
    assert (table.columns, table.rows, table.is_partial) == (("percentile_x_50",), ((2,),), True)
    assert (table.said or "").startswith("Percentiles aggregator has encountered an overflow exception")


def test_times_have_as_many_digits_as_they_need_and_nulls_stay_unknown() -> None:
    table: LogTable = record_of("loganalytics/query-heartbeat")
    first, second = table.values()[:2]
    assert first["TimeGenerated"] == datetime(2018, 7, 11, 6, 49, 32, 393000, tzinfo=UTC)
    assert second["TimeGenerated"] == datetime(2018, 7, 11, 6, 50, 33, 290000, tzinfo=UTC)
    assert (first["IsGatewayInstalled"], second["IsGatewayInstalled"]) == (False, None)
    assert (first["RemoteIPLongitude"], first["OSName"]) == (-0.91, "")


def test_the_schema_of_a_table_is_a_table() -> None:
    table: LogTable = record_of("loganalytics/query-getschema")
    assert table.kinds == ("string", "int", "string", "string")
    assert table.rows[2] == ("TimeGenerated", 2, "System.DateTime", "datetime")


def test_classic_requests_of_application_insights_are_scoring_requests() -> None:
    table: LogTable = record_of("loganalytics/appinsights-requests")
    renamed = {"timestamp": "t", "resultCode": "code", "duration": "ms", "customDimensions": "p", "itemCount": "n"}
    columns = tuple(renamed.get(name, name) for name in table.columns)
    first = requests_in(LogTable(id="q", resource="/r", columns=columns, rows=table.rows, at=table.at))[0]
    assert (first.method, first.status, first.count) == ("GET", "200", 1)
    assert first.duration == 0.6341867
    assert first.url == "http://fabrikamfiberapp.azurewebsites.net/"
    assert (first.agent, first.compute) == (None, None)
