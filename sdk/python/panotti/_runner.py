"""The plugin's side of the protocol: takes frames, calls handlers, sends outcomes. It knows no socket and no thread of its own.

`_main` runs it on descriptor 3, `testing` in memory; both see the same code. Everything but `send`, `settle`, `wait`, `emit_now`, `once`
and `beat` is called in the event loop only.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import itertools
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ._base import PluginBase
from ._batch import Batch
from ._delivery import Delivery, current, in_batch
from ._events import read_event
from ._function import Context, FunctionPlugin
from ._handlers import Handler, bind, find_handlers, read_payload
from ._json import Frame, cut, encode
from ._limits import (
    CONCURRENCY_DEFAULT,
    ERROR_MESSAGE_BYTES_MAX,
    FRAME_BYTES_MAX,
    LOG_MESSAGE_BYTES_MAX,
    PROTOCOL,
    THREADS_MAX,
    VERSION,
)
from ._outcomes import ConfigurationError, Defer, EmitRefused, NeedsRestart, NotReady, PermanentError, Reject, Retry
from ._place import describe, message, stack
from ._state import Pending, State

Observer = Callable[[Delivery, "BaseException | None"], None]


class Runner:
    """One conversation with the daemon, from `hello` to `goodbye`."""

    def __init__(self, plugin: PluginBase, send: Callable[[bytes], None], observe: Observer | None = None) -> None:
        """Takes the plugin, where lines go (called from any thread), and who is told how handlers ended. Must be made in the event loop."""
        self.plugin = plugin
        self.life = "starting"
        self.state = State(self)
        self.loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = self.loop.create_future()
        self.deliveries: dict[str, Delivery] = {}
        self.frame_bytes_max = FRAME_BYTES_MAX
        file = getattr(sys.modules.get(type(plugin).__module__), "__file__", None)
        self.folder = os.path.dirname(os.path.abspath(file)) if file else os.getcwd()
        self.threads_busy = 0
        self._send_line = send
        self._observe = observe
        self._handlers: dict[str, Handler] = {}
        self._fallback: Handler | None = None
        self._requests: dict[int, asyncio.Future[Frame]] = {}
        self._request_ids = itertools.count(1)
        self._once: dict[str, Delivery] = {}
        self._gathered: list[Delivery] = []
        self._configuring = asyncio.Lock()
        self._ending = threading.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._threads = ThreadPoolExecutor(CONCURRENCY_DEFAULT, thread_name_prefix="handler")
        # Not among the handlers: where all of those hang, a change of configuration and the end still have a thread, one each.
        self._own_threads = ThreadPoolExecutor(2, thread_name_prefix="plugin")
        self._frames: dict[str, Callable[[Frame], None]] = {
            "hello": self._hello,
            "deliver": self._deliver,
            "cancel": self._cancel,
            "config": self._config,
            "emitted": self._answered,
            "state.value": self._answered,
            "state.page": self._answered,
            "refused": self._refused,
            "error": self._error,
            "drain": self._drain,
            "goodbye": self._goodbye,
        }

    # --- frames in

    def receive(self, frame: Frame) -> None:
        """Takes one frame. What is not known is ignored and said in the log."""
        kind = frame.get("type") if isinstance(frame, dict) else None
        take = self._frames.get(kind) if isinstance(kind, str) else None
        if take is None:
            self.say("warning", f"ignored a frame of type {kind!r}, which protocol {PROTOCOL} does not know")
            return
        try:
            take(frame)
        except (KeyError, TypeError, ValueError) as error:
            self.say("error", f"ignored a `{kind}` frame that does not hold: {type(error).__name__}: {message(error)}")

    def _hello(self, frame: Frame) -> None:
        plugin = self.plugin
        if plugin._runner is self:
            raise ValueError("a conversation has one hello")
        plugin._runner = self
        plugin.name, plugin.version = frame["plugin"], frame["version"]
        plugin.config, plugin.data_dir = frame["config"], Path(frame["data_dir"])
        plugin.log = logging.getLogger(frame["plugin"])
        self.frame_bytes_max = frame["limits"]["frame_bytes_max"]
        if PROTOCOL not in frame["protocols"]:
            spoken = ", ".join(str(protocol) for protocol in frame["protocols"])
            self._cannot_start({"type": "failed", "kind": "permanent", "why": f"this SDK speaks protocol {PROTOCOL}, the daemon {spoken}"})
            return
        self._spawn(self._start(frame["subscriptions"]))

    async def _start(self, subscriptions: list[Frame]) -> None:
        async with self._configuring:
            try:
                ready = self._ready(subscriptions)
                # Without `on:` each handler becomes a subscription with the default concurrency.
                wanted = sum(entry["concurrency"] for entry in subscriptions) or CONCURRENCY_DEFAULT * len(self._handlers)
                self._threads = ThreadPoolExecutor(min(max(CONCURRENCY_DEFAULT, wanted), THREADS_MAX), thread_name_prefix="handler")
                await self._call(self.plugin.initialize, threads=self._own_threads)
            except Exception as error:
                self._cannot_start(self._why_not(error))
            else:
                self.life = "running"
                self.send(ready)

    def _ready(self, subscriptions: list[Frame]) -> Frame:
        plugin = self.plugin
        handlers = plugin.functions if isinstance(plugin, FunctionPlugin) else find_handlers(plugin)
        self._handlers = bind(handlers, subscriptions)
        has_fallback = type(plugin).handle_event is not PluginBase.handle_event
        if has_fallback:
            self._fallback = Handler(">", None, plugin.handle_event, False, None)
        batches = {name: {"batch": handler.batch} for name, handler in self._handlers.items() if handler.batch is not None}
        names = [{"name": name, "topic": handler.topic, **batches.get(name, {})} for name, handler in self._handlers.items()]
        return {"type": "ready", "protocol": PROTOCOL, "handlers": names, "fallback": has_fallback, "sdk": f"panotti-python {VERSION}"}

    def _why_not(self, error: Exception) -> Frame:
        why = cut(message(error) or type(error).__name__, ERROR_MESSAGE_BYTES_MAX)
        if isinstance(error, ConfigurationError):
            return {"type": "failed", "kind": "configuration", "why": why}
        if isinstance(error, PermanentError):
            return {"type": "failed", "kind": "permanent", "why": why}
        if isinstance(error, NotReady):
            return {"type": "not_ready", "why": why}
        self.say("error", stack(error))
        described = describe(error, self.folder)
        return {"type": "not_ready", "why": f"{described['class']}: {described['message']} ({described.get('place', 'in a library')})"}

    def _cannot_start(self, frame: Frame) -> None:
        self.life = "failed"
        self.send(frame)
        self._end(1)

    def _deliver(self, frame: Frame) -> None:
        batch = frame.get("batch")
        try:
            delivery = self._delivered(frame)
            if batch is None:
                self._begin([delivery])
            else:
                self._gathered.append(delivery)
        finally:
            if batch is not None and batch["left"] == 0:
                gathered, self._gathered = self._gathered, []
                self._begin([delivery for delivery in gathered if delivery.open])

    def _delivered(self, frame: Frame) -> Delivery:
        try:
            event = read_event(frame["event"], frame["attempt"], frame.get("replay"), frame["delivery_id"])
        except (KeyError, TypeError, ValueError) as error:
            lease = {"delivery_id": frame["delivery_id"], "fencing_token": frame["fencing_token"]}
            self.send({"type": "outcome", **lease, "outcome": "retry", "error": describe(error, self.folder)})
            raise
        delivery = Delivery(frame, event)
        self._abandon(self.deliveries.get(delivery.id))
        self.deliveries[delivery.id] = delivery
        return delivery

    def _begin(self, deliveries: list[Delivery]) -> None:
        if not deliveries:
            return
        handler = self._handlers.get(deliveries[0].handler)
        if handler is None or handler.batch is None:
            for delivery in deliveries:
                delivery.task = self._spawn(self._work(delivery))
            return
        task = self._spawn(self._work_together(handler, deliveries))
        for delivery in deliveries:
            delivery.together, delivery.task = deliveries, task

    def _cancel(self, frame: Frame) -> None:
        delivery = self.deliveries.get(frame["delivery_id"])
        if delivery is not None and delivery.lease["fencing_token"] == frame["fencing_token"]:
            self._abandon(delivery)
            self.say("warning", f"the delivery was cancelled: {frame['reason']}", delivery.event.id)

    def _refused(self, frame: Frame) -> None:
        delivery = self.deliveries.get(frame["delivery_id"])
        if delivery is not None and delivery.lease["fencing_token"] == frame["fencing_token"]:
            self._abandon(delivery)
        self.say("warning", f"{frame['delivery_id']} was refused: {frame['detail']} ({frame['code']})")

    def _config(self, frame: Frame) -> None:
        self._spawn(self._configure(frame["config"], frame["config_revision"]))

    async def _configure(self, new: dict[str, Any], revision: int) -> None:
        async with self._configuring:
            plugin = self.plugin
            answer: Frame = {"type": "config.applied", "config_revision": revision}
            restart: Frame = {"type": "config.needs_restart", "config_revision": revision}
            own_initialize = type(plugin).initialize is not PluginBase.initialize
            if own_initialize and type(plugin).update_configuration is PluginBase.update_configuration:
                answer = {**restart, "why": "initialize() may have kept old values, and update_configuration() is not overridden"}
            else:
                try:
                    await self._call(plugin.update_configuration, new, threads=self._own_threads)
                    plugin.config = new
                except Exception as error:
                    why = message(error) or type(error).__name__
                    if not isinstance(error, (NeedsRestart, ConfigurationError)):
                        self.say("error", stack(error))
                        why = f"{type(error).__name__}: {why}"
                    answer = {**restart, "why": cut(why, ERROR_MESSAGE_BYTES_MAX)}
            self.send(answer)

    def _answered(self, frame: Frame) -> None:
        request = self._requests.pop(frame["request_id"], None)
        if request is not None and not request.done():
            request.set_result(frame)

    def _error(self, frame: Frame) -> None:
        # To stderr, which is the log too: an answer in a frame could be answered with the same error again.
        print(f"the daemon did not understand a frame: {frame['detail']} ({frame['code']})", file=sys.stderr, flush=True)

    def _drain(self, frame: Frame) -> None:
        self.life = "draining"

    def _goodbye(self, frame: Frame) -> None:
        self.life = "draining"
        self._spawn(self._shut_down(frame["deadline_ms"]))

    async def _shut_down(self, deadline_ms: int) -> None:
        for delivery in list(self.deliveries.values()):
            self._abandon(delivery)
        try:
            await asyncio.wait_for(self._call(self.plugin.shutdown, threads=self._own_threads), deadline_ms / 1_000)
        except asyncio.TimeoutError:
            self.say("error", f"shutdown() took longer than {deadline_ms} ms")
        except Exception as error:
            self.say("error", stack(error))
        self.life = "stopped"
        self._end(0)

    # --- handlers

    async def _work(self, delivery: Delivery) -> None:
        current.set(delivery)
        error: BaseException | None = None
        try:
            await self._handle(delivery)
        except asyncio.CancelledError as cancelled:
            if not delivery.open:
                return
            error = cancelled
        except (Exception, SystemExit) as raised:
            error = raised
        if delivery.open:
            self._finish(delivery, error)
        self._forget(delivery)

    async def _work_together(self, handler: Handler, deliveries: list[Delivery]) -> None:
        in_batch.set(True)
        error: BaseException | None = None
        try:
            await self._handle_together(handler, deliveries)
        except asyncio.CancelledError as cancelled:
            error = cancelled
        except (Exception, SystemExit) as raised:
            error = raised
        for delivery in deliveries:
            if delivery.open:
                self._finish(delivery, delivery.error or error)
            self._forget(delivery)

    async def _handle_together(self, handler: Handler, deliveries: list[Delivery]) -> None:
        events = []
        for delivery in deliveries:
            try:
                events.append(read_payload(handler, delivery.event))
            except Exception as error:  # it alone is not what the handler takes
                delivery.error = error
        if not events:
            return
        batch: Batch[Any] = Batch(events, {delivery.id: delivery for delivery in deliveries})
        if handler.takes_context:
            await self._call(handler.function, batch, Context(self.plugin, batch))
        else:
            await self._call(handler.function, batch)

    async def _handle(self, delivery: Delivery) -> None:
        handler = self._handlers.get(delivery.handler) or self._fallback
        if handler is None:
            raise LookupError(f"there is no handler `{delivery.handler}`; this plugin has {', '.join(self._handlers) or 'none'}")
        event = read_payload(handler, delivery.event)
        if handler.takes_context:
            await self._call(handler.function, event, Context(self.plugin, event))
        else:
            await self._call(handler.function, event)

    def _finish(self, delivery: Delivery, error: BaseException | None) -> None:
        outcome = delivery.done() if error is None else self._outcome_of(error, delivery)
        line = encode({"type": "outcome", **delivery.lease, **outcome})
        if len(line) > self.frame_bytes_max:
            error = ValueError(
                f"what the handler emitted and wrote is {len(line)} bytes together, the limit is {self.frame_bytes_max}; "
                "emit less in one handler, or keep large content in files"
            )
            line = encode({"type": "outcome", **delivery.lease, **self._outcome_of(error, delivery)})
        if self._observe is not None:
            self._observe(delivery, error)
        with self._ending:
            delivery.close()
            self._send_line(line)

    def _outcome_of(self, error: BaseException, delivery: Delivery) -> Frame:
        if isinstance(error, Reject):
            return {"outcome": "reject", "reason": cut(error.why, ERROR_MESSAGE_BYTES_MAX)}
        if isinstance(error, Defer):
            later: Frame = {"outcome": "defer", "after_ms": error.after_ms}
            return {**later, "reason": cut(error.why, ERROR_MESSAGE_BYTES_MAX)} if error.why else later
        handler = self._handlers.get(delivery.handler)
        folder = handler.folder if handler is not None and isinstance(self.plugin, FunctionPlugin) else self.folder
        if isinstance(error, Retry):
            cause = error.__cause__ if not error.why and error.__cause__ is not None else error
            again: Frame = {"outcome": "retry", "error": describe(cause, folder)}
            return again if error.after_ms is None else {**again, "after_ms": error.after_ms}
        # What a whole batch failed with is said once.
        if error is delivery.error or delivery is delivery.together[0]:
            self.say("error", stack(error), delivery.event.id)
        return {"outcome": "retry", "error": describe(error, folder)}

    def _abandon(self, delivery: Delivery | None) -> None:
        """Drops a delivery whose time is over. Its task is cancelled; a thread can't be, but nothing it does counts any more."""
        if delivery is None:
            return
        delivery.close()
        self._forget(delivery)
        if delivery.task is not None and not any(other.open for other in delivery.together):
            delivery.task.cancel()

    def _forget(self, delivery: Delivery) -> None:
        for key in delivery.once:
            if self._once.get(key) is delivery:
                del self._once[key]
        if self.deliveries.get(delivery.id) is delivery:
            del self.deliveries[delivery.id]

    async def _call(self, function: Callable[..., Any], *arguments: Any, threads: ThreadPoolExecutor | None = None) -> Any:
        """Calls a function of the plugin: in the event loop when it is `async def`, else in a thread, one of the handlers' or of `threads`."""
        if inspect.iscoroutinefunction(function):
            return await function(*arguments)
        context = contextvars.copy_context()
        self.threads_busy += 1
        work = (threads or self._threads).submit(context.run, function, *arguments)
        work.add_done_callback(lambda _: self.loop.call_soon_threadsafe(self._thread_free))
        result = await asyncio.wrap_future(work)
        return await result if inspect.isawaitable(result) else result

    def _thread_free(self) -> None:
        self.threads_busy -= 1

    # --- what plugins ask for, from the event loop or from a thread

    def settle(self, value: Any) -> Any:
        """Gives an answer that is there: to await in the event loop, as it is in a thread."""
        return Pending(value) if _in_a_loop() else value

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Gives an answer that takes time: to await in the event loop; a thread waits here."""
        if not _in_a_loop():
            return asyncio.run_coroutine_threadsafe(work, self.loop).result()
        if asyncio.get_running_loop() is self.loop:
            return Pending(awaitable=work)
        return Pending(awaitable=asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop)))

    def emit_now(self, body: Frame, id: str | None) -> Pending[str | None]:
        """Publishes an event that belongs to no delivery, at once, whether or not anyone awaits the answer."""
        if not _in_a_loop():
            return Pending(asyncio.run_coroutine_threadsafe(self._emit(body, id), self.loop).result())
        if asyncio.get_running_loop() is self.loop:
            return Pending(awaitable=self._spawn(self._emit(body, id)))
        return Pending(awaitable=asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._emit(body, id), self.loop)))

    async def _emit(self, body: Frame, id: str | None) -> str:
        frame: Frame = {"type": "emit", "event": body}
        answer = await self.request(frame if id is None else {**frame, "id": id})
        failure = answer.get("failure")
        if failure is not None:
            raise EmitRefused(failure["detail"], failure["code"], failure["next"])
        return str(answer["eventid"])

    def once(self, key: str) -> Any:
        """See `PluginBase.once`."""
        delivery = self.state._delivery("set, which once() uses,")
        return self.wait(self._first_time(delivery, f"once:{key}"))

    async def _first_time(self, delivery: Delivery, key: str) -> bool:
        while (other := self._once.get(key)) is not None and other is not delivery:
            if other in delivery.together:
                # It ends with this one: to wait for it would be to wait for oneself.
                raise Defer("1s", f"once: {other.event.id} of the same batch was told to do it")
            await other.ended.wait()
            self._forget(other)
        self._once[key] = delivery
        delivery.once.add(key)
        if key in delivery.writes or await self.state._read(key, None) is not None:
            return False
        delivery.write(key, delivery.event.id)
        return True

    async def request(self, frame: Frame) -> Frame:
        """Sends a frame that is answered, and waits for the answer. In the event loop only."""
        number = next(self._request_ids)
        answer: asyncio.Future[Frame] = self.loop.create_future()
        self._requests[number] = answer
        try:
            self.send({**frame, "request_id": number})
            return await answer
        finally:
            self._requests.pop(number, None)

    def now(self) -> datetime:
        """Tells the time. A harness replaces this."""
        return datetime.now(timezone.utc)

    # --- frames out

    def send(self, frame: Frame) -> None:
        """Sends one frame, from any thread."""
        line = encode(frame)
        if len(line) > self.frame_bytes_max:
            raise ValueError(f"a `{frame['type']}` frame of {len(line)} bytes is over the limit of {self.frame_bytes_max}")
        self._send_line(line)

    def say(self, level: str, text: str, event_id: str | None = None) -> None:
        """Writes to the plugin's log."""
        frame: Frame = {"type": "log", "level": level, "message": cut(text, LOG_MESSAGE_BYTES_MAX)}
        self.send(frame if event_id is None else {**frame, "eventid": event_id})

    def beat(self) -> None:
        """Sends a heartbeat for each delivery held, and never one after its outcome."""
        with self._ending:
            for delivery in list(self.deliveries.values()):
                if delivery.open:
                    self.send({"type": "heartbeat", **delivery.lease})

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _end(self, code: int) -> None:
        for threads in (self._threads, self._own_threads):
            threads.shutdown(wait=False, cancel_futures=True)
        if not self.ended.done():
            self.ended.set_result(code)


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class LogHandler(logging.Handler):
    """Sends what the plugin logs as `log` frames, with the event it was handling."""

    def __init__(self, runner: Runner) -> None:
        """Takes the runner that sends."""
        super().__init__()
        self._runner = runner

    def emit(self, record: logging.LogRecord) -> None:
        """Sends one record; what can't be formatted is reported by `logging` itself on stderr."""
        try:
            level = "debug" if record.levelno < logging.INFO else "info" if record.levelno < logging.WARNING else "warning"
            delivery = current.get()
            text = self.format(record)
            self._runner.say("error" if record.levelno >= logging.ERROR else level, text, delivery.event.id if delivery else None)
        except Exception:
            self.handleError(record)
