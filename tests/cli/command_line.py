"""Run the command line in this process."""

from skdir.cli import main


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def fails(capsys, *arguments):
    """Run, expect exit code 2 and one line on stderr, and return it."""
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("skdir: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err
