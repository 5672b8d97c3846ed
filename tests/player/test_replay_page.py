"""The page of the documentation is made from the present player and the present model."""

from __future__ import annotations

import pytest

from experiments.player.trace import VERSION
from tests.player.looks import Open
from tools import replay_page

MOST_BYTES = 250_000


def test_the_page_has_the_present_player() -> None:
    text = replay_page.PAGE.read_text("utf-8")
    trace = replay_page.shown(text)
    assert trace["version"] == VERSION
    assert text == replay_page.page(trace), "run `python -m tools.replay_page`"
    assert len(text.encode()) < MOST_BYTES


def test_the_page_shows_the_lives_that_the_model_gives() -> None:
    kept, lived = replay_page.shown(replay_page.PAGE.read_text("utf-8")), replay_page.lived()
    for there, here in zip(kept["firms"], lived["firms"], strict=True):
        for counted in ("joined", "lost"):
            assert there[counted] == here[counted], "run `python -m tools.replay_page`"


@pytest.mark.browser
@pytest.mark.long
def test_the_page_plays(opened: Open) -> None:
    url = replay_page.PAGE.as_uri()
    page = opened(url=url, ready="!!document.querySelector('.rp-player')")
    page.get_by_role("slider", name="Week").press("End")
    assert page.get_by_text("Week 155, year 3", exact=True).count() == 1
