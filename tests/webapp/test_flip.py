"""Where the better of the two firms of a page changes: over the API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("sklearn")
from fastapi.testclient import TestClient

from experiments.frontier import Frontier
from experiments.webapp import surveying
from experiments.webapp.app import create_app
from experiments.webapp.limits import (
    MAP_LEAST,
    MAP_REPLICATIONS,
    PERSON_WEEKS,
    map_replications,
)
from experiments.webapp.settings import Settings
from experiments.webapp.surveying import AskedMap, frontier_of
from simulation import Scenario, ScenarioError
from simulation.parameters import PARAMETERS

POINTS, REPLICATIONS = 12, 2
X = {"key": "market.turbulence", "low": 0.0, "high": 0.1}
Y = {"key": "fit_sd", "low": 0.5, "high": 1.0}
LARGE = {"market.customers": 300_000}


def _question(*firms: dict[str, Any], **changes: Any) -> dict[str, Any]:
    two = firms or ({"regime": "customer_first"}, {"regime": "internal_customer"})
    asked = {"scenario": "small_firm", "firms": two, "years": 0.2, "replications": 3, "seed": 5}
    return {**asked, "x": X, "y": Y, "metric": "friction", **changes}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(Settings(tmp_path_factory.mktemp("data"), workers=1, warm=False))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def mapped(client: TestClient) -> str:
    with pytest.MonkeyPatch.context() as few:
        few.setattr(surveying, "MAP_POINTS", POINTS)
        few.setattr(surveying, "map_replications", lambda cells: REPLICATIONS)
        name: str = client.post("/api/frontier", json=_question()).json()["job"]["id"]
    return name


@pytest.fixture(scope="module")
def found(client: TestClient, mapped: str) -> dict[str, Any]:
    events = client.get(f"/api/jobs/{mapped}/events").text.split("\n\n")
    assert '"state":"done"' in events[-2]
    last = [event for event in events if event.startswith("event: result")][-1]
    result: dict[str, Any] = json.loads(last.split("\ndata: ")[1])
    return result


def test_the_map_is_that_of_the_study(client: TestClient, mapped: str, found: Any) -> None:
    folder = client.app.state.jobs.get(mapped).folder  # type: ignore[attr-defined]
    kept = Frontier.load(folder)
    assert ". ".join(found["findings"]) == kept.finding
    assert found["keys"] == [X["key"], Y["key"]]
    assert found["ranges"] == [[0.0, 0.1], [0.5, 1.0]]
    assert (found["replications"], found["origin"]["seeds"]) == (REPLICATIONS, [5, 6])
    first, *others = found["measures"]
    assert first["key"] == "friction"
    assert {one["key"] for one in others} <= {"retention", "profit", "agility_speed"}
    side = int(len(first["b_better"]) ** 0.5)
    corners = [first["b_better"][place] for place in (0, side - 1, -side, -1)]
    places = [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert corners == pytest.approx(kept.b_better("friction", _array(places)), abs=1e-3)
    for one in found["measures"]:
        assert sum(one["areas"].values()) == pytest.approx(1)
        assert all(0 <= b <= 1 for b in one["b_better"])
        for line in [*one["even"], *one["sure"]]:
            assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in line)


def _array(places: list[tuple[int, int]]) -> Any:
    import numpy as np

    return np.array(places, float)


def test_its_points_have_the_numbers_of_their_runs(
    client: TestClient, mapped: str, found: Any
) -> None:
    assert len(found["points"]) == found["origin"]["points"] <= POINTS
    job = client.app.state.jobs.get(mapped)  # type: ignore[attr-defined]
    assert not job.design.cells  # nothing of the map's many firms stays in memory
    corner = next(point for point in found["points"] if point["at"] == [0, 0])
    assert (corner["x"], corner["y"]) == ("0", "0.5")
    assert corner["gap"].startswith("−")  # customer_first has less friction in small_firm
    assert corner["gap"].endswith("points")


def test_where_a_line_runs_both_are_as_likely(client: TestClient, mapped: str, found: Any) -> None:
    folder = client.app.state.jobs.get(mapped).folder  # type: ignore[attr-defined]
    kept = Frontier.load(folder)
    lines = [(one["key"], line) for one in found["measures"] for line in one["even"]]
    for key, line in lines:
        assert kept.b_better(key, _array(line)) == pytest.approx(0.5, abs=0.1)


def test_its_file(client: TestClient, mapped: str, found: Any) -> None:
    answer = client.get(f"/api/frontiers/{mapped}/map.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["metric"] for row in rows} == {one["key"] for one in found["measures"]}
    assert sum(row["run"] == "True" for row in rows if row["metric"] == "friction") == len(
        found["points"]
    )
    assert 'filename="small_firm-map.csv"' in answer.headers["content-disposition"]
    for path in (
        "frontiers/nothing/map.csv",
        f"attributions/{mapped}/shares.csv",
        *(f"jobs/{mapped}/{what}" for what in ("trace", "table.csv", "report.html", "customers")),
    ):
        assert client.get(f"/api/{path}").status_code == 404, path


def test_the_firms_are_those_of_the_page_and_the_keys_have_their_ranges() -> None:
    changed = {"regime": "neutral", "dials": {"care": 0.9}}
    other = {"regime": "neutral", "dials": {"care": 0.1}}
    overrides = {"market.turbulence": 0.07, "parameters.fit_sd": 0.9, "h0": 0.008}
    asked = frontier_of(AskedMap.model_validate(_question(changed, other, overrides=overrides)))
    assert asked
    cells = {cell.label: cell.scenario for cell in asked.cells}
    assert {cell.parameters.get("h0") for cell in cells.values()} == {0.008}
    assert {cell.regime.care for cell in cells.values()} == {0.9, 0.1}
    assert {cell.market.turbulence for cell in cells.values()} >= {0.0, 0.05, 0.1}
    assert len(set(asked.study.regimes)) == 2


def test_of_two_equal_firms_there_is_nothing_to_map(client: TestClient) -> None:
    neutral = {"regime": "neutral"}
    assert client.post("/api/frontier", json=_question(neutral, neutral)).json() == {"job": None}
    caring = {"regime": "neutral", "dials": {"care": 0.9}}
    asked = _question(neutral, caring, x={"key": "care", "low": 0, "high": 1})
    assert client.post("/api/frontier", json=asked).json() == {"job": None}  # both care as much


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"metric": "retentoin"}, "metric"),
        ({"metric": "entitlement"}, "metric"),
        ({"y": X}, "y"),
        ({"x": {**X, "key": "market.turbulance"}}, "market.turbulance"),
        ({"x": {**X, "low": 0.2}}, "market.turbulence"),
        ({"x": {**X, "high": 1e9}}, "market.turbulence"),
        ({"x": {**X, "high": 1.7e308}}, "x.high"),
        ({"x": {"key": "market.customers", "low": 1000, "high": 1e7}}, "market.customers"),
        (
            {"x": {"key": "horizon_years", "low": 1, "high": 200}, "overrides": LARGE},
            "horizon_years",
        ),
        ({"x": {**X, "high": None}}, "x.high"),
        ({"x": None}, "x"),
        ({"points": 400}, "points"),
        ({"scenario": "/etc/passwd"}, "scenario"),
    ],
    ids=str,
)
def test_wrong_maps_are_refused(client: TestClient, changes: Any, field: str) -> None:
    told = client.post("/api/frontier", json=_question(**changes))
    assert told.status_code == 422
    assert told.json()["error"]["field"] == field


def test_large_firms_are_run_less_often_and_the_largest_not_at_all() -> None:
    def count(customers: int) -> int:
        firm = Scenario.load("small_firm").replace({"market.customers": customers})
        return map_replications({"a": firm, "b": firm})

    assert count(2_000) == MAP_REPLICATIONS
    assert MAP_LEAST < count(20_000) < MAP_REPLICATIONS
    assert count(45_000) == MAP_LEAST
    with pytest.raises(ScenarioError) as refused:
        count(PERSON_WEEKS // MAP_LEAST // 40 // 260)
    assert "40 firms" in refused.value.problems[0].given


def test_a_page_knows_how_far_a_coefficient_may_be_off(client: TestClient) -> None:
    told = {one["name"]: one for one in client.get("/api/catalogue").json()["parameters"]}
    assert told["fit_sd"]["plausible"] == pytest.approx(PARAMETERS["fit_sd"].plausible)
