"""What license-check promises, in memory."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.modules.pop("plugin", None)
from plugin import LicenseCheck, Lists, Verdict  # noqa: E402
from spdx import Both, Choice, License, NotAnExpression, read  # noqa: E402

from panotti import ConfigurationError  # noqa: E402
from panotti.testing import harness  # noqa: E402

CONFIG = {"allowed": ["MIT", "Apache-2.0"], "flagged": ["GPL-3.0", "AGPL-3.0 WITH x"]}


def crate(license):
    return {"name": "serde", "version": "1.0.0", "license": license}


def test_expressions_are_read_with_their_precedence():
    assert read("MIT OR ISC AND Zlib") == Choice((License("MIT"), Both((License("ISC"), License("Zlib")))))
    assert read("(MIT OR ISC) AND Zlib") == Both((Choice((License("MIT"), License("ISC"))), License("Zlib")))
    assert read("MIT/Apache-2.0") == read("MIT / Apache-2.0") == read("MIT or Apache-2.0")
    assert read("Apache-2.0 WITH LLVM-exception") == License("Apache-2.0", "LLVM-exception")
    assert read("GPL-2.0+") == License("GPL-2.0+")


@pytest.mark.parametrize(
    "text", ["", " ", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT ISC", "MIT WITH", "MIT, ISC", "(" * 40 + "MIT" + ")" * 40]
)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(NotAnExpression):
        read(text)


@pytest.mark.parametrize(
    ("license", "verdict"),
    [
        ("MIT", Verdict.ALLOWED),
        ("mit", Verdict.ALLOWED),
        ("MIT OR Unheard-1.0", Verdict.ALLOWED),
        ("GPL-3.0 OR MIT", Verdict.ALLOWED),
        ("Unheard-1.0/MIT", Verdict.ALLOWED),
        ("MIT AND Apache-2.0", Verdict.ALLOWED),
        ("Apache-2.0 WITH LLVM-exception", Verdict.ALLOWED),
        ("GPL-3.0", Verdict.FLAGGED),
        ("GPL-3.0 AND MIT", Verdict.FLAGGED),
        ("GPL-3.0 AND Unheard-1.0", Verdict.FLAGGED),
        ("AGPL-3.0 WITH x", Verdict.FLAGGED),
        ("AGPL-3.0", Verdict.UNDECIDED),
        ("GPL-3.0 OR Unheard-1.0", Verdict.UNDECIDED),
        ("(MIT OR GPL-3.0) AND Unicode-3.0", Verdict.UNDECIDED),
    ],
)
def test_the_lists_decide(license, verdict):
    assert Lists(CONFIG).judge(read(license)) is verdict


async def test_allowed_licenses_pass_in_silence():
    async with harness(LicenseCheck, config=CONFIG) as h:
        r = await h.send("crate.found", crate("MIT OR GPL-3.0"))
        assert r.done
        assert r.emits == []


@pytest.mark.parametrize(
    ("license", "why"),
    [
        ("GPL-3.0 AND MIT", "`GPL-3.0` is flagged"),
        (None, "no license is stated"),
        ("see LICENSE, please", "the license can't be read: `see LICENSE, please` has `,`, which no license expression has"),
    ],
)
async def test_flagged_licenses_are_emitted_with_the_reason(license, why):
    async with harness(LicenseCheck, config=CONFIG) as h:
        r = await h.send("crate.found", crate(license))
        assert r.emitted("license.flagged").payload == {**crate(license), "why": why}


async def test_a_license_in_neither_list_fails_until_the_lists_are_extended():
    async with harness(LicenseCheck, config=CONFIG) as h:
        r = await h.send("crate.found", crate("MIT AND Unicode-3.0"))
        assert r.failed
        assert r.error["class"] == "UndecidedLicense"
        assert "`Unicode-3.0` is in neither list" in r.error["message"]
        assert r.error["place"].startswith("plugin.py:")

        assert await h.update_configuration({**CONFIG, "allowed": [*CONFIG["allowed"], "Unicode-3.0"]}) == "applied"

        again = await h.advance("1s")
        assert [result.done for result in again] == [True]


async def test_only_the_licenses_that_matter_are_named():
    async with harness(LicenseCheck, config=CONFIG) as h:
        r = await h.send("crate.found", crate("ISC AND Zlib AND (MIT OR MIT-0)"))
        assert r.error["message"].startswith("`ISC`, `Zlib` are in neither list")
        r = await h.send("crate.found", crate("GPL-3.0 AND Zlib"))
        assert r.emitted("license.flagged").payload["why"] == "`GPL-3.0` is flagged"


async def test_a_package_without_a_name_is_rejected():
    async with harness(LicenseCheck, config=CONFIG) as h:
        assert (await h.send("crate.found", {"license": "MIT"})).rejected
        assert (await h.send("crate.found")).rejected


async def test_lists_that_do_not_hold_are_refused():
    for config in ({"allowed": "MIT"}, {"allowed": [1]}, {"allowed": ["MIT"], "flagged": ["mit"]}):
        with pytest.raises(ConfigurationError):
            async with harness(LicenseCheck, config=config):
                pass

    async with harness(LicenseCheck, config=CONFIG) as h:
        assert await h.update_configuration({"allowed": "MIT"}) == "needs_restart"
        assert (await h.send("crate.found", crate("MIT"))).done, "the old lists still hold"
