#!/usr/bin/env python3
"""Measures what clients that mean no good cost those that do, over the network, with the limits as they are by default.

    cargo build --release --locked && scripts/measure_network.py

Prints how long each JSON bomb takes to be refused, and how much of the daemon's time that is, which other work on the machine does not change; how long a healthy client waits alone and beside 1,000 slow ones, which send a
byte of their head a second and come again when they are cut off; and what 1,000 idle connections cost in memory. The clients come
from 16 addresses of the loopback network, 63 from each, so that no limit needs to be raised. A slow machine is slow, not wrong:
nothing here fails a test, and a bound that is not kept is said.
"""

import http.client
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing import Event, Process
from pathlib import Path

PROGRAM = os.environ.get("PANOTTI", str(Path(__file__).resolve().parent.parent / "target/release/panotti"))
CLIENTS = 1_000
ADDRESSES = 16
HEALTHY_REQUESTS = 3_000
TIMES = 5
BOMB_MS_MAX = 50.0
IDLE_BYTES_MAX = 32 * 1024 * 1024
SLOWER_MAX = 2.0


def verdict(kept: bool) -> str:
    return "" if kept else "   NOT KEPT"


def connect(port: int, number: int) -> socket.socket:
    """A connection of the client of this number, from one of the addresses."""
    client = socket.socket()
    client.bind((f"127.0.0.{2 + number % ADDRESSES}", 0))
    client.connect(("127.0.0.1", port))
    return client


def slow_clients(port: int, ready: Event, stop: Event) -> None:
    """Keeps all clients connected, each sending a byte a second."""
    head = b"GET /livez HTTP/1.1\r\nhost: localhost\r\nx: " + b"v" * 1_000
    clients: dict[int, tuple[socket.socket, int]] = {}
    selector = selectors.DefaultSelector()
    begun = time.monotonic()
    turn = 0
    while not stop.is_set():
        # A hundredth of them at a time, so that they do not all speak in the same moment.
        for number in range(turn % 100, CLIENTS, 100):
            if number not in clients:
                client = connect(port, number)
                client.setblocking(False)
                selector.register(client, selectors.EVENT_READ, number)
                clients[number] = (client, 0)
            client, sent = clients[number]
            try:
                client.send(head[sent : sent + 1])
                clients[number] = (client, sent + 1)
            except OSError:
                selector.unregister(client)
                client.close()
                del clients[number]
        # Whoever was cut off comes again at its next turn.
        for key, _ in selector.select(timeout=0):
            selector.unregister(key.fileobj)
            key.fileobj.close()
            del clients[key.data]
        turn += 1
        if len(clients) >= CLIENTS * 9 // 10:
            ready.set()
        time.sleep(max(0.0, begun + turn / 100 - time.monotonic()))


def healthy(port: int, key: str) -> list[float]:
    """Milliseconds of each request of one client over one connection, sorted."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for _ in range(HEALTHY_REQUESTS):
        begun = time.perf_counter()
        connection.request("GET", "/events?limit=10", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - begun) * 1_000)
        assert answer.status == 200, answer.status
        # The rate of one key is not what is measured.
        time.sleep(0.001)
    return sorted(times)


def at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


def bombs() -> dict[str, tuple[str, bytes]]:
    """Bodies as large as may be sent that cost more to read than to write."""
    mib = 1024 * 1024
    event = b'{"type":"a.b","data":%s}'
    pairs = b",".join(b'"%d":0' % number for number in range(90_000))
    return {
        "nested lists": ("application/json", event % (b"[" * (mib - 200))),
        "nested objects": ("application/json", event % (b'{"a":' * 190_000)),
        "many keys": ("application/json", event % (b"{" + pairs + b"}")),
        "one key again and again": ("application/json", event % (b"{" + b",".join([b'"a":0'] * 170_000) + b"}")),
        "a long number": ("application/json", event % (b"9" * (mib - 200))),
        "a large exponent": ("application/json", event % (b"1e" + b"9" * (mib - 200))),
        "escapes": ("application/json", event % (b'"' + b"\\u0041" * 170_000 + b'"')),
        "no end": ("application/json", event.replace(b"}", b"") % (b'"' + b"x" * (mib - 200))),
        "wrong UTF-8": ("application/json", event % (b'"' + b"\xff" * (mib - 200) + b'"')),
        "a batch of nothing": ("application/cloudevents-batch+json", b"[" + b",".join([b"0"] * (2 * mib - 10)) + b"]"),
        "a nested batch": ("application/cloudevents-batch+json", b"[" * (4 * mib - 10)),
        "a line without end": ("application/x-ndjson", b'{"type":"a.b","data":"' + b"x" * (4 * mib)),
    }


def resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1_024
    raise RuntimeError("the daemon is gone")


def busy_ms(pid: int) -> float:
    """Milliseconds that the daemon's threads have run."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def measure_bombs(port: int, pid: int, key: str) -> None:
    for name, (media_type, body) in bombs().items():
        slowest, status, busy = 0.0, 0, busy_ms(pid)
        for _ in range(TIMES):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            headers = {"Authorization": f"Bearer {key}", "Content-Type": media_type}
            begun = time.perf_counter()
            connection.request("POST", "/events", body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
            slowest, status = max(slowest, (time.perf_counter() - begun) * 1_000), answer.status
            connection.close()
        busy = (busy_ms(pid) - busy) / TIMES
        # A batch or lines are answered item by item: then the refusal is in there.
        refused = status >= 400 or b'"failure"' in text
        print(f"bomb: {name:26} {len(body):8} bytes   {slowest:6.1f} ms   busy {busy:6.1f} ms   {status}{verdict(slowest <= BOMB_MS_MAX and refused)}")


def measure_slow(port: int, key: str) -> None:
    alone = healthy(port, key)
    ready, stop = Event(), Event()
    crowd = Process(target=slow_clients, args=(port, ready, stop), daemon=True)
    crowd.start()
    ready.wait()
    beside = healthy(port, key)
    stop.set()
    crowd.join()
    times = at(beside, 0.99) / at(alone, 0.99)
    for name, measured in [("alone", alone), (f"beside {CLIENTS} slow ones", beside)]:
        print(f"a healthy client {name:22} p50 {at(measured, 0.5):5.2f} ms   p99 {at(measured, 0.99):5.2f} ms   most {measured[-1]:5.2f} ms")
    print(f"its p99 beside them is {times:.2f} times that alone{verdict(times <= SLOWER_MAX)}")


def measure_idle(port: int, pid: int) -> None:
    before = resident_bytes(pid)
    clients = [connect(port, number) for number in range(CLIENTS)]
    for client in clients:
        client.sendall(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert client.recv(4_096).startswith(b"HTTP/1.1 200"), "every one of them is served"
    grown = resident_bytes(pid) - before
    print(f"{CLIENTS} idle connections, each served once: {grown / 1_048_576:.1f} MiB{verdict(grown <= IDLE_BYTES_MAX)}")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="panotti-network-") as folder:
        environment = os.environ | {"PANOTTI_HTTP__LISTEN": "127.0.0.1:0", "PANOTTI_HTTP__ENABLED": "on"}

        def panotti(*words: str) -> str:
            command = [PROGRAM, "--data", f"{folder}/data", *words]
            return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

        panotti("daemon", "start")
        try:
            status = json.loads(panotti("daemon", "status", "-o", "json"))
            port, pid = int(status["http"]["address"].rsplit(":", 1)[1]), status["pid"]
            key = panotti("key", "create", "measure", "--role", "admin", "-q").strip()
            for _ in range(10):
                panotti("event", "publish", "a.b", "{}", "-q")
            measure_idle(port, pid)
            measure_bombs(port, pid, key)
            measure_slow(port, key)
        finally:
            panotti("daemon", "stop", "--now")
    return 0


if __name__ == "__main__":
    # However it is ended, it leaves no daemon behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
