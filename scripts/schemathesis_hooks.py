"""What schemathesis is told of this API: how lines of JSON are written, that it follows no log, which would never end, and that no answer has a
header that the document does not announce."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import schemathesis

DOCUMENT = json.loads((Path(__file__).resolve().parent.parent / "docs" / "openapi.json").read_text())
# What every answer has, or is about the connection alone.
OF_HTTP = {"connection", "content-length", "content-type", "date", "transfer-encoding", "vary"}


@schemathesis.serializer("application/x-ndjson")
def lines(context: Any, value: Any) -> bytes:
    """A generated value is one line."""
    if isinstance(value, bytes):
        return value
    return json.dumps(value).encode() + b"\n"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A log that is followed ends when its reader goes, and its events are not what OpenAPI 3.1 has words for: this reader would take each for a string."""
    if case.operation.path == "/plugins/{id}/logs" and case.query:
        case.query = {name: value for name, value in case.query.items() if name != "follow"}


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    at: Any = value
    if "$ref" in value:
        at = DOCUMENT
        for part in value["$ref"][2:].split("/"):
            at = at[part]
    return dict(at)


@schemathesis.check
def headers_are_announced(context: Any, response: Any, case: Any) -> None:
    """Whoever reads the document knows every header of an answer. The `ce-` fields are as many as an event has attributes."""
    route = DOCUMENT["paths"][case.operation.path][case.operation.method.lower()]
    described = route["responses"].get(str(response.status_code))
    if described is None:
        # Another check is about statuses that are not announced.
        return
    announced = {name.lower() for name in resolved(described).get("headers", {})}
    found = {name.lower() for name in response.headers}
    strange = {name for name in found - announced - OF_HTTP if not name.startswith("ce-")}
    assert not strange, f"headers that the document does not announce: {', '.join(sorted(strange))}"
