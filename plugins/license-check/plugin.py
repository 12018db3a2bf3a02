"""Judges the license of each package that is found, by two lists of its configuration.

What is allowed passes, what is flagged is said (`license.flagged`), and what is in neither list is an error: somebody has to decide.
The deliveries that failed so can be replayed once the lists have grown; the lists change while it runs.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from spdx import Choice, Expression, License, NotAnExpression, read

from panotti import ConfigurationError, Event, PluginBase, Reject, on


class UndecidedLicense(Exception):
    """A license is in neither list."""


class Verdict(IntEnum):
    """How an expression stands, worst last."""

    ALLOWED = 0
    UNDECIDED = 1
    FLAGGED = 2


class Lists:
    """The two lists, checked. Ids are compared without regard to case, as SPDX says."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Raises `ConfigurationError` where the lists do not hold."""
        self.allowed = self._read(config, "allowed")
        self.flagged = self._read(config, "flagged")
        both = sorted(self.allowed & self.flagged)
        if both:
            raise ConfigurationError(f"`{both[0]}` is in both lists, `allowed` and `flagged`; take it out of one")

    @staticmethod
    def _read(config: dict[str, Any], key: str) -> frozenset[str]:
        ids = config.get(key, [])
        if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
            raise ConfigurationError(f"`{key}` is a list of license ids, like [MIT, Apache-2.0]")
        return frozenset(id.lower() for id in ids)

    def judge(self, expression: Expression) -> Verdict:
        """A choice is as good as its best part; where all must hold, the worst decides. Flagged outweighs undecided only there."""
        if isinstance(expression, License):
            return self._judge_license(expression)
        verdicts = [self.judge(part) for part in expression.parts]
        return min(verdicts) if isinstance(expression, Choice) else max(verdicts)

    def _judge_license(self, license: License) -> Verdict:
        # An exception only permits more, so a license with one is as good as without, unless a list names the two together.
        for name in (str(license).lower(), license.id.lower()):
            if name in self.allowed:
                return Verdict.ALLOWED
            if name in self.flagged:
                return Verdict.FLAGGED
        return Verdict.UNDECIDED

    def parts(self, expression: Expression, verdict: Verdict) -> list[str]:
        """Names the licenses that make an expression stand so."""
        if self.judge(expression) is not verdict:
            return []
        if isinstance(expression, License):
            return [str(expression)]
        return [name for part in expression.parts for name in self.parts(part, verdict)]


class LicenseCheck(PluginBase):
    """Handles `crate.found`: `{name, version, license}`, where the license may be null."""

    async def initialize(self) -> None:
        """Reads the lists."""
        self.lists = Lists(self.config)

    async def update_configuration(self, new: dict[str, Any]) -> None:
        """Takes other lists while running."""
        self.lists = Lists(new)

    @on("crate.found")
    async def check(self, event: Event) -> None:
        """Judges one package."""
        package = event.payload
        if not isinstance(package, dict) or not {"name", "version"} <= package.keys():
            raise Reject("crate.found needs an object with `name` and `version`")
        why = self.why_flagged(package.get("license"))
        if why is not None:
            found = {key: package.get(key) for key in ("name", "version", "license")}
            await self.emit_event("license.flagged", {**found, "why": why}, subject=f"{package['name']} {package['version']}")

    def why_flagged(self, license: str | None) -> str | None:
        """Says why a license is flagged; None where it is allowed. Raises `UndecidedLicense`."""
        if license is None or not license.strip():
            return "no license is stated"
        try:
            expression = read(license)
        except NotAnExpression as error:
            return f"the license can't be read: {error}"
        verdict = self.lists.judge(expression)
        if verdict is Verdict.ALLOWED:
            return None
        names = list(dict.fromkeys(self.lists.parts(expression, verdict)))
        named = ", ".join(f"`{name}`" for name in names) + (" is" if len(names) == 1 else " are")
        if verdict is Verdict.FLAGGED:
            return f"{named} flagged"
        raise UndecidedLicense(f"{named} in neither list; add to `allowed` or `flagged` in the configuration what you have decided")


LicenseCheck.main()
