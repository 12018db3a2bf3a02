"""The in-memory harness: what a plugin's own tests see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from panotti import (
    ConfigurationError,
    Defer,
    Event,
    EventPriority,
    FunctionPlugin,
    NeedsRestart,
    NotReady,
    PanottiError,
    PermanentError,
    PluginBase,
    Reject,
    Retry,
    on,
)
from panotti._outcomes import duration_ms
from panotti.testing import harness

pytest_plugins = ["panotti.pytest_plugin"]


class Ways(PluginBase):
    tries = 0

    @on("a.retry")
    async def retry(self, event: Event):
        raise Retry("busy", after="30s")

    @on("a.reject")
    async def reject(self, event: Event):
        raise Reject("no good")

    @on("a.defer")
    async def defer(self, event: Event):
        self.tries += 1
        if self.tries == 1:
            raise Defer("5m", "not yet")
        assert event.attempt == 1, "deferring uses no attempt"

    @on("a.third")
    def third(self, event: Event):
        self.log.info("attempt %s at %s", event.attempt, self.now().time())
        if event.attempt < 3:
            raise OSError("not there")
        self.emit_event("a.done", {"attempt": event.attempt}, priority="high")

    @on("a.count")
    async def count(self, event: Event):
        await self.state.set("n", await self.state.get("n", 0) + 1)
        if await self.once("first"):
            await self.emit_event("a.first")
        if event.payload == "fail":
            raise ValueError("after all")

    async def outside(self):
        return await self.emit_event("a.outside", {"n": 1})


async def test_every_outcome_can_be_told_apart():
    async with harness(Ways) as h:
        retried = await h.send("a.retry")
        assert (retried.retried, retried.failed, retried.done, retried.dead) == (True, False, False, False)
        assert retried.after == timedelta(seconds=30)

        rejected = await h.send("a.reject")
        assert (rejected.rejected, rejected.reason, rejected.dead, rejected.failed) == (True, "no good", True, False)

        deferred = await h.send("a.defer")
        assert (deferred.deferred, deferred.reason, deferred.after) == (True, "not yet", timedelta(minutes=5))
        assert [r.done for r in await h.advance("5m")] == [False, False, False, True], "the three retries of a.retry came before"

        failed = await h.send("a.third")
        assert (failed.failed, failed.retried, failed.outcome) == (True, True, "retry")
        assert isinstance(failed.exception, OSError)
        assert failed.error["place"].startswith("test_harness.py:")


async def test_the_clock_moves_only_when_told_and_attempts_come_at_their_time():
    async with harness(Ways) as h:
        start = h.now
        await h.send("a.third")
        assert await h.advance("999ms") == []
        (second,) = await h.advance("1ms")
        assert second.event.attempt == 2
        (third,) = await h.advance("1m")
        assert third.emitted("a.done").payload == {"attempt": 3}
        assert third.emitted("a.done").priority is EventPriority.HIGH
        assert h.now - start == timedelta(minutes=1, seconds=1)
        assert [log["message"] for log in h.logs if log["level"] == "info"] == [
            "attempt 1 at 00:00:00",
            "attempt 2 at 00:00:01",
            "attempt 3 at 00:00:06",
        ]


async def test_retries_end_in_a_dead_letter():
    async with harness(Ways, retries=1) as h:
        assert not (await h.send("a.third")).dead
        (last,) = await h.advance("1h")
        assert last.dead and not last.retried
        assert await h.advance("24h") == []


async def test_state_is_written_with_done_only():
    async with harness(Ways) as h:
        h.state["n"] = 41
        assert (await h.send("a.count", "fail")).failed
        assert h.state == {"n": 41}
        first = await h.send("a.count")
        assert first.emitted("a.first").context.causation_id == first.event.id
        assert h.state["n"] == 42
        assert (await h.send("a.count")).emits == []


async def test_emitted_fails_the_test_with_what_was_emitted_instead():
    async with harness(Ways) as h:
        done = await h.send("a.count")
        with pytest.raises(AssertionError, match="emitted was: a.first"):
            done.emitted("a.other")
        failed = await h.send("a.third")
        with pytest.raises(AssertionError, match="not there.*at test_harness.py"):
            failed.emitted("a.done")


async def test_a_topic_without_a_handler_fails_the_test():
    async with harness(Ways) as h:
        with pytest.raises(AssertionError, match="no handler takes `z.z`; the plugin has `a.retry`, "):
            await h.send("z.z")


async def test_events_emitted_outside_of_handlers_are_kept():
    async with harness(Ways) as h:
        eventid = await h.plugin.outside()
        assert [(event.name, event.payload, event.id) for event in h.emits] == [("a.outside", {"n": 1}, eventid)]
        again = [await h.plugin.emit_event("a.b", id="same") for _ in range(2)]
        assert again[0] == again[1] and len(h.emits) == 2


async def test_a_plugin_without_a_class_is_tested_alike():
    functions = FunctionPlugin()

    @functions.on("a.*")
    def each(event, ctx):
        ctx.log.info("seen")
        ctx.state.set("last", [event.name, ctx.config["n"], ctx.event.id == event.id, ctx.data_dir.is_dir()])
        ctx.emit("b.c", {"again": not ctx.once(event.payload)})

    async with harness(functions, config={"n": 1}) as h:
        assert (await h.send("a.x", "k")).emitted("b.c").payload == {"again": False}
        assert (await h.send("a.y", "k")).emitted("b.c").payload == {"again": True}
        assert h.state["last"] == ["a.y", 1, True, True]


async def test_replays_attributes_and_kinds_of_payload_arrive():
    seen: list[Event] = []

    class Sees(PluginBase):
        async def handle_event(self, event: Event):
            seen.append(event)

    async with harness(Sees) as h:
        await h.send("any.topic", b"\x00\x01", priority="critical", subject="s", ordering_key="k", replay={"name": "again"}, tenant="north")
        await h.send("any.topic", "text", content_type="text/plain")
        await h.send("any.topic")
    assert (seen[0].payload, seen[0].content_type) == (b"\x00\x01", "application/octet-stream")
    assert (seen[0].priority, seen[0].subject, seen[0].ordering_key) == (EventPriority.CRITICAL, "s", "k")
    assert seen[0].replay.name == "again" and seen[0].attributes == {"tenant": "north"}
    assert [event.payload for event in seen[1:]] == ["text", None]


@pytest.mark.parametrize("error", [NotReady("n"), ConfigurationError("c"), PermanentError("p")], ids=lambda error: type(error).__name__)
async def test_what_initialize_says_comes_out_of_the_harness(error):
    class Cannot(PluginBase):
        async def initialize(self):
            raise error

    with pytest.raises(type(error), match=str(error)):
        async with harness(Cannot):
            pass


async def test_configuration_is_updated_while_running():
    class Live(PluginBase):
        async def update_configuration(self, new):
            if new["n"] > 2:
                raise NeedsRestart("too many")

    async with harness(Live, config={"n": 1}) as h:
        assert await h.update_configuration({"n": 2}) == "applied"
        assert h.plugin.config == {"n": 2}
        assert await h.update_configuration({"n": 3}) == "needs_restart"
        assert h.plugin.config == {"n": 2}


async def test_shutdown_is_called_and_the_plugin_is_free_afterwards():
    class Tidy(PluginBase):
        done = False

        def shutdown(self):
            self.done = True

    async with harness(Tidy) as h:
        assert h.plugin.get_state() == "running"
    assert h.plugin.done and h.plugin.get_state() == "discovered"
    with pytest.raises(PanottiError, match="only while the plugin runs"):
        h.plugin.emit_event("a.b")


@dataclass
class Speaker:
    name: str
    role: str | None = None


@dataclass
class RecordingEnded:
    speakers: list[Speaker]
    length: float = 0.0
    chair: Speaker | None = None
    tags: dict[str, Speaker] = field(default_factory=dict)


async def test_a_handler_gets_its_payload_as_the_dataclass_it_asks_for():
    class Typed(PluginBase):
        @on("recording.ended")
        async def take(self, event: Event[RecordingEnded]):
            await self.emit_event("a.b", event.payload)

    async with harness(Typed) as h:
        r = await h.send(
            "recording.ended", {"speakers": [{"name": "Ada", "unknown": 1}], "chair": {"name": "Bo"}, "tags": {"x": {"name": "C"}}}
        )
        assert r.emitted("a.b").payload == {
            "speakers": [{"name": "Ada", "role": None}],
            "length": 0.0,
            "chair": {"name": "Bo", "role": None},
            "tags": {"x": {"name": "C", "role": None}},
        }
        failed = await h.send("recording.ended", {"speakers": [{"role": "x"}]})
        assert failed.error["message"] == "payload.speakers[0] has no `name`, which Speaker needs"
        assert (await h.send("recording.ended", "text")).failed


async def test_the_pytest_fixture_is_the_harness(panotti):
    assert panotti is harness


@pytest.mark.parametrize(
    ("duration", "milliseconds"),
    [("30s", 30_000), ("1h30m", 5_400_000), ("250ms", 250), (1.5, 1_500), (timedelta(days=1), 86_400_000), ("0.5 s", 500)],
)
def test_durations_are_read(duration, milliseconds):
    assert duration_ms(duration) == milliseconds


@pytest.mark.parametrize("duration", ["", "30", "s", "5 minutes", "-1s", None, True, "1s 2"])
def test_what_is_no_duration_is_refused(duration):
    with pytest.raises(ValueError, match="is not a duration"):
        duration_ms(duration)


@pytest.mark.parametrize("pattern", ["", "a..b", "a b", "a.>.b", "a.b*", "x" * 256, ".".join("a" * 17)])
def test_what_is_no_topic_pattern_is_refused_where_it_is_written(pattern):
    with pytest.raises(ValueError, match="is not a topic pattern"):
        on(pattern)


def test_a_handler_with_wrong_arguments_is_refused():
    functions = FunctionPlugin()
    with pytest.raises(TypeError, match=r"it is given \(event\) or \(event, ctx\)"):
        functions.on("a.b")(lambda: None)
