#!/usr/bin/env python3
"""Measures what batches are worth: events a second through a Python handler that does nothing, one at a time and a hundred at once.

    cargo build --release --locked && scripts/measure_batches.py

The events are stored while the plugin is disabled; the time runs from `plugin enable` until the last of them is done. Beside a handler in the
event loop (`async def`) there is one that runs in threads (`def`), which costs a change of threads for each call. It uses a folder of its own
and removes it. A slow machine is slow, not wrong: nothing here fails a test.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = os.environ.get("PANOTTI", str(Path(__file__).resolve().parent.parent / "target/release/panotti"))
EVENTS = int(os.environ.get("PANOTTI_EVENTS", "20000"))
HANDLERS = {
    "async-one": "@on('t.x')\n    async def x(self, event): pass",
    "async-100": "@on('t.x', batch=100)\n    async def x(self, events): pass",
    "threads-one": "@on('t.x')\n    def x(self, event): pass",
    "threads-100": "@on('t.x', batch=100)\n    def x(self, events): pass",
}


def panotti(data: str, *words: str) -> str:
    """Runs a command to its end and returns what it printed."""
    return subprocess.run([PROGRAM, "--data", data, *words], check=True, capture_output=True, text=True).stdout


def done(data: str) -> int:
    """Deliveries that are done."""
    return int(json.loads(panotti(data, "subscription", "show", "p/t.x", "-o", "json"))["done"])


def measure(folder: Path, handler: str) -> float:
    """Events a second of one handler."""
    data = str(folder / "data")
    plugin = folder / "data/plugins/p"
    plugin.mkdir(parents=True)
    (folder / "data").chmod(0o700)
    (plugin / "plugin.yaml").write_text("name: p\nversion: 0.1.0\nenabled: false\nlimits: {start: 30s}\non: [{topic: t.x}]\n")
    (plugin / "plugin.py").write_text(f"from panotti import *\n\nclass P(PluginBase):\n    {handler}\n\nP.main()\n")
    lines = folder / "lines"
    lines.write_text('{"n": 1}\n' * EVENTS)
    panotti(data, "daemon", "start")
    try:
        # A disabled plugin's subscriptions are known once it has been seen with them.
        panotti(data, "plugin", "enable", "p")
        panotti(data, "plugin", "disable", "p")
        panotti(data, "event", "publish", "t.x", "--jsonl", f"@{lines}")
        begun = time.perf_counter()
        panotti(data, "plugin", "enable", "p")
        while done(data) < EVENTS:
            time.sleep(0.02)
        return EVENTS / (time.perf_counter() - begun)
    finally:
        panotti(data, "daemon", "stop", "--now")


def main() -> int:
    for name, handler in HANDLERS.items():
        with tempfile.TemporaryDirectory(prefix="panotti-batches-") as folder:
            print(f"{name:12} {measure(Path(folder), handler):8.0f} events a second", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
