"""The command line: ``skdir compare`` and ``skdir report`` on a file, ``skdir demo`` without one.

Mistakes of the user end in one line on stderr that begins with "skdir: " and exit code 2.
"""

import os
import sys
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress

from skdir.cli._errors import DataError
from skdir.cli._messages import of_system, own_warnings_alone, say
from skdir.cli._parser import make_parser


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    code : int
        Exit code: 0 if all went well, 1 if no strategy could be fitted, 2 for a mistake in the
        arguments or the data, or no memory, 130 if interrupted, 141 if nobody reads the output.

    Examples
    --------
    >>> from skdir.cli import main
    >>> main(["compare", "no-such-file.csv", "--target", "y"])
    2
    """
    with _open_streams():
        return _run(argv)


@contextmanager
def _open_streams():
    """Let what is printed go nowhere where a stream is closed, as it may be in a service."""
    with ExitStack() as stack:
        for stream, redirect in ((sys.stdout, redirect_stdout), (sys.stderr, redirect_stderr)):
            if stream is None:
                stack.enter_context(redirect(stack.enter_context(open(os.devnull, "w"))))
        yield


def _run(argv):
    """Run the command line, and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without the minus sign shows a "?"
            stream.reconfigure(errors="replace")
    try:
        arguments = make_parser().parse_args(argv)
        with own_warnings_alone():
            code = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # --help and --version
        return stop.code or 0
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except BrokenPipeError:
        _close_stdout()
        return 141
    except OSError as error:
        say(of_system(error))
    except MemoryError as error:
        say(f"there is not enough memory {f'({error})' if str(error) else ''}")
    except (DataError, ImportError) as error:
        say(error)
    return 2


def _close_stdout():
    """Let what is not printed yet go nowhere: whoever reads the output has read enough."""
    with suppress(OSError, ValueError):  # a stream without a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
