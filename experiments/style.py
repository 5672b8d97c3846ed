"""Colours and type of every figure."""

from __future__ import annotations

from typing import Any

from matplotlib.colors import to_rgb
from matplotlib.typing import RcKeyType

# Told apart by readers with any of the common colour deficiencies, and dark enough for names on
# white: the first two are of Okabe & Ito 2008, the others were chosen for their distance from them
# and from each other as such readers see them. The first regime is always blue, the second orange.
BLUE = "#0072B2"
ORANGE = "#D55E00"
COLOURS = (BLUE, ORANGE, "#2E9963", "#8C1C56", "#111111", "#8561F2", "#594400")

TEXT = "#222222"
QUIET = "#666666"
GRID = "#E4E4E4"

SLIDE_INCHES = (12.8, 7.2)
SLIDE_DPI = 200

RC: dict[RcKeyType, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.color": TEXT,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "lines.linewidth": 2.0,
    "svg.fonttype": "path",
    "svg.hashsalt": "raison",
}


def colour(place: int) -> str:
    """Colour of the regime at this place in a comparison."""
    return COLOURS[place % len(COLOURS)]


def tint(ink: str, share: float) -> tuple[float, float, float]:
    """A share of this colour, the rest white."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(ink))
    return red, green, blue
