"""What a study asks, fixed in its folder before the first run.

study.toml     the design, what is estimated, when it stops, the digest of every cell
scenario.yaml  the scenario it started from
shards/        the same study in parts, run elsewhere
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import tomli_w

from experiments.disk import StoreError, sync_folder, told, write_whole
from experiments.result_folder import OUTPUTS, plain
from experiments.runs import run_key
from experiments.store import INDEX, LOCK, PARTS, Store, StoredRuns
from simulation.errors import Problem, ScenarioError, show
from simulation.version import MODEL_VERSION, code_digest

STUDY, SCENARIO, SHARDS, EARLIER = "study.toml", "scenario.yaml", "shards", "earlier"
ESTIMATES = ("retention", "profit", "friction", "agility_speed")
"""The headline measures: what a comparison is about unless it says otherwise."""

_BEFORE_STUDY = {
    *(f"{INDEX}{rest}" for rest in ("", "-wal", "-shm", "-journal")),
    *(f"{name}{rest}" for name in (STUDY, SCENARIO) for rest in ("", ".tmp")),
    PARTS, LOCK, SHARDS, EARLIER,
}  # fmt: skip
"""What a folder may hold whose study was being written down when the process was killed."""
_DIGESTS = {
    "code": "results of another version of the model",
    "scenario_text": "another text of the scenario",
    "cells": "other firms",
}
"""How a difference is told that a reader could not make out from two digests."""
_SHARD = re.compile(r"(\d+)/(\d+)")

Kind = Literal["compare", "sweep", "attribute", "frontier", "sensitivity", "calibrate"]
AUTO: Literal["auto"] = "auto"
"""Stands for the warm-up that the runs themselves show."""
WarmUpRule = int | Literal["auto"]


@dataclass(frozen=True)
class Precision:
    """Replications are added until each of these differences is clear or narrow enough.

    Attributes
    ----------
    widths : mapping of str to float
        For each measure the width of its confidence sequence that is narrow enough.
    least, tightest_at, alpha
        As for `confidence_sequence`; alpha is shared by all measures and second regimes.
    """

    widths: Mapping[str, float]
    least: int
    tightest_at: int
    alpha: float


@dataclass(frozen=True)
class Study:
    """What a study asks: its cells, their replications, what is estimated and when it stops.

    Attributes
    ----------
    kind : str
        Which command it belongs to.
    scenario : str
        Name of the scenario.
    regimes : tuple of str
        The first is A; every other is a B.
    cells : mapping of str to str
        Digest of the resolved scenario of each cell, by the cell's label.
    seed : int
        Replication r has seed `seed + r` in every cell.
    replications : int
        Of every cell; with a precision, the most there will be.
    precision : Precision, optional
        When to stop before that.
    warm_up : int or "auto"
        Weeks at the start that the summary measures leave out; "auto" leaves it to the runs.
    estimates : tuple of str
        The measures that the study is about.
    asked : mapping
        How it was asked, in plain values: overrides, years, what is varied.
    base : str
        The scenario it started from, as the text of a file.
    """

    kind: Kind
    scenario: str
    regimes: tuple[str, ...]
    cells: Mapping[str, str]
    seed: int
    replications: int
    precision: Precision | None = None
    warm_up: WarmUpRule = 0
    estimates: tuple[str, ...] = ESTIMATES
    asked: Mapping[str, Any] = field(default_factory=dict)
    base: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Of all of its runs."""
        seeds = range(self.seed, self.seed + self.replications)
        return frozenset(run_key(cell, seed) for cell in self.cells.values() for seed in seeds)

    def document(self) -> dict[str, Any]:
        """Everything that is fixed, in the order of a file."""
        if self.precision is None:
            stopping: dict[str, Any] = {"rule": "fixed", "replications": self.replications}
        else:
            stopping = {
                "rule": "precision",
                "most_replications": self.replications,
                "least_replications": self.precision.least,
                "tightest_at": self.precision.tightest_at,
                "alpha": self.precision.alpha,
                "widths": dict(self.precision.widths),
            }
        document: dict[str, Any] = _without_nothing(
            plain(
                {
                    "kind": self.kind,
                    "scenario": self.scenario,
                    "regimes": self.regimes,
                    "model_version": MODEL_VERSION,
                    "code": code_digest(),
                    "seed": self.seed,
                    "estimates": self.estimates,
                    "warm_up": self.warm_up,
                    "stopping": stopping,
                    "asked": self.asked,
                    "scenario_text": hashlib.sha256(self.base.encode()).hexdigest(),
                    "cells": self.cells,
                }
            )
        )
        return document

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the study of a folder.

        Raises
        ------
        ScenarioError
            If there is none.
        """
        file = folder / STUDY
        if not file.is_file():
            what = "the folder of a study, as `raison compare --out DIR` writes it"
            raise ScenarioError([Problem(field="DIR", given=str(folder), allowed=what)])
        with told(folder):
            try:
                said = tomllib.loads(file.read_text(encoding="utf-8"))
                return cls._from(said, (folder / SCENARIO).read_text(encoding="utf-8"))
            except (KeyError, TypeError, ValueError) as error:
                raise StoreError(f"{file} cannot be read as a study: {error}") from None

    @classmethod
    def _from(cls, said: Mapping[str, Any], base: str) -> Self:
        stopping = said["stopping"]
        precision = None
        if stopping["rule"] == "precision":
            precision = Precision(
                stopping["widths"],
                stopping["least_replications"],
                stopping["tightest_at"],
                stopping["alpha"],
            )
        most = stopping["replications" if precision is None else "most_replications"]
        return cls(
            said["kind"], said["scenario"], tuple(said["regimes"]), said["cells"], said["seed"],
            most, precision, said["warm_up"], tuple(said["estimates"]), said["asked"], base,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shard:
    """One of so many parts of a study: every `of`-th run, from the `place`-th on."""

    place: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `i/n`.

        Raises
        ------
        ScenarioError
            If it is not of this form, or i is not between 1 and n.
        """
        found = _SHARD.fullmatch(text.strip())
        if found and 1 <= int(found[1]) <= int(found[2]):
            return cls(int(found[1]), int(found[2]))
        allowed = "i/n, the i-th of n parts, such as 1/8"
        raise ScenarioError([Problem(field="--shard", given=show(text), allowed=allowed)])

    def __str__(self) -> str:
        return f"{self.place}/{self.of}"

    def folder(self, study: Path) -> Path:
        """Where this part of a study is kept."""
        return study / SHARDS / f"{self.place}-of-{self.of}"

    def of_all[T](self, items: list[T]) -> list[T]:
        """The items of this part."""
        return items[self.place - 1 :: self.of]


def check_study_folder(folder: Path, study: Study, *, replace: bool = False) -> None:
    """Make sure that a study can go to this folder, before anything runs.

    Raises
    ------
    ScenarioError
        If it holds another study (unless that is to be replaced), or no study but other things.
    StoreError
        If it cannot be read.
    """
    with told(folder):
        if folder.exists() and not folder.is_dir():
            raise _refused(folder, "a folder; this is a file")
        found = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    if STUDY not in found:
        strange = sorted(found - _BEFORE_STUDY)
        if PARTS in found and INDEX not in found:
            strange.append(PARTS)  # somebody else's
        if strange:
            raise _refused(folder, f"a new folder, or one with a study; it holds {strange[0]!r}")
    elif not replace:
        if difference := _difference(_document_in(folder), study.document()):
            raise _refused(
                folder,
                f"a folder with the same study or none; {difference}. Choose another folder, or "
                "--replace the study: runs that both have in common are kept",
            )


@contextmanager
def study_store(folder: Path, study: Study, *, replace: bool = False) -> Iterator[Store]:
    """Hold the folder of a study for writing; the study is written down before anything runs.

    What the shards of the same study in the folder have finished is taken over.

    Raises
    ------
    ScenarioError, StoreError
        As `check_study_folder` and `Store`.
    """
    check_study_folder(folder, study, replace=replace)
    with Store(folder) as store:
        check_study_folder(folder, study, replace=replace)  # nobody else changes it from now on
        with told(folder):
            _write_down(folder, study)
        for shard in sorted((folder / SHARDS).glob("*-of-*")):
            if (shard / INDEX).exists():
                store.take(StoredRuns(shard), study.keys)
        yield store


def _write_down(folder: Path, study: Study) -> None:
    """Write the study into its folder, and keep the word of one that it replaces."""
    document, base = study.document(), study.base.encode()
    there = _document_in(folder) if (folder / STUDY).exists() else None
    if there is not None and there != document:
        (folder / EARLIER).mkdir(exist_ok=True)
        name = hashlib.sha256(json.dumps(there, sort_keys=True).encode()).hexdigest()[:12]
        write_whole(folder / EARLIER / f"{name}.toml", (folder / STUDY).read_bytes())
        for made in [file for pattern in OUTPUTS for file in folder.glob(pattern)]:
            made.unlink(missing_ok=True)
    # In this order: a study that is there has its scenario beside it, at the next start at the
    # latest.
    if not (folder / SCENARIO).exists() or (folder / SCENARIO).read_bytes() != base:
        write_whole(folder / SCENARIO, base)
    if there != document:
        write_whole(folder / STUDY, tomli_w.dumps(document).encode())
    sync_folder(folder)


def made_with(folder: Path) -> str:
    """Digest of the model's source with which the study of a folder is made."""
    with told(folder):
        return str(_document_in(folder).get("code", ""))


def nothing_finished(folder: Path, allowed: str) -> ScenarioError:
    """Say that a study has nothing to read: it has only begun, or another version has made it."""
    given = str(folder)
    if made_with(folder) != code_digest():
        given += ", whose runs another version of the model has made"
    return ScenarioError([Problem(field="DIR", given=given, allowed=allowed)])


def earlier_studies(folder: Path) -> int:
    """How many other studies the folder has held before this one."""
    return len(list((folder / EARLIER).glob("*.toml")))


def _document_in(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / STUDY).read_text(encoding="utf-8"))
    except ValueError as error:
        raise StoreError(f"{folder / STUDY} cannot be read: {error}") from None


def _difference(there: Any, here: Any, path: str = "") -> str:
    """The first thing in which two documents differ, in words; empty if they are the same."""
    if there != here and path.partition(".")[0] in _DIGESTS:
        return f"it has {_DIGESTS[path.partition('.')[0]]}"
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        for key in [*here, *(key for key in there if key not in here)]:
            name = f"{path}.{key}" if path else str(key)
            if said := _difference(there.get(key), here.get(key), name):
                return said
        return ""
    return "" if there == here else f"it has {path} {_short(there)}, this one {_short(here)}"


def _short(value: Any) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _without_nothing(value: Any) -> Any:
    """Leave out what is None, which TOML cannot say."""
    if isinstance(value, Mapping):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    return value


def _refused(folder: Path, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(field="--out", given=str(folder), allowed=allowed)])
