"""The command line of studies: stopped, divided, made precise, cut at the start, refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments import compare
from experiments.cli import app
from experiments.compare import Comparison
from experiments.statistics.confidence_sequence import LEAST
from experiments.store import StoredRuns

ROOT = Path(__file__).parents[2]
REGIMES = ["customer_first", "internal_customer"]
YEARS, WEEKS = 0.2, 10
COMPARE = ["compare", "small_firm", "--years", str(YEARS), "--workers", "1"]
LONG_YEARS, LONG_REPLICATIONS = 0.5, 24
LONG = [
    "compare", "small_firm", "--years", str(LONG_YEARS), "--replications", str(LONG_REPLICATIONS),
]  # fmt: skip
ENDED_SECONDS = 30

Stop = Callable[[subprocess.Popen[str]], None]


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, [*COMPARE, *arguments])


def refused(*arguments: str) -> str:
    """What is said when a command is refused before anything runs."""
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "runs" not in result.stderr.split("allowed")[0]
    (line,) = result.stderr.splitlines()
    return str(line)


def as_json(*arguments: str) -> dict[str, Any]:
    """What a command prints with --json: nothing but JSON, in which there is no NaN."""

    def none(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout, parse_constant=none)
    return data


def assert_same(one: Comparison, other: Comparison) -> None:
    for table in ("runs", "paired", "table", "series", "recoveries"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table), check_exact=True)


def to_all(number: int) -> Stop:
    """As a terminal does with Ctrl-C: the workers get it as well."""
    return lambda process: os.killpg(process.pid, number)


def to_first(number: int) -> Stop:
    return lambda process: process.send_signal(number)


def stopped(stop: Stop, *arguments: str) -> str:
    """Begin a long comparison, stop it after the first run, and give what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments.cli", *LONG, "--workers", "2", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if f"of {2 * LONG_REPLICATIONS} runs" in line:
                break
        stop(process)
        out, said = process.communicate(timeout=ENDED_SECONDS)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert out == ""
    assert "Traceback" not in said
    return said.splitlines()[-1]


@pytest.fixture(scope="module")
def uninterrupted() -> Comparison:
    return compare("small_firm", REGIMES, LONG_REPLICATIONS, 1, years=LONG_YEARS)


@pytest.mark.long
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize(
    "stop",
    [to_all(signal.SIGINT), to_first(signal.SIGTERM), to_all(signal.SIGTERM)],
    ids=["interrupted", "ended", "all ended"],
)
def test_stopped_it_keeps_what_is_finished_and_goes_on(
    tmp_path: Path, uninterrupted: Comparison, stop: Stop
) -> None:
    out = tmp_path / "out"
    kept = f"Stopped; what is finished is kept in {out}, and the same command goes on from there"
    assert stopped(stop, "--out", str(out)) == kept
    finished = len(StoredRuns(out).index())
    assert 1 <= finished < 2 * LONG_REPLICATIONS
    result = CliRunner().invoke(app, [*LONG, "--workers", "1", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert f"{finished} of {2 * LONG_REPLICATIONS} runs were there already" in result.stderr
    assert_same(Comparison.load(out), uninterrupted)
    written = pd.read_parquet(out / "series.parquet").sort_values(["replication", "regime"])
    expected = uninterrupted.series.sort_values(["replication", "regime"])
    for column in expected.select_dtypes("number"):
        assert written[column].to_list() == pytest.approx(
            expected[column].to_list(), rel=0, abs=0, nan_ok=True
        )


@pytest.mark.long
@pytest.mark.usefixtures("ctrl_c")
def test_stopped_without_a_folder_it_says_that_nothing_is_kept() -> None:
    assert stopped(to_all(signal.SIGINT)) == "Stopped; nothing is kept without --out"


@pytest.mark.long
def test_shards_are_put_together_by_the_same_command(tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "out"), "--replications", "2"]
    first = call(*out, "--shard", "1/2")
    assert first.exit_code == 0, first.output
    assert "Part 1/2 is done: 2 runs, 0 of them failed" in first.stdout
    assert as_json(*out, "--shard", "2/2") == {"shard": "2/2", "runs": 2, "failed": 0}
    whole = call(*out, "--json")
    assert whole.exit_code == 0, whole.output
    assert whole.stderr == ""  # nothing was left to run
    expected = compare("small_firm", REGIMES, 2, 1, years=YEARS)
    assert_same(Comparison.load(tmp_path / "out"), expected)
    assert json.loads(whole.stdout)["runs"] == expected.as_dict()["runs"]


def test_a_shard_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    assert "with --out" in refused("--shard", "1/2")
    out = ["--out", str(tmp_path / "out")]
    assert "in place of --precision" in refused("--shard", "1/2", "--precision", "1", *out)
    assert "such as 1/8" in refused("--shard", "3/2", *out)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--replace", "--retry"])
def test_what_is_about_a_folder_needs_one(option: str) -> None:
    assert refused(option) == f"{option}: given without --out, allowed with --out DIR"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("abc", "--precision: given 'abc', allowed a width such as 0.01, or MEASURE=WIDTH"),
        ("-1", "allowed a width of more than 0"),
        ("0", "allowed a width of more than 0"),
        ("nan", "allowed a width of more than 0"),
        ("inf", "allowed a width of more than 0"),
        ("retntion=0.01", "did you mean 'retention'?"),
    ],
)
def test_a_wrong_precision_is_refused(given: str, said: str) -> None:
    assert said in refused("--precision", given)


def test_a_precision_that_could_not_be_looked_at_is_refused() -> None:
    assert "50 or more" in refused("--precision", "0.001", "--replications", "4")
    assert "fixed before the first run" in refused("--precision", "0.001", "--warm-up", "auto")


@pytest.mark.long
def test_a_precision_ends_at_the_most_replications_and_says_so() -> None:
    said = " ".join(call("--precision", "1e-9", "--replications", str(LEAST)).stdout.split())
    assert f"{LEAST} replications: as many as there may be, and not enough" in said


@pytest.mark.long
def test_a_precision_stops_as_soon_as_it_may(tmp_path: Path) -> None:
    data = as_json("--precision", "1", "--out", str(tmp_path / "out"))
    assert data["replications"] == LEAST
    assert "50 replications: enough to tell" in " ".join(
        call("--precision", "1", "--out", str(tmp_path / "out")).stdout.split()
    )
    assert len(data["runs"]) == 2 * LEAST
    assert Comparison.load(tmp_path / "out").replications == LEAST


def test_a_warm_up_leaves_out_the_first_weeks() -> None:
    pair = ["--replications", "2"]
    none, some = as_json(*pair), as_json(*pair, "--warm-up", "5")
    assert (none["warm_up"], some["warm_up"]) == (0, 5)
    series = compare("small_firm", REGIMES, 2, 1, years=YEARS).series
    for weeks, data in ((0, none), (5, some)):
        late = series[series["week"] >= weeks].groupby(["replication", "regime"], sort=False)
        expected = late["profit"].mean()
        found = {(run["replication"], run["regime"]): run["profit"] for run in data["runs"]}
        assert found == pytest.approx(expected.to_dict())
    assert none["runs"] != some["runs"]


def test_a_warm_up_may_be_found_from_the_runs() -> None:
    weeks = as_json("--replications", "2", "--warm-up", "auto")["warm_up"]
    assert 0 <= weeks < WEEKS
    expected = compare("small_firm", REGIMES, 2, 1, years=YEARS, warm_up="auto")
    assert weeks == expected.warm_up


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("9999", f"0 to {WEEKS - 1} weeks"),
        (str(WEEKS), f"0 to {WEEKS - 1} weeks"),
        ("x", "a number of weeks, or auto"),
        ("-1", "a number of weeks, or auto"),
        ("2.5", "a number of weeks, or auto"),
    ],
)
def test_a_wrong_warm_up_is_refused(given: str, said: str) -> None:
    assert said in refused("--warm-up", given)


@pytest.mark.long
def test_another_study_in_the_folder_is_refused_or_replaced(tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "out")]
    assert call(*out, "--replications", "1").exit_code == 0
    assert "it has seed 0, this one 4" in refused(*out, "--replications", "1", "--seed", "4")
    assert "stopping.replications 1, this one 2" in refused(*out, "--replications", "2")
    other = [*out, "--replications", "1", "--set", "market.turbulence=0.05"]
    assert "asked.overrides" in refused(*other)
    replaced = call(*out, "--replications", "2", "--replace", "--json")
    assert replaced.exit_code == 0, replaced.output
    assert "2 of 4 runs were there already" in replaced.stderr
    assert_same(
        Comparison.load(tmp_path / "out"), compare("small_firm", REGIMES, 2, 1, years=YEARS)
    )


def test_a_cluster_has_workers_of_its_own() -> None:
    said = "--cluster: given with --workers, allowed one of the two"
    assert refused("--cluster", "tcp://127.0.0.1:1") == said


def test_a_month_that_never_comes_is_null_in_json(tmp_path: Path) -> None:
    data = as_json("--replications", "2", "--out", str(tmp_path / "out"))
    months = [row[q] for row in data["break_even"] for q in row if row[q] is None]
    assert months  # two firms cannot both be ahead for good
    manifest = (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
    assert "NaN" not in manifest
    assert "Infinity" not in manifest
