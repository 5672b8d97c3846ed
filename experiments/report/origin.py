"""Where a study comes from: its firms, its command, its versions."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments.biography.command import command_for
from experiments.scenario_file import parsed
from experiments.study import Study, earlier_studies
from simulation import Scenario, resolve
from simulation.io import shipped
from simulation.version import MODEL_VERSION, code_digest

if TYPE_CHECKING:
    from experiments.compare import Comparison

FILE = "firm.yaml"
"""What the scenario is called in a command, if it is not one that raison brings along."""
OWN = "own"
"""What the scenario's own regime is called there."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything a reader needs to judge a study and to make it again.

    Attributes
    ----------
    firms : mapping of str to Scenario
        By regime, the firm that lived in the runs; of a sweep that at the first point.
    scenario : str
        The file that the study started from, in YAML.
    command : str
        Makes the same runs again.
    stories : tuple of tuple of str
        Each customer whose fate is told, and the command that tells the whole story.
    files : tuple of str
        Names in these commands that stand for files of the reader's own.
    versions : mapping of str to str
        Of program, model and libraries.
    runs, keys : int
        How many runs count, and how many of them differ.
    seconds : float
        Time that all runs took, added up.
    earlier : int
        How many other studies the folder held before.
    varied : frozenset of str
        Every name of what takes several values in a sweep.
    """

    firms: Mapping[str, Scenario]
    scenario: str
    command: str
    stories: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    runs: int = 0
    keys: int = 0
    seconds: float = 0.0
    earlier: int = 0
    varied: frozenset[str] = frozenset()


def origin_of(result: Comparison) -> Origin:
    """Find out where a comparison comes from."""
    study = result.study
    base = base_of(study)
    firms = _firms(study, base)
    given = scenario_word(study, base)
    years = study.asked.get("years")

    def under(regime: str | None) -> Scenario:
        return resolve(base, regime, overrides_of(study), years)

    regimes = [regime_word(label, firm, under) for label, firm in firms.items()]
    sets = sets_of(study)
    stories = tuple(
        (fate.sentence, command_for(given, fate.uid, regimes[:2], result.seed, years, sets))
        for fate in result.fates
    )
    return Origin(
        firms=firms,
        scenario=study.base,
        command=shlex.join(_command(result, given, regimes, sets)),
        stories=stories,
        files=files_in(given, *regimes),
        versions=_versions(result),
        runs=len(result.runs),
        keys=result.runs["key"].nunique(),
        seconds=float(result.results.summaries["seconds"].sum()),
        earlier=earlier_studies(result.folder) if result.folder else 0,
    )


def base_of(study: Study) -> Scenario:
    """The scenario that a study started from."""
    return parsed(study.base)


def _firms(study: Study, base: Scenario) -> dict[str, Scenario]:
    """The firm of each regime, resolved as it lived in the runs."""
    firm = resolve(base, None, overrides_of(study), study.asked.get("years"))
    regimes: Mapping[str, Mapping[str, object]] = study.asked["regimes"]
    return {label: firm.with_regime(regimes[label]) for label in study.regimes}


def stopping_in_words(study: Study) -> str:
    """What decided the number of replications, fixed before the first run."""
    if study.precision is None:
        return f"The number of worlds, {study.replications:,}, was fixed before the first run."
    widths = " and ".join(f"{name} {width:g}" for name, width in study.precision.widths.items())
    return (
        "Worlds are added until the interval of each of these differences is clear of zero or "
        f"narrower than the width given: {widths}; at least {study.precision.least:,} and at most "
        f"{study.replications:,} worlds. That was fixed before the first run, and the intervals of "
        "the table of measures are made to hold whenever one stops; those of the pictures and of "
        "break-even are not."
    )


def _command(
    result: Comparison, scenario: str, regimes: list[str], sets: list[str]
) -> Iterator[str]:
    study = result.study
    yield from ("raison", "compare", scenario)
    yield from options_of(study, regimes, sets)
    for name, width in (study.precision.widths if study.precision else {}).items():
        yield from ("--precision", f"{name}={width:g}")
    if study.warm_up:
        yield from ("--warm-up", str(study.warm_up))


def options_of(study: Study, regimes: list[str], sets: list[str]) -> Iterator[str]:
    """The options that every study has; one that compares no regimes does not name them."""
    if regimes:
        yield from ("--regimes", ",".join(regimes))
    yield from ("--replications", str(study.replications), "--seed", str(study.seed))
    if (years := study.asked.get("years")) is not None:
        yield from ("--years", f"{years:g}")
    for text in sets:
        yield from ("--set", text)


def files_in(*words: str) -> tuple[str, ...]:
    """Those of the words of a command that stand for files of the reader's own."""
    return tuple(word for word in words if word.endswith((".yaml", ".csv")))


def scenario_word(study: Study, base: Scenario) -> str:
    """The name of the scenario if raison brings it along as it is here; else that of a file."""
    known = study.scenario in shipped("scenario") and Scenario.load(study.scenario) == base
    return study.scenario if known else FILE


def regime_word(label: str, firm: Scenario, under: Callable[[str | None], Scenario]) -> str:
    """The word that gives this firm in a command; else the name of a file.

    Parameters
    ----------
    label : str
        What the study calls the regime.
    firm : Scenario
        The firm under it.
    under : callable
        Gives the firm under a shipped regime, or with None under the scenario's own.
    """
    name = firm.regime.name
    words = {OWN: None, **({name: name} if name in shipped("regime") else {})}
    for word, regime in reversed(words.items()):
        if under(regime) == firm:
            return word
    return f"{label}.yaml"


def overrides_of(study: Study) -> Mapping[str, object]:
    """What is put over the scenario, by key."""
    found: Mapping[str, object] = study.asked.get("overrides") or {}
    return found


def sets_of(study: Study) -> list[str]:
    """What follows each `--set`."""
    return [f"{key}={yaml_of(value)}" for key, value in overrides_of(study).items()]


def yaml_of(value: object) -> str:
    """A value as YAML on one line, which JSON is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _versions(result: Comparison) -> dict[str, str]:
    found: dict[str, str] = {"model": MODEL_VERSION, "code": code_digest()}
    manifests: Iterator[dict[str, Any] | None] = map(result.manifest, result.regimes)
    for manifest in filter(None, manifests):
        return {**found, "python": manifest["python"], **manifest["libraries"]}
    return found
