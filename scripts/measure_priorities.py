#!/usr/bin/env python3
"""Measures what priority promises, at 80 % of what a subscription can do, with handlers of a millisecond and all four priorities in equal parts.

    cargo build --release --locked && scripts/measure_priorities.py

Two things are held, and told as held or not; the exit code says so too:

- the longest wait of `low` is within the formula of docs/order-and-priority.md, for each low event with its own place in its lane and with the
  longest handling that was measured;
- the 99th percentile of `critical`, from accepted to done, is at most 25 ms more than on a bus that has nothing else to do.

First the maximum is measured: how fast a backlog is handled. All times are the daemon's own, read from its store after it has stopped. It uses a
folder of its own and removes it. Not part of the tests: a slow machine is slow, not wrong.
"""

import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from pathlib import Path

PROGRAM = os.environ.get("PANOTTI", str(Path(__file__).resolve().parent.parent / "target/release/panotti"))
SECONDS = float(os.environ.get("PANOTTI_SECONDS", "20"))
PRIORITIES = ["low", "normal", "high", "critical"]
BACKLOG_EVENTS = 8_000
IDLE_EVENTS = 500
LOAD = 0.8
# Of docs/order-and-priority.md: turns until a lane that is full all the time comes again; and the places that are not kept for critical events.
LOW_TURNS = 15
CONCURRENCY = 4
MORE_THAN_IDLE_MS = 25
PLUGIN = """import asyncio
from panotti import *

class P(PluginBase):
    @on('t.x')
    async def x(self, event):
        await asyncio.sleep(0.001)

P.main()
"""


class Socket(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "application/x-ndjson") -> dict:
        self.request(method, path, body, {"Content-Type": kind} if body else {})
        answer = self.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text!r}")
        return json.loads(text)


def panotti(data: Path, *words: str) -> str:
    """Runs a command to its end and returns what it printed."""
    return subprocess.run([PROGRAM, "--data", str(data), *words], check=True, capture_output=True, text=True).stdout


def line(priority: str) -> str:
    return json.dumps({"type": "t.x", "priority": priority, "data": {}}) + "\n"


def publish(daemon: Socket, lines: list[str]) -> None:
    daemon.ask("POST", "/events?receipts=summary", "".join(lines))


def until_all_done(daemon: Socket) -> None:
    while daemon.ask("GET", "/subscriptions")["items"][0]["lag"] > 0:
        time.sleep(0.005)


def run(folder: Path, publishes) -> list[tuple[int, int, int, int]]:
    """Lets a daemon of its own handle what is published: priority, accepted, started and ended of each event, in the order of acceptance."""
    data = folder / "data"
    (data / "plugins/p").mkdir(parents=True)
    data.chmod(0o700)
    (data / "plugins/p/plugin.yaml").write_text(f"name: p\nversion: 0.1.0\nlimits: {{start: 30s}}\non: [{{topic: t.x, concurrency: {CONCURRENCY}}}]\n")
    (data / "plugins/p/plugin.py").write_text(PLUGIN)
    panotti(data, "daemon", "start")
    try:
        while "running" not in panotti(data, "plugin", "list", "-o", "json"):
            time.sleep(0.01)
        daemon = Socket(str(data / "run/panotti.sock"))
        publishes(daemon)
        until_all_done(daemon)
    finally:
        panotti(data, "daemon", "stop")
    store = next(path for path in data.rglob("*.db"))
    rows = sqlite3.connect(f"file:{store}?mode=ro", uri=True).execute(
        "SELECT events.priority, accepted_ms, started_ms, started_ms + duration_ms FROM events JOIN deliveries USING (sequence) ORDER BY sequence"
    )
    return rows.fetchall()


def backlog(daemon: Socket) -> None:
    publish(daemon, [line(PRIORITIES[n % 4]) for n in range(BACKLOG_EVENTS)])


def idle(daemon: Socket) -> None:
    for _ in range(IDLE_EVENTS):
        publish(daemon, [line("critical")])
        time.sleep(0.01)


def steady(rate: float):
    """Events of all priorities in turn, as many a second, in parts of ten milliseconds."""

    def publishes(daemon: Socket) -> None:
        begun, sent = time.perf_counter(), 0
        while (passed := time.perf_counter() - begun) < SECONDS:
            owed = int(passed * rate) - sent
            if owed > 0:
                publish(daemon, [line(PRIORITIES[n % 4]) for n in range(sent, sent + owed)])
                sent += owed
            time.sleep(0.01)

    return publishes


def p99(values: list[int]) -> int:
    return sorted(values)[len(values) * 99 // 100]


def low_within_formula(rows: list[tuple[int, int, int, int]]) -> tuple[int, float, int]:
    """The longest wait of a low event, the formula's bound for that event, and how many waited longer than their bound."""
    longest_handling = max(ended - started for _, _, started, ended in rows)
    lows = [(accepted, started) for priority, accepted, started, _ in rows if priority == PRIORITY_NUMBERS["low"]]
    begun = sorted(started for _, started in lows)
    worst, over = (0, 0.0), 0
    for index, (accepted, started) in enumerate(lows):
        place = max(index + 1 - bisect_right(begun, accepted), 1)
        # A millisecond for each time that was rounded down.
        bound = place * LOW_TURNS * longest_handling / (CONCURRENCY - 1) + longest_handling + 2
        over += started - accepted > bound
        worst = max(worst, (started - accepted, bound))
    return worst[0], worst[1], over


PRIORITY_NUMBERS = {"low": 1, "normal": 2, "high": 3, "critical": 4}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="panotti-priorities-") as name:
        folder = Path(name)
        rows = run(folder / "most", backlog)
        most = len(rows) / ((max(row[3] for row in rows) - min(row[2] for row in rows)) / 1_000)
        print(f"at most                       {most:8.0f} events a second, from a backlog of {len(rows)}", flush=True)
        rows = run(folder / "idle", idle)
        idle_p99 = p99([ended - accepted for _, accepted, _, ended in rows])
        print(f"critical, nothing else        {idle_p99:8} ms p99, accepted to done, {len(rows)} events", flush=True)
        rows = run(folder / "loaded", steady(LOAD * most))
        seconds = (rows[-1][1] - rows[0][1]) / 1_000
        print(f"the load                      {len(rows) / seconds:8.0f} events a second for {seconds:.0f} s", flush=True)
        for priority, number in PRIORITY_NUMBERS.items():
            waits = [started - accepted for of, accepted, started, _ in rows if of == number]
            print(f"{priority:9} waits, p50/p99/most  {sorted(waits)[len(waits) // 2]:8} / {p99(waits)} / {max(waits)} ms, {len(waits)} events")
        loaded_p99 = p99([ended - accepted for of, accepted, _, ended in rows if of == PRIORITY_NUMBERS["critical"]])
        longest, bound, over = low_within_formula(rows)
        held = [over == 0, loaded_p99 <= idle_p99 + MORE_THAN_IDLE_MS]
        print(f"low, longest wait             {longest:8} ms; its bound {bound:.0f} ms; {over} events over theirs: {'held' if held[0] else 'NOT HELD'}")
        print(f"critical, with the load       {loaded_p99:8} ms p99, accepted to done: {'held' if held[1] else 'NOT HELD'}")
        return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
