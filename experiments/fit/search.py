"""Looking for the values with which the model's months are nearest to the data.

A Latin hypercube, so that the whole range is known; then a tree-structured Parzen estimator
(Bergstra et al. 2011, in Optuna) where it looks good; then the lowest points of the surface through
all of it. What is run next hangs on nothing but the runs before: after an interruption the same
points are found again, and what is kept is not run twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.stats import qmc

from experiments.fit.columns import in_months, monthly, weeks_of
from experiments.fit.data import Data
from experiments.fit.distance import Stretches, mean_of, noise, squared, whitening
from experiments.fit.free import Free, resolved
from experiments.fit.surface import Misfit, Surface, best_starts, terms_of
from experiments.runner import Crowd, Keeper, Progress, run_into
from experiments.runs import Keep, Run, RunSpec, run_key, unpack
from experiments.statistics import Values
from simulation import Scenario, ScenarioError, resolve
from simulation.errors import Problem
from simulation.scenario import WEEKS_PER_YEAR

if TYPE_CHECKING:
    import optuna

LIVES = 32
"""Runs of one firm from which the model's own noise is taken."""
BATCH = 6  # points that are chosen before any of them is run
SPREAD = 0.5  # part of the points that are spread evenly
REFINEMENTS = 2
PULL = 1.0
"""What it costs to move a key through the whole of its range: where the data leave a choice, values
stay where they were."""
WORTH = 4.0
"""A run point replaces the lowest point of the surface only if it is so much nearer to the data."""
NEEDED = "Optuna: pip install 'raison[calibrate]'"


@dataclass(frozen=True)
class Wanted:
    """What is looked for.

    Attributes
    ----------
    base : Scenario
        The firm.
    free : tuple of Free
        What is fitted.
    columns : list of str
        Of the data.
    data : ndarray, shape (columns, months)
    first_week : int
        Of the model's weeks, the one in which the first month begins.
    weeks : int
        Of every run.
    points, replications, seed : int
        How many points are looked at, over how many runs each, from which seed on.
    """

    base: Scenario
    free: tuple[Free, ...]
    columns: list[str]
    data: Values
    first_week: int
    weeks: int
    points: int
    replications: int
    seed: int

    @classmethod
    def of(
        cls, base: Scenario, free: tuple[Free, ...], data: Data, warm_up: int, points: int,
        replications: int, seed: int,
    ) -> Self:  # fmt: skip
        """To look so hard for what makes a firm like these months, after so many weeks."""
        values = np.ascontiguousarray(data.values.to_numpy(float).T)
        weeks = weeks_of(len(data.months), warm_up)
        return cls(base, free, data.columns, values, warm_up, weeks, points, replications, seed)

    def firm(self, place: Values) -> Scenario:
        """The firm at a point of the unit cube."""
        values = resolved(self.base, self.free, place)
        return resolve(self.base, None, values, self.weeks / WEEKS_PER_YEAR)

    @property
    def home(self) -> Values:
        """Where the scenario itself is."""
        return np.array([one.place(one.start) for one in self.free], np.float64)

    @property
    def search_seeds(self) -> range:
        """Luck of every point."""
        return range(self.seed, self.seed + self.replications)

    @property
    def fresh_seeds(self) -> range:
        """Luck that the search does not see, from which noise is taken."""
        return range(self.seed + self.replications, self.seed + self.replications + LIVES)

    @property
    def runs(self) -> int:
        """How many runs it takes, unless a point of the search is chosen in the end."""
        return (self.points + REFINEMENTS) * self.replications + (1 + REFINEMENTS) * LIVES


@dataclass(frozen=True)
class Found:
    """What the search has seen.

    Attributes
    ----------
    places : ndarray, shape (points, keys)
        Every point, in the unit cube; the first is that of the scenario.
    means : ndarray, shape (points, stretches)
        What the model says there, without the luck of the few seeds.
    best : ndarray, shape (keys,)
        The point that was chosen.
    before, after : ndarray, shape (lives, columns, months)
        Lives of the firm as it was, and at the chosen point.
    failed : int
        Runs that did not come to their end.
    first_error : str
        Of the first of them.
    """

    places: Values
    means: Values
    best: Values
    before: Values
    after: Values
    failed: int
    first_error: str


class Firms:
    """Lives of firms in months, run as they are asked for."""

    def __init__(
        self, wanted: Wanted, runs: Keeper, crowd: Crowd | None, progress: Progress | None, run: Run
    ) -> None:
        self._wanted, self._runs, self._crowd, self._run = wanted, runs, crowd, run
        self._progress = progress
        self._part = in_months(wanted.weeks, wanted.data.shape[1], wanted.first_week)
        self._known: dict[str, Values] = {}
        self.errors: dict[str, str] = {}

    def lives(self, places: Sequence[Values], seeds: range) -> list[Values]:
        """For each point, its lives: an array of shape (seeds, columns, months), NaN if failed."""
        firms = [self._wanted.firm(place) for place in places]
        keys = [[run_key(digest, seed) for seed in seeds]
                for digest in (firm.digest for firm in firms)]  # fmt: skip
        new = {
            key: RunSpec(firm, "firm", seed, Keep.SERIES)
            for firm, of_one in zip(firms, keys, strict=True)
            for key, seed in zip(of_one, seeds, strict=True)
            if key not in self._known
        }
        if new:
            self._make(new)
        return [np.array([self._known[key] for key in of_one]) for of_one in keys]

    def _make(self, specs: Mapping[str, RunSpec]) -> None:
        before, total, tell = len(self._known), self._wanted.runs, self._progress
        run_into(
            self._runs,
            list(specs.values()),
            self._crowd,
            tell and (lambda done, _: tell(min(before + done, total), total)),
            self._run,
        )
        nothing = np.full(self._wanted.data.shape, np.nan)
        for packed in self._runs.packed(specs.keys()):
            result = unpack(packed, "firm")
            if result.series is None:
                self.errors[packed.key] = f"seed {packed.seed}: {packed.error}"
                self._known[packed.key] = nothing
            else:
                self._known[packed.key] = monthly(result.series, self._wanted.columns, self._part)


def find(wanted: Wanted, firms: Firms) -> Found:
    """Look for the best point; see the top of this file.

    Raises
    ------
    ScenarioError
        If the model has nothing to say to a column, or too many runs failed.
    """
    watch = _Watch(wanted, firms)
    home = wanted.home
    before = watch.look_closely(home)
    study = _optuna_study(wanted, home)
    while len(watch.places) < wanted.points:
        trials = [study.ask() for _ in range(min(BATCH, wanted.points - len(watch.places)))]
        asked = [np.array([trial.suggest_float(one.key, 0.0, 1.0) for one in wanted.free])
                 for trial in trials]  # fmt: skip
        watch.look(asked)
        for trial, loss in zip(trials, watch.losses()[-len(trials) :], strict=True):
            _tell(study, trial, float(loss))
    for _ in range(REFINEMENTS):
        best = watch.lowest()
        watch.look([best])
        after = watch.look_closely(best)
    losses = watch.losses()
    if not losses[-1] <= np.nanmin(losses) + WORTH:
        best = watch.places[int(np.nanargmin(losses))]
        after = watch.look_closely(best)
    known = watch.known
    errors = list(firms.errors.values())
    return Found(
        np.array(watch.places)[known], watch.means[known], best, before, after,
        len(errors), errors[0] if errors else "",
    )  # fmt: skip


class _Watch:
    """Points that were looked at, and how far each is from the data.

    All points have the same few seeds. At one point after the other there are many lives besides:
    they say what the luck of these seeds is, which is then taken off everywhere, and how large the
    noise is.
    """

    def __init__(self, wanted: Wanted, firms: Firms) -> None:
        self._wanted, self._firms = wanted, firms
        self._stretches = Stretches.of(wanted.data)
        self._target = self._stretches.means(wanted.data)
        self._luck = np.zeros(len(self._target))
        self._covariance = np.eye(len(self._target))
        self.places: list[Values] = []
        self._means: list[Values] = []

    @property
    def means(self) -> Values:
        """What the model says at every point, without the luck of its seeds."""
        return np.array(self._means).reshape(-1, len(self._target)) - self._luck

    @property
    def known(self) -> np.ndarray:
        """Which points have a value in all stretches."""
        return np.asarray(np.isfinite(self.means).all(axis=1))

    def look(self, places: Sequence[Values]) -> None:
        """Run the firm at points, with the seeds that all points have."""
        for place, lives in zip(
            places, self._firms.lives(places, self._wanted.search_seeds), strict=True
        ):
            self.places.append(place)
            self._means.append(mean_of(self._stretches.means(lives)))

    def look_closely(self, place: Values) -> Values:
        """Run the firm at a point with many fresh seeds; its lives."""
        (lives,) = self._firms.lives([place], self._wanted.fresh_seeds)
        lives = lives[np.isfinite(lives).any(axis=(1, 2))]
        self._check(lives)
        (few,) = self._firms.lives([place], self._wanted.search_seeds)
        means = self._stretches.means
        luck = mean_of(means(few)) - mean_of(means(lives))
        self._luck = np.where(np.isfinite(luck), luck, 0.0)
        self._covariance = noise(lives, self._wanted.data, self._stretches)
        return lives

    def _check(self, lives: Values) -> None:
        """Refuse a firm that does not live, or has nothing to say to a column."""
        if len(lives) < LIVES / 2:
            _refuse_failures(f"{LIVES - len(lives)} of {LIVES} runs of a firm failed", self._firms)
        silent = ~np.isfinite(mean_of(self._stretches.means(lives)))
        mute = [self._wanted.columns[i] for i in np.unique(self._stretches.columns[silent])]
        if mute:
            given = "no value in any run, at least for a part of the months"
            allowed = "a measure that the runs of this firm have; leave the column out"
            raise ScenarioError(
                [Problem(field=name, given=given, allowed=allowed) for name in mute]
            )

    def losses(self) -> Values:
        """Squared distance of every point from the data, and what it costs to be there."""
        places = np.array(self.places)
        away = ((places - self._wanted.home) ** 2).sum(axis=1)
        return squared(whitening(self._covariance), self._target - self.means) + PULL * away

    def lowest(self) -> Values:
        """Where the surface through all points is nearest to the data."""
        home, known = self._wanted.home, self.known
        if known.sum() < terms_of(len(home)):
            given = f"{int((~known).sum())} of {len(known)} points without a value"
            _refuse_failures(given, self._firms)
        places, means = np.array(self.places)[known], self.means[known]
        distances = squared(whitening(self._covariance), self._target - means)
        surface = Surface.of(places, means, distances)
        misfit = Misfit.of(surface, self._covariance, self._target, PULL, home)
        place, _ = misfit.least([home, *best_starts(places, distances)])
        return place


def require_optuna() -> None:
    """Refuse to go on where Optuna is not installed."""
    if find_spec("optuna") is None:
        problem = Problem(field="calibrate", given="raison without Optuna", allowed=NEEDED)
        raise ScenarioError([problem])


def _optuna_study(wanted: Wanted, home: Values) -> optuna.Study:
    """A study in memory whose first points are the scenario itself and a Latin hypercube."""
    import optuna  # slow to import, and an extra

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(
        n_startup_trials=0, multivariate=True, constant_liar=True, seed=wanted.seed % 2**32
    )
    study = optuna.create_study(sampler=sampler)
    spread = max(2, int(SPREAD * wanted.points)) - 1
    cube = qmc.LatinHypercube(len(home), rng=wanted.seed, optimization="random-cd").random(spread)
    for place in [home, *cube]:
        study.enqueue_trial({one.key: float(x) for one, x in zip(wanted.free, place, strict=True)})
    return study


def _tell(study: optuna.Study, trial: optuna.Trial, loss: float) -> None:
    from optuna.trial import TrialState

    if np.isfinite(loss):
        study.tell(trial, loss)
    else:
        study.tell(trial, state=TrialState.FAIL)


def _refuse_failures(given: str, firms: Firms) -> None:
    first = next(iter(firms.errors.values()), "")
    said = f"{given} (the first: {first})" if first else given
    allowed = "ranges in which the firm lives through its months"
    raise ScenarioError([Problem(field="--fit", given=said, allowed=allowed)])
