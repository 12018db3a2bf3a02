"""Several events in one call of a handler that takes batches: `@on("recording.ended", batch=100)`. Each is a delivery with an outcome of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, overload

from ._delivery import Delivery, current
from ._events import Event, P

if TYPE_CHECKING:
    _Events = Sequence[Event[P]]
else:
    _Events = Sequence


class Batch(_Events, Generic[P]):
    """What a handler of batches gets: events in the order in which they came, as many as were ready.

        for event in events:
            with events.handling(event):
                await self.emit_event("words.counted", {"n": 1})

    What is emitted, written to the state and raised inside of `handling` is this event's alone. Events about which nothing was raised are done
    when the handler returns. What the handler itself raises is the outcome of all of them, but for those that have failed by themselves.
    """

    def __init__(self, events: list[Event[Any]], deliveries: dict[str, Delivery]) -> None:
        """Takes the events, and the delivery of each by its id."""
        self._events = events
        self._deliveries = deliveries

    @overload
    def __getitem__(self, place: int) -> Event[P]: ...

    @overload
    def __getitem__(self, place: slice) -> list[Event[P]]: ...

    def __getitem__(self, place: int | slice) -> Event[P] | list[Event[P]]:
        """Gives an event by its place."""
        return self._events[place]

    def __len__(self) -> int:
        """Says how many there are: at least one."""
        return len(self._events)

    def __repr__(self) -> str:
        """Says how many there are, and of what."""
        return f"<Batch of {len(self)}: {', '.join(sorted({event.name for event in self._events}))}>"

    @contextmanager
    def handling(self, event: Event[Any]) -> Iterator[None]:
        """Handles one event of the batch: what happens inside is its own, and what is raised inside ends here, as its outcome."""
        delivery = self._deliveries.get(event.delivery_id)
        if delivery is None:
            raise ValueError(f"{event.id} is not an event of this batch")
        before = current.set(delivery)
        try:
            yield
        except Exception as error:
            if delivery.error is None:
                delivery.error = error
        finally:
            current.reset(before)
