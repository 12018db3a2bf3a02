"""Runs a plugin as a process of the daemon: from the socket on descriptor 3 to the exit code."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import socket
import sys

from ._base import PluginBase
from ._json import Frame
from ._runner import LogHandler, Runner
from ._wire import Wire, leave

FLUSH_SECONDS = 2.0


def start(plugin: PluginBase) -> None:
    """Runs the plugin until `goodbye` or until the daemon is gone, and ends the process."""
    channel = _channel()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, errors="replace")
    # Ctrl-C in a terminal is meant for the daemon, which then says goodbye in good order.
    # A handler that does nothing, because ignoring would be inherited by the programs that the plugin starts.
    signal.signal(signal.SIGINT, lambda *_: None)
    asyncio.run(_serve(plugin, channel))


def _channel() -> socket.socket:
    number = os.environ.pop("PANOTTI_PROTOCOL_FD", "")
    try:
        channel = socket.socket(fileno=int(number))
    except (ValueError, OSError):
        sys.exit(
            "error: this is a plugin, which the daemon runs\n"
            "  why: there is no socket to it (PANOTTI_PROTOCOL_FD is not set)\n"
            "  fix: put its folder where the daemon finds plugins and enable it with `panotti plugin enable NAME`; "
            "in a test use panotti.testing"
        )
    os.set_inheritable(channel.fileno(), False)
    channel.setblocking(True)
    return channel


async def _serve(plugin: PluginBase, channel: socket.socket) -> None:
    loop = asyncio.get_running_loop()

    def take(frames: list[Frame]) -> None:
        for frame in frames:
            runner.receive(frame)

    def receive(frames: list[Frame]) -> None:
        try:
            loop.call_soon_threadsafe(take, frames)
        except RuntimeError:
            pass  # the event loop has ended, and with it everything that could be done with a frame

    wire = Wire(channel, receive, lambda: runner.beat())
    runner = Runner(plugin, wire.send)
    root = logging.getLogger()
    root.addHandler(LogHandler(runner))
    root.setLevel(logging.INFO)
    wire.start()
    code = await runner.ended
    await loop.run_in_executor(None, wire.flush, FLUSH_SECONDS)
    if code != 0 or runner.threads_busy:
        leave(code)  # a thread that still works for a handler, or what a failed start left behind, must not hold up the end
