"""What an interview has understood, told back before the file is used."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.interview.draft import Draft
from experiments.interview.firm import idle, steps_added
from simulation import Regime, Scenario
from simulation.dials import DIALS
from simulation.io import shipped

_FEW = 300


def summary(draft: Draft, scenario: Scenario) -> list[str]:
    """Say in a few lines what was understood.

    Parameters
    ----------
    draft : Draft
        All answers.
    scenario : Scenario
        What has become of them.

    Returns
    -------
    list of str
        Paragraphs, each to be printed on lines of its own.
    """
    return [
        *_firm(draft),
        _money(draft),
        *_work(draft, scenario),
        *_listening(draft),
        _rules(draft),
        _ranges(draft),
    ]


def distances(regime: Regime) -> list[tuple[str, float]]:
    """Shipped regimes without a schedule, nearest first.

    Parameters
    ----------
    regime : Regime
        To be compared with each of them.

    Returns
    -------
    list of (str, float)
        Name, and mean absolute difference of the twelve dials.
    """
    known = [Regime.load(name) for name in shipped("regime")]
    found = [
        (one.name, sum(abs(getattr(one, d) - getattr(regime, d)) for d in DIALS) / len(DIALS))
        for one in known
        if not one.changes
    ]
    return sorted(found, key=lambda pair: pair[1])


def _firm(draft: Draft) -> Iterator[str]:
    yield (
        f"{draft.heads():,} people. Meeting customers: {', '.join(draft.front)}. "
        f"Shaping the offer: {draft.offer or 'nobody'}. "
        f"Leading: {', '.join(draft.lead) or 'nobody'}."
    )
    yield (
        f"{draft.customers:,} customers of {draft.market:,} who could be; each brings "
        f"{draft.margin:,.4g} a week and needs something {draft.parameters['need_rate'] * 52:.3g} "
        f"times a year; {draft.leaving:.0%} leave in a year."
    )
    if draft.customers < _FEW:
        yield (
            "With so few customers much depends on who they happen to be: compare with many "
            "replications."
        )
    if draft.offer is None:
        yield "As nobody shapes the offer, it follows what customers want by itself."
    if added := [f"{requester} asks {supplier}" for supplier, requester in steps_added(draft)]:
        yield (
            f"Handed on although nobody had said so (for these matters only): {', '.join(added)}."
        )


def _money(draft: Draft) -> str:
    revenue = draft.margin * draft.customers * 52
    kept = revenue * draft.kept_margin()
    cost = draft.cost() * 52
    through = " after the distributors' part" if draft.through else ""
    said = (
        f"Costs of about {_amount(cost)} a year against a margin of {_amount(kept)}{through}: "
        f"{_amount(abs(kept - cost))} {'profit' if kept >= cost else 'LOSS'}"
    )
    if kept >= cost:
        return f"{said} ({1 - cost / kept:.0%} of it)."
    return (
        f"{said}. As told, the firm loses money from the first week, and once its cash is used up "
        "it dismisses people. Look again at what a customer brings and what a person costs."
    )


def _work(draft: Draft, scenario: Scenario) -> Iterator[str]:
    hours = [
        f"{one.name} {one.hours.customer:.2g}"
        for one in scenario.organisation.departments
        if one.hours and one.hours.customer
    ]
    yield (
        "For these people to be busy but not swamped, a customer's matter has to take so many "
        f"hours in each department: {', '.join(hours)}. If that is far from what you know, the "
        "head-counts, the number of customers or how often they need something is off."
    )
    if without := idle(scenario):
        yield f"Nobody asks for anything from: {', '.join(without)}. They have nothing to do."


def _rules(draft: Draft) -> str:
    (first, near), (second, far), *_ = distances(draft.regime())
    return (
        f"Your rules are most like the regime {first} (dials differ by {near:.2f} on average, of 1 "
        f"at most), then {second} ({far:.2f})."
    )


def _listening(draft: Draft) -> Iterator[str]:
    if draft.dials["listening"] == 0 and draft.offer:
        yield (
            "As told, nobody listens to customers, so nobody hears when they want something else. "
            "Much hangs on that: if it is not quite so, say how little it is."
        )


def _ranges(draft: Draft) -> str:
    return f"{len(draft.uncertain)} ranges: narrow for answers, wide for what is not known."


def _amount(value: float) -> str:
    return f"{value / 1e6:.3g} M" if value >= 1e6 else f"{value / 1e3:.3g} k"
