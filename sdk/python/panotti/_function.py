"""Plugins without a class: `@plugin.on(...)` above functions, `plugin.run()` at the end. Underneath it is a `PluginBase` like any other."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ._base import PluginBase
from ._batch import Batch
from ._events import Event, EventPriority, check_pattern
from ._handlers import F, Handler, check_batch, make_handler
from ._state import Pending, State


class Context:
    """What a handler of a plugin without a class gets beside the event."""

    def __init__(self, owner: PluginBase, event: Event[Any] | Batch[Any]) -> None:
        """Takes the plugin and the event, or the batch, that is handled."""
        self._owner = owner
        self.event = event

    def emit(
        self,
        name: str,
        payload: Any = None,
        *,
        priority: EventPriority | str | None = None,
        subject: str | None = None,
        ordering_key: str | None = None,
        content_type: str | None = None,
        expires: datetime | None = None,
    ) -> Pending[str | None]:
        """Emits an event when the delivery is done, as `PluginBase.emit_event` does."""
        return self._owner.emit_event(
            name,
            payload,
            priority=priority,
            subject=subject,
            ordering_key=ordering_key,
            content_type=content_type,
            expires=expires,
        )

    def once(self, key: str) -> Any:
        """As `PluginBase.once`."""
        return self._owner.once(key)

    @property
    def state(self) -> State:
        """The plugin's durable state."""
        return self._owner.state

    @property
    def config(self) -> dict[str, Any]:
        """The configuration as it is now."""
        return self._owner.config

    @property
    def data_dir(self) -> Path:
        """A folder of the plugin's own that outlives restarts."""
        return self._owner.data_dir

    @property
    def log(self) -> logging.Logger:
        """Writes to the plugin's log."""
        return self._owner.log


class FunctionPlugin(PluginBase):
    """A plugin made of functions. `panotti.plugin` is one; a file needs no other."""

    def __init__(self) -> None:
        """Makes one without handlers."""
        self.functions: list[Handler] = []

    def on(self, topic: str, name: str | None = None, *, batch: int | None = None) -> Callable[[F], F]:
        """Marks a function `(event, ctx)` or `(event)` as the handler of a topic pattern; `name` and `batch` as for `panotti.on`."""
        pattern = check_pattern(topic)
        check_batch(batch)

        def mark(function: F) -> F:
            self.functions.append(make_handler(function, pattern, name, batch))
            return function

        return mark

    def run(self) -> None:
        """Runs the plugin when its file was started as a program; does nothing when it was imported, for example by a test."""
        if sys._getframe(1).f_globals.get("__name__") == "__main__":
            from ._main import start

            start(self)


plugin = FunctionPlugin()
"""The plugin of a file without a class."""
