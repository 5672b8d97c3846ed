"""A matplotlib figure, or one panel of it, as SVG that can stand inside an HTML page.

Text stays text, so that it can be read, searched and selected. Colours stay as they are drawn: the
style sheet turns light and dark round for a reader who prefers dark pages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from experiments.style import RC

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_NO_METADATA = dict.fromkeys(["Date", "Creator", "Format", "Type"])
_PAD_INCHES = 0.06

_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"font-family: [^;\"]+; ?")  # the page has a stack of its own
_COORDINATES = {"d", "x", "y", "transform", "viewBox"}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_UNTURNED = re.compile(r"rotate\(-?0 ")

ET.register_namespace("", _SVG.strip("{}"))


def inline(figure: Figure, prefix: str, name: str, says: str, panel: Axes | None = None) -> str:
    """Write a figure as an `svg` element that a screen reader can announce.

    Parameters
    ----------
    figure : Figure
        What is drawn, on a transparent ground.
    prefix : str
        Put before every id, so that several figures can share a page.
    name, says : str
        Title and description of the element.
    panel : Axes, optional
        The one panel to write, with the scale of its colours; the others are left out.
    """
    root = ET.fromstring(_drawn(figure, panel))
    for unused in root.findall(f"{_SVG}metadata") + root.findall(f"{_SVG}defs"):
        if unused.find(f"{_SVG}style") is not None or unused.tag.endswith("metadata"):
            root.remove(unused)
    _prefix_ids(root, prefix)
    for element in root.iter():
        if style := element.get("style"):
            element.set("style", _FONT.sub("", style))
        if _UNTURNED.match(element.get("transform", "")):
            del element.attrib["transform"]
        for key in _COORDINATES.intersection(element.keys()):
            element.set(key, _LONG_NUMBER.sub(_short, element.attrib[key]))
    _announce(root, prefix, name, says)
    return ET.tostring(root, encoding="unicode")


def scales_of(panel: Axes) -> list[Axes]:
    """The scales of colours beside a panel."""
    return [drawn.colorbar.ax for drawn in panel.collections if drawn.colorbar]


def _drawn(figure: Figure, panel: Axes | None) -> bytes:
    sink = io.BytesIO()
    for axes in figure.axes:
        for shades in axes.collections:
            shades.set_rasterized(False)  # the page may hold no images
    box: Bbox | str = "tight"
    with (
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": RC["svg.hashsalt"]}),
        _alone(figure, panel),
    ):
        if panel is not None:
            figure.draw_without_rendering()
            found = [part.get_tightbbox() for part in (panel, *scales_of(panel))]
            around = Bbox.union([part for part in found if part is not None])
            box = around.transformed(figure.dpi_scale_trans.inverted()).padded(_PAD_INCHES)
        figure.savefig(
            sink, format="svg", transparent=True, bbox_inches=box, pad_inches=_PAD_INCHES,
            metadata=_NO_METADATA,
        )  # fmt: skip
    return sink.getvalue()


@contextmanager
def _alone(figure: Figure, panel: Axes | None) -> Iterator[None]:
    """Hide all panels but this one for as long as the block lasts."""
    shown = figure.axes if panel is None else [panel, *scales_of(panel)]
    hidden = [axes for axes in figure.axes if axes not in shown and axes.get_visible()]
    for axes in hidden:
        axes.set_visible(False)
    try:
        yield
    finally:
        for axes in hidden:
            axes.set_visible(True)


def _prefix_ids(root: ET.Element, prefix: str) -> None:
    """Keep the ids that something points to, under names of this figure's own."""
    used: set[str] = set()
    for element in root.iter():
        if _XLINK in element.attrib:
            target = element.attrib.pop(_XLINK)
            if target.startswith("#"):
                used.add(target[1:])
                target = f"#{prefix}-{target[1:]}"
            element.set("href", target)
        for key, value in element.items():
            if found := _REFERENCE.findall(value):
                used.update(found)
                element.set(key, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name in used:
            element.set("id", f"{prefix}-{name}")


def _announce(root: ET.Element, prefix: str, name: str, says: str) -> None:
    """Give the drawing a role, a name and a description; it scales with the page."""
    for place, (tag, text) in enumerate((("title", name), ("desc", says))):
        element = ET.Element(f"{_SVG}{tag}", {"id": f"{prefix}-{tag}"})
        element.text = text
        root.insert(place, element)
    _, _, width, _ = root.attrib["viewBox"].split()
    del root.attrib["width"], root.attrib["height"], root.attrib["version"]
    root.set("style", f"max-width: {float(width):.0f}pt")
    root.set("preserveAspectRatio", "xMinYMid")
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title")
    root.set("aria-describedby", f"{prefix}-desc")


def _short(number: re.Match[str]) -> str:
    """A coordinate in hundredths of a point, which no eye can tell from finer ones."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
