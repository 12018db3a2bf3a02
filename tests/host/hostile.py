"""A plugin that does what it can to stay: ignores SIGTERM, double-forks, calls setsid, closes what it was given."""

import os
import signal
import time

for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
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
    else:
        os._exit(0)
time.sleep(600)
