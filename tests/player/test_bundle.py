"""The player in other hands: one script, strange names, strange traces, its own folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from experiments.metrics import metric
from experiments.player.bundle import player_script, player_style
from tests.player.looks import Open, row, trace
from tests.player.player_page import PLAYER, served

if TYPE_CHECKING:
    pass


@pytest.mark.browser
def test_names_of_a_trace_never_become_markup(opened: Open) -> None:
    nasty = '<img src=x onerror="seen.push([0, 0])">'
    evil = {**trace(), "events": [{"week": 3, "weeks": 0, "text": nasty}]}
    evil["firms"] = [{**firm, "label": f"{nasty}{firm['label']}"} for firm in trace()["firms"]]
    with served(evil) as url:
        page = opened(url=url)
        page.get_by_text("This week in words").click()
        assert page.locator("img").count() == 0
        assert page.locator("figcaption").first.inner_text().startswith(nasty)


@pytest.mark.browser
@pytest.mark.long
def test_a_trace_of_another_version_is_refused(opened: Open) -> None:
    page = opened()
    said = page.evaluate("""() => {
        try { new player.constructor(document.body, { version: 2 }); }
        catch (error) { return error.message; }
    }""")
    assert said == "trace of version 2, allowed 1"


@pytest.mark.browser
def test_as_one_classic_script_it_plays_too(opened: Open) -> None:
    with served(trace(), classic=player_script()) as url:
        page = opened(url=url)
        page.evaluate("player.seek(40)")
        a = trace()["firms"][0]["series"]["active"][40]
        assert row(page, "Active customers")[0] == metric("active").value(a)


def test_the_one_script_has_all_modules_and_can_stand_in_a_page() -> None:
    script = player_script()
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    assert "</script" not in script.lower()
    for module in PLAYER.glob("*.js"):
        assert f"const {module.stem} = (() => {{" in script
    assert ".rp-player" in player_style()


def test_the_player_keeps_to_its_folder() -> None:
    for module in PLAYER.glob("*.js"):
        text = module.read_text("utf-8")
        for source in re.findall(r'from "([^"]+)"', text):
            assert (PLAYER / source).resolve().parent == PLAYER
        assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|innerHTML|eval|import\()\b", text)
        assert len(text.splitlines()) < 400
