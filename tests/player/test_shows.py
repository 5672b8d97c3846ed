"""What the player shows, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from experiments.metrics import metric
from tests.player.looks import LABELS, NARROW, SAID, WIDE, Open, node, ring, row, trace, until

if TYPE_CHECKING:
    pass


@pytest.mark.browser
@pytest.mark.long
def test_both_firms_are_there_side_by_side_or_one_below_the_other(opened: Open) -> None:
    for width, beside in ((WIDE, True), (NARROW, False)):
        page = opened(width)
        boxes = [page.locator(".rp-stage").nth(i).bounding_box() for i in (0, 1)]
        a, b = (box for box in boxes if box)
        assert (a["y"] == b["y"]) == beside
        assert (a["x"] == b["x"]) != beside
        for firm, name in enumerate(LABELS):
            assert page.locator("figcaption").nth(firm).inner_text() == name
            nodes = page.locator(".rp-graph").nth(firm).locator(".rp-node")
            assert nodes.count() == len(trace()["firms"][firm]["departments"])


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("width", [NARROW, 1024, 1920])
def test_nothing_runs_over_the_edge(opened: Open, width: int) -> None:
    page = opened(width)
    page.get_by_text("This week in words").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_table_shows_the_numbers_of_the_trace(opened: Open) -> None:
    page = opened()
    page.evaluate("player.seek(40)")
    a, b = (firm["series"]["active"][40] for firm in trace()["firms"])
    active = metric("active")
    assert row(page, "Active customers") == [
        active.value(a), active.value(b), active.difference(a - b)
    ]  # fmt: skip
    means = [sum(firm["series"]["profit"][28:41]) / 13 for firm in trace()["firms"]]
    profit = metric("profit")
    assert row(page, "Profit a week")[:2] == [profit.value(mean) for mean in means]


@pytest.mark.browser
@pytest.mark.long
def test_queues_swell_and_shrink_with_what_waits(opened: Open) -> None:
    page = opened()
    queues = trace()["firms"][0]["queues"]["it"]
    hours = [a + b for a, b in zip(queues["linked"], queues["internal"], strict=True)]
    longest, shortest = hours.index(max(hours)), hours.index(min(hours))
    page.evaluate(f"player.seek({longest})")
    swollen = ring(page, 0, "it")
    page.evaluate(f"player.seek({shortest})")
    assert swollen > 1.2 * ring(page, 0, "it")


@pytest.mark.browser
@pytest.mark.long
def test_ways_are_as_wide_as_the_work_on_them(opened: Open) -> None:
    page = opened()
    page.evaluate("player.seek(8)")
    flows = trace()["firms"][1]["flows"]
    lines = page.locator(".rp-graph").nth(1).locator(".rp-way path:first-child")
    wide = [float(lines.nth(i).get_attribute("stroke-width") or 0) for i in range(len(flows))]
    rates = [flow["items_per_week"][2] for flow in flows]
    strong = [(w, r) for w, r in zip(wide, rates, strict=True) if w > 1]
    assert len(strong) > 2
    each = [w / r for w, r in strong]
    assert max(each) == pytest.approx(min(each), rel=0.02)
    assert max(wide) == wide[rates.index(max(rates))]


@pytest.mark.browser
@pytest.mark.long
def test_all_of_it_is_there_in_words(opened: Open) -> None:
    page = opened()
    page.get_by_text("This week in words").click()
    page.evaluate("player.seek(40)")
    words = page.locator(".rp-words").inner_text()
    for firm in trace()["firms"]:
        assert f"{firm['label']} has {firm['series']['active'][40]} customers" in words
        mean = sum(firm["lost"][37:41]) / 4
        assert f"{mean:.1f} left a week" in words.replace("joined and ", "")
        for department in firm["departments"]:
            assert department["name"] in words
    until(page, f"{SAID}.startsWith('Week 40, year 1.')")


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_axe_finds_nothing(opened: Open, dark: bool, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(width, dark=dark)
    page.get_by_text("This week in words").click()
    page.evaluate("player.seek(40); player.chooseDepartment('it')")
    found = axe.run(page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []


@pytest.mark.browser
@pytest.mark.long
def test_it_waits_for_room(opened: Open) -> None:
    page = opened()
    page.evaluate("here.style.display = 'none'")
    until(page, "player.graphs[0].dots.width === 0")
    page.evaluate("player.seek(40); here.style.display = ''")
    until(page, "player.graphs[0].dots.width > 0")
    edge = page.locator(".rp-stage").first.bounding_box()
    box = node(page, 0, "executive").bounding_box()
    assert edge
    assert box
    assert edge["x"] < box["x"]
    assert box["x"] + box["width"] < edge["x"] + edge["width"]
