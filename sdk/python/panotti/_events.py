"""An event as a handler sees it, read from the wire, and an emitted one as it is written there. Names are those of the PRD."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic

from ._json import Frame, snapshot
from ._limits import TOPIC_BYTES_MAX, TOPIC_WORDS_MAX

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    P = TypeVar("P", default=Any)
else:
    from typing import TypeVar

    P = TypeVar("P")

_TOPIC = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_PATTERN = re.compile(r"(([A-Za-z0-9_-]+|\*)\.)*([A-Za-z0-9_-]+|\*|\*\*|>)")


class EventPriority(str, Enum):
    """Orders due deliveries."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    def __str__(self) -> str:
        """Gives the word on the wire."""
        return self.value


@dataclass(frozen=True)
class EventContext:
    """Where an event belongs: the story it is part of, what caused it, who published it."""

    correlation_id: str
    """Shared by all events of one story."""
    causation_id: str | None = None
    """The event whose handling emitted this one."""
    actor: str = ""
    """The principal that published it."""
    sequence: int = 0
    """Its position in the event log."""
    source: str = ""
    """Who says so, for example `/cli/ada@desk`."""
    rules: int = 0
    """Version of the subscriptions in force when it was published."""
    trace_parent: str | None = None
    """W3C Trace Context."""


@dataclass(frozen=True)
class Replay:
    """Marks a delivery that a replay made."""

    id: str
    name: str | None
    attempt_of: str
    """The delivery it repeats."""


@dataclass(frozen=True)
class Event(Generic[P]):
    """An immutable fact that was published. A handler that must not act twice keys on `id`."""

    name: str
    """The topic, for example `recording.ended`."""
    payload: P
    """What was published: JSON as Python values, text as `str`, anything else as `bytes`; `None` where there is nothing."""
    context: EventContext
    priority: EventPriority = EventPriority.NORMAL
    id: str = ""
    """The `eventid`: Panotti's id of the event, the same in every attempt and every replay."""
    attempt: int = 1
    """1 for the first try."""
    replay: Replay | None = None
    """Set when a replay made this delivery."""
    delivery_id: str = ""
    publisher_id: str = ""
    """The publisher's own id of it."""
    subject: str | None = None
    time: datetime = datetime.fromtimestamp(0, timezone.utc)
    """When it happened."""
    content_type: str = "application/json"
    data_schema: str | None = None
    ordering_key: str | None = None
    expires: datetime | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the publisher that Panotti does not know."""

    @property
    def topic(self) -> str:
        """The same as `name`."""
        return self.name

    @property
    def source(self) -> str:
        """The same as `context.source`."""
        return self.context.source


_KNOWN = frozenset(
    "specversion id source type subject time datacontenttype dataschema priority correlationid causationid orderingkey "
    "traceparent expires eventid sequence actor rules data data_base64".split()
)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))


def read_event(wire: Frame, attempt: int = 1, replay: Frame | None = None, delivery_id: str = "") -> Event[Any]:
    """Reads an event as the daemon gives it out (docs/plugin-protocol.md section 5)."""
    binary = wire.get("data_base64")
    return Event(
        name=wire["type"],
        payload=wire.get("data") if binary is None else base64.b64decode(binary),
        context=EventContext(
            correlation_id=wire["correlationid"],
            causation_id=wire.get("causationid"),
            actor=wire["actor"],
            sequence=wire["sequence"],
            source=wire["source"],
            rules=wire["rules"],
            trace_parent=wire.get("traceparent"),
        ),
        priority=EventPriority(wire["priority"]),
        id=wire["eventid"],
        attempt=attempt,
        replay=None if replay is None else Replay(replay["id"], replay.get("name"), replay["attempt_of"]),
        delivery_id=delivery_id,
        publisher_id=wire["id"],
        subject=wire.get("subject"),
        time=_time(wire["time"]) or Event.time,
        content_type=wire["datacontenttype"],
        data_schema=wire.get("dataschema"),
        ordering_key=wire.get("orderingkey"),
        expires=_time(wire.get("expires")),
        attributes={name: value for name, value in wire.items() if name not in _KNOWN},
    )


def check_topic(topic: str) -> str:
    """Refuses what is not a topic that a plugin may publish to."""
    if not isinstance(topic, str) or not _TOPIC.fullmatch(topic) or _too_long(topic):
        raise ValueError(f"{topic!r} is not a topic; write dotted words of letters, digits, `_` and `-`, like 'recording.ended'")
    if topic == "panotti" or topic.startswith("panotti."):
        raise ValueError(f"{topic!r} is the daemon's own; choose another first word than 'panotti'")
    return topic


def check_pattern(pattern: str) -> str:
    """Refuses what is not a topic pattern, and writes `**` at the end as `>`, as the daemon does."""
    if not isinstance(pattern, str) or not _PATTERN.fullmatch(pattern) or _too_long(pattern):
        raise ValueError(
            f"{pattern!r} is not a topic pattern; write dotted words, `*` for one word, `>` at the end for the rest, like 'recording.*'"
        )
    return pattern[:-2] + ">" if pattern.endswith("**") else pattern


def _too_long(topic: str) -> bool:
    return len(topic) > TOPIC_BYTES_MAX or topic.count(".") >= TOPIC_WORDS_MAX


def matches(pattern: str, topic: str) -> bool:
    """Says whether an event of this topic fits a pattern."""
    words = topic.split(".")
    for index, wanted in enumerate(pattern.split(".")):
        if index >= len(words):
            return False
        if wanted == ">":
            return True
        if wanted not in ("*", words[index]):
            return False
    return len(words) == len(pattern.split("."))


def _is_json(content_type: str) -> bool:
    media_type = content_type.split(";")[0].strip().lower()
    return media_type.endswith(("/json", "+json"))


def emitted_event(
    name: str,
    payload: Any,
    *,
    priority: EventPriority | str | None,
    subject: str | None,
    ordering_key: str | None,
    content_type: str | None,
    expires: datetime | None,
) -> Frame:
    """Writes an emitted event (docs/plugin-protocol.md section 4). Fails here, in the plugin's line, where it can't be published."""
    body: Frame = {"topic": check_topic(name)}
    if isinstance(payload, (bytes, bytearray, memoryview)):
        body["data_base64"] = base64.b64encode(bytes(payload)).decode()
        body["datacontenttype"] = content_type or "application/octet-stream"
    elif isinstance(payload, str) and content_type is not None and not _is_json(content_type):
        if content_type.lower().startswith("text/"):
            body["data"] = snapshot(payload)
        else:
            body["data_base64"] = base64.b64encode(payload.encode()).decode()
        body["datacontenttype"] = content_type
    else:
        if content_type is not None and not _is_json(content_type):
            raise ValueError(f"a payload of {content_type} is given as str or bytes, not as {type(payload).__name__}")
        if payload is not None:
            body["data"] = snapshot(payload)
        if content_type is not None:
            body["datacontenttype"] = content_type
    if priority is not None:
        body["priority"] = EventPriority(priority).value
    if subject is not None:
        body["subject"] = subject
    if ordering_key is not None:
        body["orderingkey"] = ordering_key
    if expires is not None:
        if expires.tzinfo is None:
            raise ValueError("expires needs a time zone, for example datetime.now(timezone.utc) + timedelta(hours=1)")
        body["expires"] = expires.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return body
