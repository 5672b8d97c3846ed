"""Write `docs/calibration.md` from `tools/calibration.json` (last step of `make calibrate`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.sign import slopes
from simulation.parameters import PARAMETERS
from tools.calibrate import FREE, RESULT
from tools.facts import FACTS, HALF_LIFE, REGIME, SCENARIO, SLOPE, YEARS, Fact
from tools.sign import DATA

PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"

HEAD = """# Calibration

Coefficients that nobody has measured are *assumed*; {free} of them are *calibrated*: chosen by an optimiser so that
the neutral firm looks like firms that are known. This page is written by `make calibrate`, which can be stopped and goes
on where it was.

**What is fitted.** The *neutral* firm of `{scenario}`: regime `{regime}`, the mean of customer_first and internal_customer, over
{years} years, with standard hours derived anew at every trial. No other regime is run while fitting, so that
the fit cannot have looked at who wins.

**How.** Covariance matrix adaptation (Hansen & Ostermeier 2001; library cmaes), {points} points in {seeds} worlds each,
from the values that were assumed at the design of the model. The loss has two parts. A fact costs nothing in the middle half
of its range, and the square of its distance from there, in half-widths of the range. A coefficient costs {move:g} for a
move by the factor {much:g}, and the square of that for more: where facts leave a choice, values stay where they were. The least
loss found is {loss:.3f}; on fresh worlds it is {fresh_loss:.3f}, and {fresh_loss_before:.3f} with the values before.

**Held to.** The figures below are means over {fresh} fresh worlds (seeds {first} to {last}) that the search had not seen;
`tests/facts/test_neutral_firm.py` (slow tests) measures them again. *Distance* is how far a fact is outside its range, in
widths of the range. The values before were not blind: when the model was designed they had been moved by hand with the same
facts in view, so that the search confirms more than it changes. Days until a need is met lie nearest to an edge; no coefficient
that was fitted moves them far, for they hang on how much slack departments have and how many of them a need meets.

## Facts

| fact | range | before | calibrated | distance | source |
|---|---|---:|---:|---:|---|
"""

EMERGENT = """
## Facts that nothing was fitted to

They follow from the rest, or are missed.

| fact | range | before | calibrated | distance | source |
|---|---|---:|---:|---:|---|
"""

MISSED = """
**Newcomers.** The published cohort cannot be had together with an annual retention of 75 to 88 % in a closed market that is
in a steady state. Where as many come as go, person by person, those who come are those who leave easily: the
share of newcomers who stay a year is then lower than the share of all customers who do. In the published cohort it is
87 % in the first year and rises to 95 %, so that a firm with only such newcomers would in the end keep more than nine in ten
of its customers a year. What the model shares with the cohort is that the fickle leave first: the hazard of the first two
years over that of years five to seven (fitted, above) follows from the spread of propensities, without any effect of
tenure.

**First contact.** SQM counts people who say that they are satisfied; the model has an index of one person's experience, from
rest. That it falls about as far is arithmetic with two assumed coefficients (`experience_step`, `loss_aversion`).

**Service and satisfaction.** From regime to regime (median over the draws of [sign.md](sign.md)) the two go together, but
satisfaction follows less steeply than published: half of it is the fit of the offer, which service does not touch.

**Half-life.** A change that other departments have a part in takes several times as long as one that the product department
makes alone (their queues, their approvals), as published. But each of them may see one more option, so that such a change is
worth more (`option_worth`, assumed), and they share the work: after a shift of needs the offer of a firm whose product
department works alone catches up no sooner. The published half-lives are of improvements to processes, made by those who
run them.

**Profit.** Of the profit as cost to serve has it, hours worked for a customer at their wage, the best fifth brings less
than all. Published curves share out all costs of a firm. Where here every cost that no customer has caused by name is
shared in proportion to those hours, a few customers carry the firm and more than half cost more than they bring; how steep
the curve is then depends on the key by which costs are shared, of which published curves say little.

## Facts that are input

| fact | where | source |
|---|---|---|
| a message keeps 72 % at each level | `hop_loss` | Nichols 1962 |
| a standard of service falls in 12 to 19 weeks and hardly recovers | `standard_fall_weeks`, `standard_rise_weeks`; scenario call_centre | Oliva & Sterman 2001 |
| 40 people in a task force, 6 a month later | `attention_decay` | management writing |
| mean sojourns of one desk, first come first served and with priority; Little's law | nothing is fitted: `tests/facts/test_queues.py` derives them | queueing theory |

## Coefficients that were fitted

Every other coefficient stands in [coefficients.md](coefficients.md) with its range and its source, published or assumed;
what the assumed ones do to the answer is measured in [sign.md](sign.md).

| coefficient | meaning | before | calibrated | bounds | chiefly for |
|---|---|---:|---:|---|---|
"""


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The page, part by part."""
    yield HEAD.format(
        free=len(FREE),
        scenario=SCENARIO,
        regime=REGIME,
        years=YEARS,
        points=result["points"],
        seeds=len(result["seeds"]),
        move=result["move"],
        much=result["much"],
        loss=result["loss"],
        fresh_loss=result["fresh_loss"],
        fresh_loss_before=result["fresh_loss_before"],
        fresh=len(result["fresh_seeds"]),
        first=result["fresh_seeds"][0],
        last=result["fresh_seeds"][-1],
    )
    yield from (_fact(fact, result) for fact in FACTS if not fact.emergent)
    yield EMERGENT
    yield from (_fact(fact, result) for fact in FACTS if fact.emergent)
    yield _fact(HALF_LIFE, result)
    found = slopes(pd.read_parquet(DATA), "resolution_rate", "satisfaction").median()
    yield from (_row(fact, None, float(found[name])) for name, fact in SLOPE.items())
    yield MISSED
    for name, free in FREE.items():
        yield (
            f"| `{name}` | {PARAMETERS[name].meaning} | {free.start:g} | {result['values'][name]:g} "
            f"| {free.low:g} to {free.high:g} | {free.about} |\n"
        )


def _fact(fact: Fact, result: dict[str, Any]) -> str:
    return _row(fact, result["start"].get(fact.name), result["facts"][fact.name])


def _row(fact: Fact, before: float | None, after: float) -> str:
    distance = fact.distance(after)
    return (
        f"| {fact.name} | {fact.low:g} to {fact.high:g} | {'' if before is None else f'{before:.3f}'} | {after:.3f} "
        f"| {f'**{distance:.2f}**' if distance else '0'} | {fact.source} |\n"
    )


def main() -> None:
    """Write the page."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    PAGE.write_text("".join(lines(result)), encoding="utf-8")


if __name__ == "__main__":
    main()
