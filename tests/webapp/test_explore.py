"""From a question to an answer: over the API, and in a browser."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from experiments import compare
from experiments.biography import why
from experiments.webapp.app import create_app
from experiments.webapp.limits import OWN_CHARACTERS, REPLICATIONS
from experiments.webapp.question import Question
from experiments.webapp.settings import Settings
from simulation import Scenario
from tests.webapp import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REGIMES = ("customer_first", "internal_customer")
YEARS, PAIRS = 0.3, 5
SETTLED_MS = 500  # after which the address says what was asked


def _question(**changes: Any) -> dict[str, Any]:
    firms = [{"regime": name, "dials": {}} for name in REGIMES]
    asked = {"scenario": "small_firm", "firms": firms, "years": YEARS, "replications": PAIRS}
    return {**asked, **changes}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[TestClient]:
    app = create_app(Settings(data, workers=1, warm=False))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def _run(client: TestClient, question: dict[str, Any]) -> tuple[str, list[tuple[str, Any]]]:
    """The id of a job, and all that is told about it."""
    job = client.post("/api/compare", json=question)
    assert job.status_code == 200, job.text
    lines = client.get(f"/api/jobs/{job.json()['id']}/events").text.split("\n\n")
    told = [line.split("\n") for line in lines if line.startswith("event")]
    return job.json()["id"], [
        (kind.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for kind, data in told
    ]


@pytest.fixture(scope="module")
def answer(client: TestClient) -> tuple[str, list[tuple[str, Any]]]:
    return _run(client, _question())


def test_the_answer_is_that_of_the_library(answer: tuple[str, list[tuple[str, Any]]]) -> None:
    _, told = answer
    states = [said["state"] for kind, said in told if kind == "state"]
    assert states[-1] == "done"
    last = [said for kind, said in told if kind == "result"][-1]
    expected = compare("small_firm", REGIMES, PAIRS, workers=1, years=YEARS)
    assert last["pairs"] == PAIRS
    assert last["finding"] == expected.finding
    table = expected.table.set_index("metric")
    assert {row["key"] for row in last["measures"]} == set(table.index)
    for row in last["measures"]:
        assert row["numbers"]["difference"] == pytest.approx(table["difference"][row["key"]])
        assert row["numbers"]["low"] == pytest.approx(table["low"][row["key"]])


def test_the_first_pair_comes_before_the_last(
    answer: tuple[str, list[tuple[str, Any]]],
) -> None:
    pairs = [said["pairs"] for kind, said in answer[1] if kind == "result"]
    assert pairs == sorted(set(pairs))
    assert pairs[-1] == PAIRS


def test_the_same_question_is_not_run_again(
    client: TestClient, answer: tuple[str, list[tuple[str, Any]]]
) -> None:
    job = client.post("/api/compare", json=_question()).json()
    assert (job["id"], job["state"]) == (answer[0], "done")
    other = client.post("/api/compare", json=_question(seed=1)).json()
    assert other["id"] != answer[0]


def test_a_restarted_server_has_the_answer(
    data: Path, answer: tuple[str, list[tuple[str, Any]]]
) -> None:
    app = create_app(Settings(data, workers=1, warm=False))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        name, told = _run(client, _question())
        runs = [said["runs"] for kind, said in told if kind == "state" and said["total"]]
    assert name == answer[0]
    assert set(runs) == {2 * PAIRS}  # nothing was left to run


def test_tables_and_report(client: TestClient, answer: tuple[str, list[tuple[str, Any]]]) -> None:
    pairs = client.get(f"/api/jobs/{answer[0]}/pairs.csv")
    rows = list(csv.DictReader(io.StringIO(pairs.text)))
    assert len([row for row in rows if row["metric"] == "profit"]) == PAIRS
    assert "attachment" in pairs.headers["content-disposition"]
    report = client.get(f"/api/jobs/{answer[0]}/report.html")
    assert report.text.startswith("<!DOCTYPE html>")
    assert "attachment" in report.headers["content-disposition"]
    assert client.get(f"/api/jobs/{answer[0]}/secret.csv").status_code == 404


def test_the_scenario_as_a_file_is_the_firm_that_runs(client: TestClient, tmp_path: Path) -> None:
    question = _question(overrides={"market.turbulence": 0.07, "h0": 0.01})
    question["firms"][1]["dials"] = {"care": 0.6, "customer_metric": 0.5}
    text = client.post("/api/scenario.yaml?firm=1", json=question).text
    file = tmp_path / "ours.yaml"
    file.write_text(text, "utf-8")
    found = Scenario.load(file)
    assert found.market.turbulence == 0.07
    assert found.parameters["h0"] == 0.01
    assert found.regime.care == 0.6
    assert found.regime.customer_metric == 0.5
    assert found.horizon_years == YEARS


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scenario": "smal_firm"}, "scenario"),
        ({"scenario": "/etc/passwd"}, "scenario"),
        ({"firms": [{"regime": "../x"}, {"regime": "neutral"}]}, "regime"),
        ({"overrides": {"market.turbulance": 0.1}}, "market.turbulance"),
        ({"overrides": {"market.turbulence": -1}}, "market.turbulence"),
        ({"replications": REPLICATIONS + 1}, "replications"),
        ({"years": 150, "replications": 100, "scenario": "services_firm"}, "replications"),
        ({"events": [{"week": 3, "cut": "it"}]}, "events.0.share"),
        ({"overrides": {"market.customers": 3_000_000}}, "market.customers"),
        ({"own": "x" * (OWN_CHARACTERS + 1)}, "own"),
        ({"more": 1}, "more"),
    ],
)
def test_wrong_questions_are_told_what_is_allowed(
    client: TestClient, changes: dict[str, Any], field: str
) -> None:
    answer = client.post("/api/compare", json=_question(**changes))
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["field"] == field
    assert error["given"]
    assert error["allowed"]


def test_edges_come_and_go(client: TestClient) -> None:
    edges = [
        {"kind": "serves", "source": "hr", "target": "it", "there": False},
        {"kind": "serves", "source": "hr", "target": "sales", "there": False},
        {"kind": "serves", "source": "hr", "target": "sales", "there": True, "weight": 0.4},
        {"kind": "reports_to", "source": "hr", "target": "executive", "there": False},
        {"kind": "reports_to", "source": "hr", "target": "finance", "there": True},
        {"kind": "touches", "source": "finance", "target": "business", "there": True},
    ]
    question = _question(edges=edges)
    organisation = Question.model_validate(question).design().cells[REGIMES[1]].organisation
    served = {(e.supplier, e.requester): e.essential_per_head_week for e in organisation.serves}
    assert ("hr", "it") not in served
    assert served["hr", "sales"] == 0.4
    assert [e.to for e in organisation.reports_to if e.department == "hr"] == ["finance"]
    assert ("finance", "business") in {(e.source, e.segment) for e in organisation.touches}
    assert client.post("/api/check", json=_draft(edges=edges)).json()["problems"] == []


def _draft(**changes: Any) -> dict[str, Any]:
    return {"scenario": "small_firm", **changes}


@pytest.mark.parametrize(
    ("edge", "field"),
    [
        ({"kind": "serves", "source": "it", "target": "hr", "there": False}, "routes.hire.1.path"),
        (
            {"kind": "reports_to", "source": "hr", "target": "it", "there": True},
            "organisation.reports_to.hr",
        ),
        (
            {"kind": "serves", "source": "it", "target": "it", "there": False},
            "organisation.serves.it.it",
        ),
        (
            {"kind": "serves", "source": "it", "target": "mars", "there": True, "weight": 1},
            "organisation.serves.it.mars.requester",
        ),
    ],
)
def test_edges_obey_the_checks_of_the_scenario(
    client: TestClient, edge: dict[str, Any], field: str
) -> None:
    found = client.post("/api/check", json=_draft(edges=[edge])).json()["problems"]
    assert found
    assert found[0]["field"].startswith(field), found
    refused = client.post("/api/compare", json=_question(edges=[edge]))
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, found[0]["field"])


def test_a_scenario_of_ones_own_is_what_runs(client: TestClient) -> None:
    text = "extends: small_firm\nname: ours\nmarket: {customers: 500, active_at_start: 200}\n"
    told = client.post("/api/check", json=_draft(own=text)).json()
    assert told["problems"] == []
    assert told["scenario"]["market"]["customers"] == 500
    assert set(told["scenario"]["places"]) >= {"customers", "it"}
    name, said = _run(client, _question(own=text, replications=1))
    assert said[-1][1]["state"] == "done"
    assert client.get(f"/api/jobs/{name}/customers").json()["people"] == 500


def test_a_wrong_text_is_told_line_by_line(client: TestClient) -> None:
    text = "extends: small_firm\nmarket:\n  turbulance: 0.1\n"
    (found,) = client.post("/api/check", json=_draft(own=text)).json()["problems"]
    assert (found["line"], found["field"]) == (3, "market.turbulance")
    assert found["nearest"] == "turbulence"
    assert client.post("/api/compare", json=_question(own=text)).status_code == 422


def test_any_name_is_only_a_name(client: TestClient) -> None:
    text = 'extends: small_firm\nname: "<script>x</script>\\r\\na: b"\n'
    name, said = _run(client, _question(own=text, replications=1))
    assert said[-1][1]["state"] == "done"
    table = client.get(f"/api/jobs/{name}/table.csv")
    assert 'filename="_script_x_script_a_b-table.csv"' in table.headers["content-disposition"]
    assert "<script>x" not in client.get(f"/api/jobs/{name}/report.html").text


def test_too_many_at_a_time_are_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.webapp.jobs.Jobs._carry_out", lambda *_: None)
    asked = [client.post("/api/compare", json=_question(seed=50 + i)) for i in range(4)]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]
    assert "at a time" in asked[-1].json()["error"]["allowed"]
    for answer in asked[:3]:
        client.app.state.jobs.get(answer.json()["id"]).changed("stopped")  # type: ignore[attr-defined]


def test_customers_of_the_first_pair(
    client: TestClient, answer: tuple[str, list[tuple[str, Any]]]
) -> None:
    expected = compare("small_firm", REGIMES, 1, workers=1, years=YEARS)
    found = client.get(f"/api/jobs/{answer[0]}/customers").json()
    for curve, regime in zip(found["curves"], REGIMES, strict=True):
        people = expected.tables[regime].customers
        profit = people.loc[people["status"] != "prospect", "profit"]
        assert curve["customers"] == len(profit)
        assert curve["profit"] == pytest.approx(profit.sum(), abs=1)
        assert (curve["shares"][0], curve["shares"][-1]) == (0, pytest.approx(1))
        best = profit.nlargest(len(profit) // 5).sum() / profit.sum()
        assert curve["top"] == pytest.approx(best, abs=0.01)
    assert [fate["uid"] for fate in found["fates"]] == [fate.uid for fate in expected.fates]


def test_the_lives_of_a_customer_are_those_of_the_library(
    client: TestClient, answer: tuple[str, list[tuple[str, Any]]]
) -> None:
    told = client.get(f"/api/jobs/{answer[0]}/customers/7").json()
    expected = why("small_firm", 7, REGIMES, years=YEARS).as_dict()
    assert told["between"] == expected["between"]
    for life, other in zip(told["lives"], expected["lives"], strict=True):
        assert life["sentences"] == other["sentences"]
    strange = client.get(f"/api/jobs/{answer[0]}/customers/2000")
    assert strange.status_code == 422
    assert strange.json()["error"]["allowed"] == "a whole number, 0 to 1999"


def test_every_number_opens_to_its_runs(
    client: TestClient, answer: tuple[str, list[tuple[str, Any]]]
) -> None:
    runs = client.get(f"/api/jobs/{answer[0]}/runs/profit").json()["runs"]
    assert [row["seed"] for row in runs] == list(range(PAIRS))
    assert client.get(f"/api/jobs/{answer[0]}/runs/nothing").status_code == 404
    last = [said for kind, said in answer[1] if kind == "result"][-1]
    assert last["origin"]["seeds"] == [0, PAIRS - 1]
    assert 0 < last["origin"]["assumed"] < last["origin"]["parameters"]


def test_the_nearest_name_is_offered(client: TestClient) -> None:
    answer = client.post("/api/compare", json=_question(scenario="smal_firm"))
    assert answer.json()["error"]["nearest"] == "small_firm"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browser.server(tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as found:
        yield found


LINK = (
    "/explore#s=small_firm&a=customer_first&b=internal_customer&b.care=0.6"
    "&set.market.turbulence=0.05&years=0.5&n=4&seed=3"
)


@pytest.mark.browser
def test_a_link_restores_a_question_and_answers_it(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(LINK)
        page.wait_for_selector("body[data-state=done]")
        assert page.input_value("#regime-b") == "internal_customer"
        assert page.input_value("#seed") == "3"
        assert page.input_value("[data-key='market.turbulence']") == "0.05"
        assert page.locator("#cards .chart svg").count() == 4
        assert "4 pairs, seeds 3 to 6" in page.inner_text("#origin")
        with page.expect_download() as table:
            page.click("#export-pairs")
        assert table.value.suggested_filename == "small_firm-pairs.csv"
        assert not watched.errors
        assert not watched.elsewhere


@pytest.mark.browser
def test_the_skip_link_leaves_the_question(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        asked: list[str] = []
        page.on("request", lambda sent: asked.append(sent.url))
        page.goto("/explore")
        page.wait_for_selector("body[data-state=empty]")
        page.click("#runs-group > summary")
        page.fill("#seed", "5")
        page.press("#seed", "Tab")
        page.wait_for_timeout(SETTLED_MS)
        page.focus(".skip")
        page.keyboard.press("Enter")
        page.wait_for_timeout(SETTLED_MS)
        assert page.url.endswith("&seed=5")
        assert page.input_value("#seed") == "5"
        assert page.evaluate("document.activeElement.id") == "found"
        assert page.locator("#dials output:not([aria-live=off])").count() == 0
        page.goto("about:blank")
        page.goto("/explore#found")
        page.wait_for_selector("body[data-state=empty]")
        assert not any(url.endswith("/api/compare") for url in asked)
        assert not watched.errors


@pytest.mark.long
@pytest.mark.browser
def test_answers_to_an_earlier_question_are_blurred(chromium: Browser, address: str) -> None:
    with browser.page(chromium, address) as (page, watched):
        page.goto(LINK)
        page.wait_for_selector("body[data-state=done]")
        page.click("#dials-group > summary")
        slider = page.get_by_label("Listening, firm A")
        slider.focus()
        slider.press("ArrowRight")
        page.wait_for_selector("#results.stale")
        page.wait_for_url("**a.listening=*")
        assert page.is_visible("#stale")
        slider.press("ArrowLeft")  # back: the answers hold again
        page.wait_for_selector("#results:not(.stale)")
        page.wait_for_url(lambda url: "a.listening" not in url)
        assert not watched.errors


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1024, 1920])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_fit_and_axe_finds_nothing(
    chromium: Browser, address: str, width: int, dark: bool
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with browser.page(chromium, address, width, dark=dark) as (page, watched):
        for path in ("/", LINK):
            page.goto(path)
            if path == LINK:
                page.wait_for_selector("body[data-state=done]")
            wide = page.locator("body").evaluate("body => body.scrollWidth")
            assert wide <= width
            assert not watched.errors
            assert not watched.elsewhere
            found = axe.run(page)
            assert found.violations_count == 0, found.generate_report()
            watched.errors.clear()  # axe tries a style of its own
