"""A comparison as labelled arrays: every measure over regime, replication and week (xarray)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.metrics import is_listed, metric
from simulation.version import MODEL_VERSION

if TYPE_CHECKING:
    import xarray as xr

NEEDED = "needs xarray: pip install 'raison[research]'"

CELL = ("regime", "replication")
_WORDS = ("key", "status", "error")
_IDENTITY = {*CELL, "scenario", "seed", "week"}


def labelled(
    runs: pd.DataFrame, series: pd.DataFrame, model_version: str = MODEL_VERSION
) -> xr.DataTree:
    """Put the runs and the weekly series of a comparison on named axes.

    A measure has one name in both tables (`profit` of a week, mean `profit` of a run), so each
    table is a group of its own, named as the attribute of `Comparison` that it comes from.

    Parameters
    ----------
    runs : DataFrame
        A row per run, as `Comparison.runs`: regime, replication, seed, key, status, error and the
        summary. Of one scenario, and no regime twice in a replication.
    series : DataFrame
        A row per run and week, as `Comparison.series`; empty if no run came to its end.
    model_version : str
        Version of the model that made the runs.

    Returns
    -------
    DataTree
        `tree["runs"]` holds the summary of each run over (regime, replication), `tree["series"]`
        the weekly columns over (regime, replication, week). Both share the coordinates `regime`
        (the first is A of the comparison), `replication` and `seed`. Numbers are float64; a run
        that failed has NaN, and `key`, `status` and `error` among its data.
        Variables have the attributes `label` and, where the measure is listed in
        `experiments.metrics`, `units`; `long_name` repeats the label for xarray's own plots. The
        tree has `scenario` and `model_version`.

    Raises
    ------
    ImportError
        If xarray is not installed.
    ValueError
        If a run, or a week of a run, is there twice.
    """
    try:
        import xarray as xr
    except ImportError as error:
        raise ImportError(NEEDED) from error

    seeds = runs.groupby("replication")["seed"].first()
    shared = xr.Dataset(
        coords={
            "regime": np.array(runs["regime"].unique().tolist()),
            "replication": seeds.index.to_numpy(),
            "seed": ("replication", seeds.to_numpy()),
        },
        attrs={"scenario": str(runs["scenario"].iloc[0]), "model_version": model_version},
    )
    summaries = _on_axes(runs, CELL, shared)
    words = runs.set_index(list(CELL))[list(_WORDS)].astype(object).to_xarray()
    words = words.reindex_like(shared).fillna("")
    for name in _WORDS:
        summaries[name] = words[name].astype(str)
    weekly = _on_axes(series, (*CELL, "week"), shared) if len(series) else xr.Dataset()
    return xr.DataTree.from_dict({"/": shared, "/runs": summaries, "/series": weekly})


def _on_axes(table: pd.DataFrame, axes: tuple[str, ...], shared: xr.Dataset) -> xr.Dataset:
    """The measures of a table over these axes, in the order of the shared coordinates."""
    measures = [name for name in table.columns if name not in {*_IDENTITY, *_WORDS}]
    # A run that is missing would turn counts into floats: they always are.
    numbers = table.set_index(list(axes))[measures].astype(np.float64).to_xarray()
    # A group inherits the axes of the tree, but no other coordinate.
    numbers = numbers.reindex_like(shared).assign_coords(seed=shared["seed"])
    for name in measures:
        numbers[name].attrs = _attributes(name)
    return numbers


def _attributes(name: str) -> dict[str, Any]:
    measure = metric(name)
    units = {"units": measure.unit} if is_listed(name) else {}
    return {"label": measure.label, "long_name": measure.label, **units}
