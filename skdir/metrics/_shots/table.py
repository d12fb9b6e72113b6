"""The table of a shot report as text and as HTML."""

import html


def table_cells(rows, intervals):
    """Return rows of numbers by name as rows of text, the header first.

    Intervals stand behind the value that they are for.
    """
    columns = list(next(iter(rows.values())))
    body = [
        [name, *(_cell(c, row[c], intervals and intervals[name].get(c)) for c in columns)]
        for name, row in rows.items()
    ]
    return [["", *columns], *body]


def text_table(caption, cells):
    """Return aligned lines."""
    widths = [max(len(row[j]) for row in cells) for j in range(len(cells[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells
    ]
    return "\n".join([caption, *lines])


def html_table(caption, cells):
    """Return a table for notebooks, without any style sheet of its own."""
    header, *body = [[html.escape(cell) for cell in row] for row in cells]
    head = "".join(f'<th scope="col" style="text-align: right">{c}</th>' for c in header)
    lines = [
        f'<tr><th scope="row" style="text-align: left">{row[0]}</th>'
        + "".join(f'<td style="text-align: right">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for row in body
    ]
    return (
        f'<table class="skdir-shot-report"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _cell(column, value, interval):
    """Return a cell of the table as text."""
    text = format(value, {"n": ".10g", "share": ".1%"}.get(column, ".4g"))
    return text + (f" [{interval[0]:.3g}, {interval[1]:.3g}]" if interval else "")
