"""A plugin that says it is ready and then does what it can to stay: ignores signals, double-forks, calls setsid, closes what it
was given, and forgets its environment."""

import os
import signal
import sys
import time

for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
if sys.argv[1:] == ["bare"]:
    time.sleep(600)
os.write(3, b'{"type":"ready","protocol":1,"handlers":[{"name":"never","topic":"never"}]}\n')
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        for descriptor in range(3, 64):
            try:
                os.close(descriptor)
            except OSError:
                pass
        if os.fork() == 0:
            os.setpgid(0, 0)
            os.execve(sys.executable, [sys.executable, __file__, "bare"], {})
    else:
        os._exit(0)
time.sleep(600)
