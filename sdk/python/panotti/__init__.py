"""Write plugins for Panotti in Python: no dependency, typed, Python 3.10 or newer.

A plugin is a class with handlers, or a few decorated functions:

    from panotti import PluginBase, Event, on

    class WordCount(PluginBase):
        @on("recording.ended")
        async def count(self, event: Event):
            await self.emit_event("words.counted", {"n": len(event.payload["transcript"].split())})

    WordCount.main()

Returning ends a delivery as done; raise `Retry`, `Reject` or `Defer` for the other ways; any other exception is retried.
`panotti.testing` runs a plugin in a test without a daemon. docs/plugin-protocol.md is what happens underneath.
"""

from ._base import PluginBase
from ._batch import Batch
from ._events import Event, EventContext, EventPriority, Replay
from ._function import Context, FunctionPlugin
from ._function import plugin as plugin
from ._handlers import on
from ._limits import VERSION as __version__
from ._outcomes import (
    ConfigurationError,
    Defer,
    DeliveryEnded,
    EmitRefused,
    NeedsRestart,
    NotReady,
    PanottiError,
    PermanentError,
    Reject,
    Retry,
)
from ._state import State

__all__ = [
    "Batch",
    "ConfigurationError",
    "Context",
    "Defer",
    "DeliveryEnded",
    "EmitRefused",
    "Event",
    "EventContext",
    "EventPriority",
    "FunctionPlugin",
    "NeedsRestart",
    "NotReady",
    "PanottiError",
    "PermanentError",
    "PluginBase",
    "Reject",
    "Replay",
    "Retry",
    "State",
    "__version__",
    "on",
    "plugin",
]
