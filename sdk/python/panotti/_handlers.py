"""Handlers: how functions are marked with `@on`, found on a plugin, and given the names under which deliveries come.

Nothing here calls a handler; the runner does.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ._events import Event, check_pattern
from ._json import Frame
from ._limits import BATCH_DELIVERIES_MAX
from ._outcomes import PermanentError
from ._payload import convert, wanted_payload

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "__panotti_on__"


def on(topic: str, name: str | None = None, *, batch: int | None = None) -> Callable[[F], F]:
    """Marks a method as the handler of a topic pattern: `recording.ended`, `recording.*` (one word), `recording.>` (the rest).

    `name` is the `name:` of the manifest's `on:` entry. Without it the handler takes the entries of its topic, and where there is no `on:`
    its name is its topic. A method may handle several topics.

    With `batch` it takes several events at once, at most so many (100): a `Batch`, which is as many as are ready, often one.
    """
    pattern = check_pattern(topic)
    check_batch(batch)

    def mark(function: F) -> F:
        if not callable(function):
            raise TypeError("@on marks a function: put it right above its `def`")
        setattr(function, _MARK, [*getattr(function, _MARK, []), (pattern, name, batch)])
        return function

    return mark


@dataclass(frozen=True)
class Handler:
    """A function that receives deliveries: `(event)` or `(event, context)`."""

    topic: str
    name: str | None
    function: Callable[..., Any]
    takes_context: bool
    payload: Any
    """The type its payload is turned into, if it asks for one."""
    batch: int | None = None
    """Most events it takes at once; `None` where it takes one."""

    @property
    def folder(self) -> str:
        """The folder of the file it is written in."""
        code = getattr(inspect.unwrap(getattr(self.function, "__func__", self.function)), "__code__", None)
        return os.path.dirname(os.path.abspath(code.co_filename)) if code is not None else ""


def check_batch(batch: int | None) -> None:
    """Refuses what can't be the size of a batch."""
    if batch is not None and (isinstance(batch, bool) or not isinstance(batch, int) or not 1 <= batch <= BATCH_DELIVERIES_MAX):
        raise ValueError(f"batch={batch!r} is not a number of events from 1 to {BATCH_DELIVERIES_MAX}")


def make_handler(function: Callable[..., Any], topic: str, name: str | None, batch: int | None = None) -> Handler:
    """Looks at a function (bound, when it is a method) and says how it is called."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    places = [parameter for parameter in inspect.signature(function).parameters.values() if parameter.kind in kinds]
    needed = [parameter for parameter in places if parameter.default is inspect.Parameter.empty]
    if not places or len(needed) > 2:
        raise TypeError(
            f"handler `{getattr(function, '__name__', topic)}` takes {len(needed)} arguments; it is given (event) or (event, ctx)"
        )
    return Handler(topic, name, function, len(places) >= 2, wanted_payload(getattr(function, "__func__", function)), batch)


def find_handlers(plugin: object) -> list[Handler]:
    """Finds the marked methods of a plugin, in the order in which they are written, those of base classes first."""
    found: dict[str, list[tuple[str, str | None, int | None]]] = {}
    for cls in reversed(type(plugin).__mro__):
        for attribute, value in vars(cls).items():
            if hasattr(value, _MARK):
                found[attribute] = getattr(value, _MARK)
            elif attribute in found and callable(value):
                found[attribute] = getattr(value, _MARK, found[attribute])  # overridden without a mark of its own: keeps the old one
    return [make_handler(getattr(plugin, attribute), *mark) for attribute, marks in found.items() for mark in reversed(marks)]


def bind(handlers: list[Handler], subscriptions: list[Frame]) -> dict[str, Handler]:
    """Gives each handler its names: its own, or those of the manifest's entries with its topic, or its topic.

    Raises `PermanentError` where two handlers would have the same name.
    """
    taken = {handler.name for handler in handlers if handler.name is not None}
    bound: dict[str, Handler] = {}
    for handler in handlers:
        if handler.name is not None:
            names = [handler.name]
        else:
            entries = [entry["name"] for entry in subscriptions if entry["topic"] == handler.topic and entry["name"] not in taken]
            names = entries or [handler.topic]
        for name in names:
            if name in bound:
                raise PermanentError(f"two handlers are named `{name}`; give one of them another name: @on({handler.topic!r}, name=...)")
            bound[name] = handler
    return bound


def read_payload(handler: Handler, event: Event[Any]) -> Event[Any]:
    """Gives the event with its payload as the type that the handler asks for."""
    if handler.payload is None:
        return event
    return replace(event, payload=convert(event.payload, handler.payload))
