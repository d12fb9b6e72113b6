"""Where the benchmarks read data, and where they write their pages."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SKDIR_SHARED", ROOT.parent / "shared"))
RESULTS = ROOT / "benchmarks" / "results"
