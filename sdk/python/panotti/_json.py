"""JSON as it goes on the wire: compact UTF-8, no NaN, no half characters. A value that cannot be written fails where it is given."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

Frame = dict[str, Any]


def encode(frame: Frame) -> bytes:
    """Writes one frame as a line."""
    return json.dumps(frame, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "model_dump"):  # pydantic
        return value.model_dump(mode="json")
    raise TypeError(f"a {type(value).__name__} has no JSON form; give dicts, lists, texts, numbers, a dataclass or a pydantic model")


def snapshot(value: Any) -> Any:
    """Copies a value as JSON would, so that later changes to it don't reach what was given away.

    Raises `TypeError` or `ValueError` where the value has no JSON form.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    text.encode()  # a lone surrogate has no UTF-8 form
    return json.loads(text)


def size_bytes(value: Any) -> int:
    """Says how long a value is as JSON."""
    return len(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())


def cut(text: str, bytes_max: int) -> str:
    """Makes a text that anyone may have written fit to send: valid UTF-8 and not too long."""
    data = text.encode("utf-8", "replace")
    if len(data) <= bytes_max:
        return data.decode()
    return data[: bytes_max - len(b"\xe2\x80\xa6")].decode("utf-8", "ignore") + "…"
