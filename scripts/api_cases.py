"""Generated requests against a daemon, as each role, with every answer held against the daemon's own OpenAPI document.

`scripts/api_cases.py CASES`: so many cases in all. Each role has a daemon of its own, in a folder of its own, with a plugin and a few
events. Cases of one role are made in rounds with the seeds 1, 2, ...: the same number of cases is the same cases.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PANOTTI = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "panotti"
ROLES = ["admin", "operator", "developer", "publisher", "viewer", "auditor"]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "headers_are_announced",
]
# Operations that are left out, with the reason. At most six: what cannot be tried like the others, not what fails.
EXCLUDED = {
    "stop_daemon": "ends the daemon that the other cases need",
    "stream_events": "never ends by itself",
    "revoke_key": "ends the key that the other cases are sent with",
    "rotate_key": "the same, with an overlap of 0",
}
READY_SECONDS = 60
# Routes come to so many cases each, in a round, as asked for.
ROUND_EXAMPLES_MAX = 25


@dataclass
class Daemon:
    """A daemon in a folder of its own."""

    folder: Path
    process: subprocess.Popen[bytes]

    def command(self, *words: str) -> str:
        done = subprocess.run([PANOTTI, "--data", str(self.folder), *words], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"panotti {' '.join(words)}: {done.stderr}")
        return done.stdout

    def address(self) -> str:
        """Waits until it listens on the network, and says where."""
        ends = time.monotonic() + READY_SECONDS
        while time.monotonic() < ends:
            status = subprocess.run(
                [PANOTTI, "--data", str(self.folder), "daemon", "status", "-o", "json"], capture_output=True, text=True, check=False
            )
            if status.returncode == 0:
                http = json.loads(status.stdout)["http"]
                if http["listening"]:
                    return str(http["address"])
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"the daemon does not listen; see {self.folder}")


def start(folder: Path) -> Daemon:
    settings = folder / "panotti.yaml"
    settings.write_text(f"config_version: 1\nhttp:\n  enabled: on\n  listen: 127.0.0.1:0\nplugins:\n  dirs: [{ROOT / 'plugins'}]\n")
    log = (folder / "output").open("wb")
    process = subprocess.Popen(
        [PANOTTI, "--data", str(folder), "--config", str(settings), "daemon", "run"], stdout=log, stderr=subprocess.STDOUT
    )
    return Daemon(folder, process)


def furnish(daemon: Daemon) -> None:
    """What requests can be about: events, a schema, a filter, a replay."""
    for number in range(5):
        daemon.command("event", "publish", "recording.ended", json.dumps({"transcript": "one two " * number}))
    schema = daemon.folder / "schema.json"
    schema.write_text('{"type": "object", "required": ["amount"]}')
    daemon.command("schema", "create", "payment.made", str(schema), "--mode", "warn")
    daemon.command("event", "publish", "payment.made", '{"amount": 17}')


@dataclass
class Round:
    """What one run of schemathesis came to."""

    cases: int
    failed: bool


def run(address: str, key: str, examples: int, seed: int) -> Round:
    words = [
        str(ROOT / ".venv" / "bin" / "schemathesis"),
        "run",
        f"http://{address}/openapi.json",
        "--header",
        f"Authorization: Bearer {key}",
        "--checks",
        ",".join(CHECKS),
        "--phases",
        "examples,fuzzing,stateful",
        "--max-examples",
        str(examples),
        "--seed",
        str(seed),
        "--generation-database",
        "none",
        "--request-timeout",
        "30",
        "--warnings",
        "off",
        "--continue-on-failure",
        "--no-color",
    ]
    for operation in EXCLUDED:
        words += ["--exclude-operation-id", operation]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "SCHEMATHESIS_HOOKS": "schemathesis_hooks"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tempfile.gettempdir(), env=environment)
    told = re.search(r"(\d+) generated", done.stdout)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
    return Round(int(told.group(1)) if told else 0, done.returncode != 0 or told is None)


def as_role(role: str, wanted: int) -> Round:
    total, failed, seed = 0, False, 0
    with tempfile.TemporaryDirectory(prefix="panotti-cases-") as scratch:
        daemon = start(Path(scratch))
        try:
            address = daemon.address()
            furnish(daemon)
            key = daemon.command("key", "create", f"cases-{role}", "--role", role, "-q").strip()
            while total < wanted and not failed:
                seed += 1
                done = run(address, key, max(1, min(ROUND_EXAMPLES_MAX, wanted // 100)), seed)
                total, failed = total + done.cases, failed or done.failed
                if daemon.process.poll() is not None:
                    print(f"the daemon has ended: {(Path(scratch) / 'output').read_text()}")
                    failed = True
        finally:
            daemon.process.terminate()
            daemon.process.wait()
    print(f"{role:10} {total:6} cases {'FAILED' if failed else 'passed'}", flush=True)
    return Round(total, failed)


def main() -> int:
    if len(EXCLUDED) > 6:
        raise SystemExit("more than six operations are left out")
    wanted = int(sys.argv[1])
    # The daemon and the tool end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rounds = [as_role(role, -(-wanted // len(ROLES))) for role in ROLES]
    total = sum(done.cases for done in rounds)
    left_out = ", ".join(f"{name} ({why})" for name, why in EXCLUDED.items())
    print(f"{total} cases as {len(ROLES)} roles; left out: {left_out}")
    return 1 if any(done.failed for done in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
