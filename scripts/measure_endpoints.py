#!/usr/bin/env python3
"""Measures how long what people look at takes: every list, show and status of the API, with a million stored events and a thousand more a second.

    cargo build --release --locked && scripts/measure_endpoints.py

The 99th percentile of each is held to 50 ms and told as held or not; the exit code says so too. What reads through many events by its nature
(exports, verifications, searches of a whole page of 10,000) is told too and held to nothing. A plugin handles every tenth event, and of those every
hundredth dies, so that there are deliveries, attempts and dead letters to list. The daemon is asked over its socket by a process of its own, one request
after another. It uses a folder of its own and removes it. Not part of the tests: a slow machine is slow, not wrong.

PANOTTI_EVENTS and PANOTTI_ASKED set how many events are stored before, and how often each is asked.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from measure_priorities import Socket, p99, panotti

EVENTS = int(os.environ.get("PANOTTI_EVENTS", "1000000"))
ASKED = int(os.environ.get("PANOTTI_ASKED", "200"))
LOAD_PER_SECOND = 1_000
TO_HOLD_MS = 50
PART = 5_000
PLUGIN = """from panotti import *

class P(PluginBase):
    @on('order.handled')
    async def handle(self, event):
        if event.payload['number'] % 1000 == 0:
            raise Reject('every hundredth')

P.main()
"""


def lines(first: int, number: int) -> str:
    def one(n: int) -> str:
        kind = "order.handled" if n % 10 == 0 else f"order.kept.k{n % 50}"
        return json.dumps({"type": kind, "subject": f"customer-{n % 1000}", "data": {"number": n, "amount": n % 500, "note": "text " * 20}})

    return "".join(one(n) + "\n" for n in range(first, first + number))


def load(path: str) -> None:
    """Publishes a thousand events a second until it is stopped."""
    daemon, sent, begun = Socket(path), 0, time.perf_counter()
    while True:
        owed = int((time.perf_counter() - begun) * LOAD_PER_SECOND) - sent
        if owed > 0:
            daemon.ask("POST", "/events?receipts=summary", lines(EVENTS + sent, owed))
            sent += owed
        time.sleep(0.01)


def endpoints(daemon: Socket) -> tuple[list[str], list[str]]:
    """The paths that are held to the limit, and those that are not."""
    event = daemon.ask("GET", "/events?topic=order.handled&limit=1")["items"][0]["id"]
    middle = daemon.ask("GET", "/events?limit=1&order=oldest")["items"][0]["id"]
    dead = daemon.ask("GET", "/events?failed=true&limit=1")["items"][0]["id"]
    replay = daemon.ask("GET", "/replays")["items"][0]["replayid"]
    subscription = daemon.ask("GET", "/subscriptions")["items"][0]
    name = f"{subscription['plugin']}/{subscription['name']}"
    plain = ["/livez", "/readyz", "/version", "/status", "/config", "/events/status", "/audit", "/audit/checkpoints", "/whoami", "/keys", "/plugins"]
    plain += ["/events/filter", "/schemas", "/replays", "/subscriptions", "/topics", "/events", "/events/errors", "/slo"]
    lists = ["/events?order=oldest", "/events?failed=true", "/events?unrouted=true", "/events?plugin=p", "/events?topic=order.handled", "/events?limit=500"]
    lists += ["/events?topic=order.**", "/events?status=done", f"/events?filter={quote('data.amount == 7')}", f"/events?filter={quote('data.amount == -1')}"]
    shows = [f"/events/{id}{what}" for id in (event, middle, dead) for what in ("", "/payload", "/explain")]
    shows += [f"/events/trace?of={event}", f"/replays/{replay}", f"/replays/{replay}/items", "/plugins/p", "/plugins/p/status", "/plugins/p/config"]
    shows += ["/plugins/p/state", "/plugins/p/logs", f"/subscriptions/{name}", "/topics/order.handled", "/topics/order.handled/route"]
    searches = ["/events/stats", "/daemon/checks", f"/events/filtered?filter={quote('data.amount == 7')}", "/schemas/order.handled/infer", "/audit/verify", "/seal/check"]
    return plain + lists + shows, searches


def measured(daemon: Socket, paths: list[str]) -> dict[str, list[float]]:
    """Asks each in turn, so that all see the same load."""
    times: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(ASKED):
        for path in paths:
            begun = time.perf_counter()
            daemon.request("GET", path)
            answer = daemon.getresponse()
            answer.read()
            if answer.status >= 400:
                raise RuntimeError(f"{path}: {answer.status}")
            times[path].append((time.perf_counter() - begun) * 1_000)
    return times


def prepare(data: Path) -> Socket:
    (data / "plugins/p").mkdir(parents=True)
    data.chmod(0o700)
    (data / "plugins/p/plugin.yaml").write_text("name: p\nversion: 0.1.0\nlimits: {start: 30s}\non: [{topic: order.handled, concurrency: 8}]\n")
    (data / "plugins/p/plugin.py").write_text(PLUGIN)
    panotti(data, "daemon", "start")
    while "running" not in panotti(data, "plugin", "list", "-o", "json"):
        time.sleep(0.01)
    daemon = Socket(str(data / "run/panotti.sock"))
    begun = time.perf_counter()
    for first in range(0, EVENTS, PART):
        daemon.ask("POST", "/events?receipts=summary", lines(first, min(PART, EVENTS - first)))
    print(f"{EVENTS} events stored in {time.perf_counter() - begun:.0f} s", flush=True)
    while daemon.ask("GET", "/subscriptions")["items"][0]["lag"] > 0:
        time.sleep(0.1)
    print(f"handled after {time.perf_counter() - begun:.0f} s", flush=True)
    daemon.ask("POST", "/events/replay", json.dumps({"selection": {"failed": True}}), "application/json")
    return daemon


def main() -> int:
    if sys.argv[1:2] == ["load"]:
        load(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="panotti-endpoints-") as name:
        data = Path(name) / "data"
        loader = None
        try:
            daemon = prepare(data)
            held, told = endpoints(daemon)
            before = daemon.ask("GET", "/events/status")
            loader, begun = subprocess.Popen([sys.executable, __file__, "load", daemon.path]), time.perf_counter()
            times = measured(daemon, held)
            seconds = time.perf_counter() - begun
            others = measured(daemon, told) if told else {}
            after = daemon.ask("GET", "/events/status")
        finally:
            if loader:
                loader.kill()
                loader.wait()
            panotti(data, "daemon", "stop")
    print(f"asked for {seconds:.0f} s beside the load; {before} before, {after} after")
    over = [path for path in held if p99(times[path]) > TO_HOLD_MS]
    for path, of in sorted((times | others).items(), key=lambda entry: -p99(entry[1])):
        verdict = ("NOT HELD" if path in over else "held") if path in held else "told"
        print(f"{sorted(of)[len(of) // 2]:9.2f} ms median {p99(of):9.2f} ms p99  {verdict:8} {path}")
    print(f"{len(held)} lists, shows and statuses, {len(over)} of them over {TO_HOLD_MS} ms")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
