"""Write `docs/sign.md` and its picture from the committed runs (last step of `make sign`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from experiments.metrics import metric
from experiments.sign import (
    CELLS,
    LIKE_A_FIRM,
    MARKETS,
    OUTCOMES,
    Cell,
    deciders,
    duel,
    leaders,
    least_rho,
    plausible_draws,
)
from experiments.sign_figure import draw_leaders
from simulation.parameters import PARAMETERS
from tools.sign import DATA, DRAWN, REGIMES, ROOT, SCENARIO, YEARS

PAGE = ROOT / "docs" / "sign.md"
PICTURE = ROOT / "docs" / "img" / "sign.png"
A, B = REGIMES[:2]
TOLD = 3  # coefficients per outcome and market
OPEN = 0.05  # of the draws, in which the other leads


HEAD = """# Does the answer hang on what nobody has measured?

{assumed} of the model's {all} coefficients are assumed: no published value is known to us. This page says how
far the answer depends on them. It is written by `make sign`; the runs behind it are in `docs/data/`.

**How.** {draws} draws of all assumed coefficients at once, by Latin hypercube sampling from the range *may be* of
[coefficients.md](coefficients.md): as a rule half as much again or two thirds (of a share: of its odds), three times or a
third for the rates at which entitlement and resentment are learned, of which nothing is known but the order of magnitude.
(Counts are drawn as real numbers, and the rules round them: `approvals_own` down, `returns_most` up.)
What is calibrated or published stays where it is, and standard hours are derived anew for each draw. In every draw seven
regimes of `{scenario}` live for {years:g} years with the same people and the same luck, in a calm and in a turbulent market
(`market.turbulence` {calm} and {turbulent}), and the neutral firm in its own. A regime *leads* if it has the best figure of the seven; one run per
regime and draw, so that luck has its part in who leads. How large a part, {shipped} more worlds show that have the
coefficients as they are shipped, so that nothing but luck differs.

With {plausible} of the {draws} draws the neutral firm still looks like a firm ({limits}); the shares
change by at most {change:.0f} points if the others are left out.
"""

TAIL = """## What not to conclude

The shares are not probabilities that a regime is better in the world: they say how much of the range that we hold plausible
speaks for it, in one kind of firm, over {years:g} years. The forms of the rules stay the same in all draws; where a
rule itself is the claim ([claims.md](claims.md), *shape assumed*), no draw can contradict it. Regimes are the points of
`scenarios/regimes/`; a regime that leads often need not lead by much.
"""


def lines(runs: pd.DataFrame, drawn: pd.DataFrame) -> Iterator[str]:
    """The page, line by line."""
    varied, luck = runs[runs["draw"] >= 0], runs[runs["draw"] < 0]
    fine = plausible_draws(varied)
    shares = {cell: leaders(varied, cell, REGIMES) for cell in CELLS}
    among_fine = {cell: leaders(varied[varied["draw"].isin(fine)], cell, REGIMES) for cell in CELLS}
    limits = [
        f"{metric(name).label} {low:g} to {high:g}" for name, (low, high) in LIKE_A_FIRM.items()
    ]
    yield HEAD.format(
        assumed=sum(p.assumed for p in PARAMETERS.values()),
        all=len(PARAMETERS),
        draws=len(drawn),
        scenario=SCENARIO,
        years=YEARS,
        shipped=luck["draw"].nunique(),
        plausible=len(fine),
        limits=", ".join(limits),
        change=100 * max(abs(among_fine[c][r] - shares[c][r]) for c in CELLS for r in REGIMES),
        **MARKETS,
    )
    yield f"**In one sentence.** {sentence(runs, drawn)}\n"
    yield "![How often each regime is best](img/sign.png)\n"
    yield "## How often each regime leads\n"
    yield "Per cent of the draws; in brackets of the worlds in which only luck differs.\n"
    yield f"| outcome | market | {' | '.join(f'`{name}`' for name in REGIMES)} |"
    yield f"|---|---|{'---:|' * len(REGIMES)}"
    for cell in CELLS:
        alone = leaders(luck, cell, REGIMES)
        told = [f"{100 * shares[cell][name]:.0f} ({100 * alone[name]:.0f})" for name in REGIMES]
        yield f"| {_named(cell)} | {' | '.join(told)} |"
    yield f"\n## `{A}` against `{B}`\n"
    yield f"How often `{A}` does better than `{B}`, and by how much.\n"
    yield "| outcome | market | better in | 95 % interval | by luck alone | median difference | middle nine tenths |"
    yield "|---|---|---:|---|---:|---:|---|"
    for cell in CELLS:
        found, measure = duel(varied, cell, A, B), metric(cell[0])
        yield (
            f"| {_named(cell)} | {100 * found.share:.0f} % | {100 * found.low:.0f} to {100 * found.high:.0f} % | "
            f"{100 * duel(luck, cell, A, B).share:.0f} % | {measure.difference(found.gap)} | "
            f"{measure.difference(found.least, unit=False)} to {measure.difference(found.most)} |"
        )
    yield "\n## Which coefficients decide\n"
    least = least_rho(len(drawn), len(drawn.columns))
    yield (
        f"Rank correlation (Spearman) of a coefficient with the lead of `{A}` over `{B}`, and how often `{A}` does "
        "better where the coefficient is in the lowest and in the highest third of its draws. The three with the "
        f"strongest correlation of each outcome; below {least:.2f} none of so many can be told from chance (in italics).\n"
    )
    yield "| outcome | market | coefficient | correlation | better where low | where high |"
    yield "|---|---|---|---:|---:|---:|"
    for cell in CELLS:
        for decider in deciders(varied, drawn, cell, A, B)[:TOLD]:
            rho = f"{decider.rho:+.2f}" if abs(decider.rho) >= least else f"*{decider.rho:+.2f}*"
            yield (
                f"| {_named(cell)} | `{decider.name}` | {rho} | "
                f"{100 * decider.when_low:.0f} % | {100 * decider.when_high:.0f} % |"
            )
    yield (
        "\nWhat decides most (mean square of the correlation) over the outcomes and markets in which the sign is "
        f"open, that is, either regime leads in {100 * OPEN:.0f} % of the draws or more; at most three, and only those "
        "that chance would hardly bring so far among all coefficients, outcomes and markets:\n"
    )
    for name in overall(varied, drawn):
        p = PARAMETERS[name]
        low, high = p.plausible
        yield f"- `{name}` ({p.default:g}, may be {low:.3g} to {high:.3g}): {p.meaning}"
    yield ""
    yield TAIL.format(years=YEARS)


def _named(cell: Cell) -> str:
    return f"{metric(cell[0]).label} | {cell[1]}"


def overall(varied: pd.DataFrame, drawn: pd.DataFrame) -> list[str]:
    """The coefficients with the largest sum of squared correlations, where the sign is open.

    Only those that chance alone would hardly bring so far, among all coefficients and cells.
    """
    squares: Counter[str] = Counter()
    told: set[str] = set()
    least = least_rho(len(drawn), len(drawn.columns) * len(CELLS))
    for cell in CELLS:
        if OPEN < duel(varied, cell, A, B).share < 1.0 - OPEN:
            found = deciders(varied, drawn, cell, A, B)
            squares.update({decider.name: decider.rho**2 for decider in found})
            told |= {decider.name for decider in found if abs(decider.rho) >= least}
    return [name for name, _ in squares.most_common() if name in told][:TOLD]


def sentence(runs: pd.DataFrame, drawn: pd.DataFrame) -> str:
    """What the page says, in one sentence for the README."""
    varied = runs[runs["draw"] >= 0]
    share = {cell: f"{100 * duel(varied, cell, A, B).share:.0f} %" for cell in CELLS}
    calm, turbulent = MARKETS
    (calm_share, turbulent_share), *others = [
        (share[name, calm], share[name, turbulent]) for name in OUTCOMES
    ]
    first, *labels = [metric(name).label for name in OUTCOMES]
    rest = [f"in {label} in {a} and {b}" for label, (a, b) in zip(labels, others, strict=True)]
    names = [f"`{name}`" for name in overall(varied, drawn)]
    hangs = f"most hangs on {', '.join(names)}" if names else "no coefficient stands out"
    return (
        f"Over {len(drawn)} draws of the assumed coefficients `{A}` does better than `{B}` in {first} in {calm_share} of the "
        f"draws in a calm market and in {turbulent_share} in a turbulent one; {'; '.join(rest)}; {hangs}."
    )


def main() -> None:
    """Write page and picture."""
    runs, drawn = pd.read_parquet(DATA), pd.read_parquet(DRAWN)
    PAGE.write_text("\n".join(lines(runs, drawn)), encoding="utf-8")
    title = f"How often each regime is best, over {len(drawn)} draws of what nobody has measured"
    footer = f"{SCENARIO}, {YEARS:g} years, one world per draw"
    varied = runs[runs["draw"] >= 0]
    shares = {cell: leaders(varied, cell, REGIMES) for cell in CELLS}
    draw_leaders(shares, title, footer).savefig(PICTURE, dpi=100)


if __name__ == "__main__":
    main()
