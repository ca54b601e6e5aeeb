"""The place in a query that is being read."""

from __future__ import annotations

from typing import NoReturn

from services.emulator.kql.errors import SyntaxFault
from services.emulator.kql.lexer import Token, tokens_of

DEEPEST = 100
"""Parentheses in parentheses; the service gives up too."""


class Cursor:
    """Walks over the words of a query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.place = 0
        self.depth: int = 0

    @property
    def token(self) -> Token:
        """The word that comes next."""
        return self.tokens[self.place]

    @property
    def following(self) -> Token:
        """The word after the one that comes next."""
        return self.tokens[min(self.place + 1, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Return the word that comes next and go on."""
        token = self.token
        self.place += token.what != "end"
        return token

    def is_at(self, *signs: str) -> bool:
        """Return whether one of these signs or names comes next."""
        return self.token.what in ("sign", "name") and self.token.text in signs

    def took(self, *signs: str) -> bool:
        """Go over one of these signs or names, and return whether it was there."""
        if not self.is_at(*signs):
            return False
        self.next()
        return True

    def expect(self, *signs: str) -> Token:
        """Go over one of these signs or names. Raises SyntaxFault where something else stands."""
        return self.next() if self.is_at(*signs) else self.refuse()

    def name(self) -> str:
        """Return a name and go on: a word, or one in `['…']`. Raises SyntaxFault."""
        if self.is_at("[") and self.following.what == "string":
            self.next()
            name = str(self.next().value)
            self.expect("]")
            return name
        return self.next().text if self.token.what == "name" else self.refuse()

    def refuse(self, token: Token | None = None) -> NoReturn:
        """Raise the SyntaxFault of the word that comes next, or of another."""
        token = token or self.token
        raise SyntaxFault(self.text, token.at, token.text)

    def deeper(self) -> None:
        """Go one level in. Raises SyntaxFault where that is too deep."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse()
