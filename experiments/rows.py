"""A panel of a figure with a row for each regime: names, columns, bars."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.patches import Rectangle

from experiments.figure import PANEL_TITLE_POINTS, POINTS_AN_INCH, Series
from experiments.style import QUIET, SLIDE_INCHES, TEXT, colour, tint

# Sizes in points of type.
NUMBER, HEADER = 9.5, 9.0
SWATCH = 7.0
SPACE = 8.0
_HEAD_HEIGHT = 17.0
_ROW, _BAR = (12.0, 60.0), 20.0  # least and greatest height of a row; greatest of a bar
_LETTER_EM, _BOLD_EM = 0.58, 0.65  # mean width of a letter
_DOT = 8.0


class Rows:
    """A panel with a row for each regime, measured in points from its upper left corner.

    Attributes
    ----------
    axes : Axes
        The panel.
    start, end : float
        Across, what the names leave.
    bar, dot : float
        Height of a bar, diameter of a dot.
    """

    def __init__(self, figure: Figure, place: SubplotSpec, series: Series) -> None:
        self.axes: Axes = figure.add_subplot(place)
        box = self.axes.get_position()
        self.end = box.width * SLIDE_INCHES[0] * POINTS_AN_INCH
        height = box.height * SLIDE_INCHES[1] * POINTS_AN_INCH
        self.axes.set(xlim=(0, self.end), ylim=(height, 0))
        self.axes.set_axis_off()
        low, high = _ROW
        self._row = min(max((height - _HEAD_HEIGHT) / len(series), low), high)
        self.bar = min(self._row * 0.62, _BAR)
        name = min(10.5, self._row * 0.62)
        self.start = len(max(series, key=len)) * name * _BOLD_EM + SPACE
        self.dot = min(self.bar * 0.6, _DOT)
        for i, regime in enumerate(series):
            self.text(0, i, regime, size=name, color=colour(i), weight="bold")

    def middle(self, i: int) -> float:
        """Down to the middle of the row."""
        return _HEAD_HEIGHT + (i + 0.5) * self._row

    def title(self, text: str) -> None:
        """Say what the panel shows."""
        self.axes.set_title(text, fontsize=PANEL_TITLE_POINTS, pad=8)

    def header(self, x: float, text: str, side: str) -> None:
        """Write over a column."""
        self.axes.text(
            x, _HEAD_HEIGHT / 2, text, fontsize=HEADER, color=QUIET, ha=side, va="center"
        )

    def swatch(self, x: float, share: float) -> None:
        """Show in the header what bars of this tint are."""
        corner = (x, (_HEAD_HEIGHT - SWATCH) / 2)
        self.axes.add_patch(
            Rectangle(corner, SWATCH, SWATCH, facecolor=tint(TEXT, share), linewidth=0)
        )

    def text(
        self, x: float, i: int, text: str, *, side: str = "left", size: float = NUMBER,
        color: str = TEXT, weight: str = "normal",
    ) -> None:  # fmt: skip
        """Write into a row."""
        self.axes.text(
            x, self.middle(i), text, ha=side, va="center_baseline", fontsize=size, color=color,
            fontweight=weight,
        )  # fmt: skip

    def block(self, x: float, i: int, width: float, share: float) -> None:
        """Draw a bar in this share of the regime's colour."""
        corner = (x, self.middle(i) - self.bar / 2)
        face = tint(colour(i), share)
        self.axes.add_patch(Rectangle(corner, width, self.bar, facecolor=face, linewidth=0))


def width_of(text: str, points: float) -> float:
    """About how wide a text is, in points; rather more than less."""
    return len(text) * points * _LETTER_EM
