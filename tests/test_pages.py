"""Pages and data that are written from the code still say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from typer.main import get_command

from experiments import cli
from simulation import Scenario
from tools import coefficients, hours, sign, sign_page

# A relative link or picture in Markdown, without what follows a "#".
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def test_coefficients_page_is_the_table() -> None:
    page = coefficients.PAGE.read_text(encoding="utf-8")
    assert page == "\n".join(coefficients.lines()), "run `make coefficients`"


def test_sign_page_is_what_the_runs_say() -> None:
    runs, drawn = pd.read_parquet(sign.DATA), pd.read_parquet(sign.DRAWN)
    assert len(drawn) >= 300
    assert set(runs.loc[runs["draw"] >= 0, "draw"]) == set(drawn.index)
    page = sign_page.PAGE.read_text(encoding="utf-8")
    assert page == "\n".join(sign_page.lines(runs, drawn)), "run `python -m tools.sign_page`"
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert sign_page.sentence(runs, drawn) in " ".join(readme.split())


@pytest.mark.parametrize("name", hours.SCENARIOS)
def test_shipped_hours_are_those_of_a_neutral_firm(name: str) -> None:
    scenario = Scenario.load(name)
    stated = {
        d.name: d.hours.model_dump(exclude_none=True)
        for d in scenario.organisation.departments
        if d.hours
    }
    assert stated == hours.rounded(scenario), "run `make hours`"


def test_no_page_names_what_is_not_there() -> None:
    root = Path(__file__).parent.parent
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    links = [(page, link) for page in pages for link in LINK.findall(page.read_text("utf-8"))]
    assert len(links) > 50
    for page, link in links:
        assert (page.parent / link).exists(), f"{page}: {link}"


def test_the_page_of_the_web_app_names_every_option() -> None:
    page = (Path(__file__).parent.parent / "docs" / "web.md").read_text("utf-8")
    command = get_command(cli.app).commands["serve"]  # type: ignore[attr-defined]
    options = {name for option in command.params for name in option.opts} - {"--help"}
    for option in options - {"--open"}:
        assert f"`{option}" in page, option
