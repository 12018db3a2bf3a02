"""docs/plugin-protocol.md, its schema and the golden frames say the same thing, and the document's plugin in Node works."""

import json
import re
import shutil

import jsonschema
import pytest
from fake_daemon import FROM_PLUGIN, ROOT, SCHEMA, TO_PLUGIN, FakeDaemon

DOCUMENT = (ROOT / "docs/plugin-protocol.md").read_text()
GOLDEN = sorted((ROOT / "tests/protocol/v1").glob("*.json"))


def frames_of(direction):
    return [part["$ref"].removeprefix("#/$defs/") for part in SCHEMA["$defs"][direction]["oneOf"]]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_frames_are_one_line_each_and_fit_the_schema(path):
    text = path.read_text()
    assert text.count("\n") == 1 and text.endswith("\n")
    (TO_PLUGIN if path.name.startswith("to-plugin.") else FROM_PLUGIN).validate(json.loads(text))


def test_every_frame_has_a_golden_one_named_after_it():
    for direction, prefix in (("to_plugin", "to-plugin."), ("from_plugin", "from-plugin.")):
        shown = {json.loads(path.read_text())["type"] for path in GOLDEN if path.name.startswith(prefix)}
        assert shown == set(frames_of(direction))
    for path in GOLDEN:
        assert path.stem.split(".", 1)[1].startswith(json.loads(path.read_text())["type"])


def test_every_frame_and_field_is_in_the_document():
    for name in frames_of("to_plugin") + frames_of("from_plugin"):
        row = [line for line in DOCUMENT.splitlines() if line.startswith(f"| `{name}` |")][-1]
        for field in SCHEMA["$defs"][name]["properties"]:
            assert field == "type" or f"`{field}`" in row, f"{field} of {name}"
    for field in (*SCHEMA["$defs"]["event"]["properties"], *SCHEMA["$defs"]["emitted_event"]["properties"]):
        assert f"`{field}`" in DOCUMENT


def test_the_documents_conversation_fits_the_schema():
    lines = [line for line in DOCUMENT.splitlines() if line.startswith(("D {", "P {"))]
    assert len(lines) > 10
    for line in lines:
        (TO_PLUGIN if line.startswith("D") else FROM_PLUGIN).validate(json.loads(line[2:]))


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "outcome", "delivery_id": "dlv_1", "fencing_token": 1, "outcome": "done"},
        {"type": "emit", "request_id": 1, "event": {"topic": "a b"}},
        {"type": "emit", "request_id": 1, "event": {"topic": "a", "data": 1, "data_base64": ""}},
        {"type": "outcome", "delivery_id": f"dlv_{0:026d}", "fencing_token": 1, "outcome": "defer"},
        {"type": "dance"},
        {"type": "failed", "why": "no kind"},
    ],
    ids=lambda frame: json.dumps(frame)[:40],
)
def test_what_is_wrong_does_not_fit_the_schema(frame):
    assert not FROM_PLUGIN.is_valid(frame)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_documents_plugin_in_node_works(tmp_path):
    (source,) = re.findall(r"```js\n(.*?)```", DOCUMENT, re.DOTALL)
    (tmp_path / "plugin.js").write_text(source)
    with FakeDaemon(tmp_path, ["node", "plugin.js"], config={"min_words": 2}, heartbeat_ms=50) as daemon:
        assert daemon.start()["handlers"] == [{"name": "recording.ended", "topic": "recording.ended"}]
        done = daemon.outcome(daemon.deliver("recording.ended", {"transcript": "one two three"}))
        assert done == {"outcome": "done", "emits": [{"topic": "words.counted", "data": {"n": 3}}]}
        failed = daemon.outcome(daemon.deliver("recording.ended", {}))
        assert (failed["outcome"], failed["error"]["class"]) == ("retry", "TypeError")
        daemon.send("config", config={"min_words": 5}, config_revision=2)
        daemon.expect("config.applied", config_revision=2)
        assert daemon.outcome(daemon.deliver("recording.ended", {"transcript": "one"})) == {"outcome": "done", "emits": []}
        assert daemon.goodbye() == 0
    with FakeDaemon(tmp_path, ["node", "plugin.js"]) as daemon:
        daemon.start()
        assert daemon.hang_up() == 1


def test_the_readme_prints_the_tutorials_plugins():
    from test_conversation import FUNCTIONS, TUTORIAL

    printed = re.findall(r"```python\n(.*?)```", (ROOT / "sdk/python/README.md").read_text(), re.DOTALL)
    assert printed[:2] == [TUTORIAL.lstrip(), FUNCTIONS.lstrip()]
    assert (ROOT / "plugins/word-count/plugin.py").read_text() == TUTORIAL.lstrip()
