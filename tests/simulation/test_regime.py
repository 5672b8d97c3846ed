"""Dials: where they come from, how they add up, how they move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.dials import DIAL_NOTES, DIALS, MEASURES
from simulation.errors import ScenarioError
from simulation.io import shipped
from simulation.regime import Regime
from simulation.scenario import Scenario

DEPARTMENTS = ["it", "sales", "support"]
COLUMN = {dial: column for column, dial in enumerate(DIALS)}
MEASURE_COLUMNS = [COLUMN[dial] for dial in MEASURES]


def regime(**changes: object) -> Regime:
    return Regime.load({"base": "customer_first", **changes})


def values(found: Regime) -> dict[str, float]:
    return {dial: getattr(found, dial) for dial in DIALS}


def test_the_shipped_regimes_are_there_and_described() -> None:
    assert set(shipped("regime")) == {
        "customer_first",
        "distributor_first",
        "employees_first",
        "engine_room",
        "internal_customer",
        "manager_pleasing",
        "neutral",
        "transformation",
        "with_care",
    }
    for name in shipped("regime"):
        found = Regime.load(name)
        assert found.name == name
        assert found.describes
        assert "\n" not in found.describes
        assert found.changes == (name == "transformation")


def test_neutral_is_half_way_between_the_two_poles() -> None:
    first, second = values(Regime.load("customer_first")), values(Regime.load("internal_customer"))
    for dial, value in values(Regime.load("neutral")).items():
        assert value == pytest.approx((first[dial] + second[dial]) / 2, abs=1e-12)


def test_each_dial_is_a_field_with_its_meaning_and_claims() -> None:
    assert len(DIALS) == 12
    for dial in DIALS:
        assert Regime.model_fields[dial].description == str(DIAL_NOTES[dial])
        assert DIAL_NOTES[dial].claims


def test_dials_have_a_row_per_department_in_the_order_asked() -> None:
    found = regime(departments={"it": {"line_of_sight": 0.3}})
    rows = found.dials(0, ["support", "it"])
    assert rows.shape == (2, 12)
    assert rows.dtype == np.float64
    assert rows[0].tolist() == list(values(found).values())
    assert rows[1, COLUMN["line_of_sight"]] == 0.3
    assert np.flatnonzero(rows[0] != rows[1]).tolist() == [COLUMN["line_of_sight"]]


def test_one_measure_of_a_department_shrinks_the_other_two_in_proportion() -> None:
    found = regime(departments={"it": {"customer_metric": 0.1}})  # firm: 0.7, 0.2, 0.1
    row = found.dials(0, ["it"])[0]
    assert row[MEASURE_COLUMNS] == pytest.approx([0.1, 0.6, 0.3])


def test_two_measures_leave_the_rest_to_the_third() -> None:
    found = regime(departments={"it": {"customer_metric": 0.1, "local_metric": 0.5}})
    assert found.dials(0, ["it"])[0, MEASURE_COLUMNS] == pytest.approx([0.1, 0.5, 0.4])


@given(
    dial=st.sampled_from(MEASURES),
    value=st.floats(0, 1),
    start=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
)
def test_with_dial_keeps_the_sum_and_the_proportion(
    dial: str, value: float, start: list[float]
) -> None:
    total = sum(start)
    shares = dict(zip(MEASURES, [x / total for x in start], strict=True))
    before = Regime.load("neutral").with_dials(shares)
    after = before.with_dial(dial, value)
    assert getattr(after, dial) == value
    assert sum(getattr(after, measure) for measure in MEASURES) == pytest.approx(1, abs=1e-9)
    one, other = (measure for measure in MEASURES if measure != dial)
    assert getattr(after, one) * getattr(before, other) == pytest.approx(
        getattr(after, other) * getattr(before, one), abs=1e-9
    )


def test_with_dial_splits_evenly_what_two_zeros_must_share() -> None:
    all_customer = Regime.load("customer_first").with_dial("customer_metric", 1)
    assert (all_customer.local_metric, all_customer.manager_metric) == (0, 0)
    after = all_customer.with_dial("customer_metric", 0.4)
    assert (after.local_metric, after.manager_metric) == pytest.approx((0.3, 0.3))


def test_with_dial_leaves_everything_else_alone() -> None:
    before = regime(departments={"it": {"care": 0.9}})
    after = before.with_dial("listening", 0.5)
    assert {d for d in DIALS if getattr(before, d) != getattr(after, d)} == {"listening"}
    assert after.departments == before.departments
    assert before.listening == 0.06


@pytest.mark.parametrize(
    ("dial", "value", "words"),
    [
        ("lissening", 0.5, "did you mean 'listening'"),
        ("care", 1.2, "care: given 1.2, allowed 0 to 1"),
        ("care", float("nan"), "care: given .nan"),
        ("care", True, "care: given true"),
        ("departments", {}, "allowed customer_priority"),
    ],
)
def test_with_dial_refuses(dial: str, value: float, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        Regime.load("neutral").with_dial(dial, value)


def test_a_step_takes_effect_in_its_week() -> None:
    found = regime(schedule=[{"week": 10, "dials": {"care": 0.9}}])
    care = [found.dials(week, ["it"])[0, COLUMN["care"]] for week in (9, 10, 11)]
    assert care == [0.4, 0.9, 0.9]
    assert found.changes


def test_a_ramp_is_linear_and_ends_exactly_at_its_target() -> None:
    found = regime(schedule=[{"week": 10, "over_weeks": 4, "regime": "internal_customer"}])
    first, last = Regime.load("customer_first"), Regime.load("internal_customer")
    start, end = first.dials(0, ["it"])[0], last.dials(0, ["it"])[0]
    for week, share in [(10, 0), (11, 0.25), (12, 0.5), (13, 0.75)]:
        row = found.dials(week, ["it"])[0]
        assert row == pytest.approx(start + share * (end - start), abs=1e-12)
        assert row[MEASURE_COLUMNS].sum() == pytest.approx(1)
    assert found.dials(14, ["it"])[0].tolist() == end.tolist()
    assert found.dials(9, ["it"])[0].tolist() == start.tolist()


def test_a_second_ramp_starts_from_where_the_first_one_is() -> None:
    found = regime(
        schedule=[
            {"week": 0, "over_weeks": 10, "dials": {"care": 1.0, "focus": 1.0}},
            {"week": 5, "over_weeks": 5, "dials": {"care": 0.0}},
        ]
    )
    row = {week: found.dials(week, ["it"])[0] for week in (5, 6, 10)}
    assert row[5][COLUMN["care"]] == pytest.approx(0.7)  # half way from 0.4 to 1
    assert row[6][COLUMN["care"]] == pytest.approx(0.7 * 0.8)
    assert row[10][COLUMN["care"]] == 0
    assert row[10][COLUMN["focus"]] == 1.0  # goes on undisturbed


def test_a_change_of_dials_leaves_overrides_alone_and_a_change_of_regime_drops_them() -> None:
    own = {"it": {"care": 0.9}}
    dials = regime(departments=own, schedule=[{"week": 1, "dials": {"care": 0.1}}])
    assert dials.dials(1, ["it", "sales"])[:, COLUMN["care"]].tolist() == [0.9, 0.1]
    whole = regime(departments=own, schedule=[{"week": 1, "regime": "manager_pleasing"}])
    assert whole.dials(1, ["it", "sales"])[:, COLUMN["care"]].tolist() == [0.2, 0.2]


def test_the_order_of_the_schedule_in_the_file_does_not_matter() -> None:
    early, late = {"week": 2, "dials": {"care": 0.1}}, {"week": 5, "dials": {"care": 0.8}}
    assert regime(schedule=[late, early]) == regime(schedule=[early, late])


@given(week=st.integers(0, 60), value=st.floats(0, 1), over=st.integers(0, 20))
def test_measures_add_up_to_one_in_every_week_and_department(
    week: int, value: float, over: int
) -> None:
    found = regime(
        departments={"it": {"local_metric": 0.5}},
        schedule=[
            {"week": 3, "over_weeks": over, "dials": {"manager_metric": value}},
            {"week": 8, "over_weeks": 30, "regime": {"base": "with_care", "departments": {
                "sales": {"customer_metric": value}}}},
        ],
    )  # fmt: skip
    rows = found.dials(week, DEPARTMENTS)
    assert rows[:, MEASURE_COLUMNS].sum(axis=1) == pytest.approx(np.ones(3), abs=1e-9)
    assert rows.min() >= 0
    assert rows.max() <= 1


def test_courtesy_on_an_edge() -> None:
    edge = {"supplier": "it", "requester": "sales", "colleague_as_customer": 0.7}
    found = regime(serves=[edge])
    assert found.edge_courtesy("it", "sales") == 0.7
    assert found.edge_courtesy("sales", "it") is None


def test_a_base_with_changes_says_so_in_its_name_unless_it_has_one() -> None:
    assert regime(care=0.9).name == "customer_first_changed"
    assert regime(care=0.9, name="kind").name == "kind"


def test_a_measure_on_top_of_a_base_makes_the_others_shrink() -> None:
    found = regime(customer_metric=0.4)
    assert (found.local_metric, found.manager_metric) == pytest.approx((0.4, 0.2))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"customer_metric": 0.9, "local_metric": 0.9}, "add up to 1.9"),
        ({"departments": {"it": {"customer_metric": 0.9, "local_metric": 0.9}}}, "add up to 1.8"),
        ({"departments": {"it": {"sight": 0.9}}}, r"departments\.it\.sight"),
        ({"schedule": [{"week": 1}]}, r"schedule\.0: given neither"),
        ({"schedule": [{"week": -1, "dials": {"care": 1}}]}, r"schedule\.0\.week: given -1"),
        (
            {"schedule": [{"week": 1, "regime": "with_care", "dials": {"care": 1}}]},
            r"schedule\.0: given both",
        ),
        ({"schedule": [{"week": 1, "regime": "with_car"}]}, "did you mean 'with_care'"),
        (
            {
                "schedule": [
                    {
                        "week": 1,
                        "regime": {
                            "base": "neutral",
                            "schedule": [{"week": 2, "dials": {"care": 1}}],
                        },
                    }
                ]
            },
            "without schedule and serves of its own",
        ),
    ],
)
def test_wrong_regimes_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        regime(**changes)


def test_a_regime_survives_being_dumped_and_read_again() -> None:
    found = regime(
        departments={"it": {"care": 0.9}}, schedule=[{"week": 1, "regime": "manager_pleasing"}]
    )
    assert Regime.load(found.model_dump(mode="json")) == found


def test_regimes_change_what_decides_a_run() -> None:
    scenario = Scenario.load("small_firm")
    assert scenario.with_regime("with_care") != scenario.with_regime("neutral")
