"""Which dials make the gap that the page shows: over the API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from experiments.attribution import Attribution
from experiments.attribution.game import differing
from experiments.webapp.app import create_app
from experiments.webapp.attributing import attribution_of
from experiments.webapp.limits import (
    PERSON_WEEKS,
    PLAYERS,
    SHARED_LEAST,
    SHARED_REPLICATIONS,
    shared_replications,
)
from experiments.webapp.question import Question
from experiments.webapp.settings import Settings
from experiments.webapp.shares import players_between
from simulation import Regime, Scenario, ScenarioError
from simulation.dials import MEASURES
from simulation.io import shipped

PAIRS = 3
OTHER = {"listening": 0.3, "care": 0.1}
EVENT = {"week": 3, "cut": "it", "share": 0.5}


def _question(*firms: dict[str, Any], **changes: Any) -> dict[str, Any]:
    two = firms or ({"regime": "neutral"}, {"regime": "neutral", "dials": OTHER})
    asked = {"scenario": "small_firm", "firms": two, "years": 0.2, "replications": PAIRS, "seed": 5}
    return {**asked, "overrides": {"market.turbulence": 0.1}, "events": [EVENT], **changes}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(Settings(tmp_path_factory.mktemp("data"), workers=1, warm=False))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def _told(client: TestClient, name: str) -> list[dict[str, Any]]:
    """Every result of a job, when it is done."""
    events = client.get(f"/api/jobs/{name}/events").text.split("\n\n")
    assert '"state":"done"' in events[-2]
    results = [event.split("\ndata: ")[1] for event in events if event.startswith("event: result")]
    return [json.loads(result) for result in results]


@pytest.fixture(scope="module")
def compared(client: TestClient) -> str:
    name: str = client.post("/api/compare", json=_question()).json()["id"]
    return name


@pytest.fixture(scope="module")
def divided(client: TestClient) -> str:
    name: str = client.post("/api/attribute", json=_question()).json()["job"]["id"]
    return name


def test_the_shares_add_up_to_the_gap_of_the_page(
    client: TestClient, compared: str, divided: str
) -> None:
    page = _told(client, compared)[-1]
    found = _told(client, divided)[-1]
    assert [player["name"] for player in found["players"]] == ["listening", "care"]
    assert found["regimes"] == page["regimes"]
    assert found["replications"] == PAIRS
    rows = {row["key"]: row["numbers"] for row in page["measures"]}
    assert {one["key"] for one in found["measures"]} == set(page["courses"])
    assert any(abs(one["gap"]["share"]) > 0 for one in found["measures"])
    for one in found["measures"]:
        numbers, gap = rows[one["key"]], one["gap"]
        shares = [part["share"] for part in one["parts"]]
        assert sum(shares) == pytest.approx(numbers["difference"], rel=1e-9, abs=1e-12)
        assert gap["share"] == pytest.approx(numbers["difference"], rel=1e-9, abs=1e-12)
        assert [gap["low"], gap["high"]] == pytest.approx([numbers["low"], numbers["high"]])
        ends = [one["a"]["value"], one["b"]["value"]]
        assert ends == pytest.approx([numbers["A"], numbers["B"]])


def test_its_files_and_those_of_a_comparison_are_told_apart(
    client: TestClient, compared: str, divided: str
) -> None:
    _told(client, divided)
    _told(client, compared)
    answer = client.get(f"/api/attributions/{divided}/shares.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["player"] for row in rows} == {"gap", "listening", "care"}
    assert 'filename="small_firm-shares.csv"' in answer.headers["content-disposition"]
    pairs = client.get(f"/api/attributions/{divided}/pairs.csv").text
    assert pairs.startswith("metric,player_a,player_b,interaction")
    for path in (
        f"attributions/{divided}/secret.csv",
        f"attributions/{compared}/shares.csv",
        "attributions/nothing/shares.csv",
        *(f"jobs/{divided}/{what}" for what in ("trace", "table.csv", "report.html", "customers")),
        f"jobs/{divided}/customers/1",
        f"jobs/{divided}/runs/profit",
    ):
        assert client.get(f"/api/{path}").status_code == 404, path


def test_it_is_kept_as_any_attribution_is(client: TestClient, divided: str) -> None:
    last = _told(client, divided)[-1]
    folder = client.app.state.jobs.get(divided).folder  # type: ignore[attr-defined]
    kept = Attribution.load(folder)
    assert ". ".join(last["findings"]) == kept.finding
    again = client.post("/api/attribute", json=_question()).json()["job"]
    assert (again["id"], again["state"]) == (divided, "done")


def test_the_firms_are_those_of_the_page() -> None:
    own = {"regime": "own", "dials": {"customer_metric": 0.9}}
    for firms in ((), (own, {"regime": "transformation"}), ({"regime": "with_care"}, own)):
        question = Question.model_validate(_question(*firms))
        (a, b), (players, asked) = question.design().cells.values(), attribution_of(question)
        assert asked
        cells = list(asked.study.cells.values())
        assert len(cells) == 2 ** len(players)
        assert (cells[-1], cells[0]) == (a.digest, b.digest)
        assert asked.study.seed == question.seed


def test_every_dial_that_differs_is_with_one_of_a_few_players() -> None:
    regimes = [Regime.load(name) for name in shipped("regime")]
    for a, b in permutations(regimes, 2):
        players = players_between(a, b)
        assert len(players) <= PLAYERS
        parts = [part for player in players for part in player.parts]
        assert sorted(parts) == sorted(differing(a, b))
        measured = [set(player.parts) & set(MEASURES) for player in players]
        assert sum(map(bool, measured)) <= 1  # they add up to one only together


def test_where_there_is_nothing_to_divide(client: TestClient) -> None:
    neutral = {"regime": "neutral"}
    turned = [{"regime": "internal_customer"}, {"regime": "transformation"}]
    for firms, dials in (
        ([neutral, neutral], []),
        ([neutral, {"regime": "neutral", "dials": {"care": 0.1}}], [["care"]]),
        (turned, [["schedule"]]),
    ):
        told = client.post("/api/attribute", json=_question(*firms)).json()
        assert told["job"] is None
        assert [player["dials"] for player in told["players"]] == dials


@pytest.mark.parametrize(
    "changes",
    [
        {"scenario": "/etc/passwd"},
        {"overrides": {"market.turbulance": 0.1}},
        {"firms": [{"regime": "../x"}, {"regime": "neutral"}]},
        {"replications": 0},
        {"players": [["care"]]},
    ],
    ids=str,
)
def test_what_a_comparison_refuses_is_refused(client: TestClient, changes: dict[str, Any]) -> None:
    asked = _question(**changes)
    told = client.post("/api/attribute", json=asked)
    assert told.status_code == 422
    assert told.json() == client.post("/api/compare", json=asked).json()


def test_large_firms_are_run_less_often_and_the_largest_not_at_all() -> None:
    def count(customers: int, compared: int = 20) -> int:
        firm = Scenario.load("small_firm").replace({"market.customers": customers})
        return shared_replications({"a": firm, "b": firm}, 16, compared)

    assert count(2_000) == SHARED_REPLICATIONS
    assert count(2_000, 3) == 3
    assert SHARED_LEAST < count(20_000) < SHARED_REPLICATIONS
    assert count(200_000) == SHARED_LEAST
    assert count(200_000, 1) == 1
    most = PERSON_WEEKS // 16 // 260
    assert count(most - 25, 1) == 1
    with pytest.raises(ScenarioError) as refused:
        count(most, 20)
    assert "16 firms" in refused.value.problems[0].given


def test_a_question_that_is_too_large_is_told_so(client: TestClient) -> None:
    firms = [{"regime": "customer_first"}, {"regime": "internal_customer"}]
    asked = _question(*firms, overrides={"market.customers": 1_100_000}, years=5)
    told = client.post("/api/attribute", json=asked | {"replications": 2})
    assert told.status_code == 422
    assert "16 firms" in told.json()["error"]["given"]
