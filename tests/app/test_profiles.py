"""Profiles, pinned workspaces and the user's own commands: what is wrong is said, and errs on the safe side."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Command, Profile, Settings, UnknownProfile, load_settings, read_settings

ID = "11111111-2222-3333-4444-555555555555"
CANARY = "canary-9d2e-in-the-file"


def _problems(text: str) -> tuple[str, ...]:
    return read_settings(text, "config.toml").problems


def test_a_profile_says_how_to_sign_in_and_where() -> None:
    text = f"""
    profile = "work"
    [profiles.work]
    sign_in = "client secret"
    tenant = "contoso.onmicrosoft.com"
    cloud = "usgov"
    subscription = "Machine learning"
    client_id = "{ID}"
    workspace = "rg-ml/ml-prod"
    [profiles.home]
    """
    settings = read_settings(text, "config.toml")
    assert settings.problems == ()
    assert settings.profile_named("work") == Profile(
        name="work", sign_in="client secret", tenant="contoso.onmicrosoft.com", cloud="usgov",
        subscription="Machine learning", client_id=ID, workspace="rg-ml/ml-prod",
    )  # fmt: skip
    assert settings.profile_named() == settings.profile_named("work")
    assert settings.profile_named("home") == Profile(name="home", sign_in="azure cli", cloud="public")


def test_without_profiles_the_azure_cli_of_the_public_cloud_is_meant() -> None:
    assert Settings().profile_named() == Profile(name="", sign_in="azure cli", cloud="public")


def test_an_unknown_profile_names_those_there_are() -> None:
    settings = read_settings("[profiles.work]\n[profiles.gov]\n", "config.toml")
    with pytest.raises(UnknownProfile, match=r"There is no profile 'wrk'\. There are gov, work\."):
        settings.profile_named("wrk")
    with pytest.raises(UnknownProfile, match=r"write one as \[profiles\.NAME\]"):
        Settings().profile_named("wrk")


def test_a_default_that_names_no_profile_is_told_and_none_applies() -> None:
    settings = read_settings('profile = "wrk"\n[profiles.work]\n', "config.toml")
    assert settings.problems == ("config.toml, line 1: there is no profile 'wrk', so none applies; there are work.",)
    assert settings.profile_named() == Profile()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('sign_in = "password"', "can be azure cli, browser, certificate, client secret, device code"),
        ('cloud = "mars"', "it can be china, public, usgov."),
        ('tenant = "a b"', "has to be a tenant's id or domain"),
        ('client_id = "mine"', "has to be an id"),
        ("client_id = 3", "has to be text in quotes"),
        ("subscription = ''", "has to be a text that is not empty"),
    ],
)
def test_a_profile_with_a_wrong_value_is_left_out_so_that_nobody_signs_in_elsewhere(line: str, said: str) -> None:
    settings = read_settings(f'theme = "dark"\n[profiles.gov]\n{line}\n[profiles.work]\n', "config.toml")
    wrong, left_out = settings.problems
    key = line.partition(" ")[0]
    assert wrong.startswith(f"config.toml, line 3: profiles.gov.{key}")
    assert said in wrong
    assert left_out == f"config.toml, line 2: profiles.gov is left out until its {key} is mended."
    assert list(settings.profiles) == ["work"]
    assert settings.theme == "dark"


@pytest.mark.parametrize(
    ("sign_in", "missing"),
    [("certificate", "certificate and tenant and client_id"), ("client secret", "tenant and client_id")],
)
def test_what_a_sign_in_needs_is_named(sign_in: str, missing: str) -> None:
    (problem,) = _problems(f'[profiles.ci]\nsign_in = "{sign_in}"\n')
    assert problem == f"config.toml, line 1: profiles.ci signs in by {sign_in} and needs {missing} for it."


@pytest.mark.parametrize(
    "name", ["client_secret", "password", "key", "token", "api_key", "passphrase", "secret", "sas", "accessToken",
             "connection_string", "certificate_password", "refresh_token"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["", "[profiles.work]\n", "[[commands]]\nname='x'\nrun=['y']\n", "[workspaces.w]\n"])
def test_a_key_that_looks_like_a_secret_is_refused_with_where_it_belongs(name: str, where: str) -> None:
    settings = read_settings(f'{where}{name} = "{CANARY}"\n', "config.toml")
    assert f"{name} looks like a secret and is not read from a file" in settings.problems[0]
    assert "secrets are kept in the keyring: give it to `amldeck sign-in`." in settings.problems[0]
    assert CANARY not in repr(settings)


SECRET_VALUES = (
    f"-----BEGIN PRIVATE KEY-----{CANARY}",
    f"https://store.blob.core.windows.net/x?sv=2024&sig={CANARY}",
    f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={CANARY}==",
    f"Authorization: Bearer {CANARY}{CANARY}",
    f"password={CANARY}",
)


@pytest.mark.parametrize("value", SECRET_VALUES)
@pytest.mark.parametrize(
    "line", ["workspace = '{}'", "[profiles.work]\ncertificate = '{}'", "[[commands]]\nname='x'\nrun=['curl', '{}']"]
)
def test_a_value_that_looks_like_a_secret_is_not_used_and_not_repeated(line: str, value: str) -> None:
    settings = read_settings(line.format(value), "config.toml")
    assert "holds something that looks like a secret and is not used" in settings.problems[0]
    assert CANARY not in repr(settings)


ARM = f"/subscriptions/{ID}/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/ml-prod"


@pytest.mark.parametrize(
    ("text", "is_pinned"),
    [
        ("", False),
        ("[workspaces.ml-prod]\nread_only = true", True),
        ("[workspaces.ML-PROD]\nread_only = true", True),
        (f'[workspaces."{ARM.upper()}"]\nread_only = true', True),
        ("[workspaces.ml-prod]\nread_only = false", False),
        ("[workspaces.other]\nread_only = true", False),
        ("[workspaces.ml-prod]\nread_only = 'yes'", True),
        ("[workspaces.ml-prod]\nreadonly = true", True),
        ("[workspaces.ml-prod]\nread_only = true\n[broken", True),
    ],
)
def test_a_workspace_is_pinned_read_only_also_where_the_file_is_wrong(text: str, is_pinned: bool) -> None:
    assert read_settings(text, "config.toml").is_pinned_read_only("ml-prod", ARM) is is_pinned


def test_a_file_that_cannot_be_read_pins_every_workspace_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    settings = load_settings(tmp_path / "config.toml")
    assert settings.is_pinned_read_only("any", "/any")
    assert settings.problems[0].endswith("Defaults apply, and every workspace is read-only.")
    assert not load_settings(tmp_path / "none.toml").is_pinned_read_only("any", "/any")


def test_a_command_is_a_list_of_arguments() -> None:
    text = '[[commands]]\nname = "open-logs"\nrun = ["less", "-R", "a b; rm"]\npanes = ["runs"]\nconfirm = false'
    settings = read_settings(text, "config.toml")
    assert settings.problems == ()
    wanted = Command(name="open-logs", run=("less", "-R", "a b; rm"), panes=("runs",), confirm=False)
    assert settings.commands == (wanted,)


@pytest.mark.parametrize(
    ("more", "said", "left"),
    [
        ('name = "b"\nrun = "ls -l"', "line 6: commands[2].run has to be a list of texts", 1),
        ('name = "b"\nrun = []', "has to name a program, then its arguments", 1),
        ('name = "B b"\nrun = ["ls"]', "has to be one word in small letters", 1),
        ('name = "b"', "line 4: commands[2] is left out: it needs run.", 1),
        ('name = "a"\nrun = ["ls"]', "There are two commands 'a'; the first one counts.", 1),
        ('name = "b"\nrun = ["ls"]\npanes = ["nope"]', "names no pane with 'nope'; there are pulse, ", 1),
        ('name = "b"\nrun = ["ls"]\npanes = ["nope", "runs"]', "names no pane with 'nope'; there are pulse, ", 2),
        ('name = "b"\nrun = ["ls"]\nconfirm = 1', "commands[2].confirm has to be true or false", 2),
    ],
)
def test_a_wrong_command_costs_no_other(more: str, said: str, left: int) -> None:
    settings = read_settings(f'[[commands]]\nname = "a"\nrun = ["x"]\n[[commands]]\n{more}\n', "config.toml")
    assert said in " ".join(settings.problems)
    assert len(settings.commands) == left
    assert all(not command.panes or command.panes == ("runs",) for command in settings.commands)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profiles = 3", "line 1: profiles has to be tables by name, as in [profiles.NAME]."),
        ("[profiles]\nwork = 3", "line 2: profiles.work has to be a table, as in [profiles.work]."),
        ("commands = 'x'", "line 1: commands has to be a list of tables, each begun by [[commands]]."),
        ("commands = [1]", "commands has to be a list of tables"),
        ("[profiles.'my work']\ncolour = 1", "line 2: there is no setting 'profiles.\"my work\".colour'"),
        ("[profiles.work.deep]\nx = 1", "line 1: there is no setting 'profiles.work.deep'"),
        ("profiles.work.cloud = 'mars'", "line 1: profiles.work.cloud = 'mars' is not known"),
        ("problems = ['x']", "there is no setting 'problems'"),
        ("is_unreadable = true", "there is no setting 'is_unreadable'"),
        ("[profiles.work]\nname = 'x'", "there is no setting 'profiles.work.name'"),
    ],
)
def test_what_has_the_wrong_shape_is_named_with_its_line(text: str, said: str) -> None:
    assert said in _problems(text)[0]
