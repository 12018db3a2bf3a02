"""Where in the plugin's own code an exception came from: `plugin.py:31 in count`. Frames of this package and of libraries don't count."""

from __future__ import annotations

import os
import sysconfig
import traceback
from types import TracebackType

from ._json import Frame, cut
from ._limits import ERROR_CLASS_BYTES_MAX, ERROR_MESSAGE_BYTES_MAX, LOG_MESSAGE_BYTES_MAX

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_LIBRARIES = tuple(path + os.sep for path in {sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")})


def _is_own(tb: TracebackType) -> bool:
    file = os.path.abspath(tb.tb_frame.f_code.co_filename)
    return not file.startswith((_HERE, *_LIBRARIES)) and not tb.tb_frame.f_code.co_filename.startswith("<")


def place(error: BaseException, folder: str) -> str | None:
    """Names the innermost line of the plugin that the exception went through, relative to the plugin's folder."""
    found: TracebackType | None = None
    tb = error.__traceback__
    while tb is not None:
        if _is_own(tb):
            found = tb
        tb = tb.tb_next
    if found is None:
        return None
    file = os.path.abspath(found.tb_frame.f_code.co_filename)
    inside = folder and file.startswith(os.path.join(folder, ""))
    shown = os.path.relpath(file, folder) if inside else os.path.basename(file)
    return f"{shown}:{found.tb_lineno} in {found.tb_frame.f_code.co_name}"


def stack(error: BaseException) -> str:
    """Writes the exception with its stack from the plugin's first own line on."""
    tb = error.__traceback__
    while tb is not None and not _is_own(tb):
        tb = tb.tb_next
    lines = traceback.format_exception(type(error), error, tb or error.__traceback__)
    return cut("".join(lines).rstrip(), LOG_MESSAGE_BYTES_MAX)


def describe(error: BaseException, folder: str) -> Frame:
    """Writes an exception as an outcome's `error`."""
    described = {
        "class": cut(type(error).__name__, ERROR_CLASS_BYTES_MAX),
        "message": cut(message(error), ERROR_MESSAGE_BYTES_MAX),
    }
    where = place(error, folder)
    if where is not None:
        described["place"] = cut(where, ERROR_MESSAGE_BYTES_MAX)
    return described


def message(error: BaseException) -> str:
    """Gives what an exception says, also where its own `__str__` fails."""
    try:
        return str(error)
    except Exception as second:
        return f"(its message could not be written: {type(second).__name__})"
