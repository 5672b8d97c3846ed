"""Where departments stand in a picture of the organisation, and which flows are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import pandas as pd

from simulation.frames import CUSTOMERS_END

LAYERS = ("front", "service", "management")  # after the customers, from left to right
_BESIDE = 0.9  # distance of two columns of one layer, of that of layers
_MOST_COLUMNS, _IN_COLUMN = 2, 4  # a layer of more departments than this has two columns
SHOWN = 0.85  # of all items are drawn
MOST_FLOWS = 24

Place = tuple[float, float]
Flow = tuple[str, str]  # from, to


class Layout(NamedTuple):
    """Places in a panel, in points from its upper left corner.

    Attributes
    ----------
    places : mapping of str to (float, float)
        Of departments, and of customers.
    room : float
        Height that each has for itself.
    column : float
        Distance of the nearest columns.
    """

    places: Mapping[str, Place]
    room: float
    column: float


def layout(kinds: Mapping[str, str], width: float, height: float, margin: float) -> Layout:
    """Set customers, front line, internal service and management side by side.

    A layer of many departments has two columns, filled in turn.

    Parameters
    ----------
    kinds : mapping of str to str
        Departments and their kinds, in order.
    width, height : float
        Of the panel, in points.
    margin : float
        What the first and the last of a layer keep from its upper and lower edge, in points.
    """
    layers = [[CUSTOMERS_END], *([d for d, k in kinds.items() if k == kind] for kind in LAYERS)]
    columns = [min(_MOST_COLUMNS, math.ceil(len(layer) / _IN_COLUMN)) for layer in layers]
    steps = [0.0]
    for count in columns:
        steps += [_BESIDE] * (count - 1) + [1.0] * (count > 0)
    across = list(accumulate(steps[:-1]))  # of every column
    scale = width / (across[-1] + 1.0)
    tall = height - 2 * margin
    places = {}
    room = tall
    first = 0
    for layer, count in zip(layers, columns, strict=True):
        gaps = max(len(layer) - 1, 1)
        for i, name in enumerate(layer):
            x = (across[first + i % count] + 0.5) * scale
            y = margin + tall * (i / gaps if len(layer) > 1 else 0.5)
            places[name] = (x, y)
        room = min(room, tall * max(count, 1) / gaps)
        first += count
    return Layout(places, room, _BESIDE * scale)


def main_flows(firms: Sequence[pd.DataFrame]) -> list[Flow]:
    """The widest flows, the same ones for all firms.

    They are the largest that together carry `SHOWN` of all items, at most `MOST_FLOWS`, and the
    largest of every department; what a department asks of itself is not counted.

    Parameters
    ----------
    firms : sequence of DataFrame
        `Tables.flows`.
    """
    everything = pd.concat(firms)
    between = everything[everything["source"] != everything["target"]]
    total = between.groupby(["source", "target"])["items"].sum().sort_values(ascending=False)
    before = total.cumsum() - total
    flows: list[Flow] = list(total.index)
    ends = {name for flow in flows for name in flow}
    widest = {next(flow for flow in flows if name in flow) for name in ends}
    carry = set(total.index[before < SHOWN * total.sum()][:MOST_FLOWS])
    return [flow for flow in flows if flow in widest | carry]
