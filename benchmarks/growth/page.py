"""What the documentation's page on speed includes: our tables, and those of other benchmarks."""

import re

from benchmarks.growth.report import lines
from benchmarks.growth.works import PANELS

# The other speed benchmarks; of their tables the rows with a goal are shown, but for these.
OTHERS = {
    "weighting_speed": "Weighters",
    "resampling_speed": "Samplers",
    "fds_speed": "Feature distribution smoothing",
    "regressor_speed": "Deep regressor",
}
LEFT_OUT = "time per row at"  # the exponents say it better


def page(found, results):
    """Return the tables of growth and the results of other benchmarks in reStructuredText."""
    parts = [
        ".. Made by python -m benchmarks.growth; changes here are overwritten.",
        "Exponents\n---------",
        escape(found["machine"]),
    ]
    for panel in PANELS:
        head = ["Work", "Should grow as", "Exponent of time", f"Time at the largest {panel.symbol}"]
        head += ["Memory there"] if panel.memory else []
        rows = []
        for line in lines(panel, found["panels"][panel.title]):
            mark = {"faster": " **faster**", "slower": " *slower*"}.get(line.time.verdict, "")
            row = [escape(line.name), line.order, f"{line.time}{mark}"]
            row += [f"{line.seconds} at {line.at}"] + ([line.bytes] if panel.memory else [])
            rows.append(row)
        parts.append(list_table(panel.title, head, rows))
    parts.append("Side by side with others\n------------------------")
    for name, title in OTHERS.items():
        parts.append(others(results / f"{name}.md", title))
    return "\n\n".join(parts) + "\n"


def others(file, title):
    """Return the rows with a goal of another benchmark's table, and the machine of its run."""
    text = file.read_text(encoding="utf-8")
    machine = re.search(r"^- Processor: (.*)$", text, flags=re.MULTILINE)[1]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    what, mine, other, ratio, goal, verdict = range(6)
    rows = [
        [
            escape(row[what]),
            *(escape(row[k]) for k in (mine, other, ratio, goal)),
            row[verdict],
        ]
        for row in cells[1:]
        if row[goal] and not re.search(LEFT_OUT, row[what])
    ]
    head = ["What", "skdir", "Other side", "Ratio", "Goal", "Verdict"]
    source = f"From `benchmarks/results/{file.name}`; {escape(machine)}."
    return list_table(title, head, rows) + "\n\n" + source


def list_table(title, head, rows):
    """Return a table in reStructuredText."""
    out = [f".. list-table:: {escape(title)}", "   :header-rows: 1", "   :align: left", ""]
    for row in [head, *rows]:
        out += [f"   {'  -' if i else '* -'} {cell}".rstrip() for i, cell in enumerate(row)]
    return "\n".join(out)


def escape(text):
    """Keep reStructuredText from reading markup in plain text."""
    return re.sub(r"([*`|\\]|_(?=\W|$))", r"\\\1", text)
