"""Why a customer stayed or left: one person's life in each of two firms, told in plain sentences.

The two firms are lived again with the person in view (`experiments.biography.tracer`); what is
told comes from there alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.biography.life import Life
from experiments.biography.story import introduce, tell
from experiments.biography.twins import compare_lives
from experiments.biography.weeks import frame
from experiments.compare import OWN, REGIMES, AnyRegime, check_seeds
from experiments.result_folder import plain
from simulation import Scenario, ScenarioError, resolve
from simulation.errors import Problem, show


@dataclass(frozen=True)
class Story:
    """One person in two firms.

    Attributes
    ----------
    scenario : str
        Name of the scenario.
    uid, seed : int
        The person and the seed of both runs.
    who : str
        Who the person is: the same in both firms.
    lives : tuple of Life
        What was seen in either firm.
    told : tuple of tuple of str
        Each life in sentences.
    between : tuple of str
        Where the two lives part, and why.
    """

    scenario: str
    uid: int
    seed: int
    who: str
    lives: tuple[Life, Life] = field(repr=False)
    told: tuple[tuple[str, ...], tuple[str, ...]]
    between: tuple[str, ...]

    @property
    def regimes(self) -> tuple[str, str]:
        """What the firms are called."""
        return self.lives[0].regime, self.lives[1].regime

    @property
    def weeks(self) -> pd.DataFrame:
        """A row per firm and week; see `experiments.biography.weeks.Week`."""
        parts = [
            frame(life.weeks).assign(regime=regime)
            for regime, life in zip(self.regimes, self.lives, strict=True)
        ]
        return pd.concat(parts, ignore_index=True)

    def as_dict(self) -> dict[str, Any]:
        """The story and what it rests on in plain values, for JSON."""
        data: dict[str, Any] = plain(
            {
                "scenario": self.scenario,
                "customer": self.uid,
                "seed": self.seed,
                "regimes": self.regimes,
                "who": self.who,
                "lives": [
                    _facts(life, sentences)
                    for life, sentences in zip(self.lives, self.told, strict=True)
                ],
                "between": self.between,
            }
        )
        return data


def why(
    scenario: Scenario | str | Path,
    uid: int,
    regimes: Sequence[AnyRegime] = REGIMES,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    full: bool = False,
) -> Story:
    """Tell one person's life in two firms, and why the two lives differ.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file.
    uid : int
        The person, 0 to `market.customers` - 1.
    regimes : sequence
        Two; names, files, mappings or objects, or `own` for the scenario's. The same one twice
        gives the same life twice.
    seed : int
        Seed of both runs.
    years : float, optional
        Horizon, by default the scenario's.
    overrides : mapping, optional
        Dotted keys and values put over the scenario.
    full : bool
        Whether to tell every need and every moment, instead of the most telling ones and a sum.

    Raises
    ------
    ScenarioError
        If the input is wrong.
    """
    first, second = two_firms(scenario, uid, regimes, seed, years, overrides)
    names = [first.regime.name, second.regime.name]
    if names[0] == names[1]:
        names[1] += " (2)"
    a, b = (
        Life.live(firm, name, uid, seed) for firm, name in zip((first, second), names, strict=True)
    )
    return Story(
        scenario=first.name,
        uid=uid,
        seed=seed,
        who=introduce(a),
        lives=(a, b),
        told=(tuple(tell(a, full)), tuple(tell(b, full))),
        between=tuple(compare_lives(a, b)),
    )


def two_firms(
    scenario: Scenario | str | Path,
    uid: int,
    regimes: Sequence[AnyRegime] = REGIMES,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
) -> tuple[Scenario, Scenario]:
    """The firms of `why`, which has the parameters; nothing is run.

    Raises
    ------
    ScenarioError
        If the input is wrong.
    """
    if isinstance(regimes, str | Mapping) or len(regimes) != 2:
        many = not isinstance(regimes, str | Mapping)
        given = show(", ".join(map(str, regimes)) if many else regimes)
        raise ScenarioError([Problem(field="regimes", given=given, allowed="two regimes")])
    check_seeds(seed)
    first, second = (
        resolve(scenario, None if regime == OWN else regime, overrides, years) for regime in regimes
    )
    people = first.market.customers
    if not _is_person(uid, people):
        allowed = f"a whole number, 0 to {people - 1}"
        raise ScenarioError([Problem(field="customer", given=show(uid), allowed=allowed)])
    return first, second


def _is_person(uid: object, people: int) -> bool:
    return not isinstance(uid, bool) and isinstance(uid, Integral) and 0 <= int(uid) < people


def _facts(life: Life, sentences: Sequence[str]) -> dict[str, Any]:
    """What is known of one life."""
    hazards = {week.week: week for week in life.weeks}
    return {
        "regime": life.regime,
        "at_start": life.at_start,
        "at_end": life.at_end,
        "joined_weeks": life.joins,
        "losses": [
            {
                "week": loss.week,
                "cause": loss.cause,
                "hazard": hazards[loss.week].hazard,
                "draw": hazards[loss.week].draw,
            }
            for loss in life.losses
        ],
        "profit": life.profit,
        "hazard_rises": [{**asdict(spell), "shares": spell.shares} for spell in life.spells],
        "items": [asdict(journey) for journey in life.journeys],
        "sentences": sentences,
    }
