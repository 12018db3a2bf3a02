"""Stands for a daemon that starts one plugin and is then killed. Usage: fake_daemon.py UID PANOTTI TREE TOKEN PROGRAM..."""

import os
import socket
import subprocess
import sys
import time

uid, panotti, tree, token, *program = sys.argv[1:]
if int(uid) != os.getuid():
    os.setgroups([])
    os.setgid(int(uid))
    os.setuid(int(uid))
null = os.open("/dev/null", os.O_RDONLY)  # so that number 3 is taken and neither end of the pair gets it
ours, theirs = socket.socketpair()
assert null == 3 and ours.fileno() > 3
os.dup2(theirs.fileno(), 3, inheritable=True)
environment = {"PATH": os.environ["PATH"], "PANOTTI_INSTANCE": token}
subprocess.Popen([panotti, "__plugin-init", tree, str(os.getpid()), "--", *program], pass_fds=[3], env=environment)
theirs.close()
os.close(3)
time.sleep(600)
