"""What word-count promises, in memory."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.modules.pop("plugin", None)
from plugin import WordCount  # noqa: E402

from panotti.testing import harness  # noqa: E402


async def test_counts():
    async with harness(WordCount, config={"min_words": 2}) as h:
        r = await h.send("recording.ended", {"transcript": "one two three"})
        assert r.emitted("words.counted").payload == {"n": 3}
        assert (await h.send("recording.ended", {})).failed  # KeyError: retried by the policy


async def test_what_is_emitted_belongs_to_the_story_of_the_recording():
    async with harness(WordCount, config={"min_words": 1}) as h:
        r = await h.send("recording.ended", {"transcript": "one"})
        counted = r.emitted("words.counted")
        assert counted.context.correlation_id == r.event.context.correlation_id
        assert counted.context.causation_id == r.event.id


async def test_short_recordings_are_done_without_an_emit():
    async with harness(WordCount, config={"min_words": 2}) as h:
        r = await h.send("recording.ended", {"transcript": "one"})
        assert r.done
        assert r.emits == []


async def test_a_recording_without_a_transcript_is_dead_after_four_attempts():
    async with harness(WordCount, config={"min_words": 1}) as h:
        first = await h.send("recording.ended", {})
        assert first.error == {"class": "KeyError", "message": "'transcript'", "place": "plugin.py:9 in count"}
        later = await h.advance("31s")
        assert [r.event.attempt for r in later] == [2, 3, 4]
        assert later[-1].dead
