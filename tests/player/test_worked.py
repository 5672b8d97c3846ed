"""How the player is worked, in a real browser."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.player.looks import LABELS, LAST, SAID, Open, node, seen, trace, until, week_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Keys, and the week after each.
MOVES = (
    ("ArrowRight", 1), ("ArrowUp", 2), ("Shift+ArrowRight", 15), ("ArrowLeft", 14), ("End", LAST),
    ("ArrowRight", LAST), ("Shift+ArrowLeft", LAST - 13), ("Home", 0), ("ArrowDown", 0),
)  # fmt: skip


@pytest.mark.browser
@pytest.mark.long
def test_it_plays_to_the_end_and_starts_anew(opened: Open) -> None:
    page = opened()
    page.evaluate("player.speed(64); player.seek(30)")
    page.get_by_role("button", name="Play").click()
    until(page, f"player.week === {LAST}")
    page.get_by_role("button", name="Play").click()
    until(page, "player.week < 30")
    page.get_by_role("button", name="Pause").click()
    stopped = week_of(page)
    time.sleep(0.2)
    assert week_of(page) == stopped
    weeks = seen(page, "week")
    assert weeks[-1] == stopped
    assert LAST in weeks


@pytest.mark.browser
@pytest.mark.long
def test_work_travels_only_while_it_plays(opened: Open) -> None:
    page = opened()
    assert not travelling(page)
    page.evaluate("player.speed(4); player.play()")
    until(page, "player.week > 3")
    assert travelling(page)
    assert painted(page)


@pytest.mark.browser
@pytest.mark.long
def test_who_wants_less_motion_gets_no_dots(opened: Open) -> None:
    page = opened(calm=True)
    page.evaluate("player.speed(16); player.play()")
    until(page, "player.week > 5")
    assert not travelling(page)
    assert not painted(page)


def travelling(page: Page) -> int:
    """How many dots are on their way in the first firm."""
    ways = "player.graphs[0].dots.ways"
    return int(page.evaluate(f"{ways}.reduce((sum, way) => sum + way.dots.length, 0)"))


def painted(page: Page) -> bool:
    """Whether there is anything on its canvas; to be asked once a page."""
    return bool(
        page.evaluate("""() => {
            const { pen, canvas } = player.graphs[0].dots;
            return pen.getImageData(0, 0, canvas.width, canvas.height).data.some((x) => x > 0);
        }""")
    )


@pytest.mark.browser
def test_the_keyboard_is_enough(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert first.startswith(trace()["firms"][0]["departments"][0]["name"])
    page.keyboard.press("ArrowRight")  # goes to the next department, not to the next week
    page.keyboard.press("Enter")
    second = trace()["firms"][0]["departments"][1]["name"]
    assert seen(page, "department") == [second]
    assert week_of(page) == 0
    page.keyboard.press("Escape")
    assert seen(page, "department") == [second, None]

    page.get_by_role("slider", name="Week").focus()
    for key, week in MOVES:
        page.keyboard.press(key)
        assert week_of(page) == week, key
    page.keyboard.press("Space")
    until(page, "player.week > 0")
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Play").count() == 1


@pytest.mark.browser
@pytest.mark.long
def test_a_department_is_brought_out_in_both_firms(opened: Open) -> None:
    page = opened()
    page.evaluate("player.seek(40)")
    for _ in range(2):  # on and off again
        node(page, 1, "it").click()
    assert seen(page, "department") == ["it", None]
    node(page, 1, "it").click()
    pressed = page.locator(".rp-node[aria-pressed=true]")
    assert pressed.count() == 2
    assert page.get_by_role("heading", name="Work waiting at it, hours").is_visible()
    said = page.locator(".rp-detail p").all_inner_texts()
    for firm, text in enumerate(said):
        hours = sum(
            trace()["firms"][firm]["queues"]["it"][kind][40] for kind in ("linked", "internal")
        )
        assert text.startswith(f"{LABELS[firm]}: ")
        assert f"{hours:.0f} h wait" in text or hours < 0.5
    page.get_by_role("button", name="Internal friction").click()
    assert pressed.count() == 0
    assert page.get_by_role("heading", name="Internal friction (13-week mean)").is_visible()


@pytest.mark.browser
@pytest.mark.long
def test_the_chart_the_events_and_the_customers_lead_to_their_weeks(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="week 20: it cut by 50 %").click()
    assert week_of(page) == 20
    chart = page.locator(".rp-chart")
    box = chart.bounding_box()
    assert box
    chart.click(position={"x": box["width"] - 13, "y": 60})
    assert abs(week_of(page) - LAST) <= 1
    person, firm = next(
        (person, firm)
        for person in trace()["customers"]
        for firm, life in enumerate(person["lives"])
        if life["lost"] is not None
    )
    lost = person["lives"][firm]["lost"]
    page.get_by_role("button", name=f"{LABELS[firm]}, week {lost} ").first.click()
    assert week_of(page) == lost
    assert seen(page, "customer") == [person["uid"]]


@pytest.mark.browser
@pytest.mark.long
def test_an_event_is_read_out_as_it_passes(opened: Open) -> None:
    page = opened()
    page.evaluate("player.speed(16); player.seek(18); player.play()")
    until(page, f"{SAID} === 'Week 20: it cut by 50 %.'")


@pytest.mark.browser
@pytest.mark.long
def test_it_leaves_nothing_behind(opened: Open) -> None:
    page = opened()
    page.evaluate("player.play(); player.destroy()")
    weeks = len(seen(page, "week"))
    time.sleep(0.2)
    assert page.evaluate("document.getElementById('here').childElementCount") == 0
    assert len(seen(page, "week")) == weeks
