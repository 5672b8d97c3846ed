"""Where a study of many firms comes from: its firms, its command, its versions."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from experiments.report.document import Reported
from experiments.report.origin import (
    Origin,
    base_of,
    files_in,
    options_of,
    overrides_of,
    regime_word,
    scenario_word,
    sets_of,
)
from experiments.study import Study, earlier_studies
from simulation import Scenario, resolve
from simulation.addresses import Steps, addresses
from simulation.version import MODEL_VERSION, code_digest

if TYPE_CHECKING:
    import pandas as pd

    from experiments.runs import Runs

FOLDER = "again"
"""Where the command puts its runs, which such a study cannot do without."""


class Kept(Reported, Protocol):
    """The result of a study that knows where its runs are."""

    @property
    def stored(self) -> Runs:
        """All of them, and maybe those of other studies."""

    @property
    def folder(self) -> Path | None:
        """Of the study, if it is kept."""


def study_origin(
    result: Kept,
    options: Sequence[str],
    runs: pd.DataFrame | None = None,
    varied: Sequence[str] = (),
    here: Mapping[str, Any] | None = None,
    out: str = FOLDER,
) -> Origin:
    """Find out where a study comes from.

    Parameters
    ----------
    result : Kept
        What came of it.
    options : sequence of str
        Of its command, those that other commands have not; words that end like the names of files
        stand for files of the reader's own.
    runs : DataFrame, optional
        A row per run that counts, with its `key`; by default all that are kept.
    varied : sequence of str
        Keys that take several values.
    here : mapping, optional
        Values of these for the firms that the page describes.
    out : str
        What the command writes.
    """
    study = result.study
    base = base_of(study)
    overrides, years = overrides_of(study), study.asked.get("years")

    def under(regime: str | None) -> Scenario:
        return resolve(base, regime, overrides, years)

    given = scenario_word(study, base)
    regimes = [
        regime_word(label, firm, under)
        for label, firm in firms_of(study).items()
        if "regimes" in study.asked
    ]
    words = [
        "raison", study.kind, given, *options, *options_of(study, regimes, sets_of(study)),
        "--out", out,
    ]  # fmt: skip
    index = result.stored.index()
    keys = index.index if runs is None else runs["key"].unique()
    return Origin(
        firms=firms_of(study, here),
        scenario=study.base,
        command=shlex.join(words),
        files=files_in(given, *options, *regimes),
        versions={"model": MODEL_VERSION, "code": code_digest()},
        runs=len(keys) if runs is None else len(runs),
        keys=len(keys),
        seconds=float(index["seconds"].reindex(keys).sum()),
        earlier=earlier_studies(result.folder) if result.folder else 0,
        varied=_names_of(base, varied),
    )


def firms_of(study: Study, here: Mapping[str, Any] | None = None) -> dict[str, Scenario]:
    """The firm of every regime, by what the study calls it, with these values of what is varied."""
    base, asked = base_of(study), study.asked
    values = {**overrides_of(study), **(here or {})}
    dials = asked["regimes"].values() if "regimes" in asked else [asked["regime"]]
    return {
        label: resolve(base.with_regime(regime), None, values, asked.get("years"))
        for label, regime in zip(study.regimes, dials, strict=True)
    }


def places_of(base: Scenario, keys: Sequence[str]) -> dict[str, Steps]:
    """The steps through a scenario that each of these keys stands for."""
    known = addresses(base.model_dump())
    return {key: known[key] for key in keys}


def _names_of(base: Scenario, keys: Sequence[str]) -> frozenset[str]:
    """These keys by all of their names, bare and in full."""
    places = set(places_of(base, keys).values())
    known = addresses(base.model_dump())
    return frozenset(name for name, steps in known.items() if steps in places)
