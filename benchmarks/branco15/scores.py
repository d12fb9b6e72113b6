"""Scores of predictions by fold, ranks over tables, and the tests of the papers."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import friedmanchisquare, rankdata, studentized_range, wilcoxon

from skdir.metrics import relevance_precision_recall_fscore, squared_error_relevance_area

METRICS = ("F1", "SERA", "RMSE", "MAE")
LEVEL = 0.05


def fold_scores(comparison, relevance):
    """Return the metrics of a comparison, of shape (strategies, folds, metrics).

    A strategy that failed in a fold has F1 0 and infinite errors there.
    """
    y = comparison.y_
    return np.array(
        [
            [_scores(y[test], predicted, relevance) for test, predicted in folds]
            for folds in comparison.predictions_.values()
        ]
    )


def _scores(y_true, y_pred, relevance):
    """Return F1, SERA, RMSE and MAE of the test rows of one fold."""
    if not np.isfinite(y_pred).all():
        return 0.0, np.inf, np.inf, np.inf
    f1 = relevance_precision_recall_fscore(y_true, y_pred, relevance=relevance)[2]
    sera = squared_error_relevance_area(y_true, y_pred, relevance=relevance)
    error = y_pred - y_true
    return f1, sera, np.sqrt(np.mean(error**2)), np.mean(np.abs(error))


def ranks(scores, metric):
    """Return ranks of the strategies by their mean over the folds, one row per table; 1 is best.

    `scores` has an array (strategies, folds, metrics) for each table.
    """
    column = METRICS.index(metric)
    sign = -1 if metric == "F1" else 1
    return np.array([rankdata(sign * s[:, :, column].mean(axis=1)) for s in scores])


@dataclass
class Record:
    """Comparisons with the baseline that were won and lost, and how many of them clearly."""

    won: int = 0
    won_clearly: int = 0
    lost: int = 0
    lost_clearly: int = 0
    tables: int = 0

    def __add__(self, other):
        return Record(*(a + b for a, b in zip(vars(self).values(), vars(other).values())))

    def __str__(self):
        return f"{self.won}({self.won_clearly})/{self.lost}({self.lost_clearly})"

    @property
    def share(self):
        """Share of the comparisons that were won, in per cent."""
        return 100 * self.won / self.tables


def record(scores, metric, strategy, baseline=0):
    """Compare a strategy with the baseline, both given by position, table by table.

    The higher mean over the folds wins (the lower error), clearly if Wilcoxon's signed-rank test
    over the folds rejects at 5 %.
    """
    column = METRICS.index(metric)
    sign = 1 if metric == "F1" else -1
    total = Record()
    for s in scores:
        with np.errstate(invalid="ignore"):  # both failed
            gain = sign * (s[strategy, :, column] - s[baseline, :, column])
        gain = np.nan_to_num(gain)  # the test needs numbers
        clearly = bool(gain.any()) and wilcoxon(gain).pvalue < LEVEL
        mean = s[strategy, :, column].mean(), s[baseline, :, column].mean()
        won, lost = sign * mean[0] > sign * mean[1], sign * mean[0] < sign * mean[1]
        total += Record(int(won), int(won and clearly), int(lost), int(lost and clearly), 1)
    return total


def friedman(table):
    """Return Friedman's statistic and its p value for ranks of shape (blocks, strategies)."""
    return tuple(friedmanchisquare(*table.T))


def critical_difference(n_strategies, n_blocks):
    """Return Nemenyi's critical difference of mean ranks at 5 % (Demsar 2006)."""
    q = studentized_range.ppf(1 - LEVEL, n_strategies, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(n_strategies * (n_strategies + 1) / (6 * n_blocks)))


def over_learners(by_learner, metric):
    """Return ranks of shape (tables, strategies): those of the mean rank over the learners."""
    mean = np.mean([ranks(scores, metric) for scores in by_learner], axis=0)
    return rankdata(mean, axis=1)
