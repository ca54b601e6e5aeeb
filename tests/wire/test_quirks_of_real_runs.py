"""What is odd in recorded runs and jobs, and how it must be shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.wire.replaying import page_of, record_of


def test_a_completed_run_with_failed_lines_says_how_many_and_why() -> None:
    run = record_of("runhistory/rundata-completed-with-error")
    assert (run.status, run.kind, run.name) == ("Completed", "flow", "name")
    assert run.error == "1 of 3 child runs failed: Execution failure in 'print_env': (Exception) expected raise!"
    assert run.error_code == "UserError/ToolExecutionError"
    assert run.error_component.startswith("promptflow-runtime/20240429.v8")
    assert run.duration == pytest.approx(10.4688437)
    assert run.queued == pytest.approx(18.396309, abs=1e-4)


def test_a_failed_import_says_which_connection_is_missing() -> None:
    run = record_of("runhistory/rundata-failed-connection")
    assert run.error == "Connection my_username_password can't be found in this workspace"
    assert (run.error_code, run.error_component) == ("UserError/NotFoundError", "Execution")
    assert (run.kind, run.compute, run.compute_type, run.nodes, run.gpus) == ("import", "DataFactory", "ADF", 1, 0)
    assert (run.command, run.experiment) == ("import", "azure-ai-ml")
    assert run.environment == "AzureML-sklearn-0.24-ubuntu18.04-py37-cpu:44"
    assert run.params == {
        "type": "azuresqldb",
        "connection": "azureml:my_username_password",
        "query": "select * from REGION",
    }


def test_a_running_run_has_its_times_but_no_end_and_its_user_by_name() -> None:
    run = record_of("runhistory/rundata-running")
    assert (run.status, run.kind, run.ended, run.duration) == ("Running", "tracked", None, None)
    assert run.started == datetime(2024, 8, 15, 20, 24, 20, 587000, tzinfo=UTC)
    assert (run.compute_duration, run.queued) == (0.0, 0.0)
    assert run.user == "Person14 Example"
    assert run.tags == {"mlflow.user": "promptflow-evals"}


def test_a_reused_step_keeps_the_json_in_its_tag_as_text() -> None:
    run = record_of("runhistory/run-get-step")
    assert (run.kind, run.parent, run.compute) == ("step", "000000000000000000000", "cpu-cluster")
    assert run.tags["_aml_system_ComputeTargetStatus"].startswith('{"AllocationState":"steady"')
    assert run.snapshot == "266faa6f-de4e-4fcc-8561-b002fe154dbe"


def test_a_run_by_an_application_keeps_its_guid_and_its_git_state() -> None:
    run = record_of("runhistory/rundata-literal-inputs")
    assert run.user == "10832f61-6ea1-44eb-9622-85f30271eec4"
    assert (run.kind, run.status) == ("pipeline", "Canceled")
    assert run.git_commit == "5c3002d6cdb000e7f7f5beed15b99f95b0d62cbe"
    assert (run.git_branch, run.is_git_dirty) == (None, False)


def test_details_without_a_display_name_are_named_by_their_id() -> None:
    run = record_of("runhistory/details-pipeline-completed")
    assert (run.name, run.kind, run.status) == ("000000000000000000000", "pipeline", "Completed")
    assert run.created == datetime(2023, 5, 30, 8, 4, 15, 15948, tzinfo=UTC)
    assert run.params == {"pipeline_job_training_learning_rate1": "0.1", "pipeline_job_training_learning_rate2": "0.01"}


def test_a_preparing_run_has_not_started_and_did_not_wait_yet() -> None:
    run = record_of("runhistory/rundata-flow-preparing")
    assert (run.status, run.started, run.queued) == ("Preparing", None, None)


def test_the_run_index_gives_runs_with_experiment_and_error_and_its_total() -> None:
    page = page_of("runhistory/index-entities-runs")
    assert page.total == 103372
    assert not page.is_last
    failed = next(run for run in page.records if run.status == "Failed")
    assert failed.error.startswith("The input for batch run is incorrect.")
    assert failed.error_code == "UserError/ValidationError/InputMappingError"
    running = next(run for run in page.records if run.status == "Running")
    assert (running.error, running.error_code, running.error_component) == (None, None, None)
    assert (running.experiment, running.kind) == ("print_env_var", "flow")


def test_flows_in_the_run_index_are_set_aside_as_no_runs() -> None:
    page = page_of("runhistory/index-entities-flows")
    assert page.records == ()
    assert {one.reason for one in page.set_aside} == {"it is an index entity of type flows, not a run"}


def test_last_values_are_numbers_by_name() -> None:
    page = page_of("runhistory/metrics-lastvalues")
    assert {one.name: one.value for one in page.records}["gpt_relevance.variant_1"] == 1.0
    assert {one.kind for one in page.records} == {"azureml.v1.scalar"}


def test_a_job_takes_its_times_from_properties_without_a_zone() -> None:
    job = page_of("jobs/list-2026").records[0]
    assert job.started == datetime(2026, 8, 12, 22, 29, 29, tzinfo=UTC)
    assert job.duration == 37.0
    assert job.queued == pytest.approx(22.565352, abs=1e-5)
    assert (job.compute, job.kind, job.user) == ("cctestcpu10949", "command", "Person02 Example")
    assert (job.git_branch, job.is_git_dirty) == ("jimfulton/feat/10949-azure-ml-job-archive", True)
    assert job.environment == "cctest-archive-env:1"


def test_a_job_without_times_has_none() -> None:
    job = page_of("jobs/list-2022").records[1]
    assert (job.name, job.id) == ("sklearn-iris-example", "ivory_beard_fsbkdw8n77")
    assert (job.started, job.ended, job.duration, job.queued) == (None, None, None, None)
    assert (job.params["C"], job.params["tol"]) == ("0.8", "0.001")


def test_a_failed_automl_job_tells_the_sentence_inside_its_json() -> None:
    job = record_of("jobs/get-automl-classification-failed")
    assert job.kind == "automl"
    assert job.error.startswith("The training data contains features of type")
    assert job.error_code.endswith("FeaturizationRequired")
    assert (job.primary_metric, job.compute) == ("Accuracy", "automl-cpu-cluster")
    assert job.user_id == "5019366a-3f7a-4d18-adae-d2483c23e1ee"


@pytest.mark.parametrize("name", ["jobs/get-automl-classification-completed", "jobs/get-automl-regression-running"])
def test_a_serverless_job_runs_on_no_compute(name: str) -> None:
    assert record_of(name).compute is None


def test_a_sweep_names_its_metric_and_the_command_of_its_trials() -> None:
    job = record_of("jobs/get-sweep-completed")
    assert (job.kind, job.primary_metric) == ("sweep", "accuracy")
    assert job.command.startswith("python ./sweep_script.py")


def test_a_pipeline_with_only_a_few_fields_is_a_run_all_the_same() -> None:
    job = record_of("jobs/get-pipeline-running-minimal")
    assert (job.kind, job.status, job.compute, job.nodes) == ("pipeline", "Running", None, None)


def test_a_cancelled_import_job_is_an_import() -> None:
    job = record_of("jobs/get-command-canceled")
    assert (job.kind, job.status) == ("import", "Canceled")
