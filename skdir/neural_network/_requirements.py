"""What to install where PyTorch is missing: imported before anything that needs it."""

from skdir.utils._optional_dependencies import import_optional_dependency

import_optional_dependency("torch", caller="skdir.neural_network")
