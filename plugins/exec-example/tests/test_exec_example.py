"""exec-example with a stand-in for the command `panotti emit`, which writes a line to descriptor 3."""

import json
import os
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parents[1]
STAND_IN = '#!/bin/sh\nprintf \'{"topic":"%s","data":%s}\\n\' "$2" "$3" >&3\n'


def test_it_emits_the_size_of_each_event(tmp_path):
    command = tmp_path / "panotti"
    command.write_text(STAND_IN)
    command.chmod(0o755)
    event = json.dumps({"type": "recording.ended", "data": {"transcript": "öne"}}).encode()
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PANOTTI_EVENT_ID": "evt_1"}

    run = subprocess.run(["sh", "-c", f"exec sh measure.sh 3>{tmp_path}/emitted"], cwd=FOLDER, env=environment, input=event, check=False)

    assert run.returncode == 0
    assert json.loads((tmp_path / "emitted").read_text()) == {"topic": "event.measured", "data": {"event": "evt_1", "bytes": len(event)}}
