"""Every scenario that comes with raison can be lived in, and its page says what is true of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import typer.main

from experiments.cli import app
from experiments.options import parse_sets
from simulation import Firm, Regime, Scenario, simulate
from simulation.io import shipped
from simulation.scenario_events import KINDS
from tools import hours

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "scenarios"
NAMES = sorted(shipped("scenario"))
QUICK = [name for name in NAMES if name != "large_enterprise"]
SECTIONS = ("## What is in it", "## What to look at", "## What to try", "## What not to conclude")
EVERYTHING = Path(__file__).parent / "everything.yaml"

CLAIM = re.compile(r"\bH\d+\b")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!http)([^)#]+)\)")

# A neutral firm: nobody has looked at another regime while choosing the numbers of a file.
FACTS = {
    "utilisation": (0.75, 0.92),
    "retention": (0.7, 0.9),
    "margin": (0.0, 0.2),
    "active": (0.8, 1.2),
    "seats": (0.8, 1.2),
}


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> Iterator[str]:
    return (code for found, code in BLOCK.findall(text) if found == language)


def commands() -> list[tuple[str, str]]:
    """Every command of every page."""
    return [
        (file.stem, line)
        for file in sorted(PAGES.glob("*.md"))
        for code in blocks(file.read_text(encoding="utf-8"), "sh")
        for line in code.replace("\\\n", " ").splitlines()
        if line.strip()
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_loads_and_has_a_page_in_the_index(name: str) -> None:
    scenario = Scenario.load(name)
    assert scenario.name == name
    assert scenario.describes
    text = page(name)
    assert text.startswith(f"# {name}: ")
    assert [line for line in text.splitlines() if line in SECTIONS] == list(SECTIONS)
    people = sum(department.seats for department in scenario.organisation.departments)
    row = next(line for line in page("README").splitlines() if f"({name}.md)" in line)
    cells = [cell.strip().replace(" ", "") for cell in row.strip("|").split("|")]
    assert cells[1:3] == [str(people), str(scenario.market.active_at_start)]


def test_pages_name_only_what_there_is() -> None:
    claims = set(CLAIM.findall((ROOT / "docs" / "claims.md").read_text(encoding="utf-8")))
    for file in PAGES.glob("*.md"):
        text = file.read_text(encoding="utf-8")
        assert file.stem in (*NAMES, "README"), f"{file.name} belongs to no scenario"
        assert set(CLAIM.findall(text)) <= claims, file.name
        for link in LINK.findall(text):
            assert (PAGES / link).exists(), f"{file.name}: {link}"
        for code in blocks(text, "python"):
            compile(code, file.name, "exec")


@pytest.mark.parametrize(("name", "line"), commands())
def test_a_command_of_a_page_is_understood(
    name: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for code in blocks(page(name), "yaml"):
        file = code.partition("\n")[0].removeprefix("# ")
        (tmp_path / file).write_text(code, encoding="utf-8")
    program, command, *rest = shlex.split(line)
    assert program == "raison"
    group = typer.main.get_command(app)
    given = group.commands[command].make_context(command, rest).params  # type: ignore[attr-defined]
    if "set_" in given:
        scenario = Scenario.load(given["scenario"])
        regimes = (given.get("regimes") or given.get("regime") or "").split(",")
        for regime in filter(None, regimes):
            scenario = scenario.with_regime(regime)
        scenario.replace(parse_sets(given["set_"] or []))


@pytest.mark.parametrize("name", QUICK)
def test_a_firm_lives_four_weeks(name: str) -> None:
    firm = Firm(Scenario.load(name), rng=1)
    firm.run_for(20)
    assert firm.record().series["needs"].sum() > 0


def test_everything_can_happen_at_once() -> None:
    scenario = Scenario.load(EVERYTHING)
    assert {event.kind for event in scenario.events} == set(KINDS)
    assert scenario.offices.cco
    assert all(event.week < scenario.weeks for event in scenario.events)
    series = simulate(scenario, seed=1).series
    assert len(series) == scenario.weeks
    assert series["active"].iloc[-1] > 0


def test_the_transformation_goes_from_one_pole_to_the_other() -> None:
    way = Scenario.load("transformation").regime
    assert way == Regime.load("transformation")
    start, end = Regime.load("internal_customer"), Regime.load("customer_first")
    for week, there in ((25, start), (26 + 8 * 13, end)):
        assert way.dials(week, ["it"]) == pytest.approx(there.dials(0, ["it"]))


@pytest.mark.parametrize("name", NAMES)
def test_stated_hours_are_those_of_a_neutral_firm(name: str) -> None:
    scenario = Scenario.load(name)
    stated = {
        department.name: department.hours.model_dump(exclude_none=True)
        for department in scenario.organisation.departments
        if department.hours
    }
    assert stated == hours.rounded(scenario), "run `make hours`"


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_neutral_firm_is_in_order(name: str) -> None:
    scenario = Scenario.load(name).with_regime("neutral")
    calm = {f"events.{index}.week": 5000 for index in range(len(scenario.events))}
    scenario = scenario.replace(calm)
    seeds = range(3) if name in QUICK else range(1)
    runs = [simulate(scenario, seed=seed, years=3, events="none").summary() for seed in seeds]
    mean = pd.DataFrame(runs).mean()
    mean["active"] = mean["active_end"] / scenario.market.active_at_start
    mean["seats"] = mean["seats_end"] / sum(d.seats for d in scenario.organisation.departments)
    outside = {
        fact: round(mean[fact], 3)
        for fact, (low, high) in FACTS.items()
        if not low <= mean[fact] <= high
    }
    assert not outside
