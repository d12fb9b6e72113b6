"""Run the command line with ``python -m skdir``."""

import sys

from skdir.cli import main

sys.exit(main())
