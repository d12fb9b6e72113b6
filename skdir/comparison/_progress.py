"""The progress bar of a comparison."""

import sys

import numpy as np

from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._validation import parameter_error


class progress_bar:
    """Context of a function to call after each task: it moves a rich bar, or does nothing."""

    def __init__(self, progress, total, label, *, caller):
        if not isinstance(progress, (bool, np.bool_)) and progress != "auto":
            raise parameter_error("progress", caller, "True, False or 'auto'", repr(progress))
        self.bar, self.total, self.label = None, total, label
        if progress == "auto":
            try:
                progress = sys.stderr.isatty()
                module = import_optional_dependency("rich.progress", caller=caller)
            except ImportError:
                progress = False
        if progress:
            module = import_optional_dependency("rich.progress", caller=f"{caller}(progress=True)")
            console = import_optional_dependency("rich.console", caller=caller).Console(stderr=True)
            self.bar = module.Progress(
                *module.Progress.get_default_columns(),
                module.MofNCompleteColumn(),
                console=console,
                transient=console.is_terminal,  # a log keeps the last state
            )

    def __enter__(self):
        if self.bar is None:
            return lambda: None
        self.bar.start()
        task = self.bar.add_task(self.label, total=self.total)
        return lambda: self.bar.advance(task)

    def __exit__(self, *exception):
        if self.bar is not None:
            self.bar.stop()
