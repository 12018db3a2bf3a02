"""The daemon's end of descriptor 3, scripted by tests: a real process on a real socket pair, each frame checked by the schema."""

import json
import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import jsonschema

ROOT = Path(__file__).parents[3]
SDK = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs/plugin-protocol.schema.json").read_text())
DEADLINE_SECONDS = 20.0
ON_3 = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execvp(sys.argv[2], sys.argv[2:])"


def validator(name):
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})


TO_PLUGIN, FROM_PLUGIN = validator("to_plugin"), validator("from_plugin")


def an_id(prefix, number):
    return f"{prefix}_{number:026d}"


class FakeDaemon:
    """One plugin process and the conversation with it."""

    def __init__(self, folder, command, config=None, heartbeat_ms=10_000, frame_bytes_max=1024 * 1024, subscriptions=()):
        self.folder = folder
        self.numbers = 0
        self.frames = []
        self.limits = {"frame_bytes_max": frame_bytes_max, "start_ms": 2_000, "timeout_ms": 300_000, "heartbeat_ms": heartbeat_ms}
        self.config = config or {}
        self.subscriptions = list(subscriptions)
        self.socket, end = socket.socketpair()
        self.socket.settimeout(DEADLINE_SECONDS)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SDK),
            "PANOTTI_PLUGIN": "under-test",
            "PANOTTI_INSTANCE": an_id("ins", 1),
            "PANOTTI_DATA_DIR": str(folder),
            "PANOTTI_PROTOCOL_FD": "3",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-ISc", ON_3, str(end.fileno()), *command],
            cwd=folder,
            env=environment,
            pass_fds=(end.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        end.close()
        self.lines = self.socket.makefile("rb")
        self.output = {"stdout": "", "stderr": ""}
        self.readers = [threading.Thread(target=self._read, args=(name,)) for name in self.output]
        for reader in self.readers:
            reader.start()

    def _read(self, name):
        stream = getattr(self.process, name)
        for line in stream:
            self.output[name] += line
        stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.lines.close()

    # --- frames

    def send(self, kind, /, **fields):
        frame = {"type": kind, **fields}
        TO_PLUGIN.validate(frame)
        self.send_line(json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode())

    def send_line(self, line):
        self.socket.sendall(line + b"\n")

    def hello(self, protocols=(1,)):
        self.send(
            "hello",
            protocols=list(protocols),
            plugin="under-test",
            version="1.2.3",
            instance=an_id("ins", 1),
            config=self.config,
            config_revision=1,
            subscriptions=self.subscriptions,
            limits=self.limits,
            data_dir=str(self.folder),
        )

    def start(self):
        self.hello()
        return self.expect("ready")

    def deliver(self, topic="a.b", data=None, handler=None, attempt=1, **fields):
        self.numbers += 1
        eventid = an_id("evt", self.numbers)
        event = {
            "specversion": "1.0",
            "id": eventid,
            "source": "/test",
            "type": topic,
            "time": "2026-11-22T10:04:11.204Z",
            "datacontenttype": "application/json",
            "priority": "normal",
            "correlationid": eventid,
            "eventid": eventid,
            "sequence": self.numbers,
            "actor": "test",
            "rules": 1,
            "data": data,
        }
        lease = {"delivery_id": an_id("dlv", self.numbers), "fencing_token": 1 << 32 | self.numbers}
        self.send("deliver", **lease, attempt=attempt, handler=handler or topic, event=event, deadline_ms=300_000, **fields)
        return lease

    def next_frame(self):
        line = self.lines.readline()
        assert line, f"the plugin closed the channel; stderr: {self.output['stderr']}"
        assert len(line) <= self.limits["frame_bytes_max"]
        frame = json.loads(line)
        FROM_PLUGIN.validate(frame)
        self.frames.append(frame)
        return frame

    def expect(self, kind, /, **fields):
        """Reads on to a frame of this type with these fields; only logs, heartbeats and what `frames` keeps may come before."""
        while True:
            frame = self.next_frame()
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame
            assert frame["type"] in ("log", "heartbeat"), f"{frame} came while waiting for {kind} {fields}"

    def outcome(self, lease):
        return {name: value for name, value in self.expect("outcome", **lease).items() if name not in ("type", *lease)}

    def logged(self, level=None):
        return [frame["message"] for frame in self.frames if frame["type"] == "log" and level in (None, frame["level"])]

    # --- ends

    def goodbye(self, deadline_ms=5_000):
        self.send("drain", deadline_ms=25_000)
        self.send("goodbye", deadline_ms=deadline_ms)
        return self.exit_code()

    def hang_up(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        return self.exit_code()

    def exit_code(self):
        code = self.process.wait(DEADLINE_SECONDS)
        for reader in self.readers:
            reader.join()
        return code


def python_plugin(folder, source, **options):
    """Writes a plugin and starts it."""
    (folder / "plugin.py").write_text(textwrap.dedent(source))
    return FakeDaemon(folder, [sys.executable, "plugin.py"], **options)
