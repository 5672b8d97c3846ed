"""Pictures of organisation, market and customers: drawn for any number of firms, and legible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.text import Text

from experiments import compare, timeline
from experiments.compare import Comparison
from experiments.happenings import happenings_in, in_words, note_of_one_regime
from experiments.organisation_figure import MOST_FIRMS
from experiments.organisation_layout import layout, main_flows
from experiments.result_folder import Picture
from experiments.runs import MemoryRuns, run_key
from experiments.style import colour
from experiments.tables import Tables
from simulation import Regime, Scenario, simulate
from simulation.mechanisms import MECHANISMS
from simulation.scenario_events import KINDS

REGIMES = (
    "customer_first",
    "internal_customer",
    "distributor_first",
    "manager_pleasing",
    "engine_room",
    "employees_first",
    "with_care",
)
EVENTS: tuple[dict[str, Any], ...] = (
    {"week": 3, "cut": "it", "share": 0.5},
    {"week": 5, "budget_round": 0.1},
    {"week": 8, "need_shift": "private", "size": 0.8},
    {"week": 9, "price_war": 0.2, "weeks": 4},
    {"week": 400, "recession": 0.1, "weeks": 10},
)
NEW: tuple[Picture, ...] = ("organisation", "market", "customers")


def _firm(changes: Mapping[str, object] | None = None) -> Scenario:
    data = Scenario.load("small_firm").replace(changes or {}).model_dump()
    return Scenario.from_mapping({**data, "events": EVENTS, "horizon_years": 0.4})


@pytest.fixture(scope="module")
def seven() -> Comparison:
    return compare(_firm(), REGIMES, replications=2, workers=1)


def _first(result: Comparison, regimes: int) -> Comparison:
    study = result.study
    names = study.regimes[:regimes]
    cells = {name: study.cells[name] for name in names}
    return replace(result, study=replace(study, regimes=names, cells=cells))


def _texts(axes: Axes) -> list[Text]:
    title = axes._left_title  # type: ignore[attr-defined]
    return [text for text in (*axes.texts, title) if text.get_text()]


def _assert_readable(figure: Figure) -> None:
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in _texts(axes)]
    texts += [text for text in figure.texts if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent().padded(-1)) for text in texts]
    for (one, box), (other, next_box) in combinations(boxes, 2):
        assert not box.overlaps(next_box), (one, other)
    for one, box in boxes:
        assert figure.bbox.x0 < box.x0, one
        assert box.x1 < figure.bbox.x1, one


@pytest.mark.parametrize("of", NEW)
@pytest.mark.parametrize("regimes", [2, 3, 7])
def test_labels_keep_clear_of_each_other_and_stay_on_the_slide(
    seven: Comparison, regimes: int, of: Picture
) -> None:
    _assert_readable(_first(seven, regimes).figure(of))


@pytest.mark.parametrize("of", NEW)
def test_one_replication_is_enough(seven: Comparison, of: Picture) -> None:
    _assert_readable(replace(_first(seven, 2), replications=1).figure(of))


@pytest.mark.parametrize("of", NEW)
def test_everything_switched_off_leaves_a_picture(of: Picture) -> None:
    off = {f"mechanisms.{name}": False for name in MECHANISMS}
    result = compare(_firm(off), REGIMES[:2], replications=1, workers=1)
    assert not {"agility", "insight_age_weeks"} & {*result.table["metric"]}
    _assert_readable(result.figure(of))


@pytest.mark.parametrize("of", NEW)
def test_a_firm_whose_first_replication_failed_is_left_out(seven: Comparison, of: Picture) -> None:
    lost = seven.regimes[0]
    key = run_key(seven.study.cells[lost], seven.seed)
    runs = [
        replace(run, error="ValueError: on purpose", frames={}) if run.key == key else run
        for run in seven.stored.packed()
    ]
    result = replace(_first(seven, 2), stored=MemoryRuns(runs))
    assert list(result.tables) == ["internal_customer"]
    _assert_readable(result.figure(of))


# --- organisation


def test_the_first_three_firms_have_a_panel_each_with_the_same_places(seven: Comparison) -> None:
    figure = _first(seven, 4).figure("organisation")
    panels = [axes for axes in figure.axes if axes.texts]
    assert [axes.get_title(loc="left") for axes in panels] == list(REGIMES[:MOST_FIRMS])
    centres = [
        [patch.center for patch in axes.patches if isinstance(patch, Circle)] for axes in panels
    ]
    assert len(centres[0]) == 1 + len(_firm().organisation.departments)
    assert centres[0] == centres[1] == centres[2]


@pytest.mark.parametrize(("regimes", "said"), [(3, 0), (7, 1)])
def test_firms_without_a_panel_are_counted_in_the_footer(
    seven: Comparison, regimes: int, said: int
) -> None:
    texts = _first(seven, regimes).figure("organisation").texts
    footers = [text.get_text() for text in texts if "the first three of 7" in text.get_text()]
    assert len(footers) == said


def test_days_at_a_department_are_those_of_its_mean_item() -> None:
    record = simulate(_firm(), seed=1)
    weeks = record.departments.query("department == 'it'")
    items, days = weeks.filter(regex="^stages_"), weeks.filter(regex="^stage_days_").fillna(0.0)
    wanted = (items.to_numpy() * days.to_numpy()).sum() / items.to_numpy().sum()
    assert Tables.of(record).departments.loc["it", "stage_days"] == pytest.approx(wanted)


def test_layers_go_from_customers_to_management() -> None:
    kinds = {"sales": "front", "it": "service", "hr": "service", "head": "management"}
    places = layout(kinds, 400, 300, margin=40).places
    across = [places[name][0] for name in ("customers", "sales", "it", "head")]
    assert across == sorted(across)
    assert places["it"][0] == places["hr"][0]
    assert (places["it"][1], places["hr"][1]) == (40, 260)


def test_every_department_has_a_flow_and_the_finest_are_left_out(seven: Comparison) -> None:
    flows = [tables.flows for tables in seven.tables.values()]
    shown = main_flows(flows)
    every = {(a, b) for table in flows for a, b in zip(table["source"], table["target"])}
    assert {name for flow in shown for name in flow} == {name for flow in every for name in flow}
    assert len(shown) < len(every)
    assert all(a != b for a, b in shown)


# --- market


def test_events_are_named_once_and_marked_everywhere(seven: Comparison) -> None:
    figure = _first(seven, 2).figure("market")
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    lived = EVENTS[:-1]
    for event in lived:
        assert said.count(in_words(event)) == 1
    assert in_words(EVENTS[-1]) not in said
    courses = [axes for axes in figure.axes if axes.get_xlabel() == "year"]
    assert len(courses) == 3
    for axes in courses:
        dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
        marked = [float(np.asarray(line.get_xdata())[0]) for line in dashed]
        assert marked == pytest.approx([event["week"] / 52 for event in lived])


def test_names_of_events_keep_clear_of_each_other() -> None:
    crowd = [{"week": week, "technology_change": 0.1} for week in range(0, 100, 3)]
    placed = timeline.labels(crowd, weeks=100, width=400, room=420)
    assert placed
    for one, other in combinations(placed, 2):
        long = len(in_words(one.event)) * 4.5
        assert one.level != other.level or abs(one.x - other.x) > long
    assert timeline.labels([], weeks=100, width=400, room=420) == []
    assert timeline.height([]) == 0


def test_the_competitor_is_a_grey_line_and_no_firm(seven: Comparison) -> None:
    axes = _first(seven, 2).figure("market").axes[0]
    said = {text.get_text(): text.get_color() for text in axes.texts}
    assert "competitor" in said
    assert said["competitor"] not in (colour(0), colour(1))


def test_every_kind_of_event_has_words() -> None:
    values: dict[str, object] = {
        "cut": "it",
        "need_shift": "private",
        "competitor_entry": "private",
        "merger": ["it", "hr"],
        "regime": {"care": 1.0},
    }
    events = [{"week": 1, "share": 0.3, kind: values.get(kind, 0.2)} for kind in KINDS]
    said = [in_words(event) for event in events]
    assert len({*said}) == len(KINDS)
    assert said[0] == "it cut by 30 %"
    assert said[-2] == "hr merged into it"
    assert in_words({"week": 1, "demand_surge": -0.15, "weeks": 3}) == "demand −15 %"
    assert in_words({"week": 1, "regime": {"name": "with_care"}}) == "regime with_care"


def test_a_regime_that_both_firms_get_is_told() -> None:
    regime = Regime.load("with_care").model_dump()
    late = {"week": 30, "regime": regime}
    data = {**_firm().model_dump(), "events": [{"week": 7, "regime": regime}, late]}
    happenings = happenings_in(Scenario.from_mapping(data))
    assert [event["week"] for event in happenings] == [7]
    note = note_of_one_regime(happenings, 2)
    assert note.startswith("From week 7 on both firms follow the same regime (with_care), because")
    slow = note_of_one_regime([{"week": 7, "over_weeks": 5, "regime": {"care": 1.0}}], 3)
    assert slow.startswith("From week 7 on all firms move in 5 weeks to the same regime, because")
    assert note_of_one_regime(EVENTS, 2) == ""
