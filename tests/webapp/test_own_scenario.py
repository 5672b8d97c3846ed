"""A visitor's own scenario: checked like a file, no way to a file, and nothing without end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from experiments.scenario_file import render
from experiments.webapp.limits import OWN_CHARACTERS, OWN_LENGTHS, OWN_NAME, OWN_VALUES
from experiments.webapp.own_scenario import UNNAMED, own_scenario
from simulation import Scenario, ScenarioError
from simulation.io import shipped

ENOUGH_SECONDS = 30.0  # for what takes a second or two on a quiet machine


def _problems(text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(ScenarioError) as refused:
        own_scenario(text)
    return [(problem.field, problem.line, problem.given) for problem in refused.value.problems]


@pytest.mark.parametrize("name", ["small_firm", "services_firm", "transformation"])
def test_what_raison_writes_is_read_again(name: str) -> None:
    scenario = Scenario.load(name)
    assert own_scenario(render(scenario, "ours")) == scenario


def test_every_shipped_scenario_fits() -> None:
    for name in shipped("scenario"):
        assert len(render(Scenario.load(name), name)) < OWN_CHARACTERS, name


def test_it_builds_on_what_is_shipped() -> None:
    found = own_scenario("extends: small_firm\nmarket: {turbulence: 0.07}\nregime: neutral\n")
    assert (found.name, found.market.turbulence, found.regime.name) == (UNNAMED, 0.07, "neutral")


def test_it_is_refused_as_the_file_would_be(tmp_path: Path) -> None:
    text = "extends: small_firm\n\nmarket:\n  turbulance: 0.1\n  customers: many\nevents:\n"
    text += "  - {week: 3}\n"
    file = tmp_path / "ours.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        Scenario.load(file)
    expected = [(p.field, p.line, p.given, p.allowed, p.nearest) for p in refused.value.problems]
    with pytest.raises(ScenarioError) as refused:
        own_scenario(text)
    found = [(p.field, p.line, p.given, p.allowed, p.nearest) for p in refused.value.problems]
    assert found == expected
    assert ("market.turbulance", 4) in [(field, line) for field, line, *_ in found]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("extends: {}\n", "extends"),
        ("extends: small_firm\nregime: {}\n", "regime"),
        ("extends: small_firm\nregime: {{base: {}, care: 0.3}}\n", "regime.base"),
        ("extends: small_firm\nevents:\n  - {{week: 3, regime: {}}}\n", "events.0.regime"),
        (
            "extends: small_firm\nregime: {{base: neutral, schedule: [{{week: 3, regime: {}}}]}}\n",
            "regime.schedule.0.regime",
        ),
    ],
)
@pytest.mark.parametrize("absolute", [True, False])
def test_no_name_leads_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, field: str, absolute: bool
) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("secret: swordfish\n")
    monkeypatch.chdir(tmp_path)
    name = str(secret) if absolute else secret.name
    with pytest.raises(ScenarioError) as refused:
        own_scenario(text.format(name))
    assert [problem.field for problem in refused.value.problems] == [field]
    assert "swordfish" not in str(refused.value)
    assert "services_firm" in str(refused.value) or "customer_first" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("a: !!python/object/apply:os.system [id]\n", "the tag !!python/object/apply:os.system"),
        ("a: &a [1]\nb: *a\n", "the anchor &a"),
        ("%TAG ! tag:yaml.org,2002:python/\n---\na: !object 1\n", "the tag !!python/object"),
        ("", "an empty file"),
        ("just words", "'just words'"),
        ("a: \ud800", "broken YAML"),
        ("a: \0", "a character that is not text"),
        ("x" * (OWN_CHARACTERS + 1), f"{OWN_CHARACTERS + 1} characters"),
        ("x: [" + "1," * OWN_VALUES + "1]", f"{OWN_VALUES + 3} values"),
    ],
)
def test_what_is_no_scenario_is_told(text: str, given: str) -> None:
    assert given in _problems(text)[0][2]


@pytest.mark.long
@pytest.mark.parametrize(
    "text", ["[" * OWN_CHARACTERS, "- " * (OWN_CHARACTERS // 2), "a: " + "9" * 50_000]
)
def test_nothing_keeps_the_server_busy(text: str) -> None:
    start = time.perf_counter()
    assert _problems(text)
    assert time.perf_counter() - start < ENOUGH_SECONDS


@pytest.mark.parametrize("field", ["organisation.departments", "events", "uncertain"])
def test_lists_have_an_end(field: str) -> None:
    items = OWN_LENGTHS[field] + 1
    *above, last = field.split(".")
    inner = "{" + ", ".join(f"k{i}: [1, 2]" for i in range(items)) + "}"
    lists = "[" + ", ".join(f"{{name: d{i}}}" for i in range(items)) + "]"
    value = f"{last}: {inner if field == 'uncertain' else lists}"
    text = "extends: small_firm\n" + (f"{above[0]}:\n  {value}\n" if above else f"{value}\n")
    assert _problems(text) == [(field, len(above) + 2, f"{items} of them")]


def test_names_fit_into_pictures() -> None:
    long = "n" * (OWN_NAME + 1)
    text = f"extends: small_firm\nname: {long}\nregime: {{base: neutral, name: {long}}}\n"
    given = f"{OWN_NAME + 1} characters"
    assert _problems(text) == [("name", 2, given), ("regime.name", 3, given)]
