"""Where a sweep comes from: its firms, its command, its versions."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.report.origin import (
    Origin,
    base_of,
    files_in,
    options_of,
    overrides_of,
    regime_word,
    scenario_word,
    sets_of,
    yaml_of,
)
from experiments.study import Study, earlier_studies
from experiments.sweep.design import points_asked
from simulation import Scenario, resolve
from simulation.addresses import Steps, addresses
from simulation.version import MODEL_VERSION, code_digest

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep

FOLDER = "again"
"""Where the command puts its runs, which a sweep cannot do without."""


def sweep_origin(result: Sweep) -> Origin:
    """Find out where a sweep comes from."""
    study = result.study
    base = base_of(study)
    given = scenario_word(study, base)
    bare = {label: base.with_regime(study.asked["regimes"][label]) for label in study.regimes}

    def under(regime: str | None) -> Scenario:
        return base.with_regime(regime) if regime else base

    regimes = [regime_word(label, firm, under) for label, firm in bare.items()]
    here = {**overrides_of(study), **points_asked(study.asked)[0]}
    years = study.asked.get("years")
    seconds = result.stored.index()["seconds"].reindex(result.runs["key"].unique())
    return Origin(
        firms={label: resolve(firm, None, here, years) for label, firm in bare.items()},
        scenario=study.base,
        command=shlex.join(_command(study, given, regimes)),
        files=files_in(given, *regimes),
        versions={"model": MODEL_VERSION, "code": code_digest()},
        seconds=float(seconds.sum()),
        earlier=earlier_studies(result.folder) if result.folder else 0,
        varied=_names_of(base, result.keys),
    )


def places_of(base: Scenario, keys: Sequence[str]) -> dict[str, Steps]:
    """The steps through a scenario that each of these keys stands for."""
    known = addresses(base.model_dump())
    return {key: known[key] for key in keys}


def _names_of(base: Scenario, keys: Sequence[str]) -> frozenset[str]:
    """These keys by all of their names, bare and in full."""
    places = set(places_of(base, keys).values())
    known = addresses(base.model_dump())
    return frozenset(name for name, steps in known.items() if steps in places)


def _command(study: Study, scenario: str, regimes: list[str]) -> Iterator[str]:
    yield from ("raison", "sweep", scenario)
    varied: Mapping[str, Any] = study.asked["vary"]
    for key, axis in varied.items():
        values = axis if isinstance(axis, str) else ",".join(yaml_of(value) for value in axis)
        yield from ("--vary", f"{key}={values}")
    if (samples := study.asked.get("samples")) is not None:
        yield from ("--samples", str(samples))
    yield from options_of(study, regimes, sets_of(study))
    yield from ("--out", FOLDER)
