"""A team's firm: what it is, given the decisions so far, and what became of it week by week.

Each quarter the firm is lived anew from its first day: there is no state to lose, and a firm of the
same game, seed and decisions is always the same firm.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.webapp.game.capital import STEPS, position_of
from experiments.webapp.game.decision import Decision, Opening
from experiments.webapp.game.measures import HIDDEN, SEEN
from experiments.webapp.game.preset import NOTICE_WEEKS, Preset, Shock
from simulation import Regime, Scenario, simulate
from simulation.dials import DIALS
from simulation.world import WEEKS_A_QUARTER, WEEKS_A_YEAR

_DIGITS = 5
_MEASURE_OF_CUSTOMERS = DIALS.index("customer_metric")


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm to be lived: all that decides its life.

    Attributes
    ----------
    scenario : Scenario
        With the decisions and the shocks in it, as long as it is to be lived.
    seed : int
        Its luck.
    """

    scenario: Scenario
    seed: int

    @property
    def key(self) -> str:
        """Digest of what decides its life."""
        return f"{self.scenario.digest}-{self.seed}"


@dataclass(frozen=True, slots=True)
class Life:
    """What became of a firm, in plain numbers.

    Attributes
    ----------
    weeks : mapping of str to tuple
        The measures of the game by week, None where there is none.
    departments : tuple of mapping
        For each department `name`, and by quarter `seats`, `utilisation`, `reported`, `true`.
    summary : mapping of str to float or None
        The whole life in one number for each measure.
    insolvent : bool
        Whether the firm ran out of money.
    """

    weeks: Mapping[str, tuple[float | None, ...]]
    departments: tuple[Mapping[str, Any], ...]
    summary: Mapping[str, float | None]
    insolvent: bool

    @property
    def quarters(self) -> int:
        """How many quarters were lived."""
        return len(self.weeks["active"]) // WEEKS_A_QUARTER


def firm_of(
    preset: Preset,
    seed: int,
    shocks: Iterable[Shock],
    decisions: Sequence[Decision],
    quarters: int | None = None,
) -> Firm:
    """The firm of a team.

    Parameters
    ----------
    preset : Preset
        The game.
    seed : int
        The luck that all teams share.
    shocks : iterable of Shock
        All that befall the firms; those of later quarters make no difference.
    decisions : sequence of Decision
        One for each quarter, in order; later quarters bring no change.
    quarters : int, optional
        How many are to be lived, by default one for each decision.

    Raises
    ------
    ScenarioError
        If a decision does not fit the firm.
    """
    lived = len(decisions) if quarters is None else quarters
    schedule, events = [], []
    position = position_of(preset.firm.regime)
    for quarter, decision in enumerate(decisions[:lived]):
        week = quarter * WEEKS_A_QUARTER + NOTICE_WEEKS
        after = decision.after(position)
        moved = {dial: after[dial] / STEPS for dial in decision.dials}
        if after != position:
            schedule.append({"week": week, "dials": moved})
        if decision.cut:
            events.append({"week": week, "cut": decision.cut.department, **_share(decision)})
        position = after
    events += [shock.event.model_dump() for shock in shocks if shock.quarter < lived]
    opening = next((d.opening for d in decisions[:1] if d.opening), Opening())
    data = preset.firm.model_dump()
    data["regime"]["schedule"] = schedule
    data["events"] = [*data["events"], *events]
    data["offices"]["cco"] |= opening.office
    for policy in ("marketing", "hire_for_willingness"):
        data["policies"][policy] = max(data["policies"][policy], getattr(opening, policy))
    data["horizon_years"] = lived * WEEKS_A_QUARTER / WEEKS_A_YEAR
    return Firm(Scenario.from_mapping(data), seed)


def reference_of(
    preset: Preset, seed: int, shocks: Iterable[Shock], regime: Regime, quarters: int
) -> Firm:
    """The firm as it would have been with a regime in force from its first day."""
    data = firm_of(preset, seed, shocks, (), quarters).scenario.with_regime(regime)
    return Firm(data, seed)


def live(firm: Firm) -> Life:
    """Live a firm; takes about a tenth of a second a year for 25 people."""
    record = simulate(firm.scenario, seed=firm.seed, events="none")
    series = record.series
    names = tuple(d.name for d in firm.scenario.organisation.departments)
    regime = firm.scenario.effective_regime
    weight = np.array(
        [regime.dials(week, names)[:, _MEASURE_OF_CUSTOMERS].mean() for week in series["week"]]
    )
    reported, gap = series["reported_sla"].to_numpy(), series["illusion_gap"].to_numpy()
    own = {
        # what management looks at: part of it the customer's outcome (docs/model.md, 11.2)
        "measured_service": reported - weight * gap,
        "true_service": reported - gap,
        "known_satisfaction": _as_known(
            series["satisfaction"].to_numpy(), series["insight_age_weeks"].to_numpy()
        ),
    }
    weeks = {key: own[key] if key in own else series[key].to_numpy() for key in (*SEEN, *HIDDEN)}
    summary = record.summary()
    return Life(
        weeks={name: tuple(map(plain, values)) for name, values in weeks.items()},
        departments=tuple(_departments(record.departments, names)),
        summary={name: plain(value) for name, value in summary.items()},
        insolvent=int(record.manifest["insolvent_week"]) >= 0,
    )


def live_team(
    preset: Preset, seed: int, shocks: Iterable[Shock], decisions: Sequence[Decision]
) -> Life:
    """Live the firm of a team; see `firm_of`. For another process: little has to travel."""
    return live(firm_of(preset, seed, shocks, decisions))


def plain(value: float) -> float | None:
    """A number with as many digits as anybody reads, None where there is none."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def _share(decision: Decision) -> dict[str, float]:
    return {"share": decision.cut.share} if decision.cut else {}


def _as_known(values: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Each week's value as old as what the firm knows then; NaN where nothing is known yet."""
    known = np.full(len(values), np.nan)
    for week in np.flatnonzero(np.isfinite(age)):
        then = week - math.ceil(age[week])
        if then >= 0:
            known[week] = values[then]
    return known


def _departments(frame: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    result = []
    for name in names:
        own = frame[frame["department"] == name]
        ends = own.iloc[WEEKS_A_QUARTER - 1 :: WEEKS_A_QUARTER]
        utilisation = own["utilisation"].to_numpy().reshape(-1, WEEKS_A_QUARTER).mean(axis=1)
        result.append(
            {
                "name": name,
                "seats": tuple(map(int, ends["seats"])),
                "utilisation": tuple(map(plain, utilisation)),
                "reported": tuple(map(plain, ends["reported"])),
                "true": tuple(map(plain, ends["true"])),
            }
        )
    return result
