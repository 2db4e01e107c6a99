"""What all tests share: the library as the hooks find it."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

# The hooks find the library beside themselves; so do the tests, installed or not.
sys.path.insert(0, str(ROOT / "hooks"))
