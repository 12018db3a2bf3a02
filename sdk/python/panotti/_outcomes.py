"""How a handler ends a delivery when it does not simply return, and what can go wrong around it.

`Retry`, `Reject` and `Defer` are raised in handlers; `NotReady`, `ConfigurationError` and `PermanentError` in `initialize()`;
`NeedsRestart` in `update_configuration()`. The others are raised by the SDK.
"""

from __future__ import annotations

import re
from datetime import timedelta

from ._limits import AFTER_MS_MAX, AFTER_MS_MIN

Duration = str | int | float | timedelta
"""`"30s"`, `"1m30s"`, `"100ms"`, a number of seconds, or a `timedelta`."""

_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*")


def duration_ms(duration: Duration) -> int:
    """Reads a duration as milliseconds."""
    if isinstance(duration, timedelta):
        return round(duration.total_seconds() * 1_000)
    if isinstance(duration, (int, float)) and not isinstance(duration, bool):
        return round(duration * 1_000)
    if isinstance(duration, str):
        text = duration.strip()
        parts = list(_PART.finditer(text))
        if parts and "".join(part.group(0) for part in parts) == text:
            return round(sum(float(part.group(1)) * _UNITS_MS[part.group(2)] for part in parts))
    raise ValueError(f"{duration!r} is not a duration; write it like '30s', '5m' or '1h30m', or as a number of seconds")


def after_ms(after: Duration) -> int:
    """Reads how long a delivery should wait: 100 ms to 24 h."""
    milliseconds = duration_ms(after)
    if not AFTER_MS_MIN <= milliseconds <= AFTER_MS_MAX:
        raise ValueError(f"after={after!r} is outside of what a delivery can wait: 100 ms to 24 h")
    return milliseconds


class PanottiError(Exception):
    """Everything that this package raises."""


class Retry(PanottiError):
    """Raise it in a handler to get another attempt, by default after the subscription's backoff. Uses an attempt.

    `raise Retry("the model is busy", after="30s")`
    """

    def __init__(self, why: str = "", *, after: Duration | None = None) -> None:
        """Takes why, and how long to wait at least: 100 ms to 24 h."""
        super().__init__(why or "the handler asked for another attempt")
        self.why = why
        self.after_ms = None if after is None else after_ms(after)


class Reject(PanottiError):
    """Raise it in a handler to give an event up: its delivery is a dead letter now, without more attempts."""

    def __init__(self, why: str = "") -> None:
        """Takes why, for whoever looks at the dead letter."""
        super().__init__(why or "the handler rejected the event")
        self.why = str(self)


class Defer(PanottiError):
    """Raise it in a handler to get the event again later without using an attempt: `raise Defer("5m")`."""

    def __init__(self, after: Duration, why: str = "") -> None:
        """Takes how long to wait (100 ms to 24 h), and why."""
        super().__init__(why or "the handler deferred the event")
        self.why = why
        self.after_ms = after_ms(after)


class NotReady(PanottiError):
    """Raise it in `initialize()` when something is missing that may come. The plugin is started again after a while."""


class ConfigurationError(PanottiError):
    """Raise it in `initialize()` when the configuration does not hold. The plugin is stopped until it changes."""


class PermanentError(PanottiError):
    """Raise it in `initialize()` when starting again can never help. The plugin is failed until it is changed."""


class NeedsRestart(PanottiError):
    """Raise it in `update_configuration()` when only a restart can take the new configuration."""


class EmitRefused(PanottiError):
    """An event emitted outside a handler was refused. `code` says why in a word, `next` what to do."""

    def __init__(self, detail: str, code: str, next: str) -> None:
        """Takes the daemon's answer."""
        super().__init__(f"{detail} ({code}); {next}")
        self.detail = detail
        self.code = code
        self.next = next


class DeliveryEnded(PanottiError):
    """A handler's delivery is over (cancelled, or the handler returned), so what still runs on its behalf can't emit or write state."""
