from panotti import PluginBase, Event, on

class WordCount(PluginBase):
    async def initialize(self):                      # optional
        self.min_words = self.config["min_words"]    # already validated

    @on("recording.ended")
    async def count(self, event: Event):
        n = len(event.payload["transcript"].split())
        if n >= self.min_words:
            await self.emit_event("words.counted", {"n": n})   # correlation and causation are automatic

WordCount.main()
