"""Runs a plugin in a test: in memory, without a daemon, a process or a port, with a clock of its own.

    from panotti.testing import harness
    from plugin import WordCount

    async def test_counts():
        async with harness(WordCount, config={"min_words": 2}) as h:
            r = await h.send("recording.ended", {"transcript": "one two three"})
            assert r.emitted("words.counted").payload == {"n": 3}

Handlers are called by the code that calls them in the daemon's plugins; what is pretended here is only the daemon: it has one plugin, keeps
nothing on disk, and makes an attempt again when `advance` has moved the clock far enough.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import MappingProxyType, TracebackType
from typing import Any

from ._base import PluginBase
from ._delivery import Delivery
from ._events import Event, check_topic, emitted_event, matches, read_event
from ._json import Frame, snapshot
from ._limits import FRAME_BYTES_MAX
from ._outcomes import ConfigurationError, Defer, Duration, NotReady, PanottiError, PermanentError, Reject, Retry, duration_ms
from ._runner import LogHandler, Runner

RETRIES = 3
BACKOFF_MS = (1_000, 5_000, 25_000)
_ATTRIBUTES = ("priority", "subject", "ordering_key", "content_type", "expires")


@dataclass
class Result:
    """How one attempt ended."""

    event: Event[Any]
    """What was delivered."""
    outcome: str
    """`done`, `retry`, `reject` or `defer`, as on the wire."""
    exception: BaseException | None = None
    """What the handler raised."""
    error: Frame | None = None
    """Its class, message and place, as the daemon keeps them."""
    reason: str | None = None
    """Why it was rejected or deferred."""
    after: timedelta | None = None
    """How long it waits now; `None` where it is over."""
    emits: list[Event[Any]] = field(default_factory=list)
    """What was emitted, in order. Empty unless it is done."""

    @property
    def done(self) -> bool:
        """The event was handled."""
        return self.outcome == "done"

    @property
    def retried(self) -> bool:
        """It failed or asked for another attempt, and gets one."""
        return self.outcome == "retry" and self.after is not None

    @property
    def failed(self) -> bool:
        """The handler raised an error (not `Retry`, `Reject` or `Defer`)."""
        return self.exception is not None and not isinstance(self.exception, (Retry, Reject, Defer))

    @property
    def rejected(self) -> bool:
        """The handler gave the event up."""
        return self.outcome == "reject"

    @property
    def deferred(self) -> bool:
        """The handler wants it later."""
        return self.outcome == "defer"

    @property
    def dead(self) -> bool:
        """Nothing more happens by itself: it is a dead letter."""
        return self.rejected or (self.outcome == "retry" and self.after is None)

    def emitted(self, name: str) -> Event[Any]:
        """Gives the event that was emitted to this topic; fails the test where there is none or more than one."""
        found = [event for event in self.emits if event.name == name]
        if len(found) != 1:
            others = ", ".join(event.name for event in self.emits) or "nothing"
            raised = f"; the handler raised {self.exception!r} at {(self.error or {}).get('place')}" if self.exception is not None else ""
            raise AssertionError(f"{len(found)} events were emitted to `{name}`; emitted was: {others}{raised}")
        return found[0]


@dataclass
class _Waiting:
    due: datetime
    deliver: Frame


class Harness:
    """The daemon as a test pretends it. Made by `harness`."""

    def __init__(self, plugin: PluginBase, config: Mapping[str, Any], retries: int, version: str) -> None:
        """Takes the plugin, its configuration, and how many retries a delivery gets."""
        self.plugin = plugin
        self.state: dict[str, Any] = {}
        """The plugin's durable state. Set keys in it before sending what reads them."""
        self.emits: list[Event[Any]] = []
        """Events that were emitted outside of handlers."""
        self.logs: list[Frame] = []
        """What was logged: `level`, `message`, `eventid`."""
        self.ready: Frame = {}
        """What the plugin said when it was ready."""
        self._config, self._config_revision = snapshot(dict(config)), 1
        self._now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self._retries, self._version = retries, version
        self._numbers = 0
        self._waiting: list[_Waiting] = []
        self._raised: dict[str, BaseException | None] = {}
        self._outcomes: dict[str, asyncio.Future[Frame]] = {}
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        self._emitted_ids: dict[str, str] = {}

    async def __aenter__(self) -> Harness:
        """Starts the plugin and waits until it is ready. What `initialize()` raises about that comes out here."""
        self._folder = tempfile.TemporaryDirectory(prefix="panotti-harness-")
        self._loop = asyncio.get_running_loop()
        self._runner = Runner(self.plugin, lambda line: self._sent(line), self._handler_ended)
        self._runner.now = lambda: self._now  # type: ignore[method-assign]
        self._log_handler = LogHandler(self._runner)
        logger = logging.getLogger("harness")
        logger.addHandler(self._log_handler)
        logger.setLevel(logging.INFO)
        limits = {"frame_bytes_max": FRAME_BYTES_MAX, "start_ms": 2_000, "timeout_ms": 300_000, "heartbeat_ms": 10_000}
        hello = {
            "type": "hello",
            "protocols": [1],
            "plugin": "harness",
            "version": self._version,
            "instance": self._id("ins"),
            "config": self._config,
            "config_revision": self._config_revision,
            "subscriptions": [],
            "limits": limits,
            "data_dir": self._folder.name,
        }
        answer = await self._exchange("start", hello)
        if answer["type"] == "ready":
            self.ready = answer
            return self
        self._clean_up()
        if answer["type"] == "not_ready":
            raise NotReady(answer["why"])
        raise (ConfigurationError if answer["kind"] == "configuration" else PermanentError)(answer["why"])

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Says goodbye to the plugin and waits until it has shut down."""
        try:
            self._runner.receive({"type": "drain", "deadline_ms": 25_000})
            self._runner.receive({"type": "goodbye", "deadline_ms": 5_000})
            await self._runner.ended
        finally:
            self._clean_up()

    @property
    def now(self) -> datetime:
        """The time, as the plugin's `now()` tells it. Only `advance` moves it."""
        return self._now

    async def send(
        self, topic: str, payload: Any = None, *, handler: str | None = None, replay: Mapping[str, Any] | None = None, **attributes: Any
    ) -> Result:
        """Delivers a new event and waits for the outcome of its first attempt.

        `handler` names the one to take it where several fit. Attributes are those of an emitted event (`priority`, `subject`,
        `ordering_key`, `content_type`, `expires`), any other is the publisher's own.
        """
        known = {name: attributes.pop(name, None) for name in _ATTRIBUTES}
        deliver = self._first(topic, emitted_event(check_topic(topic), payload, **known), handler, attributes)
        if replay is not None:
            deliver["replay"] = {"id": self._id("rpl"), "attempt_of": self._id("dlv"), **replay}
        return await self._attempt(deliver)

    async def send_batch(self, topic: str, payloads: Iterable[Any], *, handler: str | None = None) -> list[Result]:
        """Delivers new events together, to a handler that takes batches, and waits for the outcome of the first attempt of each."""
        unsaid = dict.fromkeys(_ATTRIBUTES)
        delivers = [self._first(topic, emitted_event(check_topic(topic), payload, **unsaid), handler) for payload in payloads]
        most = next((known.get("batch", 1) for known in self.ready["handlers"] if known["name"] == delivers[0]["handler"]), 1)
        if len(delivers) > most:
            raise AssertionError(f"the handler takes {most} events at once, not {len(delivers)}")
        marks = [{"batch": {"id": self._numbers, "left": left}} for left in reversed(range(len(delivers)))]
        return await asyncio.gather(*[self._attempt({**deliver, **mark}) for deliver, mark in zip(delivers, marks)])

    async def advance(self, duration: Duration) -> list[Result]:
        """Moves the clock on, and makes the attempts that become due, each at its time."""
        until = self._now + timedelta(milliseconds=duration_ms(duration))
        results = []
        while due := sorted((waiting for waiting in self._waiting if waiting.due <= until), key=lambda waiting: waiting.due):
            self._waiting.remove(due[0])
            self._now = due[0].due
            results.append(await self._attempt(due[0].deliver))
        self._now = until
        return results

    async def update_configuration(self, config: Mapping[str, Any]) -> str:
        """Gives the plugin a new configuration and says how it answered: `applied` or `needs_restart`."""
        self._config_revision += 1
        frame = {"type": "config", "config": snapshot(dict(config)), "config_revision": self._config_revision}
        answer = await self._exchange("config", frame)
        return str(answer["type"]).removeprefix("config.")

    # --- the pretended daemon

    def _first(self, topic: str, body: Frame, handler: str | None, attributes: Mapping[str, Any] = MappingProxyType({})) -> Frame:
        event = {**self._complete(body), **attributes}
        lease = {"delivery_id": self._id("dlv"), "fencing_token": 0, "attempt": 1, "handler": handler or self._handler_of(topic)}
        return {"type": "deliver", **lease, "event": event, "deadline_ms": 300_000}

    async def _attempt(self, deliver: Frame) -> Result:
        self._numbers += 1
        deliver = {**deliver, "fencing_token": self._numbers}
        answer: asyncio.Future[Frame] = self._loop.create_future()
        self._outcomes[deliver["delivery_id"]] = answer
        self._runner.receive(deliver)
        outcome = await answer
        result = Result(
            event=read_event(deliver["event"], deliver["attempt"], deliver.get("replay"), deliver["delivery_id"]),
            outcome=outcome["outcome"],
            exception=self._raised.pop(deliver["delivery_id"], None),
            error=outcome.get("error"),
            reason=outcome.get("reason"),
            emits=[read_event(self._complete(body, deliver["event"])) for body in outcome.get("emits", [])],
        )
        for write in outcome.get("state", []):
            if "value" in write:
                self.state[write["key"]] = write["value"]
            else:
                self.state.pop(write["key"], None)
        self._wait(result, outcome, deliver)
        return result

    def _wait(self, result: Result, outcome: Frame, deliver: Frame) -> None:
        attempt = deliver["attempt"]
        deliver = {name: value for name, value in deliver.items() if name != "batch"}
        if result.outcome == "retry" and attempt <= self._retries:
            after_ms = outcome.get("after_ms", BACKOFF_MS[min(attempt, len(BACKOFF_MS)) - 1])
            deliver = {**deliver, "attempt": attempt + 1}
        elif result.outcome == "defer":
            after_ms = outcome["after_ms"]
        else:
            return
        result.after = timedelta(milliseconds=after_ms)
        self._waiting.append(_Waiting(self._now + result.after, deliver))

    def _handler_of(self, topic: str) -> str:
        handlers = self.ready["handlers"]
        fitting = [handler["name"] for handler in handlers if matches(handler["topic"], topic)]
        if len(fitting) == 1:
            return str(fitting[0])
        if not fitting and self.ready["fallback"]:
            return topic
        names = ", ".join(f"`{handler['name']}`" for handler in handlers) or "none"
        if not fitting:
            raise AssertionError(f"no handler takes `{topic}`; the plugin has {names}")
        raise AssertionError(f"several handlers take `{topic}`: say which, with handler=...; the plugin has {names}")

    def _complete(self, body: Frame, cause: Frame | None = None) -> Frame:
        eventid = self._id("evt")
        attributes = {name: value for name, value in body.items() if name != "topic"}
        return {
            "specversion": "1.0",
            "id": eventid,
            "source": "/harness" if cause is None else "/plugins/harness",
            "type": body["topic"],
            "time": self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "priority": "normal",
            "correlationid": eventid if cause is None else cause["correlationid"],
            **({} if cause is None else {"causationid": cause["eventid"]}),
            "eventid": eventid,
            "sequence": self._numbers,
            "actor": "harness",
            "rules": 1,
            **attributes,
        }

    def _id(self, prefix: str) -> str:
        self._numbers += 1
        return f"{prefix}_{self._numbers:026d}"

    async def _exchange(self, what: str, frame: Frame) -> Frame:
        answer: asyncio.Future[Frame] = self._loop.create_future()
        self._answers[what] = answer
        self._runner.receive(frame)
        return await answer

    def _handler_ended(self, delivery: Delivery, error: BaseException | None) -> None:
        self._raised[delivery.id] = error

    def _sent(self, line: bytes) -> None:
        self._loop.call_soon_threadsafe(self._take, json.loads(line))

    def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "outcome":
            self._settle(self._outcomes.pop(frame["delivery_id"], None), frame)
        elif kind in ("ready", "not_ready", "failed"):
            self._settle(self._answers.pop("start", None), frame)
        elif kind in ("config.applied", "config.needs_restart"):
            self._settle(self._answers.pop("config", None), frame)
        elif kind == "state.get":
            found = frame["key"] in self.state
            value = snapshot(self.state.get(frame["key"]))
            self._runner.receive({"type": "state.value", "request_id": frame["request_id"], "found": found, "value": value})
        elif kind == "state.list":
            after, limit = frame.get("after") or "", frame.get("limit", 100)
            keys = sorted((key for key in self.state if key.startswith(frame["prefix"]) and key.encode() > after.encode()), key=str.encode)
            items = [{"key": key, "value": snapshot(self.state[key])} for key in keys[:limit]]
            more = {"next": keys[limit - 1]} if len(keys) > limit else {}
            self._runner.receive({"type": "state.page", "request_id": frame["request_id"], "items": items, **more})
        elif kind == "emit":
            self._runner.receive({"type": "emitted", "request_id": frame["request_id"], "eventid": self._publish(frame)})
        elif kind == "log":
            self.logs.append({name: value for name, value in frame.items() if name != "type"})

    def _publish(self, frame: Frame) -> str:
        given = frame.get("id")
        if given is not None and given in self._emitted_ids:
            return self._emitted_ids[given]
        event = read_event(self._complete(frame["event"]))
        self.emits.append(event)
        if given is not None:
            self._emitted_ids[given] = event.id
        return event.id

    def _settle(self, future: asyncio.Future[Frame] | None, frame: Frame) -> None:
        if future is not None and not future.done():
            future.set_result(frame)

    def _clean_up(self) -> None:
        logging.getLogger("harness").removeHandler(self._log_handler)
        self.plugin._runner = None
        self._folder.cleanup()


def harness(
    plugin: type[PluginBase] | PluginBase,
    config: Mapping[str, Any] | None = None,
    *,
    retries: int = RETRIES,
    version: str = "0.0.0",
) -> Harness:
    """Makes a harness for a plugin class, or for the `plugin` of a file without a class: `async with harness(WordCount) as h`."""
    made = plugin() if isinstance(plugin, type) else plugin
    if not isinstance(made, PluginBase):
        raise PanottiError(f"a harness takes a class derived from PluginBase, or `plugin`, not {plugin!r}")
    return Harness(made, config or {}, retries, version)
