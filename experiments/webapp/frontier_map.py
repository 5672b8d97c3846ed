"""Where over two keys the better of two firms changes: a map as data for a page."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
from contourpy import contour_generator

from experiments.frontier import Frontier
from experiments.frontier.surface import SURE, middle_of
from experiments.metrics import metric
from experiments.report.measures import line_of
from experiments.result_folder import plain
from experiments.sweep.design import as_text
from experiments.webapp.source import source

_FINE = 31  # places of the drawn map along each key
_DIGITS = 3  # of a probability
_PLACE_DIGITS = 4  # of where a line runs, in widths of the map


def frontier_map(found: Frontier) -> dict[str, Any]:
    """Say what the rounds of points that are finished show.

    Returns
    -------
    dict
        `findings`, a sentence each; `replications` at every point; `keys` and their `ranges`;
        `measures`, the one that decided where to run first, each with the probability that B is
        better, row by row from the lowest of the second key on (`b_better`), the lines where either
        is as likely (`even`) and where one is sure (`sure`), where to write the names of the firms
        (`names`), and the `areas` in which A, B or neither is clearly better; `points`, a row for
        each that was run; `helps`, what would narrow it down; `origin`. Places are in widths of the
        map.
    """
    first = found.at_points[found.at_points["metric"] == found.metric]
    result: dict[str, Any] = plain(
        {
            "regimes": found.regimes,
            "replications": found.replications,
            "failed": found.failed,
            "findings": found.finding.split(". "),
            "helps": found.would_help,
            "keys": found.keys,
            "ranges": [[column.min(), column.max()] for _, column in found.places.items()],
            "measures": [_measure(found, key) for key in found.metrics],
            "points": [
                _point(found, row)
                for row in first.to_dict("records")
                if row["pairs"] == found.replications  # the surface rests on no others
            ],
            "origin": {
                **source(found.study, found.replications),
                "points": len(found.points),
                "most": found.study.asked["most_points"],
                "sure": 1 - SURE,
            },
        }
    )
    return result


def _measure(found: Frontier, key: str) -> dict[str, Any]:
    side = np.linspace(0, 1, _FINE)
    square = np.array([(x, y) for y in side for x in side])
    b_better = found.b_better(key, square).reshape(_FINE, _FINE)
    lines = contour_generator(side, side, b_better)
    sides = {"A": b_better < SURE, "B": b_better > 1 - SURE}
    return {
        "key": key,
        "label": metric(key).label,
        "b_better": np.round(b_better, _DIGITS).ravel(),
        "even": _paths(lines.lines(0.5)),
        "sure": _paths([*lines.lines(SURE), *lines.lines(1 - SURE)]),
        "names": [
            {"firm": firm, "at": [side[middle[1]], side[middle[0]]]}
            for firm, clear in sides.items()
            if (middle := middle_of(clear))
        ],
        "areas": found.areas[key],
    }


def _paths(lines: Iterable[Any]) -> list[list[list[float]]]:
    return [np.round(line, _PLACE_DIGITS).tolist() for line in lines]


def _point(found: Frontier, row: Mapping[Hashable, Any]) -> dict[str, Any]:
    line = line_of(row)
    (low_x, high_x), (low_y, high_y) = (
        (column.min(), column.max()) for _, column in found.places.items()
    )
    x, y = (row[key] for key in found.keys)
    return {
        "at": [(x - low_x) / (high_x - low_x), (y - low_y) / (high_y - low_y)],
        "x": as_text(x),
        "y": as_text(y),
        "gap": line.gap,
        "interval": line.interval,
        "b_better": row["b_better"],
    }
