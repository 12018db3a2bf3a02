"""Shows Panotti's whole way on real input, by the command line alone: `scripts/demo.py PATH_OF_THE_PROGRAM`.

Every package that this project is built from is published as an event; a plugin judges its license; what nobody has decided yet fails, is
retried and dies; after the decision the dead are replayed. It fails unless something died, everything recovered and the counts add up.
Writes only into one temporary folder, which it removes with the daemon in it, however it ends.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

PLUGIN = "license-check"
# Asked for again so often and no oftener than this, until the condition holds.
POLL_SECONDS = 0.1
SETTLE_SECONDS = 60
# What somebody has decided once the first failures are seen.
DECIDED_ALLOWED = ["MIT", "Apache-2.0", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC", "MIT-0", "Unlicense", "Zlib"]
DECIDED_FLAGGED = ["MPL-2.0", "Unicode-3.0"]
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
UNFINISHED = ("pending", "held", "blocked", "leased", "waiting")


class Program:
    """The program under its own name, in a world of its own: no setting or folder of the user counts."""

    def __init__(self, program: Path, data: Path) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PANOTTI_", "XDG_"))}
        path = f"{program.parent}{os.pathsep}{own.get('PATH', os.defpath)}"
        self.environment = {**own, "PANOTTI_DATA": str(data), "PATH": path}
        self.program = str(program)

    def show(self, *words: str) -> None:
        """Runs a command as a person would see it; fails where it fails."""
        say(f"\n$ panotti {shlex.join(words)}")
        done = subprocess.run([self.program, *words], env=self.environment, stdin=subprocess.DEVNULL, stdout=output(), text=True, check=False)
        if done.stdout:
            say(aligned(done.stdout.rstrip("\n")))
        if done.returncode != 0:
            fail(f"`panotti {shlex.join(words)}` ended with exit code {done.returncode}")

    def start(self) -> None:
        """Starts the daemon. Whoever interrupts meanwhile is heard when it is up, so that it can be stopped again."""
        heard: list[int] = []
        before = {number: signal.signal(number, lambda number, _: heard.append(number)) for number in INTERRUPTS}
        say("\n$ panotti daemon start")
        code = subprocess.run(
            [self.program, "daemon", "start"], env=self.environment, stdin=subprocess.DEVNULL, check=False, start_new_session=True
        ).returncode
        for number, handler in before.items():
            signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])
        if code != 0:
            fail(f"`panotti daemon start` ended with exit code {code}")

    def ask(self, *words: str) -> Any:
        """Runs a command and reads its JSON."""
        command = [self.program, *words, "--output", "json"]
        answer = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            fail(f"`panotti {shlex.join(words)}` ended with exit code {answer.returncode}: {answer.stderr.strip()}")
        return json.loads(answer.stdout)

    def stop(self) -> None:
        """Stops the daemon, if there is one."""
        subprocess.run([self.program, "daemon", "stop"], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)


class Failed(Exception):
    """The demonstration did not show what it is to show."""


def output() -> int | None:
    """A terminal gets the program's own output, tables and all; elsewhere its columns are separated by tabs, and aligned here."""
    return None if sys.stdout.isatty() else subprocess.PIPE


def aligned(text: str) -> str:
    rows = [line.split("\t") for line in text.splitlines()]
    tables = [row for row in rows if len(row) > 1]
    widths = [max(len(row[column]) for row in tables if column < len(row)) for column in range(max(map(len, tables), default=0))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths or [0])).rstrip() if len(row) > 1 else row[0] for row in rows)


def fail(why: str) -> NoReturn:
    raise Failed(why)


def say(text: str) -> None:
    print(text, flush=True)


def title(number: int, text: str) -> None:
    say(f"\n── {number}. {text} " + "─" * max(0, 90 - len(text)))


def packages(project: Path) -> list[dict[str, Any]]:
    """Every package of the lock file, as Cargo describes it; without a network, those that this machine's build needs."""
    metadata = ["cargo", "metadata", "--format-version", "1", "--locked"]
    answer = subprocess.run(metadata, cwd=project, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        target = next(line.split()[1] for line in run("rustc", "-vV").splitlines() if line.startswith("host:"))
        answer = subprocess.run([*metadata, "--offline", "--filter-platform", target], cwd=project, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        fail(f"cargo metadata: {answer.stderr.strip()}")
    wanted = ("name", "version", "license", "rust_version", "description")
    return [{key: package.get(key) for key in wanted} for package in json.loads(answer.stdout)["packages"]]


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def settle(panotti: Program, what: str) -> dict[str, int]:
    """Waits until no delivery is owed any more; answers with the deliveries by state."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        deliveries: dict[str, int] = panotti.ask("daemon", "status")["events"]["deliveries"]
        open_ones = {state: deliveries[state] for state in UNFINISHED if deliveries.get(state)}
        if not open_ones:
            return deliveries
        if time.monotonic() > until:
            fail(f"{what} did not settle within {SETTLE_SECONDS} s: {open_ones}")
        time.sleep(POLL_SECONDS)


def deliveries_of(panotti: Program) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    """The number of events found, their own deliveries, and those that a replay made."""
    events = panotti.ask("event", "list", "--topic", "crate.found", "--all")
    every = [delivery for event in events for delivery in event["deliveries"]]
    return len(events), [one for one in every if not one.get("replay")], [one for one in every if one.get("replay")]


def check(holds: bool, sentence: str) -> None:
    say(f"  {'✓' if holds else '✗'} {sentence}")
    if not holds:
        fail(f"this does not hold: {sentence}")


def demonstrate(panotti: Program, project: Path, folder: Path) -> None:
    title(1, "A daemon in a folder of its own, and a plugin")
    shutil.copytree(project / "plugins" / PLUGIN, folder / "data" / "plugins" / PLUGIN)
    panotti.start()
    panotti.show("plugin", "enable", PLUGIN)
    panotti.show("plugin", "config", "get", PLUGIN)

    title(2, "Real events: every package that this project is built from")
    found = packages(project)
    lines = folder / "crates.jsonl"
    lines.write_text("".join(json.dumps(package) + "\n" for package in found), encoding="utf-8")
    say(f"\n$ head -n 1 {lines}\n{json.dumps(found[0])}")
    panotti.show("event", "publish", "crate.found", f"@{lines}", "--jsonl")

    title(3, "What nobody has decided yet fails, is retried and dies")
    settle(panotti, "publishing")
    panotti.show("plugin", "list")
    panotti.show("event", "errors")
    panotti.show("event", "list", "--failed")
    published, first, _ = deliveries_of(panotti)
    dead = [one for one in first if one["state"] == "dead"]
    if not dead:
        fail("no delivery died, so there is nothing to show: every license is in the first lists")

    title(4, "The decision, while it runs; then the dead are replayed")
    panotti.show("plugin", "config", "set", PLUGIN, "flagged", json.dumps(DECIDED_FLAGGED))
    panotti.show("plugin", "config", "set", PLUGIN, "allowed", json.dumps(DECIDED_ALLOWED))
    panotti.show("event", "replay", "--failed", "--name", "licenses-decided")
    settle(panotti, "the replay")
    panotti.show("event", "list", "--topic", "license.flagged")

    title(5, "The sums")
    add_up(panotti, len(found), published, Counter(one["state"] for one in first), dead)


def add_up(panotti: Program, found: int, published: int, before: Counter[str], dead: list[dict[str, Any]]) -> None:
    """Counts everything again, from what is stored, and compares."""
    stored, first, again = deliveries_of(panotti)
    after = Counter(one["state"] for one in first)
    replayed = Counter(one["state"] for one in again)
    job = panotti.ask("replay", "list")[0]
    flagged = panotti.ask("event", "list", "--topic", "license.flagged", "--all")
    still_failed = panotti.ask("event", "list", "--failed", "--all")
    rows = [
        ("packages in the project", found),
        ("events published", published),
        ("  handled at once", before["done"]),
        ("  dead after their retries", before["dead"]),
        ("    replayed", job["selected"]),
        ("    recovered", after["recovered"]),
        ("    still dead", len(still_failed)),
        ("  handled in the end", after["done"] + after["recovered"]),
        ("license.flagged events", len(flagged)),
    ]
    say("")
    for name, number in rows:
        say(f"  {name:<30}{number:>6}")
    say("")
    check(found == published == stored, "every package is one event")
    check(before["done"] + before["dead"] == published, "handled at once + dead = published")
    check(all(one["attempts"] == one["attempts_max"] for one in dead), "every dead one had all its attempts")
    check(job["selected"] == job["ok"] == before["dead"] == replayed["done"], "the replay ran the dead ones, and no others")
    check(after["recovered"] == before["dead"] and not still_failed, "every dead one is recovered: 0 failed")
    check(after["done"] + after["recovered"] == published, "handled + recovered = published")
    check(len({event["causationid"] for event in flagged}) == len(flagged), "no package is flagged twice")


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: scripts/demo.py PATH_OF_THE_PROGRAM", file=sys.stderr)
        return 2
    # Ended from outside, it still stops the daemon and removes its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    project = Path(__file__).resolve().parent.parent
    folder = Path(tempfile.mkdtemp(prefix="panotti-demo-"))
    (folder / "data").mkdir(mode=0o700)
    panotti = Program(Path(sys.argv[1]).resolve(), folder / "data")
    began = time.monotonic()
    try:
        demonstrate(panotti, project, folder)
    except Failed as failed:
        print(f"\nthe demo failed: {failed}", file=sys.stderr)
        log = folder / "data" / "logs" / "panotti.log"
        if log.is_file():
            print("".join(["the daemon's last words:\n", *log.read_text(encoding="utf-8").splitlines(keepends=True)[-20:]]), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    finally:
        panotti.stop()
        shutil.rmtree(folder, ignore_errors=True)
    say(f"\nEverything is stopped and removed. It took {time.monotonic() - began:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
