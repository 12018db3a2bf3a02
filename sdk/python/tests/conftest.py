"""Puts the package and this folder on the path, and runs `async def` tests with the package's own pytest plugin."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
