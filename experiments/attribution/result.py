"""What an attribution has found: shares of a gap that add up to it, replication by replication."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from experiments.attribution.finding import finding
from experiments.attribution.game import Of, Player, dials_label, mechanisms_label
from experiments.attribution.shapley import interaction_weights, pairs, shapley_weights
from experiments.conduct import finished
from experiments.metrics import HEADLINE, in_order
from experiments.results import Results
from experiments.runs import Runs
from experiments.statistics import LEVEL, Values, half_width
from experiments.store import StoredRuns
from experiments.study import Study, nothing_finished
from experiments.study_result import StudyResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAP, REMAINS = "gap", "remains"
"""Names of the whole gap, and of what remains of it without any of the mechanisms."""

_BOOKKEEPING = {
    "key", "label", "replication", "seed", "status", "error", "attempts", "seconds",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a gap, and how sure it is.

    Attributes
    ----------
    mean : float
        Over the replications that have a value; NaN if none has.
    low, high : float
        Student t interval of the mean; NaN with fewer than two.
    count : int
        Replications that have a value.
    """

    mean: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Values, level: float = LEVEL) -> Self:
        """From the values of all replications."""
        known = values[np.isfinite(values)]
        mean = float(known.mean()) if len(known) else math.nan
        half = half_width(known, level)
        return cls(mean, mean - half, mean + half, len(known))

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Attribution(StudyResult):
    """Which dials, or which mechanisms, make the gap between two firms.

    Attributes
    ----------
    study : Study
        What was asked.
    of : "dials" or "mechanisms"
        What the players are.
    players : tuple of Player
        Among whom the gap is divided.
    stored : Runs
        Where the runs are.
    replications : int
        How many count, of every coalition.
    folder : Path, optional
        Of the study, if it is kept.
    """

    kind = "attribute"

    study: Study
    of: Of
    players: tuple[Player, ...]
    stored: Runs = field(repr=False)
    replications: int
    folder: Path | None = None

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the attribution that a folder holds, as far as it has got.

        Raises
        ------
        ScenarioError
            If it holds none, or no replication of which every coalition is finished.
        StoreError
            If it cannot be read.
        """
        folder = Path(folder)
        study = cls._study_in(folder)
        stored = StoredRuns(folder)
        replications = finished(study, stored)
        if not replications:
            allowed = "an attribution with at least one replication finished"
            raise nothing_finished(folder, allowed)
        told_players: Mapping[str, Sequence[str]] = study.asked["players"]
        players = tuple(Player(name, tuple(parts)) for name, parts in told_players.items())
        return cls(study, study.asked["of"], players, stored, replications, folder)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per cell and replication: label, place, status, error, the summary."""
        study = self.study
        return Results(self.stored, study.cells, study.seed, self.replications).summaries

    @cached_property
    def metrics(self) -> list[str]:
        """Measures of which any run has a value."""
        names = [str(name) for name in self.runs if name not in _BOOKKEEPING]
        return in_order([name for name in names if self.runs[name].notna().any()])

    def values(self, measure: str) -> Values:
        """What each coalition is worth in each replication, NaN where any run has no value.

        Of dials, the measure in the coalition's firm; of mechanisms, the gap A - B that is left
        with only the coalition at work.

        Returns
        -------
        ndarray of float, shape (replications, 2**players)
        """
        wide = self.runs.pivot(index="replication", columns="label", values=measure)
        every = range(1 << len(self.players))
        if self.of == "dials":
            worth = wide[[dials_label(c) for c in every]].to_numpy(np.float64)
        else:
            a, b = (
                wide[[mechanisms_label(c, side) for c in every]].to_numpy(np.float64)
                for side in "AB"
            )
            worth = a - b
        # Shares would not add up to the gap if it counted worlds that they do not.
        whole = np.isfinite(worth).all(axis=1, keepdims=True)
        return np.where(whole, worth, np.nan)

    def shares(self, measure: str) -> Values:
        """The players' shares of the gap; with what remains, they add up to it in each row.

        Returns
        -------
        ndarray of float, shape (replications, players)
        """
        weights = shapley_weights(len(self.players))
        return np.asarray(self.values(measure) @ weights.T, np.float64)

    def remains(self, measure: str) -> Values:
        """Per replication, the gap without any mechanism; of dials none, for the firms are one."""
        nobody = self.values(measure)[:, 0]
        return nobody if self.of == "mechanisms" else np.where(np.isfinite(nobody), 0.0, np.nan)

    def gap(self, measure: str) -> Values:
        """The gap A - B per replication."""
        values = self.values(measure)
        return values[:, -1] - (values[:, 0] if self.of == "dials" else 0.0)

    def interactions(self, measure: str) -> Values:
        """How much more two players make together than each by itself.

        Returns
        -------
        ndarray of float, shape (replications, pairs)
            In the order of `shapley.pairs`.
        """
        weights = interaction_weights(len(self.players))
        return np.asarray(self.values(measure) @ weights.T, np.float64)

    def parts(self, measure: str) -> dict[str, Part]:
        """The whole gap, every player's share, and what remains without any mechanism."""
        shares = zip((p.name for p in self.players), self.shares(measure).T, strict=True)
        columns = {GAP: self.gap(measure), **dict(shares)}
        if self.of == "mechanisms":
            columns[REMAINS] = self.remains(measure)
        return {name: Part.of(values) for name, values in columns.items()}

    def pairs(self, measure: str, level: float = LEVEL) -> dict[tuple[str, str], Part]:
        """The interaction of every two players, by their names, with intervals of this level."""
        names = [player.name for player in self.players]
        places = pairs(len(names))
        found = zip(places, self.interactions(measure).T, strict=True)
        return {(names[i], names[j]): Part.of(values, level) for (i, j), values in found}

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per measure and player, and one for the whole gap (and for what remains of it).

        Columns: metric, player, share, low, high (95 % Student t interval over replications),
        replications (those that count).
        """
        return pd.DataFrame(
            {
                "metric": measure, "player": name, "share": part.mean, "low": part.low,
                "high": part.high, "replications": part.count,
            }
            for measure in self.metrics
            for name, part in self.parts(measure).items()
        )  # fmt: skip

    @cached_property
    def interaction_table(self) -> pd.DataFrame:
        """A row per measure and pair of players.

        Columns: metric, player_a, player_b, interaction, low, high, replications.
        """
        return pd.DataFrame(
            {
                "metric": measure, "player_a": a, "player_b": b, "interaction": part.mean,
                "low": part.low, "high": part.high, "replications": part.count,
            }
            for measure in self.metrics
            for (a, b), part in self.pairs(measure).items()
        )  # fmt: skip

    def strongest_pair(self, measure: str) -> tuple[tuple[str, str], Part] | None:
        """The two players whose interaction is the largest of those that are clear, if any is.

        The largest of many is large by chance, too: intervals hold for all pairs together
        (Bonferroni).
        """
        count = len(pairs(len(self.players)))
        together = self.pairs(measure, 1 - (1 - LEVEL) / max(count, 1))
        clear = {names: part for names, part in together.items() if part.is_clear}
        if not clear:
            return None
        names = max(clear, key=lambda names: abs(clear[names].mean))
        return names, clear[names]

    @cached_property
    def headlines(self) -> list[str]:
        """The measures that are told and drawn."""
        return [key for key in HEADLINE if key in self.metrics]

    @cached_property
    def finding(self) -> str:
        """What makes the gap, in words, no surer than the runs are."""
        return finding(self)

    def figure(self) -> Figure:
        """A waterfall for each headline measure, from firm B to firm A."""
        # matplotlib is slow to import, and workers do not draw
        from experiments.attribution.figure import draw_attribution

        return draw_attribution(self)

    def _tables(self) -> dict[str, pd.DataFrame]:
        return {"table": self.table, "pairs": self.interaction_table}

    def _said(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "regimes": self.regimes,
            "of": self.of,
            "players": {player.name: player.parts for player in self.players},
            "seed": self.study.seed,
            "replications": self.replications,
            "failed": self.failed,
            "finding": self.finding,
        }
