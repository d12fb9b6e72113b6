"""What the numbers of a comparison say, in plain language."""

import numpy as np

from skdir.comparison._judgement.changes import changes, judged
from skdir.utils._text.numbers import fraction_words, number, percent
from skdir.utils._text.safe import printable

# How much more overall error still counts as a small price, for the second sentence.
CAP = 0.02


def has_asked_share(results):
    """Tell whether about as many training rows are rare as asked for, but for rounding.

    Equal targets are rare or frequent together, so that it may be fewer or more.
    """
    wanted, share = results.rare_fraction, results.rare_share
    if np.isnan(share):
        return True
    n_train = min(len(train) for train, _ in results.folds)
    return abs(share - wanted) <= max(0.1 * wanted, 1 / n_train)


def region_words(results):
    """Return "rarest fifth", or what is rare where equal targets make it another share."""
    if has_asked_share(results) or not results.rare_share:
        return fraction_words(results.rare_fraction)
    return f"rarest {rare_percent(results)}"


def rare_percent(results):
    """Return the share of the rows that are rare: as asked for, or what it is."""
    if has_asked_share(results):
        return f"{100 * results.rare_fraction:g} %"
    return share_words(results.rare_share)


def share_words(share):
    """Return a share of rows in per cent."""
    return f"{100 * share:.0f} %" if share >= 0.095 else f"{100 * share:.2g} %"


def rare_sentences(results):
    """Say how many rows are rare, where equal targets make it fewer or more than asked for."""
    share, wanted = results.rare_share, share_words(results.rare_fraction)
    if has_asked_share(results):
        return []
    if not share:
        return [
            f"No target is rare: more than {wanted} of the rows have the rarest value, or are as "
            "rare as it. Give a larger rare_fraction, or look at the errors by shot."
        ]
    if share < results.rare_fraction:
        return [
            f"Rare: {share_words(share)} of the rows, not {wanted}, since those that come next "
            "have equal targets and are many."
        ]
    return [
        f"Rare: {share_words(share)} of the rows, not {wanted}, since equal targets are rare "
        "together."
    ]


def finding(results):
    """Return sentences about what the strategies gain on rare targets and what they cost."""
    return [printable(sentence) for sentence in _sentences(results)]


def _sentences(results):
    """Return the sentences with names as they are."""
    names = results.complete
    if not names:
        return ["No strategy could be fitted in all folds; the table names the errors."]
    baseline = results.baseline
    others = [name for name in names if name != baseline]
    region = region_words(results)
    failed = [name for name in results.estimators if name not in names]
    sentences = []
    rare = judged(results, "rare MAE", baseline)  # for all of them, since one is picked
    rare = {name: change for name, change in rare.items() if change.n_folds}
    if not others:
        sentences.append(f"Only {baseline} could be measured: there is nothing to compare.")
    elif not rare:
        if results.rare_share != 0:
            sentences.append(f"No fold has test rows in the {region} of the targets.")
    else:
        sentences += _best_sentences(results, rare, baseline, region)
    sentences += rare_sentences(results)
    if failed:
        sentences.append(
            f"{_join(failed)} failed in {_share_failed(results, failed)}; see the table."
        )
    return sentences


def _best_sentences(results, rare, baseline, region):
    """Return the sentences about the strategy with the least rare error, and a cheaper one."""
    best = min(rare, key=lambda name: rare[name].after)
    gain = rare[best]
    overall = changes(results, "MAE", baseline, rare)
    if gain.difference >= 0:
        return [
            f"No strategy lowers the error on the {region} of the targets: {baseline} has the "
            f"lowest, a mean absolute error of {number(gain.before)}. Keep {baseline}."
        ]
    numbers = f"from {number(gain.before)} to {number(gain.after, gain.before)}"
    if not gain.clear:
        return [
            f"No strategy lowers the error on the {region} of the targets by more than chance may "
            f"do: there is no case for replacing {baseline} here.",
            f"The best of them, {best}, takes the mean absolute error there {numbers} "
            f"({_folds(gain)}) and the overall one {_from_to(overall[best])}.",
        ]
    sentences = [
        f"{best} lowers the mean absolute error on the {region} of the targets {numbers} "
        f"({percent(gain.relative)}) {_rest(results, best, baseline)}",
        _price(gain, overall[best]),
    ]
    cheap = [
        name
        for name, change in rare.items()
        if change.clear and change.difference < 0 and overall[name].relative <= CAP
    ]
    if cheap and best not in cheap:
        name = min(cheap, key=lambda name: rare[name].after)
        sentences.append(
            f"If the overall error may rise by at most {100 * CAP:.0f} %, take {name}: "
            f"{number(rare[name].before)} to {number(rare[name].after, rare[name].before)} on the "
            f"{region} ({percent(rare[name].relative)}), {number(overall[name].before)} to "
            f"{number(overall[name].after, overall[name].before)} overall "
            f"({percent(overall[name].relative)})."
        )
    return [*sentences, _chance(results, best, baseline)]


def _rest(results, name, baseline):
    """Return the end of the sentence: what happens to the frequent targets."""
    rest = changes(results, "frequent MAE", baseline, [name])[name]
    if not rest.n_folds:
        return "(no test row is frequent)."
    if not rest.clear:
        return f"and changes it on the rest by no more than chance, {_from_to(rest)}."
    verb = "and raises" if rest.difference > 0 else "and lowers"
    return f"{verb} it on the rest {_from_to(rest)}."


def _chance(results, name, baseline):
    """Return the sentence about how the differences vary over the folds."""
    rare, rest = (
        changes(results, metric, baseline, [name])[name] for metric in ("rare MAE", "frequent MAE")
    )
    text = f"How sure: over {rare.n_folds} folds {name} differs from {baseline} by {_spread(rare)}"
    text += f" on rare targets (lower in {rare.n_lower} of {rare.n_folds})"
    if rest.n_folds:
        text += f" and by {_spread(rest)} on the rest (lower in {rest.n_lower} of {rest.n_folds})"
    return f"{text}."


def _spread(change):
    """Return the mean and sd of a difference."""
    sign = "+" if change.difference > 0 else ""
    mean = f"{sign}{number(change.difference, change.before)}".replace("-", "−")
    return f"{mean} ± {number(change.sd, change.before)}"


def _price(gain, overall):
    """Return the verdict: what the gain costs over all rows."""
    moved = f"Over all rows the error goes {_from_to(overall)}"
    if overall.difference <= 0:
        return f"{moved}: the gain costs nothing."
    if not overall.clear:
        return f"{moved}, a rise within chance."
    if overall.relative > -gain.relative:
        return (
            f"{moved}: it costs more than it gives, unless errors on rare targets are "
            "worth more to you than others."
        )
    return f"{moved}: that is the price, worth it if rare targets matter more to you than others."


def _from_to(change):
    """Return "from 44.5 to 46.0 (+3.4 %)"."""
    return (
        f"from {number(change.before)} to {number(change.after, change.before)} "
        f"({percent(change.relative)})"
    )


def _folds(change):
    """Return how the difference varies: its sd, and in how many folds the error is lower."""
    if change.n_folds == 1:
        return "one fold only, so chance cannot be judged"
    return (
        f"difference {number(change.difference, change.before).replace('-', '−')} "
        f"± {number(change.sd, change.before)} over folds, "
        f"lower in {change.n_lower} of {change.n_folds}"
    )


def _share_failed(results, names):
    """Return in how many folds the named strategies failed."""
    counts = [len(results.errors_of(name)) for name in names]
    total = len(results.folds)
    if all(count == total for count in counts):
        return "every fold"
    return f"{_join([str(count) for count in counts])} of {total} folds"


def _join(names):
    """Return "A", "A and B" or "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
