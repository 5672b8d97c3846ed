"""Pages and data that are written from the code still say what the code says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simulation import Scenario
from tools import coefficients, hours, sign, sign_page


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
    readme = (root / "README.md").read_text(encoding="utf-8")
    for link in (
        "docs/model.md",
        "docs/coefficients.md",
        "docs/calibration.md",
        "docs/sign.md",
        "docs/mean-field.md",
        "docs/your-firm.md",
        "CONTRIBUTING.md",
        "docs/img/demo.png",
    ):
        assert link in readme
        assert (root / link).is_file(), link
