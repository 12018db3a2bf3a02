"""Turns a payload into the type a handler asks for: `event: Event[RecordingEnded]` with a dataclass or a pydantic model.

What a plain dict can't say is refused with a `TypeError` or the model's own error, which fails the attempt. Keys that a dataclass does not
know are left out, so that a publisher can add some.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

from ._batch import Batch
from ._events import Event


def wanted_payload(function: Callable[..., Any]) -> Any:
    """Reads the payload type from the annotation of a handler's event; `None` where it asks for none."""
    target = inspect.unwrap(function)
    try:
        hints = typing.get_type_hints(target)
    except Exception:  # an annotation that only a type checker can resolve asks for nothing here
        return None
    for hint in hints.values():
        if typing.get_origin(hint) in (Event, Batch):
            wanted = typing.get_args(hint)[0]
            return None if wanted is Any or isinstance(wanted, typing.TypeVar) else wanted
    return None


def convert(value: Any, wanted: Any, where: str = "payload") -> Any:
    """Builds a `wanted` from what JSON gave."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        others = [argument for argument in arguments if argument is not type(None)]
        return convert(value, others[0], where) if len(others) == 1 else value
    if hasattr(wanted, "model_validate"):
        return wanted.model_validate(value)
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        return _convert_dataclass(value, wanted, where)
    if origin is list and isinstance(value, list):
        return [convert(item, arguments[0], f"{where}[{index}]") for index, item in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {key: convert(item, arguments[1], f"{where}.{key}") for key, item in value.items()}
    return value


def _convert_dataclass(value: Any, wanted: type, where: str) -> Any:
    if not isinstance(value, dict):
        raise TypeError(f"{where} is {type(value).__name__}, not an object that could be a {wanted.__name__}")
    hints = typing.get_type_hints(wanted)
    given: dict[str, Any] = {}
    for part in dataclasses.fields(wanted):
        if not part.init:
            continue
        if part.name in value:
            given[part.name] = convert(value[part.name], hints[part.name], f"{where}.{part.name}")
        elif part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING:
            raise TypeError(f"{where} has no `{part.name}`, which {wanted.__name__} needs")
    return wanted(**given)
