"""Foreign text reaches a screen only as `Safe` and never as markup: read from the source of every widget and pane."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FILES = sorted([*(ROOT / "widgets").rglob("*.py"), *(ROOT / "app").rglob("*.py")])

MARKUP = {"from_markup", "render_markup", "escape_markup", "from_ansi"}
"""Calls that read markup or escape codes: no text of ours needs them."""

SINKS = {
    "Static", "Label", "Button", "Checkbox", "RadioButton", "Select", "Option", "OptionList", "TabPane", "Tab", "Tabs",
    "Tree", "ListItem", "Collapsible", "Placeholder", "Log", "RichLog", "Markdown", "DataTable", "Digits", "Pretty",
    "notify", "update", "write_line", "add_column", "add_columns", "add_row", "add_option", "add_leaf", "append_text",
    "Text",
}  # fmt: skip
"""Calls that draw the text they are given, most of them as markup."""

TITLES = {"border_title", "border_subtitle", "tooltip", "title", "sub_title", "placeholder", "label"}
"""Attributes of a widget that are drawn."""

READS_MARKUP = {"Static", "Label", "notify"}
"""Sinks that take any text as markup unless told otherwise."""

DRAWN = {"content", "contents", "Content"}
"""What makes a drawn text of safe lines."""


def name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_bare(value: ast.expr) -> bool:
    """A text that is put together or comes from a variable named like one; our own literals are no danger."""
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in value.values)
    if isinstance(value, ast.BinOp):
        return is_bare(value.left) or is_bare(value.right) or isinstance(value.op, ast.Mod)
    if isinstance(value, ast.Call):
        return name_of(value.func) in {"str", "repr", "format", "join", "ascii"}
    if isinstance(value, ast.IfExp):
        return is_bare(value.body) or is_bare(value.orelse)
    return False


def is_markup_literal(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and "[" in value.value


def is_harmless(call: ast.Call) -> bool:
    """`update` and `write_line` of things that are no widgets: dicts, hashes, sets."""
    return name_of(call.func) == "update" and not call.args


def faults(source: str) -> Iterator[tuple[int, str]]:
    """Every place of a source that could put unclean text or markup on the screen: line and reason."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from faults_of_call(node)
        elif isinstance(node, ast.Assign):
            drawn = any(isinstance(target, ast.Attribute) and target.attr in TITLES for target in node.targets)
            if drawn and is_bare(node.value):
                yield node.lineno, "a title is markup: give it Content made of lines"
        elif isinstance(node, ast.ImportFrom) and node.module in {"rich.markup", "textual.markup"}:
            yield node.lineno, f"{node.module} reads markup"


def faults_of_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = name_of(call.func)
    if name in MARKUP:
        yield call.lineno, f"{name} reads markup"
    if any(keyword.arg == "markup" and not is_false(keyword.value) for keyword in call.keywords):
        yield call.lineno, "markup is never on"
    if name in READS_MARKUP and may_be_markup(call):
        yield call.lineno, f"{name} needs Content made of lines, or markup=False"
    if name not in SINKS or is_harmless(call):
        return
    for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if is_bare(value):
            yield call.lineno, f"{name} is given a text that did not come through `safe`"
        if is_markup_literal(value):
            yield call.lineno, f"{name} is given markup"


def may_be_markup(call: ast.Call) -> bool:
    """A text of unknown origin that would be read as markup."""
    if any(keyword.arg == "markup" and is_false(keyword.value) for keyword in call.keywords):
        return False
    texts = call.args[:1]
    return any(not isinstance(value, ast.Constant) and not is_drawn(value) for value in texts)


def is_drawn(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and name_of(value.func) in DRAWN


def is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_bare_text_is_drawn(path: Path) -> None:
    found = [f"{path.relative_to(ROOT)}:{line}: {reason}" for line, reason in faults(path.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "Static(f'run {name}')", "self.notify(f'{error}')", "Label('[b]x[/b]')", "Content.from_markup(name)",
        "widget.update('a' + str(error))", "self.border_title = f'{name}'", "Static(x, markup=True)",
        "from rich.markup import escape", "Text(f'{name}')", "table.add_row(', '.join(names))", "Button('%s' % name)",
        "Static(f'{a}' if b else 'c')", "Static(name)", "self.notify(error.sentence)", "widget.tooltip = str(error)",
    ],
)  # fmt: skip
def test_the_check_finds_what_it_looks_for(source: str) -> None:
    assert list(faults(source))


@pytest.mark.parametrize(
    "source",
    [
        "Static('loading', markup=False)", "Static(content(line, colours))", "Static(shown, markup=False)",
        "self.notify(contents(lines, colours))", "self.border_title = content(line, colours)",
        "known.update(other)", "safe(f'{name} failed')",
    ],
)  # fmt: skip
def test_the_check_leaves_safe_text_alone(source: str) -> None:
    assert list(faults(source)) == []


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 20
