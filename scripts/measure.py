#!/usr/bin/env python3
"""Measures what a user waits for, as a user would: whole commands of a release build, the median of twenty.

    cargo build --release --locked && scripts/measure.py

Prints a line for each: starting the daemon until it is ready, starting it again on a store after `kill -9`, and one
`event publish`. It uses a folder of its own and removes it. A slow machine is slow, not wrong: nothing here fails a test.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = os.environ.get("PANOTTI", str(Path(__file__).resolve().parent.parent / "target/release/panotti"))
TIMES = 20
STORED_EVENTS = 20_000


def panotti(data: str, *words: str) -> str:
    """Runs a command to its end and returns what it printed."""
    command = [PROGRAM, "--data", data, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def timed(data: str, *words: str) -> float:
    """Milliseconds that a command takes."""
    begun = time.perf_counter()
    panotti(data, *words)
    return (time.perf_counter() - begun) * 1_000


def told(what: str, times: list[float]) -> None:
    """Prints the median, the fastest and the slowest."""
    print(f"{what:58} {statistics.median(times):7.1f} ms   ({min(times):.1f} to {max(times):.1f})")


def kill(data: str) -> None:
    """`kill -9` of the daemon, and waits until the process is gone."""
    pid = json.loads(panotti(data, "daemon", "status", "-o", "json"))["pid"]
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text():
        time.sleep(0.001)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="panotti-measure-") as folder:
        data = f"{folder}/data"
        starts = []
        for number in range(TIMES):
            starts.append(timed(f"{folder}/{number}", "daemon", "start"))
            panotti(f"{folder}/{number}", "daemon", "stop", "--now")
        told("daemon start, empty folder, until ready", starts)

        panotti(data, "daemon", "start")
        told("event publish", [timed(data, "event", "publish", "load.unit", '{"n":1}') for _ in range(TIMES)])

        lines = Path(folder, "lines")
        lines.write_text("".join(f'{{"n":{number},"filler":"{"x" * 500}"}}\n' for number in range(STORED_EVENTS)))
        begun = time.perf_counter()
        panotti(data, "event", "publish", "load.unit", "--jsonl", f"@{lines}", "-q")
        took = time.perf_counter() - begun
        print(f"{'event publish --jsonl':58} {STORED_EVENTS / took:7,.0f} events/s")

        restarts = []
        for _ in range(TIMES):
            kill(data)
            restarts.append(timed(data, "daemon", "start"))
        told(f"daemon start after kill -9, {STORED_EVENTS:,} events, until ready", restarts)
        panotti(data, "daemon", "stop", "--now")
    return 0


if __name__ == "__main__":
    sys.exit(main())
