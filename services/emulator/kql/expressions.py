"""Values in a query: how they are read, by how strongly what stands between them binds."""

from __future__ import annotations

from typing import cast

from services.emulator.kql.cursor import Cursor
from services.emulator.kql.kinds import Kind
from services.emulator.kql.tree import (
    Between,
    Binary,
    Call,
    Literal,
    Member,
    Minus,
    Name,
    Named,
    Node,
    Pipeline,
    Star,
    Step,
    Within,
)

_LITERALS = ("string", "long", "real", "timespan", "datetime", "dynamic")
_TEXT_WORDS = ("has", "has_cs", "contains", "contains_cs", "startswith", "startswith_cs", "endswith", "endswith_cs",
               "hasprefix", "hassuffix")  # fmt: skip
_WITHIN = ("in", "has_any", "has_all")
_COMPARING = frozenset(
    {"==", "!=", "<>", "<", "<=", ">", ">=", "=~", "!~", "matches", "between", "!between", *_WITHIN, "!in",
     *_TEXT_WORDS, *(f"!{word}" for word in _TEXT_WORDS)}
)  # fmt: skip
SOURCES = frozenset({"union", "print", "range", "datatable"})


class Expressions(Cursor):
    """Reads values."""

    def expression(self) -> Node:
        """Return the value that comes next. Raises SyntaxFault."""
        self.deeper()
        left = self._all_of()
        while self.is_at("or"):
            at = self.next().at
            left = Binary(at=at, sign="or", left=left, right=self._all_of())
        self.depth -= 1
        return left

    def named(self) -> Node:
        """Return a value with or without the name of its column: `a`, `x = a`, `(p, q) = f(a)`."""
        at = self.token.at
        if self.token.what == "name" and self.following.text == "=" and self.following.what == "sign":
            name = self.name()
            self.next()
            return Named(at=at, names=(name,), value=self.expression())
        value = self.expression()
        if isinstance(value, Name) and self.is_at("="):  # ['a name'] = …
            self.next()
            return Named(at=at, names=(value.text,), value=self.expression())
        return value

    def anything(self) -> Node:
        """Return a value or rows: what a `let` names, what stands in parentheses. Here only values."""
        return self.expression()

    def listed(self, close: str) -> tuple[Node, ...]:
        """Return what stands between commas up to a closing sign, and go over that."""
        items: list[Node] = []
        while not self.is_at(close):
            items.append(self.anything())
            if not self.took(","):
                break
        self.expect(close)
        return tuple(items)

    def _all_of(self) -> Node:
        left = self._compared()
        while self.is_at("and"):
            at = self.next().at
            left = Binary(at=at, sign="and", left=left, right=self._compared())
        return left

    def _compared(self) -> Node:
        left = self._sum()
        while self.token.what in ("sign", "name") and self.token.text in _COMPARING:
            token = self.next()
            left = self._against(left, token.text, token.at)
        return left

    def _against(self, left: Node, sign: str, at: int) -> Node:
        if sign.lstrip("!") == "between":
            self.expect("(")
            low = self._sum()
            self.expect("..")
            high = self._sum()
            self.expect(")")
            return Between(at=at, value=left, low=low, high=high, is_not=sign[0] == "!")
        if sign.lstrip("!") in _WITHIN:
            sign += "~" if sign.endswith("in") and self.took("~") else ""
            self.expect("(")
            return Within(at=at, sign=sign, value=left, items=self.listed(")"))
        if sign == "matches":
            self.expect("regex")
        return Binary(at=at, sign="!=" if sign == "<>" else sign, left=left, right=self._sum())

    def _sum(self) -> Node:
        left = self._product()
        while self.is_at("+", "-"):
            token = self.next()
            left = Binary(at=token.at, sign=token.text, left=left, right=self._product())
        return left

    def _product(self) -> Node:
        left = self._signed()
        while self.is_at("*", "/", "%"):
            token = self.next()
            left = Binary(at=token.at, sign=token.text, left=left, right=self._signed())
        return left

    def _signed(self) -> Node:
        if self.is_at("-", "+"):
            token = self.next()
            self.deeper()
            value = self._signed()
            self.depth -= 1
            return Minus(at=token.at, value=value) if token.text == "-" else value
        return self._path(self._one())

    def _path(self, whole: Node) -> Node:
        while self.is_at(".", "["):
            at = self.token.at
            if self.next().text == ".":
                name = self.token.text if self.token.what == "name" else self.refuse()
                self.next()
                key: Node = Literal(at=at, kind="string", value=name)
            else:
                key = self.expression()
                self.expect("]")
            whole = Member(at=at, whole=whole, key=key)
        return whole

    def _one(self) -> Node:
        token = self.token
        if token.what in _LITERALS:
            self.next()
            return Literal(at=token.at, kind=cast(Kind, token.what), value=token.value)
        if self.is_at("("):
            self.next()
            inner = self.anything()
            self.expect(")")
            return inner
        if self.is_at("*"):
            self.next()
            return Star(at=token.at)
        if self.is_at("true", "false"):
            return Literal(at=token.at, kind="bool", value=self.next().text == "true")
        if self.is_at("and", "or", "by") or self.token.text in _COMPARING:
            self.refuse()
        name = self.name()
        if self.is_at("(") and token.what == "name":
            self.next()
            return Call(at=token.at, name=name, arguments=self.listed(")"))
        return Name(at=token.at, text=name)


def rows_of(value: Node, steps: tuple[Step, ...]) -> Pipeline:
    """Return rows with more steps behind them."""
    if isinstance(value, Pipeline):
        return Pipeline(at=value.at, source=value.source, steps=(*value.steps, *steps))
    return Pipeline(at=value.at, source=value, steps=steps)
