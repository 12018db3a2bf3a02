"""Real plugin processes on a real socket pair: the start, deliveries, and the end."""

import json
import signal
import threading

import pytest
from fake_daemon import an_id, python_plugin

TUTORIAL = """
from panotti import PluginBase, Event, on

class WordCount(PluginBase):
    async def initialize(self):                      # optional
        self.min_words = self.config["min_words"]    # already validated

    @on("recording.ended")
    async def count(self, event: Event):
        n = len(event.payload["transcript"].split())
        if n >= self.min_words:
            await self.emit_event("words.counted", {"n": n})   # correlation and causation are automatic

WordCount.main()
"""

FUNCTIONS = """
from panotti import plugin, Event

@plugin.on("recording.ended")
async def count(event: Event, ctx):
    await ctx.emit("words.counted", {"n": len(event.payload["transcript"].split())})

plugin.run()
"""


@pytest.mark.parametrize("source", [TUTORIAL, FUNCTIONS], ids=["class", "functions"])
def test_the_tutorials_plugins_run_as_they_are_printed(tmp_path, source):
    with python_plugin(tmp_path, source, config={"min_words": 2}) as daemon:
        ready = daemon.start()
        assert ready["handlers"] == [{"name": "recording.ended", "topic": "recording.ended"}]
        assert ready["fallback"] is False

        lease = daemon.deliver("recording.ended", {"transcript": "one two three"})
        assert daemon.outcome(lease) == {"outcome": "done", "emits": [{"topic": "words.counted", "data": {"n": 3}}]}

        lease = daemon.deliver("recording.ended", {})
        error = daemon.outcome(lease)["error"]
        assert (error["class"], error["message"]) == ("KeyError", "'transcript'")
        assert error["place"].startswith("plugin.py:") and error["place"].endswith(" in count")
        assert 'File "' in daemon.logged("error")[0], "the stack is in the log"
        assert "_runner.py" not in daemon.logged("error")[0], "and has only the plugin's own lines"

        assert daemon.goodbye() == 0
        assert daemon.output == {"stdout": "", "stderr": ""}


def test_handlers_end_a_delivery_in_every_way(tmp_path):
    source = """
    import sys
    from panotti import *

    class Ways(PluginBase):
        @on("a.b")
        async def way(self, event):
            await self.emit_event("never.seen")
            match event.payload:
                case "retry": raise Retry("busy", after="30s")
                case "retry-plain": raise Retry()
                case "retry-from":
                    try: 1 / 0
                    except ZeroDivisionError as error: raise Retry(after=1.5) from error
                case "reject": raise Reject("no good")
                case "defer": raise Defer("5m", "not yet")
                case "exit": sys.exit(3)
                case "bad-after": raise Retry(after="1ms")
                case "long": raise ValueError("x" * 5000)
                case "bad-topic": await self.emit_event("not a topic")
                case "nan": await self.emit_event("a.c", float("nan"))

    Ways.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()

        def way(name):
            return daemon.outcome(daemon.deliver(data=name))

        retry = way("retry")
        assert (retry["outcome"], retry["after_ms"], retry["error"]["class"], retry["error"]["message"]) == (
            "retry",
            30_000,
            "Retry",
            "busy",
        )
        assert "after_ms" not in way("retry-plain")
        cause = way("retry-from")
        assert (cause["after_ms"], cause["error"]["class"]) == (1_500, "ZeroDivisionError")
        assert way("reject") == {"outcome": "reject", "reason": "no good"}
        assert way("defer") == {"outcome": "defer", "after_ms": 300_000, "reason": "not yet"}
        assert way("exit")["error"]["class"] == "SystemExit"
        assert "100 ms to 24 h" in way("bad-after")["error"]["message"]
        assert len(way("long")["error"]["message"].encode()) == 2_000
        assert "not a topic" in way("bad-topic")["error"]["message"]
        assert way("nan")["error"]["class"] == "ValueError"
        assert [emit["topic"] for emit in way("done")["emits"]] == ["never.seen"]
        assert daemon.goodbye() == 0


def test_what_is_printed_never_reaches_the_protocol(tmp_path):
    source = """
    import logging, os, subprocess, sys
    from panotti import PluginBase, on

    print('{"type":"ready","protocol":1,"handlers":[]}')

    class Noisy(PluginBase):
        @on("a.b")
        async def shout(self, event):
            print("a line", event.id)
            print("\\ud800 half a character")
            sys.stderr.write("to stderr\\n")
            os.write(1, b"\\xff\\xfe raw\\n")
            subprocess.run(["echo", "from a child"])
            logging.getLogger("library").warning("careful with %s", event.name)
            self.log.info("mine")
            self.log.debug("not shown")

    Noisy.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.process.stdout.reconfigure(errors="replace")
        daemon.start()
        assert daemon.outcome(daemon.deliver()) == {"outcome": "done"}
        logs = [frame for frame in daemon.frames if frame["type"] == "log"]
        assert [(log["level"], log["message"]) for log in logs] == [("warning", "careful with a.b"), ("info", "mine")]
        assert {log["eventid"] for log in logs} == {an_id("evt", 1)}
        assert daemon.goodbye() == 0
        for line in (f"a line {an_id('evt', 1)}", "? half a character", "from a child"):
            assert line in daemon.output["stdout"].splitlines()


def test_payloads_up_to_the_frame_limit_go_both_ways_and_more_is_an_error(tmp_path):
    source = """
    from panotti import PluginBase, on

    class Echo(PluginBase):
        @on("a.b")
        async def echo(self, event):
            await self.emit_event("a.c", event.payload)

        @on("a.d")
        async def too_much(self, event):
            for _ in range(5):
                await self.emit_event("a.c", "é" * 120_000)

    Echo.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        for data in ("x" * (1024 * 1024 - 800), "é" * 500_000, ["deep", {"er": [1, 2.5, None, True]}]):
            assert daemon.outcome(daemon.deliver(data=data))["emits"] == [{"topic": "a.c", "data": data}]

        refused = daemon.outcome(daemon.deliver("a.d"))
        assert refused["outcome"] == "retry"
        assert "the limit is 1048576" in refused["error"]["message"]
        assert daemon.goodbye() == 0


def test_heartbeats_come_for_each_delivery_held_also_from_handlers_that_block(tmp_path):
    source = """
    import asyncio, pathlib, time
    from panotti import PluginBase, on

    class Slow(PluginBase):
        @on("a.wait")
        async def wait(self, event):
            while not pathlib.Path("go").exists():
                await asyncio.sleep(0.01)

        @on("a.block")
        async def block(self, event):
            while not pathlib.Path("go").exists():
                time.sleep(0.01)

    Slow.main()
    """
    with python_plugin(tmp_path, source, heartbeat_ms=30) as daemon:
        daemon.start()
        leases = [daemon.deliver("a.wait"), daemon.deliver("a.block")]
        for _ in range(2):
            for lease in leases:
                daemon.expect("heartbeat", **lease)
        (tmp_path / "go").touch()
        outcomes = []
        while len(outcomes) < 2:
            frame = daemon.next_frame()
            ended = [outcome["delivery_id"] for outcome in outcomes]
            assert frame["delivery_id"] not in ended, "no heartbeat after the outcome"
            if frame["type"] == "outcome":
                outcomes.append(frame)
        assert daemon.goodbye() == 0


def test_a_cancelled_handler_is_stopped_and_says_nothing_more(tmp_path):
    source = """
    import asyncio, time
    from panotti import PluginBase, on

    class Slow(PluginBase):
        @on("a.async")
        async def wait(self, event):
            try:
                print("waits", flush=True)
                await asyncio.Event().wait()
            finally:
                self.log.info("cancelled")

        @on("a.sync")
        def block(self, event):
            self.log.info("blocks")
            while event.id not in self.let_go:
                time.sleep(0.01)
            try:
                self.emit_event("too.late")
            except Exception as error:
                self.log.info("late: %s", type(error).__name__)

        @on("a.go")
        async def go(self, event):
            self.let_go.add(event.payload)

        let_go = set()

    Slow.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        lease = daemon.deliver("a.async")
        daemon.send("cancel", **lease, reason="too long")
        assert daemon.outcome(daemon.deliver("a.go", "x")) == {"outcome": "done"}
        assert any("was cancelled: too long" in line for line in daemon.logged("warning"))

        lease = daemon.deliver("a.sync")
        daemon.expect("log", message="blocks")
        daemon.send("cancel", **{**lease, "fencing_token": 1}, reason="another lease: not ours")
        daemon.send("refused", **lease, code="delivery.stale", detail="the lease is over")
        assert daemon.outcome(daemon.deliver("a.go", an_id("evt", 3))) == {"outcome": "done"}
        daemon.expect("log", message="late: DeliveryEnded")
        assert daemon.goodbye() == 0


def test_goodbye_ends_handlers_calls_shutdown_and_exits_with_0(tmp_path):
    source = """
    import asyncio
    from panotti import PluginBase, on

    class Tidy(PluginBase):
        @on("a.b")
        async def wait(self, event):
            self.log.info(self.get_state())
            try:
                await asyncio.Event().wait()
            finally:
                print("handler ended")

        def shutdown(self):
            print("shut down", self.get_state())

    print(Tidy().get_state())
    Tidy.main()
    print("after main")
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        daemon.deliver()
        daemon.expect("log", message="running")
        assert daemon.goodbye() == 0
        assert sorted(daemon.output["stdout"].splitlines()) == ["after main", "discovered", "handler ended", "shut down draining"]
        assert not any(frame["type"] == "outcome" for frame in daemon.frames)


@pytest.mark.parametrize("handler", ["async def hang(self, event):", "def hang(self, event):"], ids=["async", "sync"])
def test_goodbye_ends_the_process_in_time_also_when_a_handler_hangs(tmp_path, handler):
    source = f"""
    import time
    from panotti import PluginBase, on

    class Hangs(PluginBase):
        @on("a.b")
        {handler}
            self.log.info("hangs")
            time.sleep(1000)

    Hangs.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        daemon.deliver()
        daemon.expect("log", message="hangs")
        assert daemon.goodbye(deadline_ms=300) == 0


@pytest.mark.parametrize("body", ["time.sleep(1000)", "await asyncio.Event().wait()"], ids=["blocked", "waiting"])
def test_the_end_of_the_channel_ends_the_process_at_once(tmp_path, body):
    source = f"""
    import asyncio, time
    from panotti import PluginBase, on

    class Busy(PluginBase):
        @on("a.b")
        async def busy(self, event):
            print("busy")
            self.log.info("busy")
            {body}

        async def shutdown(self):
            print("never")

    Busy.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        daemon.deliver()
        daemon.expect("log", message="busy")
        assert daemon.hang_up() == 1
        assert daemon.output["stdout"] == "busy\n"


def test_many_deliveries_are_handled_at_once(tmp_path):
    source = """
    import asyncio, threading
    from panotti import PluginBase, on

    class Together(PluginBase):
        async def initialize(self):
            self.here, self.all = 0, asyncio.Event()
            self.barrier = threading.Barrier(20)

        @on("a.async")
        async def wait(self, event):
            self.here += 1
            if self.here == 50:
                self.all.set()
            await self.all.wait()

        @on("a.sync")
        def block(self, event):
            self.barrier.wait()

    Together.main()
    """
    subscriptions = [{"name": topic, "topic": topic, "concurrency": count} for topic, count in (("a.async", 50), ("a.sync", 20))]
    with python_plugin(tmp_path, source, subscriptions=subscriptions) as daemon:
        daemon.start()
        leases = [daemon.deliver("a.async") for _ in range(50)] + [daemon.deliver("a.sync") for _ in range(20)]
        outcomes = [daemon.expect("outcome") for _ in leases]
        assert {outcome["outcome"] for outcome in outcomes} == {"done"}
        assert {outcome["delivery_id"] for outcome in outcomes} == {lease["delivery_id"] for lease in leases}
        assert daemon.goodbye() == 0


def test_a_thousand_events_pass_without_a_loss(tmp_path):
    source = """
    from panotti import plugin

    @plugin.on("a.b")
    async def echo(event, ctx):
        await ctx.emit("a.c", event.payload)

    plugin.run()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()

        def publish():
            for number in range(1_000):
                daemon.deliver(data=number)

        publisher = threading.Thread(target=publish)
        publisher.start()
        seen = {daemon.expect("outcome")["emits"][0]["data"] for _ in range(1_000)}
        publisher.join()
        assert seen == set(range(1_000))
        assert daemon.goodbye() == 0


def test_lines_that_are_no_frames_are_said_in_the_log_and_passed_over(tmp_path):
    with python_plugin(tmp_path, FUNCTIONS) as daemon:
        daemon.start()
        daemon.send_line(b"rubbish \xff")
        daemon.send_line(b"[1]")
        daemon.send_line(b'{"type":"dance"}')
        daemon.send_line(b'{"no":"type"}')
        daemon.send_line(b'{"type":"deliver","delivery_id":"dlv_1"}')
        daemon.send_line(b'{"type":"drain","deadline_ms":1,"unknown":"field"}')
        daemon.send("error", code="plugin.protocol", detail="what was that?")
        lease = daemon.deliver("recording.ended", {"transcript": "one"}, future="field")
        assert daemon.outcome(lease)["outcome"] == "done"
        broken = {"delivery_id": an_id("dlv", 99), "fencing_token": 1}
        daemon.send_line(json.dumps({"type": "deliver", **broken, "attempt": 1, "handler": "x", "event": {}}).encode())
        assert daemon.outcome(broken)["outcome"] == "retry"
        logged = daemon.logged()
        assert ["rubbish" in line for line in logged] == [True, False, False, False, False]
        assert "'dance'" in logged[2] and "`deliver` frame that does not hold" in logged[4]
        assert daemon.goodbye() == 0
        assert "did not understand a frame: what was that?" in daemon.output["stderr"]


def test_ctrl_c_in_a_terminal_is_left_to_the_daemon(tmp_path):
    with python_plugin(tmp_path, FUNCTIONS) as daemon:
        daemon.start()
        daemon.process.send_signal(signal.SIGINT)
        lease = daemon.deliver("recording.ended", {"transcript": "one"})
        assert daemon.outcome(lease)["outcome"] == "done"
        assert daemon.goodbye() == 0


def test_without_a_daemon_the_plugin_says_what_it_is(tmp_path):
    import subprocess
    import sys

    from fake_daemon import SDK

    (tmp_path / "plugin.py").write_text(TUTORIAL)
    run = subprocess.run([sys.executable, "plugin.py"], cwd=tmp_path, env={"PYTHONPATH": str(SDK)}, capture_output=True, text=True)
    assert run.returncode == 1
    assert "this is a plugin, which the daemon runs" in run.stderr
