"""Write the demo's table (ridge regression) into the README and draw its picture.

Run it from the repository with ``python docs/refresh_readme.py``.
"""

from pathlib import Path

from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import RepeatedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import compare_strategies
from skdir.utils._text.writing import whole_file, write_text

ROOT = Path(__file__).parents[1]
COLUMNS = ["rare MAE", "frequent MAE", "MAE", "RMSE", "GM"]
START, END = "<!-- demo table -->", "<!-- end of demo table -->"


def main():
    """Run the demo's first comparison as the command line does."""
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    comparison = compare_strategies(
        make_pipeline(StandardScaler(), Ridge()),
        X,
        y,
        cv=RepeatedKFold(n_splits=5, n_repeats=5, random_state=0),
        random_state=0,
    )
    comparison.target_name = "disease progression after one year"
    table = comparison.table()
    rows = [f"| strategy | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in table.iterrows():
        cells = (f"{row[column]:.1f} ± {row[f'{column} sd']:.1f}" for column in COLUMNS)
        rows.append(f"| {name} | {' | '.join(cells)} |")
    figure = Figure(figsize=(14, 6.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    comparison.plot(ax=left)
    comparison.plot_pareto(ax=right)
    (ROOT / "docs" / "images").mkdir(exist_ok=True)
    with whole_file(ROOT / "docs" / "images" / "demo.png") as name:
        figure.savefig(name, format="png", dpi=100)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    section = "\n".join([START, *rows, END])
    write_text(ROOT / "README.md", before + section + after)


if __name__ == "__main__":
    main()
