"""Pages and data that are written from the code still say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation import Scenario
from tools import coefficients, hours


def test_coefficients_page_is_the_table() -> None:
    page = coefficients.PAGE.read_text(encoding="utf-8")
    assert page == "\n".join(coefficients.lines()), "run `make coefficients`"


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
    for link in ("docs/model.md", "docs/coefficients.md", "CONTRIBUTING.md", "docs/img/demo.png"):
        assert link in readme
        assert (root / link).is_file(), link
