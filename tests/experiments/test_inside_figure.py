"""The picture of the inside: its title is the finding, and its labels can be read."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from experiments import compare
from experiments.compare import Comparison
from experiments.style import COLOURS, colour
from tests.experiments.fakes import comparison

NAMES = [
    "customer_first",
    "internal_customer",
    "distributor_first",
    "manager_pleasing",
    "employees_first",
    "engine_room",
    "with_care",
]


def _comparison(
    regimes: int, gap: float = 0.02, replications: int = 3, without: tuple[str, ...] = ()
) -> Comparison:
    def summary(place: int, r: int) -> dict[str, float]:
        parts = {
            "friction_courtesy": 0.04 + gap * place + 0.001 * r,
            "friction_escalations": 0.002 * (1 + place),
            "friction_disputes": 0.00005,
        }
        values = {
            "entitlement": 0.1 + gap * place,
            "resentment": 0.01 + gap * place,
            "reported_sla": 0.95,
            "illusion_gap": 0.1 + gap * place + 0.001 * r,
            **parts,
            "friction": sum(value for key, value in parts.items() if key not in without),
        }
        return {key: value for key, value in values.items() if key not in without}

    return comparison(
        {
            name: [summary(place, r) for r in range(replications)]
            for place, name in enumerate(NAMES[:regimes])
        }
    )


def _words(figure: Figure) -> list[Text]:
    """Everything that is written inside the panels and over them."""
    texts = [text for axes in figure.axes for text in (*axes.texts, axes.title)]
    texts += [axes._left_title for axes in figure.axes]  # type: ignore[attr-defined]
    return [text for text in (*texts, *figure.texts) if text.get_text()]


def _said(figure: Figure) -> list[str]:
    return [text.get_text() for text in _words(figure)]


def _assert_readable(figure: Figure) -> None:
    figure.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in _words(figure)]
    for (one, box), (other, next_box) in combinations(boxes, 2):
        assert not box.overlaps(next_box), (one, other)
    for one, box in boxes:
        assert figure.bbox.x0 < box.x0, one
        assert box.x1 < figure.bbox.x1, one
        assert figure.bbox.y0 < box.y0, one
        assert box.y1 < figure.bbox.y1, one


@pytest.mark.parametrize("gap", [0.0, 1e-4, 0.1])
@pytest.mark.parametrize("regimes", [2, 3, 7])
def test_labels_keep_clear_of_each_other_and_stay_on_the_slide(regimes: int, gap: float) -> None:
    _assert_readable(_comparison(regimes, gap).figure("inside"))


def test_the_title_is_the_finding_and_comes_from_the_numbers() -> None:
    result = _comparison(2)
    title = result.figure("inside").get_suptitle().replace("\n", " ")
    assert title == result.inside
    assert title.startswith("internal_customer loses 2.2 points more of its hours to friction (95 ")


def test_gaps_and_hours_are_written_in_the_picture() -> None:
    said = _said(_comparison(2).figure("inside"))
    assert {"10.1 points", "12.1 points", "95.0 %", "84.9 %", "82.9 %"} <= {*said}
    assert {"4.1", "0.2", "< 0.1", "4.3 ± 0.2"} <= {*said}


@pytest.mark.parametrize(
    "without",
    [
        ("friction_disputes",),
        ("entitlement", "resentment"),
        ("illusion_gap", "reported_sla"),
        ("friction_courtesy", "friction_escalations", "friction_disputes", "friction"),
    ],
)
def test_what_was_not_measured_is_left_out(without: tuple[str, ...]) -> None:
    figure = _comparison(3, without=without).figure("inside")
    _assert_readable(figure)
    said = " ".join(_said(figure)).lower()
    for key in without:
        assert key.removeprefix("friction_") not in said.replace("to friction", "")


def test_one_replication_has_no_interval() -> None:
    figure = _comparison(3, replications=1).figure("inside")
    _assert_readable(figure)
    assert "±" not in " ".join(_said(figure))


def test_seven_regimes_have_seven_colours() -> None:
    assert len({colour(place) for place in range(len(NAMES))}) == len(NAMES) == len(COLOURS)


def test_a_mechanism_that_is_off_is_not_in_the_picture() -> None:
    off = {f"mechanisms.{name}": False for name in ("disputes", "entitlement")}
    regimes = ["customer_first", "internal_customer"]
    result = compare("small_firm", regimes, 2, workers=1, years=0.3, overrides=off)
    assert not {"entitlement", "friction_disputes"} & {*result.table["metric"]}
    figure = result.figure("inside")
    _assert_readable(figure)
    said = _said(figure)
    assert "disputes" not in said
    assert "courtesy" in said
    assert not [text for text in said if text.startswith("Entitlement")]
