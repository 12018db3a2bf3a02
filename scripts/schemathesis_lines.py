"""Tells schemathesis how lines of JSON are written: one value a line."""

from __future__ import annotations

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context: Any, value: Any) -> bytes:
    """A generated value is one line."""
    if isinstance(value, bytes):
        return value
    return json.dumps(value).encode() + b"\n"
