"""Reads SPDX license expressions: `(MIT OR ISC) AND Unicode-3.0`, `GPL-2.0 WITH Classpath-exception-2.0`, and the old `MIT/Apache-2.0`.

It says what an expression consists of, not whether its ids exist: that is for the lists of the configuration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<mark>[()/])|(?P<word>[A-Za-z0-9][A-Za-z0-9.:+-]*))")
NESTING_MAX = 32


class NotAnExpression(ValueError):
    """The text can't be read as a license expression."""


@dataclass(frozen=True)
class License:
    """One license, perhaps with an exception to it."""

    id: str
    exception: str | None = None

    def __str__(self) -> str:
        """Writes it as it was read."""
        return self.id if self.exception is None else f"{self.id} WITH {self.exception}"


@dataclass(frozen=True)
class Both:
    """All of the parts hold (`AND`)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Choice:
    """One of the parts may be chosen (`OR`, `/`)."""

    parts: tuple[Expression, ...]


Expression = License | Both | Choice


def read(text: str) -> Expression:
    """Reads an expression."""
    tokens = _split(text)
    expression, rest = _choice(tokens, 0)
    if rest:
        raise NotAnExpression(f"`{text}` goes on with `{rest[0]}` where it should end")
    return expression


def _split(text: str) -> list[str]:
    tokens, place, text = [], 0, text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise NotAnExpression(f"`{text}` has `{text[place:].strip()[:1]}`, which no license expression has")
        tokens.append(found["mark"] or found["word"])
        place = found.end()
    if not tokens:
        raise NotAnExpression("the license is empty")
    return tokens


def _choice(tokens: list[str], depth: int) -> tuple[Expression, list[str]]:
    part, rest = _both(tokens, depth)
    parts = [part]
    while rest and rest[0].upper() in ("OR", "/"):
        part, rest = _both(rest[1:], depth)
        parts.append(part)
    return (parts[0] if len(parts) == 1 else Choice(tuple(parts))), rest


def _both(tokens: list[str], depth: int) -> tuple[Expression, list[str]]:
    part, rest = _single(tokens, depth)
    parts = [part]
    while rest and rest[0].upper() == "AND":
        part, rest = _single(rest[1:], depth)
        parts.append(part)
    return (parts[0] if len(parts) == 1 else Both(tuple(parts))), rest


def _single(tokens: list[str], depth: int) -> tuple[Expression, list[str]]:
    if not tokens:
        raise NotAnExpression("it ends where a license should follow")
    first, rest = tokens[0], tokens[1:]
    if first == "(":
        if depth == NESTING_MAX:
            raise NotAnExpression(f"its parentheses are nested more than {NESTING_MAX} deep")
        inside, rest = _choice(rest, depth + 1)
        if not rest or rest[0] != ")":
            raise NotAnExpression("a parenthesis is not closed")
        return inside, rest[1:]
    if not _is_id(first):
        raise NotAnExpression(f"`{first}` stands where a license should")
    if rest and rest[0].upper() == "WITH":
        if len(rest) < 2 or not _is_id(rest[1]):
            raise NotAnExpression("no exception follows `WITH`")
        return License(first, rest[1]), rest[2:]
    return License(first), rest


def _is_id(token: str) -> bool:
    return token not in ("(", ")", "/") and token.upper() not in ("OR", "AND", "WITH")
