"""Bounds on what crosses to the daemon; docs/plugin-protocol.md section 6 lists them for people."""

VERSION = "0.1.0"
PROTOCOL = 1

EMITS_PER_OUTCOME_MAX = 500
STATE_WRITES_PER_OUTCOME_MAX = 500
STATE_KEY_BYTES_MAX = 256
STATE_VALUE_BYTES_MAX = 256 * 1024
STATE_PAGE_KEYS_MAX = 1_000
BATCH_DELIVERIES_MAX = 100
ERROR_CLASS_BYTES_MAX = 200
ERROR_MESSAGE_BYTES_MAX = 2_000
TOPIC_BYTES_MAX = 255
TOPIC_WORDS_MAX = 16
LOG_MESSAGE_BYTES_MAX = 64 * 1024
AFTER_MS_MIN = 100
AFTER_MS_MAX = 24 * 60 * 60 * 1000

FRAME_BYTES_MAX = 1024 * 1024
"""Until `hello` says what holds."""
CONCURRENCY_DEFAULT = 4
"""Deliveries in flight at once for a subscription whose manifest does not say."""
UNSENT_BYTES_MAX = 8 * 1024 * 1024
"""Written but not yet taken by the daemon; past it, whoever writes waits."""
THREADS_MAX = 256
"""Synchronous handlers that run at once."""
