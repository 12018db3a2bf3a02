"""Handlers of batches: several deliveries in one call, each with an outcome of its own."""

from dataclasses import dataclass

import pytest
from fake_daemon import python_plugin

from panotti import Batch, Defer, PanottiError, PluginBase, Reject, Retry, on
from panotti.testing import harness

WAYS = """
from panotti import *

class Ways(PluginBase):
    @on("a.b", batch=10)
    async def take(self, events):
        print("a batch of", len(events), flush=True)
        for event in events:
            with events.handling(event):
                await self.emit_event("a.made", {"of": event.payload})
                await self.state.set(f"seen/{event.payload}", True)
                match event.payload:
                    case "retry": raise Retry("busy", after="30s")
                    case "reject": raise Reject("no good")
                    case "defer": raise Defer("5m", "not yet")
                    case "error": raise ValueError("this one")
        if any(event.payload == "all" for event in events):
            raise OSError("the whole")

Ways.main()
"""


def together(daemon, *payloads, first=1):
    """Sends one batch, and gives its leases."""
    last = len(payloads) - 1
    return [daemon.deliver(data=payload, batch={"id": first, "left": last - place}) for place, payload in enumerate(payloads)]


def test_every_event_of_a_batch_has_an_outcome_of_its_own(tmp_path):
    with python_plugin(tmp_path, WAYS) as daemon:
        assert daemon.start()["handlers"] == [{"name": "a.b", "topic": "a.b", "batch": 10}]
        leases = together(daemon, "one", "retry", "reject", "defer", "error")
        done, retried, rejected, deferred, failed = [daemon.outcome(lease) for lease in leases]

        made = {"emits": [{"topic": "a.made", "data": {"of": "one"}}], "state": [{"key": "seen/one", "value": True}]}
        assert done == {"outcome": "done", **made}, "what was emitted and written for it is in its own outcome"
        assert (retried["outcome"], retried["after_ms"]) == ("retry", 30_000)
        assert rejected == {"outcome": "reject", "reason": "no good"}
        assert deferred == {"outcome": "defer", "after_ms": 300_000, "reason": "not yet"}
        assert (failed["outcome"], failed["error"]["class"], failed["error"]["message"]) == ("retry", "ValueError", "this one")

        assert daemon.outcome(daemon.deliver(data="alone"))["outcome"] == "done", "one without a mark is a batch of one"
        assert daemon.goodbye() == 0
        assert daemon.output["stdout"] == "a batch of 5\na batch of 1\n"


def test_what_the_handler_itself_raises_is_the_outcome_of_all_but_those_that_failed_alone(tmp_path):
    with python_plugin(tmp_path, WAYS) as daemon:
        daemon.start()
        first, second, third = [daemon.outcome(lease) for lease in together(daemon, "one", "all", "reject")]
        assert first == second
        assert (first["outcome"], first["error"]["class"], first["error"]["message"]) == ("retry", "OSError", "the whole")
        assert third["outcome"] == "reject"
        assert len(daemon.logged("error")) == 1, "said once, not for each event"


WAITS = """
import asyncio
from panotti import *

class Waits(PluginBase):
    def initialize(self):
        self.go = None

    @on("a.go")
    async def release(self, event):
        self.go.set()

    @on("a.b", batch=10)
    async def take(self, events):
        self.go = asyncio.Event()
        self.log.info("began with %d", len(events))
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            print("cancelled", flush=True)
            raise

Waits.main()
"""


def test_a_cancelled_delivery_leaves_its_batch_and_the_others_go_on(tmp_path):
    with python_plugin(tmp_path, WAITS) as daemon:
        daemon.start()
        gone, kept = together(daemon, 1, 2)
        daemon.expect("log", message="began with 2")
        daemon.send("cancel", **gone, reason="its time is over")
        daemon.expect("log", level="warning")
        released = daemon.deliver("a.go")
        outcomes = [daemon.expect("outcome") for _ in range(2)]
        assert {frame["delivery_id"] for frame in outcomes} == {kept["delivery_id"], released["delivery_id"]}
        assert "cancelled" not in daemon.output["stdout"]

        leases = together(daemon, 3, 4)
        daemon.expect("log", message="began with 2")
        for lease in leases:
            daemon.send("cancel", **lease, reason="its time is over")
        daemon.expect("log", level="warning")
        daemon.expect("log", level="warning")
        assert daemon.goodbye() == 0
        assert daemon.output["stdout"].endswith("cancelled\n"), "with the last one the call is over"


def test_one_that_is_cancelled_before_the_batch_is_whole_is_not_in_it(tmp_path):
    with python_plugin(tmp_path, WAYS) as daemon:
        daemon.start()
        gone = daemon.deliver(data="gone", batch={"id": 1, "left": 1})
        daemon.send("cancel", **gone, reason="its time is over")
        kept = daemon.deliver(data="kept", batch={"id": 1, "left": 0})
        assert daemon.outcome(kept)["outcome"] == "done"
        assert daemon.goodbye() == 0
        assert daemon.output["stdout"] == "a batch of 1\n"


def test_each_delivery_of_a_batch_is_kept_alive_by_its_own_heartbeat(tmp_path):
    with python_plugin(tmp_path, WAITS, heartbeat_ms=50) as daemon:
        daemon.start()
        leases = together(daemon, 1, 2)
        for lease in leases:
            daemon.expect("heartbeat", **lease)


@dataclass
class Counted:
    n: int


class Sums(PluginBase):
    @on("n.*", batch=3)
    def sums(self, events: Batch[Counted]):
        for event in events:
            with events.handling(event):
                self.emit_event("n.sum", {"n": event.payload.n, "of": len(events)})

    @on("o.once", batch=5)
    async def one_time(self, events):
        for event in events:
            with events.handling(event):
                if await self.once(event.payload):
                    await self.emit_event("o.did", event.payload)

    @on("e.outside", batch=5)
    async def outside(self, events):
        await self.emit_event("e.made") if events[0].payload == "emit" else await self.state.set("key", 1)


async def test_payloads_of_a_batch_are_what_the_handler_asks_for_and_one_that_is_not_fails_alone():
    async with harness(Sums) as h:
        first, wrong, last = await h.send_batch("n.a", [{"n": 1}, "nothing", {"n": 3}])
        assert first.emitted("n.sum").payload == {"n": 1, "of": 2}
        assert last.done
        assert wrong.failed and wrong.error["class"] == "TypeError"
        (again,) = await h.advance("1s")
        assert again.event.attempt == 2, "it comes again, by itself"
        assert (await h.send("n.b", {"n": 4})).emitted("n.sum").payload == {"n": 4, "of": 1}
        with pytest.raises(AssertionError, match="takes 3 events at once, not 4"):
            await h.send_batch("n.a", [{"n": n} for n in range(4)])


async def test_once_in_one_batch_is_told_to_one_event_and_the_other_comes_later():
    async with harness(Sums) as h:
        first, second, other = await h.send_batch("o.once", ["k", "k", "l"])
        assert (first.done, second.deferred, other.done) == (True, True, True)
        (again,) = await h.advance("1s")
        assert again.done and again.emits == [] and again.event.attempt == 1, "it used no attempt, and the other has done it"


@pytest.mark.parametrize("what", ["emit", "state"])
async def test_emits_and_writes_of_a_batch_say_for_which_event(what):
    async with harness(Sums) as h:
        (result,) = await h.send_batch("e.outside", [what])
        assert isinstance(result.exception, PanottiError)
        assert "with events.handling(event):" in str(result.exception)
        assert h.emits == [] and h.state == {}


@pytest.mark.parametrize("batch", [0, 101, -1, True, 2.5, "10"])
def test_a_batch_has_a_size(batch):
    with pytest.raises(ValueError, match="from 1 to 100"):
        on("a.b", batch=batch)


async def test_a_batch_is_a_sequence_of_events():
    seen = []

    class Looks(PluginBase):
        @on("a.b", batch=5)
        async def look(self, events):
            seen.append((len(events), events[0].payload, [event.payload for event in events[1:]], repr(events)))
            with pytest.raises(ValueError, match="not an event of this batch"), events.handling(type(events[0])("a.b", None, None)):
                pass
            with events.handling(events[0]):
                raise Reject("first")
            with events.handling(events[0]):
                raise Retry("second")
            with events.handling(events[1]):
                raise Defer("1m")

    async with harness(Looks) as h:
        results = await h.send_batch("a.b", [1, 2, 3])
        assert [(result.rejected, result.deferred, result.done) for result in results] == [
            (True, False, False),
            (False, True, False),
            (False, False, True),
        ]
        assert results[0].reason == "first", "the first that is raised counts"
        assert seen == [(3, 1, [2, 3], "<Batch of 3: a.b>")]
