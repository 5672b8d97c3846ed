"""Shares of a gap: against games with known values, and adding up in real firms."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from experiments import compare
from experiments.attribution import Attribution, attribute, plan
from experiments.attribution.game import (
    GROUPS,
    MOST_PLAYERS,
    Game,
    dials_label,
    differing,
    mixed,
    players_of,
)
from experiments.attribution.shapley import interaction_weights, pairs, shapley_weights
from experiments.cli import app
from experiments.conduct import Means
from experiments.runs import RunResult, RunSpec
from simulation import Regime, Scenario, ScenarioError, resolve
from simulation.dials import DIALS, MEASURES
from simulation.mechanisms import MECHANISMS

REGIMES = ("customer_first", "internal_customer")
TWO = [["colleague_as_customer", "captivity"], list(MEASURES)]
YEARS = 0.3


def game(players: int, worth: Callable[[set[int]], float]) -> np.ndarray:
    """The value of every coalition."""
    return np.array(
        [worth({i for i in range(players) if c >> i & 1}) for c in range(1 << players)], float
    )


def airport(coalition: set[int]) -> float:
    return float(max((1, 2, 4)[i] for i in coalition)) if coalition else 0.0


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        # one left glove, two right ones (Shapley & Shubik 1969)
        (game(3, lambda c: float(0 in c and len(c) > 1)), [2 / 3, 1 / 6, 1 / 6]),
        # a runway that must be as long as its longest user needs (Littlechild & Owen 1973)
        (game(3, airport), [1 / 3, 5 / 6, 17 / 6]),
        # four votes of weights 4, 3, 2, 1 and a majority of 6 (Shapley & Shubik 1954)
        (
            game(4, lambda c: float(sum((4, 3, 2, 1)[i] for i in c) >= 6)),
            [5 / 12, 3 / 12, 3 / 12, 1 / 12],
        ),
        (game(2, lambda c: 3.0 * (0 in c) - 2.0 * (1 in c)), [3, -2]),
        (game(1, lambda c: 7.0 + 5.0 * len(c)), [5]),
    ],
    ids=["gloves", "airport", "majority", "sum", "alone"],
)
def test_known_games(values: np.ndarray, shares: Sequence[float]) -> None:
    assert shapley_weights(len(shares)) @ values == pytest.approx(shares)


@pytest.mark.parametrize("players", range(1, MOST_PLAYERS + 1))
def test_shares_of_any_game_add_up_to_it(players: int) -> None:
    values = np.random.default_rng(players).normal(size=1 << players)
    assert (shapley_weights(players) @ values).sum() == pytest.approx(values[-1] - values[0])


def test_interactions() -> None:
    # Players 0 and 1 need each other, 2 adds by itself, 3 does nothing.
    values = game(4, lambda c: 6.0 * ({0, 1} <= c) + 2.0 * (2 in c))
    found = dict(zip(pairs(4), interaction_weights(4) @ values, strict=True))
    assert found[0, 1] == pytest.approx(6)
    assert [found[pair] for pair in pairs(4) if pair != (0, 1)] == pytest.approx([0] * 5)
    # One is as good as both: what the second adds is taken back.
    either = interaction_weights(2) @ game(2, lambda c: float(bool(c)))
    assert either == pytest.approx([-1])


def test_everybody_is_customer_first_and_nobody_is_internal_customer() -> None:
    asked = plan("small_firm", REGIMES, years=YEARS)
    labels = list(asked.cells)
    assert len(labels) == 2 ** len(asked.game.players) == 256
    firms = [resolve("small_firm", regime, None, YEARS) for regime in REGIMES]
    assert asked.cells[labels[-1]].digest == firms[0].digest
    assert asked.cells[labels[0]].digest == firms[1].digest


def test_a_coalition_has_its_own_dials_of_a_and_the_others_of_b() -> None:
    a, b = (Regime.load(regime) for regime in REGIMES)
    own = a.model_copy(update={"departments": {"it": {"listening": 0.3, "care": 0.9}}})
    chosen = {"listening", "risk_aversion"}
    found = mixed(own, b, chosen)
    for dial in DIALS:
        assert getattr(found, dial) == getattr(a if dial in chosen else b, dial), dial
    assert found.departments == {"it": {"listening": 0.3}}
    assert differing(a, own) == ["listening", "care"]
    assert differing(a, a) == []


@pytest.mark.parametrize("of", ["dials", "mechanisms"])
def test_groups_have_each_dial_and_mechanism_once(of: str) -> None:
    groups = GROUPS["dials"] if of == "dials" else GROUPS["mechanisms"]
    parts = [part for group in groups.values() for part in group]
    assert sorted(parts) == sorted(DIALS if of == "dials" else MECHANISMS)
    assert len(groups) <= MOST_PLAYERS


@pytest.mark.parametrize(
    ("players", "said"),
    [
        ([["listning"]], "did you mean 'listening'?"),
        ([["listening"], ["care", "listening"]], "'listening' twice"),
        ([["local_metric"]], "they add up to one only together"),
        ([[]], "a player without parts"),
        ([[dial] for dial in DIALS if "metric" not in dial], "8 at most; join some of them"),
    ],
)
def test_players_that_make_no_sense_are_refused(players: list[list[str]], said: str) -> None:
    with pytest.raises(ScenarioError, match="players") as refused:
        plan("small_firm", REGIMES, players=players)
    assert said in str(refused.value)


def test_a_dial_that_does_not_differ_is_no_player() -> None:
    base = Scenario.load("small_firm")
    a = base.with_regime("neutral")
    b = a.replace({"regime.care": 0.9})
    assert [player.parts for player in players_of("dials", a, b)] == [("care",)]
    with pytest.raises(ScenarioError, match="what makes a difference"):
        players_of("dials", a, b, [["listening"]])
    with pytest.raises(ScenarioError, match="two regimes that differ"):
        players_of("dials", a, a)


def test_mechanisms_of_a_coalition_are_on_and_the_other_players_off() -> None:
    a, b = (resolve("small_firm", regime, None, YEARS) for regime in REGIMES)
    players = players_of("mechanisms", a, b, [["disputes"], ["entitlement", "incidents"]])
    assert [player.name for player in players] == [
        "disputes",
        "entitlement + incidents",
        "the rest",
    ]
    cells = dict(Game("mechanisms", a, b, players).cells())
    firm = cells["coalition 2, A"]
    off = {name for name in MECHANISMS if not firm.mechanisms.get(name, True)}
    assert off == set(MECHANISMS) - {"entitlement", "incidents"}
    assert cells["coalition 7, B"].digest == b.digest


@pytest.fixture(scope="module")
def dials() -> Attribution:
    return attribute("small_firm", REGIMES, players=TWO, replications=3, years=YEARS, workers=1)


def test_shares_add_up_to_the_gap_of_every_replication(dials: Attribution) -> None:
    found = compare("small_firm", REGIMES, 3, 1, years=YEARS)
    assert [player.name for player in dials.players][-1] == "the rest"
    for measure in dials.headlines:
        rows = found.paired[found.paired["metric"] == measure]
        assert dials.gap(measure) == pytest.approx(rows["difference"].to_numpy())
        assert dials.shares(measure).sum(axis=1) == pytest.approx(dials.gap(measure))
    assert dials.headlines[:2] == ["retention", "profit"]
    assert np.ptp(dials.gap("profit")) > 0


def test_the_table_has_intervals_that_are_those_of_the_shares(dials: Attribution) -> None:
    rows = dials.table[dials.table["metric"] == "profit"].set_index("player")
    assert list(rows.index) == ["gap", *(player.name for player in dials.players)]
    assert rows["share"].iloc[1:].sum() == pytest.approx(rows["share"].iloc[0])
    shares = dials.shares("profit")[:, 0]
    half = 4.302653 * shares.std(ddof=1) / np.sqrt(3)  # Student t, two degrees of freedom
    assert rows["high"].iloc[1] - rows["share"].iloc[1] == pytest.approx(half)
    assert len(dials.interaction_table) == 3 * len(dials.metrics)


def lottery(spec: RunSpec) -> RunResult:
    """A run that is worth nothing but luck, other luck in every firm; one of them fails."""
    if spec.label == dials_label(5) and spec.seed == 1:
        return RunResult(spec.key, spec.label, spec.seed, error="it stopped")
    luck = np.random.default_rng([spec.seed, *spec.label.encode()])
    summary = {"profit": float(luck.normal()), "insolvent": 0.0}
    return RunResult(spec.key, spec.label, spec.seed, summary=summary)


def test_a_world_in_which_a_firm_failed_counts_neither_for_shares_nor_for_the_gap() -> None:
    asked = plan("small_firm", REGIMES, players=TWO, replications=6, years=0.1)
    found = asked.carry_out(Means(workers=1), run=lottery)
    assert found.failed == 1
    parts = found.parts("profit")
    assert {part.count for part in parts.values()} == {5}
    shares = sum(part.mean for name, part in parts.items() if name != "gap")
    assert shares == pytest.approx(parts["gap"].mean, abs=1e-12)


def test_of_pairs_that_are_only_luck_the_largest_is_seldom_told(
    dials: Attribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    luck = np.random.default_rng(3)
    monkeypatch.setattr(Attribution, "interactions", lambda *_: luck.normal(size=(8, 3)))
    told = sum(dials.strongest_pair("profit") is not None for _ in range(1000))
    assert 25 <= told <= 70  # 5 % wanted; each pair by itself would make it 14 %


def test_what_remains_without_mechanisms_completes_the_gap() -> None:
    named = [["disputes"], ["entitlement"]]
    found = attribute("small_firm", REGIMES, "mechanisms", named, 2, years=YEARS, workers=1)
    gap = compare("small_firm", REGIMES, 2, 1, years=YEARS).paired.query("metric == 'friction'")
    whole = found.shares("friction").sum(axis=1) + found.remains("friction")
    assert whole == pytest.approx(gap["difference"].to_numpy())
    assert "remains" in found.parts("friction")


def test_the_command_writes_what_python_finds(tmp_path: Path, dials: Attribution) -> None:
    out = tmp_path / "out"
    arguments = [
        "attribute", "small_firm", "--players", ",".join("+".join(parts) for parts in TWO),
        "--replications", "3", "--years", str(YEARS), "--workers", "1", "--out", str(out),
    ]  # fmt: skip
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "the whole gap" in result.stdout
    assert "the rest" in result.stdout
    for name in ("figure.png", "figure.svg", "table.csv", "pairs.csv", "runs.parquet"):
        assert (out / name).stat().st_size > 100, name
    assert json.loads((out / "manifest.json").read_text())["finding"] == dials.finding
    again = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(again.stdout)["table"] == json.loads(json.dumps(dials.as_dict()))["table"]
    loaded = Attribution.load(out)
    assert loaded.players == dials.players
    assert loaded.shares("profit") == pytest.approx(dials.shares("profit"))
    report = CliRunner().invoke(app, ["report", str(out)])
    assert report.exit_code == 0, report.output
    assert dials.finding[:40] in report.output


def test_no_players_are_not_those_by_default(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ["attribute", "small_firm", "--players", "", "--out", str(out)]
    asked += ["--replications", "1", "--years", str(YEARS), "--workers", "1"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 2, result.output
    assert "a player without parts" in result.output
    assert not out.exists()


def test_one_regime_is_refused() -> None:
    result = CliRunner().invoke(app, ["attribute", "small_firm", "--regimes", "own", "--out", "x"])
    assert result.exit_code == 2
    assert "two regimes" in result.output
    assert not Path("x").exists()
