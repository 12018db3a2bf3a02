"""Real plugin processes: how they start or say why not, which handlers they have, and how they take a new configuration."""

import pytest
from fake_daemon import python_plugin


def started(raised):
    return f"""
    from panotti import *

    class Starts(PluginBase):
        async def initialize(self):
            {raised}

    Starts.main()
    """


@pytest.mark.parametrize(
    ("raised", "answer"),
    [
        ("raise NotReady('the server does not answer')", {"type": "not_ready", "why": "the server does not answer"}),
        ("raise ConfigurationError('no `url`')", {"type": "failed", "kind": "configuration", "why": "no `url`"}),
        ("raise PermanentError('no microphone')", {"type": "failed", "kind": "permanent", "why": "no microphone"}),
        ("self.config['url']", {"type": "not_ready", "why": "KeyError: 'url' (plugin.py:6 in initialize)"}),
    ],
)
def test_a_plugin_that_cannot_start_says_why_and_exits(tmp_path, raised, answer):
    with python_plugin(tmp_path, started(raised)) as daemon:
        daemon.hello()
        assert daemon.expect(answer["type"]) == answer
        assert daemon.exit_code() == 1


def test_a_daemon_without_protocol_1_is_answered_with_a_permanent_failure(tmp_path):
    with python_plugin(tmp_path, started("pass")) as daemon:
        daemon.hello(protocols=(2, 3))
        failed = daemon.expect("failed")
        assert failed["kind"] == "permanent"
        assert "speaks protocol 1, the daemon 2, 3" in failed["why"]
        assert daemon.exit_code() == 1


def test_handlers_take_the_names_of_the_manifest(tmp_path):
    source = """
    from panotti import PluginBase, on

    class Base(PluginBase):
        @on("base.topic")
        async def inherited(self, event): pass

    class Names(Base):
        @on("a.b")
        async def unnamed(self, event): pass

        @on("a.b", name="special")
        async def named(self, event): pass

        @on("c.**")
        @on("d.*")
        def stacked(self, event, ctx): pass

        async def inherited(self, event):
            await self.emit_event("x.overridden")

        async def handle_event(self, event):
            await self.emit_event("x.fallback", {"handler": event.name})

    Names.main()
    """
    subscriptions = [
        {"name": "first", "topic": "a.b", "concurrency": 4},
        {"name": "second", "topic": "a.b", "concurrency": 1},
        {"name": "special", "topic": "a.b", "concurrency": 1},
        {"name": "c.>", "topic": "c.>", "concurrency": 1},
        {"name": "other", "topic": "e.f", "concurrency": 1},
    ]
    with python_plugin(tmp_path, source, subscriptions=subscriptions) as daemon:
        ready = daemon.start()
        names = [(handler["name"], handler["topic"]) for handler in ready["handlers"]]
        assert sorted(names) == sorted(
            [("base.topic", "base.topic"), ("first", "a.b"), ("second", "a.b"), ("special", "a.b"), ("c.>", "c.>"), ("d.*", "d.*")]
        )
        assert ready["fallback"] is True
        assert ready["sdk"].startswith("panotti-python ")
        assert daemon.outcome(daemon.deliver("base.topic"))["emits"] == [{"topic": "x.overridden"}]
        assert daemon.outcome(daemon.deliver("e.f", handler="other"))["emits"] == [{"topic": "x.fallback", "data": {"handler": "e.f"}}]
        assert daemon.outcome(daemon.deliver("c.d.e", handler="c.>")) == {"outcome": "done"}
        assert daemon.goodbye() == 0


def test_two_handlers_of_one_name_are_a_permanent_failure(tmp_path):
    source = """
    from panotti import plugin

    @plugin.on("a.b")
    async def one(event): pass

    @plugin.on("a.b")
    async def two(event): pass

    plugin.run()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.hello()
        failed = daemon.expect("failed", kind="permanent")
        assert "two handlers are named `a.b`" in failed["why"]
        assert daemon.exit_code() == 1


def test_a_delivery_without_a_handler_fails_and_names_those_there_are(tmp_path):
    source = """
    from panotti import plugin

    @plugin.on("a.b")
    def one(event): pass

    plugin.run()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        outcome = daemon.outcome(daemon.deliver("z.z"))
        assert outcome["outcome"] == "retry"
        assert outcome["error"]["message"] == "there is no handler `z.z`; this plugin has a.b"
        assert daemon.goodbye() == 0


def configured(methods):
    return f"""
    import asyncio
    from panotti import *

    class Takes(PluginBase):
        {methods}

        @on("a.b")
        async def show(self, event):
            await self.emit_event("a.c", self.config)

    Takes.main()
    """


def configuration_after(daemon, new):
    daemon.send("config", config=new, config_revision=2)
    answer = {}
    while answer.get("type") not in ("config.applied", "config.needs_restart"):
        answer = daemon.next_frame()
    shown = daemon.outcome(daemon.deliver())["emits"][0]["data"]
    assert daemon.goodbye() == 0
    return answer, shown


@pytest.mark.parametrize(
    ("methods", "answer", "taken"),
    [
        ("pass", {"type": "config.applied"}, True),
        ("def update_configuration(self, new): self.seen = new['n']", {"type": "config.applied"}, True),
        (
            "async def update_configuration(self, new): raise NeedsRestart('`n` is read at the start')",
            {"type": "config.needs_restart", "why": "`n` is read at the start"},
            False,
        ),
        (
            "async def update_configuration(self, new): new['missing']",
            {"type": "config.needs_restart", "why": "KeyError: 'missing'"},
            False,
        ),
        (
            "async def initialize(self): self.kept = self.config['n']",
            {
                "type": "config.needs_restart",
                "why": "initialize() may have kept old values, and update_configuration() is not overridden",
            },
            False,
        ),
    ],
    ids=["default", "sync", "needs-restart", "error", "initialize"],
)
def test_a_new_configuration_is_taken_or_needs_a_restart(tmp_path, methods, answer, taken):
    with python_plugin(tmp_path, configured(methods), config={"n": 1}) as daemon:
        daemon.start()
        got, shown = configuration_after(daemon, {"n": 2})
        assert got == {**answer, "config_revision": 2}
        assert shown == {"n": 2 if taken else 1}


def test_what_hello_brings_is_on_the_plugin(tmp_path):
    source = """
    from panotti import PluginBase, on

    class Shows(PluginBase):
        def __init__(self):
            pass  # a class need not call its base

        def initialize(self):
            self.early = [self.name, self.version, str(self.data_dir), self.get_state(), self.log.name]

        @on("a.b")
        def show(self, event):
            self.emit_event("a.c", self.early)

    Shows.main()
    """
    with python_plugin(tmp_path, source) as daemon:
        daemon.start()
        shown = daemon.outcome(daemon.deliver())["emits"][0]["data"]
        assert shown == ["under-test", "1.2.3", str(tmp_path), "starting", "under-test"]
        assert daemon.goodbye() == 0


def test_handlers_that_all_hang_hold_up_neither_a_configuration_nor_the_end(tmp_path):
    source = """
    import time
    from panotti import PluginBase, on

    class Hangs(PluginBase):
        @on("a.b")
        def hang(self, event):
            time.sleep(600)

        def update_configuration(self, new):
            print("told", new["n"])

        def shutdown(self):
            print("cleaned up")

    Hangs.main()
    """
    with python_plugin(tmp_path, source, config={"n": 1}) as daemon:
        daemon.start()
        for _ in range(64):
            daemon.deliver()
        daemon.send("config", config={"n": 2}, config_revision=1)
        daemon.expect("config.applied", config_revision=1)
        assert daemon.goodbye() == 0
        assert daemon.output["stdout"].splitlines() == ["told 2", "cleaned up"]
