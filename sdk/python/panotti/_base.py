"""The class that plugins derive from, with the PRD's names. It holds no logic of the protocol: that is the runner's."""

from __future__ import annotations

import logging
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._delivery import WHICH, current, in_batch
from ._events import Event, EventPriority, emitted_event
from ._outcomes import PanottiError
from ._state import Pending, State

if TYPE_CHECKING:
    from ._runner import Runner


class PluginBase:
    """A plugin: derive from it, mark handlers with `@on`, end the file with `YourPlugin.main()`.

    Every method may be `async def`, or a plain `def`, which then runs in a thread of its own.
    """

    name: str = ""
    """The plugin's name, from `initialize()` on."""
    version: str = ""
    """Its version from the manifest."""
    config: dict[str, Any] = {}
    """The configuration, already checked against the manifest."""
    data_dir: Path = Path()
    """A folder of the plugin's own that outlives restarts."""
    log: logging.Logger = logging.getLogger("panotti.plugin")
    """Writes to the plugin's log, with the id of the event that is being handled. `print()` goes there too."""

    _runner: Runner | None = None

    def initialize(self) -> Any:
        """Prepares: called once, before anything is delivered.

        Raise `NotReady`, `ConfigurationError` or `PermanentError` to say why not.
        """
        return Pending()

    def shutdown(self) -> Any:
        """Cleans up: called once, after the last handler."""
        return Pending()

    def handle_event(self, event: Event[Any]) -> Any:
        """Takes what has no handler of its own: override it, and it gets every entry of the manifest's `on:` without an `@on`."""
        raise NotImplementedError(f"{type(self).__name__} has no handler for {event.name}")

    def update_configuration(self, new: dict[str, Any]) -> Any:
        """Takes a new configuration while running. Raise `NeedsRestart` when only a restart can.

        Override it to look at the new values; when it returns, `self.config` is the new configuration. Not overridden, it takes the change,
        unless the class has its own `initialize()`: that may have kept old values, so the plugin is restarted.
        """
        self.config = new
        return Pending()

    def emit_event(
        self,
        name: str,
        payload: Any = None,
        *,
        priority: EventPriority | str | None = None,
        subject: str | None = None,
        ordering_key: str | None = None,
        content_type: str | None = None,
        expires: datetime | None = None,
        id: str | None = None,
    ) -> Pending[str | None]:
        """Emits an event.

        In a handler it is published when the delivery is done, and only then; correlation and causation are automatic, and a repeated
        attempt does not double it. Outside of one it is published at once, and awaiting gives its `eventid`; there, the same `id` twice is
        the same event once. The payload is anything with a JSON form, text with a `content_type` of text, or bytes.
        """
        body = emitted_event(
            name,
            payload,
            priority=priority,
            subject=subject,
            ordering_key=ordering_key,
            content_type=content_type,
            expires=expires,
        )
        delivery = current.get()
        if delivery is None and in_batch.get():
            raise PanottiError(f"emit: {WHICH}")
        if delivery is None:
            return self._attached().emit_now(body, id)
        if id is not None:
            raise ValueError(
                "in a handler emitted events get their ids from the delivery, so that a repeated attempt can't double them; leave `id` out"
            )
        delivery.emit(body)
        return Pending()

    def get_state(self) -> str:
        """Says where the plugin stands in its life: `discovered`, `starting`, `running`, `draining`, `stopped` or `failed`.

        The plugin's durable data is `self.state`.
        """
        return self._runner.life if self._runner is not None else "discovered"

    @property
    def state(self) -> State:
        """The plugin's durable state: `get`, `set`, `delete`."""
        return self._attached().state

    def once(self, key: str) -> Any:
        """Says `True` the first time it is asked about a key, and `False` after the handler that was told so is done.

        It is remembered with the plugin's state. When that handler fails, the next one is told `True`. Two handlers that ask about
        the same key at the same time wait for each other.
        """
        return self._attached().once(key)

    def now(self) -> datetime:
        """Tells the time in UTC; in a test harness that of its clock."""
        return self._runner.now() if self._runner is not None else datetime.now(timezone.utc)

    @classmethod
    def main(cls) -> None:
        """Runs the plugin when its file was started as a program; does nothing when it was imported, for example by a test."""
        if sys._getframe(1).f_globals.get("__name__") == "__main__":
            from ._main import start

            start(cls())

    def _attached(self) -> Runner:
        if self._runner is None:
            raise PanottiError(
                "this works only while the plugin runs, from initialize() on; "
                "in a test use `async with harness(YourPlugin)` of panotti.testing"
            )
        return self._runner
