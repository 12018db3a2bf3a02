"""One delivery while its handler works on it: what it emits and writes is kept here and goes out with `done`, or never."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

from ._events import Event
from ._json import Frame, size_bytes, snapshot
from ._limits import EMITS_PER_OUTCOME_MAX, STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX, STATE_WRITES_PER_OUTCOME_MAX
from ._outcomes import DeliveryEnded

DELETED = object()
"""Stands in `writes` for a key that goes."""


def check_key(key: str) -> str:
    """Refuses what can't be a key of the state."""
    if not isinstance(key, str) or not key:
        raise ValueError(f"a key of the state is a text that is not empty, not {key!r}")
    if len(key.encode()) > STATE_KEY_BYTES_MAX:
        raise ValueError(f"the key {key[:40]!r}... is longer than {STATE_KEY_BYTES_MAX} bytes; use a digest of it")
    return key


class Delivery:
    """One attempt: the lease it came with, its event, and what its handler has given so far."""

    def __init__(self, frame: Frame, event: Event[Any]) -> None:
        """Takes the `deliver` frame and the event that was read from it."""
        self.lease: Frame = {"delivery_id": frame["delivery_id"], "fencing_token": frame["fencing_token"]}
        self.handler: str = frame["handler"]
        self.event = event
        self.task: asyncio.Task[None] | None = None
        self.together: list[Delivery] = [self]
        """Those of the same call, this one among them."""
        self.error: BaseException | None = None
        """What was raised about it alone, in a batch."""
        self.ended = asyncio.Event()
        self.open = True
        self.emits: list[Frame] = []
        self.writes: dict[str, Any] = {}
        self.once: set[str] = set()

    @property
    def id(self) -> str:
        """The delivery's id."""
        return str(self.lease["delivery_id"])

    def close(self) -> None:
        """Ends it: nothing that its handler still does counts."""
        self.open = False
        self.ended.set()

    def emit(self, body: Frame) -> None:
        """Keeps an event until `done`."""
        self._check_open()
        if len(self.emits) >= EMITS_PER_OUTCOME_MAX:
            raise ValueError(
                f"a handler emits at most {EMITS_PER_OUTCOME_MAX} events; put more facts into one, or emit from outside a handler"
            )
        self.emits.append(body)

    def write(self, key: str, value: Any) -> None:
        """Keeps a state write until `done`. The last one to a key counts."""
        self._check_open()
        check_key(key)
        if value is not DELETED:
            value = snapshot(value)
            size = size_bytes(value)
            if size > STATE_VALUE_BYTES_MAX:
                raise ValueError(
                    f"the value of `{key}` is {size} bytes, the limit is {STATE_VALUE_BYTES_MAX}; keep large data in self.data_dir"
                )
        if key not in self.writes and len(self.writes) >= STATE_WRITES_PER_OUTCOME_MAX:
            raise ValueError(f"a handler writes at most {STATE_WRITES_PER_OUTCOME_MAX} keys of the state")
        self.writes[key] = value

    def done(self) -> Frame:
        """Writes the outcome of a handler that returned."""
        outcome: Frame = {"outcome": "done"}
        if self.emits:
            outcome["emits"] = self.emits
        if self.writes:
            outcome["state"] = [{"key": key} if value is DELETED else {"key": key, "value": value} for key, value in self.writes.items()]
        return outcome

    def _check_open(self) -> None:
        if not self.open:
            raise DeliveryEnded(
                f"the delivery of {self.event.id} is over, so nothing can be emitted or written on its behalf; "
                "await all work inside the handler, or start background work in initialize()"
            )


current: ContextVar[Delivery | None] = ContextVar("panotti_delivery", default=None)
"""The delivery on whose behalf code runs; carried into tasks and threads that a handler starts."""
in_batch: ContextVar[bool] = ContextVar("panotti_in_batch", default=False)
"""Code runs on behalf of a batch, and unless `current` says which, on behalf of no delivery of it in particular."""
WHICH = "a handler of batches says for which event: put it under `with events.handling(event):`"
