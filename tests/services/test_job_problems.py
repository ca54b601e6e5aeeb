"""What is wrong with a job's YAML, by line: seen without asking anybody, and read out of what azure-ai-ml says."""

from __future__ import annotations

import json

import pytest

from services.job_problems import MOST, MOST_EACH, problems_said, read_places

JOB = """type: command
command: echo hi
environment: azureml:sklearn-1.5:7
compute: azureml:gpu-a100
resources:
  instance_count: two
foo: 1
"""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("type: command\n command: [\n", 2, "mapping values are not allowed"),
        ("- 1\n", 1, "a job is a mapping"),
        ("", 1, "a job is a mapping"),
        ("a: 1\n---\nb: 2\n", 2, "a single document"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "none a job knows"),
        ("a: !include /etc/passwd\n", 1, "none a job knows"),
        ("command: a\ntype: command\ncommand: b\n", 3, "twice"),
        ("type: command\ncode: ./src\n", 2, "uploads none"),
        ("inputs:\n  data:\n    path: ../data.csv\n", 3, "uploads none"),
        ("jobs:\n  a:\n    component: ./a.yml\n", 3, "uploads none"),
        ("jobs:\n  a: file:./a.yml\n", 2, "uploads none"),
        ("environment:\n  image: python\n", 1, "registered first"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_before_anybody_is_asked(text: str, line: int, said: str) -> None:
    found = read_places(text)[1]
    assert [one.line for one in found if said in one.text] == [line]


@pytest.mark.parametrize("text", ["[" * 900, "a: " * 400_000, "\x00", "a: \x1b[2J", "a: &x [*x]", "? [a]: b\n"])
def test_no_text_is_more_than_a_problem(text: str) -> None:
    for problem in read_places(text)[1]:
        assert problem.text


def test_what_azure_has_is_no_problem() -> None:
    places, problems = read_places(
        JOB + "code: azureml:code:1\ninputs:\n  a:\n    path: azureml://datastores/a/paths/b\n"
    )
    assert problems == ()
    assert (places.line("inputs.a.path"), places.line("inputs.a.mode"), places.line("limits.timeout")) == (11, 10, None)


def said_by_the_schema(wrong: object) -> str:
    """As azure-ai-ml 1.35 writes it: a sentence, in it JSON, in that a sentence with JSON in it."""
    inner = f"Validation for CommandJobSchema failed:\n\n {json.dumps(wrong, indent=2)} \n\n If you are trying"
    outer = {"result": "Failed", "errors": [{"message": inner, "path": "*", "value": None}]}
    return f"\x1b[31mValidation for CommandSchema failed:\n\n {json.dumps(outer, indent=2)} \n\n If you are\x1b[39m"


def test_what_the_schema_says_is_a_problem_for_each_field_in_the_order_of_the_file() -> None:
    wrong = {"foo": ["Unknown field."], "resources": {"instance_count": ["Not a valid integer."]},
             "limits": {"timeout": ["Missing data for required field."]}}  # fmt: skip
    found = problems_said(said_by_the_schema(wrong), read_places(JOB)[0])
    assert [(one.line, one.path, one.text) for one in found] == [
        (None, "limits.timeout", "Missing data for required field"),
        (6, "resources.instance_count", "Not a valid integer"),
        (7, "foo", "Unknown field"),
    ]


def test_one_field_that_fits_none_of_many_forms_says_so_a_few_times() -> None:
    wrong = {"environment": [{"_schema": [f"no form {index}:\nand more"]} for index in range(9)], "x": ["no"] * 99}
    found = problems_said(said_by_the_schema(wrong), read_places(JOB)[0])
    assert [one.text for one in found if one.path == "environment"] == [
        f"no form {index}" for index in range(MOST_EACH)
    ]
    many = problems_said(said_by_the_schema({f"f{index}": ["no"] for index in range(200)}), read_places(JOB)[0])
    assert len(many) == MOST


@pytest.mark.parametrize(
    ("said", "path", "text"),
    [
        ("\x1b[37m\n1) A thing\x1b[39m\n\nDetails: \n\n\x1b[31m(x) Failed to extract version when parsing asset nope "
         "of type environments as arm id.\x1b[39m\n\nResolutions: \n1) Ensure", "environment",
         "Failed to extract version when parsing asset nope of type environments as arm id"),
        ("Unsupported job type: nonsense.", "type", "Unsupported job type: nonsense"),
        ("Inputs to job does not contain 'a' referenced in command", "command",
         "Inputs to job does not contain 'a' referenced in command"),
        ("(UserError) Not found environment nope.\nCode: UserError", "environment",
         "(UserError) Not found environment nope"),
        ("{\n not json", "", "{"),
        ("", "", "it is wrong, and azure-ai-ml does not say how"),
    ],
)  # fmt: skip
def test_a_sentence_without_json_is_a_problem_of_the_field_it_names(said: str, path: str, text: str) -> None:
    (found,) = problems_said(said, read_places(JOB)[0])
    assert (found.path, found.text) == (path, text)
