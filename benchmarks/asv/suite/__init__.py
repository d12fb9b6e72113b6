"""Speed, memory and accuracy over time, for airspeed velocity."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
