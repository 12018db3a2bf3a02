"""For pytest: runs `async def` tests where nothing else does, and gives the fixture `panotti`, which is `panotti.testing.harness`.

Active by itself where the package is installed; elsewhere with `pytest -p panotti.pytest_plugin`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable

import pytest

from .testing import Harness, harness


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs an `async def` test in an event loop of its own, unless pytest-asyncio is there to do it."""
    if pyfuncitem.config.pluginmanager.hasplugin("asyncio") or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in wanted}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(name="panotti")
def panotti_fixture() -> Callable[..., Harness]:
    """Gives `harness`."""
    return harness
