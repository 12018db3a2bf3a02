"""Descriptor 3: lines in, lines out, heartbeats. Three threads, so that a handler that keeps the event loop busy stops none of them.

It knows frames only as far as it must: `hello` sets the heartbeat, `goodbye` sets the time of the end.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

from ._json import Frame
from ._limits import FRAME_BYTES_MAX, UNSENT_BYTES_MAX

GONE = 1
"""Exit code when the daemon is gone."""


class Wire:
    """The plugin's end of the socket pair."""

    def __init__(self, channel: socket.socket, receive: Callable[[list[Frame]], None], beat: Callable[[], None]) -> None:
        """Takes the socket, who gets the frames, and who sends heartbeats when it is time. Both are called in threads."""
        self._channel = channel
        self._receive = receive
        self._beat = beat
        self._unsent: list[bytes] = []
        self._unsent_bytes = 0
        self._writing = False
        self._changed = threading.Condition()
        self._frame_bytes_max = FRAME_BYTES_MAX

    def start(self) -> None:
        """Begins to read and write."""
        for work in (self._read, self._write):
            threading.Thread(target=work, name=f"panotti{work.__name__}", daemon=True).start()

    def send(self, line: bytes) -> None:
        """Queues a line. Waits while too much is queued."""
        with self._changed:
            self._changed.wait_for(lambda: self._unsent_bytes < UNSENT_BYTES_MAX)
            self._unsent.append(line)
            self._unsent_bytes += len(line)
            self._changed.notify_all()

    def flush(self, seconds: float) -> None:
        """Waits until everything is written, but not longer than this."""
        with self._changed:
            self._changed.wait_for(lambda: not self._unsent and not self._writing, seconds)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._writing = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: bool(self._unsent))
                lines, self._unsent, self._unsent_bytes = self._unsent, [], 0
                self._writing = True
                self._changed.notify_all()
            try:
                self._channel.sendall(b"".join(lines))
            except OSError:
                leave(GONE)

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                data = self._channel.recv(256 * 1024)
            except OSError:
                data = b""
            if not data:
                leave(GONE)
            lines = (rest + data).split(b"\n") if b"\n" in data else [rest + data]
            rest = lines.pop()
            if len(rest) > self._frame_bytes_max:
                print(f"the daemon sent a frame of more than {self._frame_bytes_max} bytes", file=sys.stderr, flush=True)
                leave(GONE)
            frames = [self._parse(line) for line in lines]
            if frames:
                self._receive(frames)

    def _parse(self, line: bytes) -> Frame:
        try:
            frame = json.loads(line)
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            return {"type": f"(not JSON) {line[:80].decode('utf-8', 'replace')}"}
        try:
            self._look(frame)
        except (KeyError, TypeError):
            pass  # the runner says what is wrong with it
        return frame

    def _look(self, frame: Frame) -> None:
        if frame.get("type") == "hello":
            self._frame_bytes_max = frame["limits"]["frame_bytes_max"]
            seconds = frame["limits"]["heartbeat_ms"] / 1_000
            threading.Thread(target=self._beats, args=(seconds,), name="panotti_beats", daemon=True).start()
        elif frame.get("type") == "goodbye":
            # Whatever the plugin's code does meanwhile, the process ends in time, by itself and with 0.
            watch = threading.Timer(frame["deadline_ms"] * 0.9 / 1_000, leave, args=(0,))
            watch.daemon = True
            watch.start()

    def _beats(self, seconds: float) -> None:
        while True:
            time.sleep(seconds)
            self._beat()


def leave(code: int) -> NoReturn:
    """Ends the process now, whatever its other threads do."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads it any more
    os._exit(code)
