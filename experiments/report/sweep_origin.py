"""Where a sweep comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from experiments.report.origin import Origin, yaml_of
from experiments.report.study_origin import study_origin
from experiments.study import Study
from experiments.sweep.design import points_asked

if TYPE_CHECKING:
    from experiments.sweep.result import Sweep


def sweep_origin(result: Sweep) -> Origin:
    """Find out where a sweep comes from; its firms are those at the first point."""
    here = points_asked(result.study.asked)[0]
    return study_origin(result, [*_options(result.study)], result.runs, result.keys, here)


def _options(study: Study) -> Iterator[str]:
    varied: Mapping[str, Any] = study.asked["vary"]
    for key, axis in varied.items():
        values = axis if isinstance(axis, str) else ",".join(yaml_of(value) for value in axis)
        yield from ("--vary", f"{key}={values}")
    if (samples := study.asked.get("samples")) is not None:
        yield from ("--samples", str(samples))
