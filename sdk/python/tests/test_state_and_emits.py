"""Real plugin processes: the durable state, `once`, and events emitted outside of handlers."""

import pytest
from fake_daemon import an_id, python_plugin


def answer_reads(daemon, store, lease):
    """Answers `state.get` from `store` until the delivery's outcome comes; gives the outcome and the keys that were read."""
    keys = []
    while True:
        frame = daemon.next_frame()
        if frame["type"] == "state.get":
            keys.append(frame["key"])
            found = frame["key"] in store
            daemon.send("state.value", request_id=frame["request_id"], found=found, value=store.get(frame["key"]))
        elif frame["type"] == "outcome":
            assert frame["delivery_id"] == lease["delivery_id"]
            for write in frame.get("state", []):
                store.update({write["key"]: write["value"]}) if "value" in write else store.pop(write["key"], None)
            return frame, keys


ASYNC = """
    from panotti import PluginBase, on

    class Keeps(PluginBase):
        @on("a.b")
        async def keep(self, event):
            seen = [await self.state.get("n"), await self.state.get("absent", "default")]
            value = {"list": [1]}
            await self.state.set("n", value)
            value["list"].append(2)
            seen.append(await self.state.get("n"))
            await self.state.delete("old")
            seen.append(await self.state.get("old", "gone"))
            await self.state.set("null", None)
            seen.append(await self.state.get("null", "not this"))
            await self.emit_event("a.c", seen)
            if event.payload == "fail":
                raise ValueError("after all")

    Keeps.main()
"""


def check_state(tmp_path, source):
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        store = {"n": 1, "old": True}
        frame, keys = answer_reads(daemon, store, daemon.deliver(data="fail"))
        assert frame["outcome"] == "retry" and "state" not in frame and "emits" not in frame

        frame, keys = answer_reads(daemon, store, daemon.deliver())
        assert frame["emits"] == [{"topic": "a.c", "data": [1, "default", {"list": [1]}, "gone", None]}]
        assert frame["state"] == [{"key": "n", "value": {"list": [1]}}, {"key": "old"}, {"key": "null", "value": None}]
        assert keys == ["n", "absent"], "what the handler wrote itself is not asked for"
        assert daemon.goodbye() == 0


def test_a_handler_reads_its_own_writes_and_they_go_with_done_only(tmp_path):
    check_state(tmp_path, ASYNC)


def test_plain_functions_use_the_state_and_emit_without_await(tmp_path):
    check_state(tmp_path, ASYNC.replace("async def", "def").replace("await ", ""))


def test_misuse_of_the_state_says_what_to_do(tmp_path):
    source = """
    from panotti import PluginBase, on

    class Wrong(PluginBase):
        async def initialize(self):
            try:
                self.state.set("n", 1)
            except Exception as error:
                self.outside = str(error)

        @on("a.b")
        async def wrong(self, event):
            said = [self.outside]
            for call in (
                lambda: self.state.set("n", object()),
                lambda: self.state.set("k" * 257, 1),
                lambda: self.state.set("n", "x" * 300_000),
                lambda: bool(self.state.set("n", 1)),
                lambda: self.emit_event("panotti.mine"),
                lambda: self.emit_event("a.c", id="x"),
            ):
                try:
                    call()
                    said.append("nothing")
                except Exception as error:
                    said.append(str(error))
            await self.emit_event("a.c", said)

    Wrong.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        said = daemon.outcome(daemon.deliver())["emits"][0]["data"]
        for text, expected in zip(
            said,
            [
                "only inside a handler",
                "no JSON form",
                "longer than 256 bytes",
                "the limit is 262144",
                "write `await`",
                "daemon's own",
                "leave `id` out",
            ],
            strict=True,
        ):
            assert expected in text
        assert daemon.goodbye() == 0


def test_once_is_true_until_a_handler_that_was_told_so_is_done(tmp_path):
    source = """
    from panotti import PluginBase, on

    class Once(PluginBase):
        @on("a.b")
        async def first(self, event):
            told = [await self.once("key"), await self.once("key")]
            if event.payload == "fail":
                raise ValueError("after all")
            await self.emit_event("a.c", told)

        @on("a.sync")
        def sync_first(self, event):
            self.emit_event("a.c", [self.once("other")])

    Once.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        store = {}
        assert answer_reads(daemon, store, daemon.deliver(data="fail"))[0]["outcome"] == "retry"
        assert answer_reads(daemon, store, daemon.deliver())[0]["emits"][0]["data"] == [True, False]
        assert store == {"once:key": an_id("evt", 2)}
        assert answer_reads(daemon, store, daemon.deliver())[0]["emits"][0]["data"] == [False, False]
        assert answer_reads(daemon, store, daemon.deliver("a.sync"))[0]["emits"][0]["data"] == [True]
        assert answer_reads(daemon, store, daemon.deliver("a.sync"))[0]["emits"][0]["data"] == [False]
        assert daemon.goodbye() == 0


def test_of_two_handlers_at_once_only_one_is_told_to_be_first(tmp_path):
    source = """
    from panotti import PluginBase, on

    class Once(PluginBase):
        @on("a.b")
        async def first(self, event):
            await self.emit_event("a.c", await self.once("key"))

    Once.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        store = {}
        first, second = daemon.deliver(), daemon.deliver()
        read = daemon.expect("state.get")
        daemon.send("state.value", request_id=read["request_id"], found=False, value=None)
        assert answer_reads(daemon, store, first)[0]["emits"][0]["data"] is True
        assert answer_reads(daemon, store, second)[0]["emits"][0]["data"] is False
        assert daemon.goodbye() == 0


def test_events_emitted_outside_of_handlers_are_published_at_once(tmp_path):
    source = """
    import asyncio, threading
    from datetime import datetime, timedelta, timezone
    from panotti import EmitRefused, EventPriority, PluginBase

    class Timer(PluginBase):
        async def initialize(self):
            self.log.info("got %s", await self.emit_event("a.first", b"bytes"))
            try:
                await self.emit_event("a.refused")
            except EmitRefused as error:
                self.log.info("%s: %s", error.code, error)
            self.task = asyncio.create_task(self.later())

        async def later(self):
            self.emit_event("a.unawaited", "text", content_type="text/plain", priority=EventPriority.HIGH)
            await asyncio.to_thread(self.in_a_thread)

        def in_a_thread(self):
            expires = datetime(2026, 11, 23, tzinfo=timezone(timedelta(hours=1)))
            self.emit_event("a.thread", {}, subject="s", ordering_key="k", expires=expires, priority="low", id="x1")
            self.log.info("thread done")

    Timer.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.hello()
        first = daemon.expect("emit")
        assert first["event"] == {"topic": "a.first", "data_base64": "Ynl0ZXM=", "datacontenttype": "application/octet-stream"}
        daemon.send("emitted", request_id=first["request_id"], eventid=an_id("evt", 7))
        refused = daemon.expect("emit")
        failure = {"type": "t", "code": "store.full", "title": "t", "status": 507, "detail": "no room", "next": "make room", "exit": 11}
        daemon.send("emitted", request_id=refused["request_id"], failure=failure)
        daemon.expect("ready")
        assert daemon.logged() == [f"got {an_id('evt', 7)}", "store.full: no room (store.full); make room"]

        unawaited = daemon.expect("emit")
        assert unawaited["event"] == {"topic": "a.unawaited", "data": "text", "datacontenttype": "text/plain", "priority": "high"}
        daemon.send("emitted", request_id=unawaited["request_id"], eventid=an_id("evt", 8))
        thread = daemon.expect("emit")
        assert thread["id"] == "x1"
        assert thread["event"] == {
            "topic": "a.thread",
            "data": {},
            "subject": "s",
            "orderingkey": "k",
            "priority": "low",
            "expires": "2026-11-22T23:00:00.000Z",
        }
        daemon.send("emitted", request_id=thread["request_id"], eventid=an_id("evt", 9))
        daemon.expect("log", message="thread done")
        assert daemon.goodbye() == 0


def test_the_event_has_everything_that_came(tmp_path):
    source = """
    from panotti import PluginBase, on

    class Shows(PluginBase):
        @on("a.b")
        async def show(self, event):
            await self.emit_event("a.c", [
                event.name, event.topic, event.payload, event.id, event.attempt, event.priority, str(event.priority), event.source,
                event.context.correlation_id, event.context.actor, event.context.sequence, event.time.isoformat(),
                event.replay.name, event.replay.attempt_of, event.delivery_id, event.content_type,
            ])

    Shows.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        replay = {"id": an_id("rpl", 1), "name": "after the fix", "attempt_of": an_id("dlv", 0)}
        shown = daemon.outcome(daemon.deliver(data=[1], attempt=3, replay=replay))["emits"][0]["data"]
        evt = an_id("evt", 1)
        time = "2026-11-22T10:04:11.204000+00:00"
        assert shown == [
            *["a.b", "a.b", [1], evt, 3, "normal", "normal", "/test", evt, "test", 1, time],
            *["after the fix", an_id("dlv", 0), an_id("dlv", 1), "application/json"],
        ]
        assert daemon.goodbye() == 0


LISTS = """
    from panotti import PluginBase, on

    class Lists(PluginBase):
        @on("a.b")
        {a}def look(self, event):
            {w}self.state.set("user:2", "mine")
            {w}self.state.set("user:25", "new")
            {w}self.state.delete("user:3")
            first = {w}self.state.list("user:", limit=3)
            {w}self.emit_event("a.c", [first, {w}self.state.list("user:", after=list(first)[-1])])

    Lists.main()
"""


def answer_lists(daemon, store, page):
    """Answers `state.list` from `store`, `page` keys at a time, until the delivery's outcome comes, and gives it."""
    while (frame := daemon.next_frame())["type"] == "state.list":
        keys = sorted(key for key in store if key.startswith(frame["prefix"]) and key > frame.get("after", ""))
        items = [{"key": key, "value": store[key]} for key in keys[:page]]
        more = {"next": keys[page - 1]} if len(keys) > page else {}
        daemon.send("state.page", request_id=frame["request_id"], items=items, **more)
    return frame


@pytest.mark.parametrize("words", [{"a": "async ", "w": "await "}, {"a": "", "w": ""}], ids=["async", "sync"])
@pytest.mark.parametrize("page", [1, 2, 100])
def test_a_list_is_in_order_has_the_handlers_own_writes_and_goes_on_where_it_ended(tmp_path, words, page):
    source = LISTS.replace("{a}", words["a"]).replace("{w}", words["w"])
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        store = {"other": 0, **{f"user:{number}": number for number in range(1, 6)}}
        daemon.deliver()
        done = answer_lists(daemon, store, page)
        (emitted,) = done["emits"]
        assert emitted["data"] == [{"user:1": 1, "user:2": "mine", "user:25": "new"}, {"user:4": 4, "user:5": 5}]
        assert daemon.goodbye() == 0
