"""Models: registered names, their newest version, where it came from and who serves it."""

from __future__ import annotations

from app.cells import ago, az, commas, exact, fact, listed, number, value
from app.panes.schedules import BY_KEY
from app.rows import ModelRow
from services.models import ModelVersion
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe

_TYPES = {"custom_model": plain("custom"), "mlflow_model": plain("mlflow"), "triton_model": plain("triton"),
          "CustomModel": plain("custom"), "MLFlowModel": plain("mlflow"), "TritonModel": plain("triton")}  # fmt: skip


def type_cell(one: ModelRow | ModelVersion, look: Look) -> Cell:
    """mlflow, custom, triton, or Azure's own word."""
    if one.type is None:
        return fmt.DASH
    return (Span(_TYPES.get(one.type) or safe(one.type), "muted"),)


def used_by(row: ModelRow, look: Look) -> Cell:
    """The first deployment that serves it, and how many more."""
    if not row.used_by:
        return fmt.DASH
    first, *others = row.used_by
    more = f" +{len(others)}" if others else ""
    return (Span(safe(first)), Span(Safe(more), "muted"))


def origin(run: str | None, look: Look) -> Cell:
    """The run it came from, or `outside`: registered without one."""
    return (Span(plain("outside"), "muted"),) if run is None else fmt.words(run)


def head(row: ModelRow, look: Look) -> Line:
    """Name and newest version."""
    version = f"  version {safe(row.latest_version)}" if row.latest_version else ""
    return (Span(safe(row.name), "strong", bold=True), Span(Safe(version), "muted"))


def tag_lines(tags: dict[str, str | None]) -> list[Line]:
    """Tags by name."""
    return [
        (Span(Safe(f"{safe(name, 18):<19}"), "muted"), Span(safe(value if value is not None else "–", 120)))
        for name, value in sorted(tags.items())
    ]


def verdict(tally: Tally, look: Look) -> Line:
    """How many names, and how many of them something serves."""
    rows: list[ModelRow] = list(tally.rows())
    served = sum(1 for row in rows if row.used_by)
    versions = sum(row.versions or 0 for row in rows)
    return (
        Span(Safe(f"{len(rows):,} models"), "strong", bold=True),
        Span(Safe(f"   {versions:,} versions   {served:,} served by an endpoint"), "muted"),
    )


MODELS: Pane[ModelRow] = Pane(
    name="models",
    title="Models",
    digit="4",
    record=ModelRow,
    table="model_rows",
    noun="models",
    sources=("models", "versions", "deployments", "model_rows"),
    order="-created",
    trouble="has:used_by",
    empty="No models registered. A run that registers one, or `az ml model create`, fills this pane.",
    columns=(
        Column("model", value("name"), 20, "name", grows=True, rank=1),
        Column("latest", value("latest_version"), 6, "latest_version", is_right=True, rank=1),
        Column("versions", number("versions", "muted"), 8, "versions", is_right=True, rank=3),
        Column("type", type_cell, 7, "type", rank=3),
        Column("stage", value("stage", "muted"), 11, "stage", rank=4),
        Column("used by", used_by, 20, "used_by", rank=2),
        Column("from run", lambda row, look: origin(row.run, look), 22, "run", rank=4),
        Column("created by", value("created_by", "muted"), 18, "created_by", rank=5),
        Column("created", ago("created"), 9, "created", is_right=True, rank=1),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                fact("latest", "latest_version"),
                fact("versions", "versions", number),
                Fact("type", type_cell, "type"),
                fact("stage", "stage"),
                Fact("from run", lambda row, look: origin(row.run, look), "run"),
                fact("created", "created", exact),
                fact("by", "created_by"),
                Fact("about", lambda row, look: fmt.words(row.description) if row.description else None, "description"),
            ),
        ),
        Section("Served by", lines=lambda row, look: [(Span(safe(one)),) for one in row.used_by]),
        Section("Tags", lines=lambda row, look: tag_lines(row.tags)),
    ),
    drills=(
        Drill("enter", "versions", "versions", lambda row: f'model="{row.name}"'),
        Drill("J", "its run", "runs", lambda row: f'id="{row.run or ""}"'),
        BY_KEY,
    ),
    reference=Reference(
        lambda row: row.name,
        lambda row, workspace: f"{workspace}/models/{row.name}",
        lambda row, workspace: f"/model/list?wsid={workspace}&flight=&name={row.name}",
        lambda row, ref: az(ref, "model", "list", n=row.name),
    ),
    help="Registered models, the newest first: version, type, origin, and the deployments that serve them.",
)

VERSIONS: Pane[ModelVersion] = Pane(
    name="versions",
    title="Versions",
    digit="",
    record=ModelVersion,
    table="versions",
    noun="versions",
    sources=("models", "versions"),
    order="-created",
    in_tabs=False,
    empty="No versions of this model are known yet.",
    columns=(
        Column("model", value("model"), 20, "model", grows=True, rank=1),
        Column("version", value("version"), 7, "version", is_right=True, rank=1),
        Column("type", type_cell, 7, "type", rank=3),
        Column("stage", value("stage", "muted"), 11, "stage", rank=3),
        Column("from run", lambda one, look: origin(one.run, look), 26, "run", rank=2),
        Column("flavors", commas("flavors", "muted"), 18, "flavors", rank=5),
        Column("created by", value("created_by", "muted"), 18, "created_by", rank=4),
        Column("created", listed("created"), 12, "created", is_right=True, rank=1),
    ),
    head=lambda one, look: (
        Span(safe(one.model), "strong", bold=True),
        Span(Safe(f"  version {safe(one.version)}"), "muted"),
    ),
    sections=(
        Section(
            "",
            facts=(
                Fact("type", type_cell, "type"),
                fact("stage", "stage"),
                Fact("from run", lambda one, look: origin(one.run, look), "run"),
                fact("flavors", "flavors", commas),
                fact("files", "uri"),
                fact("created", "created", exact),
                fact("by", "created_by"),
                Fact("about", lambda one, look: fmt.words(one.description) if one.description else None, "description"),
            ),
        ),
        Section("Tags", lines=lambda one, look: tag_lines(one.tags)),
    ),
    drills=(Drill("enter", "its run", "runs", lambda one: f'id="{one.run or ""}"'),),
    reference=Reference(
        lambda one: f"{one.model}:{one.version}",
        lambda one, workspace: f"{workspace}/models/{one.model}/versions/{one.version}",
        lambda one, workspace: f"/model/{one.model}:{one.version}/details?wsid={workspace}",
        lambda one, ref: az(ref, "model", "show", n=one.model, v=one.version),
    ),
    help="Every version of every model, the newest first.",
)
