"""Which dials, or which mechanisms, make the gap between two regimes: exact Shapley shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.attribution.game import Game, Of, players_of
from experiments.attribution.result import Attribution
from experiments.compare import OWN, AnyRegime, check_seeds
from experiments.conduct import Means, carry_out
from experiments.runner import Crowd, Progress
from experiments.runs import Keep, Run, run_one
from experiments.scenario_file import render
from experiments.study import Study
from simulation import Scenario, ScenarioError, resolve
from simulation.errors import Problem, show

__all__ = ["REPLICATIONS", "Attribution", "Plan", "attribute", "plan"]

REPLICATIONS = 8


def attribute(
    scenario: Scenario | str | Path,
    regimes: Sequence[AnyRegime],
    of: Of = "dials",
    players: Sequence[Sequence[str]] | None = None,
    replications: int = REPLICATIONS,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    folder: Path | str | None = None,
    replace: bool = False,
    retry: bool = False,
    crowd: Crowd | None = None,
) -> Attribution:
    """Divide the gap between two regimes among its causes.

    Every coalition of the players is a firm that lives with the same luck: replication r has seed
    `seed + r` in all of them. The shares of a replication add up to its gap.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The firm: an object, a shipped name, or a file.
    regimes : sequence
        A and B; names, files, mappings or objects. `own` is the scenario's regime.
    of : "dials" or "mechanisms"
        Whether the gap is divided among the dials in which the regimes differ, or among the
        mechanisms of the model.
    players : sequence of sequences of str, optional
        Who they are: names of dials (or mechanisms) that move together; at most 8. What is not
        named is one more player. By default dials, or mechanisms, of one idea.
    replications : int
        Of every coalition; one gives no intervals.
    seed, years, overrides, workers, progress, folder, replace, retry, crowd
        As for `experiments.compare`.

    Raises
    ------
    ScenarioError
        If the input is wrong; then nothing has run. A run that fails does not raise: it is a row of
        `Attribution.runs`, and its replication does not count.
    StoreError
        If the folder cannot be used, or somebody else is at work on it.

    Examples
    --------
    >>> found = attribute("small_firm", ["customer_first", "internal_customer"])  # doctest: +SKIP
    >>> found.of_measure("profit")  # doctest: +SKIP
    """
    asked = plan(scenario, regimes, of, players, replications, seed, years, overrides)
    where = Path(folder) if folder is not None else None
    return asked.carry_out(Means(where, replace, retry, workers, crowd, progress))


@dataclass(frozen=True)
class Plan:
    """An attribution to be made: a study, its game, and the firm of every cell."""

    study: Study
    game: Game
    cells: Mapping[str, Scenario]

    def carry_out(self, means: Means, run: Run = run_one) -> Attribution:
        """Run what is missing; see `attribute`."""
        runs, replications = carry_out(self.study, self.cells, means, keep=Keep.SUMMARY, run=run)
        game = self.game
        return Attribution(self.study, game.of, game.players, runs, replications, means.folder)


def plan(
    scenario: Scenario | str | Path,
    regimes: Sequence[AnyRegime],
    of: Of = "dials",
    players: Sequence[Sequence[str]] | None = None,
    replications: int = REPLICATIONS,
    seed: int = 0,
    years: float | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Plan:
    """Lay out an attribution; parameters and errors are those of `attribute`."""
    if isinstance(regimes, str | Mapping) or len(regimes) != 2:
        given = show(
            regimes if isinstance(regimes, str | Mapping) else ", ".join(map(str, regimes))
        )
        raise ScenarioError([Problem(field="regimes", given=given, allowed="two regimes")])
    if replications < 1:
        problem = Problem(field="replications", given=show(replications), allowed="1 or more")
        raise ScenarioError([problem])
    check_seeds(seed, replications)
    base = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    a, b = (resolve(base, None if r == OWN else r, overrides, years) for r in regimes)
    game = Game(of, a, b, players_of(of, a, b, players))
    cells = dict(game.cells())
    study = Study(
        kind="attribute",
        scenario=base.name,
        regimes=(a.regime.name, b.regime.name),
        cells={label: firm.digest for label, firm in cells.items()},
        seed=seed,
        replications=replications,
        asked={
            "of": of,
            "players": {player.name: player.parts for player in game.players},
            "years": years,
            "overrides": overrides,
            "regimes": {
                side: firm.regime.model_dump(mode="json", exclude_none=True)
                for side, firm in (("A", a), ("B", b))
            },
        },
        base=render(base, base.name),
    )
    return Plan(study, game, cells)
