"""Answers that can be awaited or not, and the plugin's durable state.

Code of a plugin runs in two places: in the event loop (`async def`), where answers are awaited, and in threads (plain `def`), where calls
return when they are done. Everything here works in both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._delivery import DELETED, WHICH, Delivery, check_key, current, in_batch
from ._json import snapshot
from ._limits import STATE_PAGE_KEYS_MAX
from ._outcomes import PanottiError

if TYPE_CHECKING:
    from ._runner import Runner

T = TypeVar("T")


class Pending(Generic[T]):
    """An answer to `await`. It refuses to be used as a condition, because that is always a forgotten `await`."""

    def __init__(self, value: T | None = None, awaitable: Awaitable[T] | None = None) -> None:
        """Takes the answer, or something that brings it."""
        self._value = value
        self._awaitable = awaitable

    def __await__(self) -> Generator[Any, None, T]:
        """Waits for the answer."""
        if self._awaitable is None:
            return self._value  # type: ignore[return-value]
        return (yield from self._awaitable.__await__())

    def __bool__(self) -> bool:
        """Always fails."""
        raise TypeError("this answer must be awaited in an `async def`: write `await` before the call")


class State:
    """Durable keys with JSON values, one set per plugin. Writes take effect when the handler's delivery is done, and only then.

    In an `async def` await each call; in a plain `def` just call.
    """

    def __init__(self, runner: Runner) -> None:
        """Takes the runner that talks to the daemon."""
        self._runner = runner

    def get(self, key: str, default: Any = None) -> Any:
        """Reads a key; within a handler it sees what the handler wrote before."""
        check_key(key)
        delivery = current.get()
        if delivery is not None and key in delivery.writes:
            value = delivery.writes[key]
            return self._runner.settle(default if value is DELETED else snapshot(value))
        return self._runner.wait(self._read(key, default))

    def list(self, prefix: str = "", *, after: str = "", limit: int = STATE_PAGE_KEYS_MAX) -> Any:
        """Reads keys that begin with `prefix`, as a dictionary in the order of the keys; within a handler with what it wrote before.

        At most `limit` keys come; the next ones with `after=` the last key.
        """
        if limit < 1:
            raise ValueError(f"limit is {limit}; it must be at least 1")
        delivery = current.get()
        return self._runner.wait(self._read_many(prefix, after, limit, {} if delivery is None else dict(delivery.writes)))

    def set(self, key: str, value: Any) -> Pending[None]:
        """Sets a key to a JSON value."""
        self._delivery("set").write(key, value)
        return Pending()

    def delete(self, key: str) -> Pending[None]:
        """Removes a key; one that is not there is no error."""
        self._delivery("delete").write(key, DELETED)
        return Pending()

    async def _read(self, key: str, default: Any) -> Any:
        answer = await self._runner.request({"type": "state.get", "key": key})
        return answer.get("value") if answer["found"] else default

    async def _read_many(self, prefix: str, after: str, limit: int, writes: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        place: str | None = after or None
        while True:
            frame = {"type": "state.list", "prefix": prefix, "limit": min(limit + len(writes), STATE_PAGE_KEYS_MAX)}
            answer = await self._runner.request(frame if place is None else {**frame, "after": place})
            found.update((item["key"], item["value"]) for item in answer["items"] if item["key"] not in writes)
            place = answer.get("next")
            if place is None or len(found) >= limit:
                break
        # Of what the handler wrote, keys behind the end of what was read belong to a later page.
        for key, value in writes.items():
            here = key.startswith(prefix) and key.encode() > after.encode() and (place is None or key.encode() <= place.encode())
            if here and value is not DELETED:
                found[key] = snapshot(value)
        return {key: found[key] for key in sorted(found, key=str.encode)[:limit]}

    def _delivery(self, verb: str) -> Delivery:
        delivery = current.get()
        if delivery is None and in_batch.get():
            raise PanottiError(f"state.{verb}: {WHICH}")
        if delivery is None:
            raise PanottiError(
                f"state.{verb} works only inside a handler, because writes take effect together with its delivery; "
                "outside of one, emit an event and write the state in its handler, or keep a file in self.data_dir"
            )
        return delivery
