"""Studies in folders: resumed, divided and put together, refused and replaced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import experiments.runs
from experiments import compare
from experiments.compare import Comparison, design
from experiments.conduct import Means, carry_out, carry_out_shard
from experiments.disk import StoreError
from experiments.runs import Keep, RunSpec, failed, pack, run_one, run_packed
from experiments.store import PARTS, Store, StoredRuns
from experiments.study import Precision, Shard, Study, earlier_studies
from simulation import ScenarioError, resolve, simulate

REGIMES = ["customer_first", "internal_customer"]
YEARS = 0.2


def compared(folder: Path | None, replications: int = 3, **options: object) -> Comparison:
    return compare(
        "small_firm", REGIMES, replications, workers=1, years=YEARS, folder=folder,
        **options,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> Comparison:
    return compared(None)


def assert_same(one: Comparison, other: Comparison) -> None:
    for table in ("runs", "paired", "table", "series", "recoveries"):
        a, b = getattr(one, table), getattr(other, table)
        pd.testing.assert_frame_equal(a, b, check_exact=True)
    for regime, tables in one.tables.items():
        for name, frame in tables.frames().items():
            pd.testing.assert_frame_equal(frame, other.tables[regime].frames()[name])
    assert one.fates == other.fates


def test_kept_in_a_folder_it_is_the_same(tmp_path: Path, whole: Comparison) -> None:
    assert_same(compared(tmp_path / "out"), whole)
    loaded = Comparison.load(tmp_path / "out")
    assert_same(loaded, whole)
    assert loaded.study.document() == whole.study.document()


def test_interrupted_it_goes_on_where_it_was(
    tmp_path: Path, whole: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def stops(*arguments: object, **options: object) -> object:
        if len(made) == 4:
            raise KeyboardInterrupt
        made.append(options["seed"])
        return simulate(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(experiments.runs, "simulate", stops)
    with pytest.raises(KeyboardInterrupt):
        compared(tmp_path / "out")
    part = Comparison.load(tmp_path / "out")
    assert part.replications == 2
    assert part.runs.equals(whole.runs.iloc[:4][part.runs.columns])
    made.clear()
    assert_same(compared(tmp_path / "out"), whole)
    assert made == [2, 2]


def test_shards_put_together_are_the_study(tmp_path: Path, whole: Comparison) -> None:
    asked = design("small_firm", REGIMES, 3, years=YEARS)
    means = Means(tmp_path / "out", workers=1)
    parts = [
        carry_out_shard(asked.study, asked.cells, means, Shard(place, 4)) for place in range(1, 5)
    ]
    assert [len(part) for part in parts] == [2, 2, 1, 1]
    assert not set(parts[0].index) & set(parts[1].index)
    seen: list[tuple[int, int]] = []
    assert_same(compared(tmp_path / "out", progress=lambda *now: seen.append(now)), whole)
    assert seen == []  # nothing was left to run


def test_a_shard_of_another_study_is_left_alone(tmp_path: Path, whole: Comparison) -> None:
    asked = design("small_firm", REGIMES, 3, seed=5, years=YEARS)
    carry_out_shard(asked.study, asked.cells, Means(tmp_path, workers=1), Shard(1, 4))
    assert_same(compared(tmp_path), whole)
    assert len(StoredRuns(tmp_path).index()) == 6


def test_a_shard_that_is_still_being_run_gives_what_it_has(
    tmp_path: Path, whole: Comparison
) -> None:
    asked = design("small_firm", REGIMES, 3, years=YEARS)
    shard = Shard(1, 2)
    carry_out_shard(asked.study, asked.cells, Means(tmp_path, workers=1), shard)
    with Store(shard.folder(tmp_path)):
        seen: list[tuple[int, int]] = []
        assert_same(compared(tmp_path, progress=lambda *now: seen.append(now)), whole)
    assert seen[0] == (3, 6)


def test_what_others_have_in_a_folder_of_that_name_stays(tmp_path: Path) -> None:
    mine = tmp_path / "parts" / "bolts.csv"
    mine.parent.mkdir()
    mine.write_text("4")
    with pytest.raises(ScenarioError, match="parts"):
        compared(tmp_path)
    assert mine.read_text() == "4"


@pytest.mark.parametrize("left", ["scenario.yaml", "study.toml.tmp", "index.sqlite", ".lock"])
def test_killed_while_the_study_was_written_down_it_starts_anew(
    tmp_path: Path, whole: Comparison, left: str
) -> None:
    (tmp_path / left).touch()
    assert_same(compared(tmp_path), whole)


def test_an_error_does_not_replace_what_was_done(tmp_path: Path) -> None:
    asked = design("small_firm", REGIMES, 3, years=YEARS)
    spec = RunSpec(asked.cells[REGIMES[0]], REGIMES[0], 0)
    with Store(tmp_path) as store:
        store.add(run_packed(run_one, spec))
        store.add(pack(spec, failed(spec, "MemoryError")))
        assert store.index()["status"].tolist() == ["ok"]


def test_the_warm_up_belongs_to_the_study(tmp_path: Path, whole: Comparison) -> None:
    cut = compared(tmp_path, warm_up=4)
    assert cut.warm_up == 4
    assert not cut.table["difference"].equals(whole.table["difference"])
    record = simulate(resolve("small_firm", REGIMES[0], years=YEARS), seed=1)
    row = cut.runs.query(f"regime == '{REGIMES[0]}' and seed == 1").iloc[0]
    assert row["profit"] == record.summary(from_week=4)["profit"]
    assert_same(Comparison.load(tmp_path), cut)
    with pytest.raises(ScenarioError, match="warm_up 4, this one 0"):
        compared(tmp_path)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/0", "a/b", "-1/2"])
def test_a_shard_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="i/n"):
        Shard.parse(text)


def test_another_study_is_refused_or_replaced_and_what_both_share_is_kept(
    tmp_path: Path, whole: Comparison
) -> None:
    compared(tmp_path, 2).save(tmp_path)
    (tmp_path / "pairs.csv").touch()  # as of an attribution
    with pytest.raises(ScenarioError, match=r"stopping\.replications 2, this one 3"):
        compared(tmp_path)
    seen: list[tuple[int, int]] = []
    found = compared(tmp_path, replace=True, progress=lambda *now: seen.append(now))
    assert seen[0] == (4, 6)
    assert_same(found, whole)
    assert earlier_studies(tmp_path) == 1
    for name in ("runs.parquet", "pairs.csv"):  # they were of the other study
        assert not (tmp_path / name).exists()


def test_the_study_is_written_before_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks(*_: object, **__: object) -> None:
        study = Study.load(tmp_path)
        assert study.document()["stopping"] == {"rule": "fixed", "replications": 3}
        assert (tmp_path / "scenario.yaml").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(experiments.runs, "simulate", looks)
    with pytest.raises(KeyboardInterrupt):
        compared(tmp_path)


def test_what_failed_is_kept_until_told_to_try_again(
    tmp_path: Path, whole: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object, **options: object) -> object:
        if options["seed"] == 1:
            raise MemoryError("on purpose")
        return simulate(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(experiments.runs, "simulate", fails)
    assert compared(tmp_path).failed == 2
    monkeypatch.undo()
    assert compared(tmp_path).failed == 2
    again = compared(tmp_path, retry=True)
    assert again.failed == 0
    assert_same(again, whole)


def test_a_part_cut_short_is_noticed_and_run_again(tmp_path: Path, whole: Comparison) -> None:
    compared(tmp_path)
    file = next((tmp_path / PARTS).glob("series-*"))
    file.write_bytes(file.read_bytes()[:-100])
    with Store(tmp_path) as store:
        assert store.lost == 6
    seen: list[tuple[int, int]] = []
    assert_same(compared(tmp_path, progress=lambda *now: seen.append(now)), whole)
    assert seen[0] == (0, 6)


def test_a_part_with_a_wrong_byte_is_never_believed(tmp_path: Path) -> None:
    compared(tmp_path)
    file = next((tmp_path / PARTS).glob("series-*"))
    right = file.read_bytes()
    (table,) = StoredRuns(tmp_path).pieces("series")
    noticed = 0
    for place in range(10, len(right) - 10, len(right) // 60):
        wrong = bytearray(right)
        wrong[place] ^= 0xFF
        file.write_bytes(wrong)
        try:
            (read,) = StoredRuns(tmp_path).pieces("series")
            assert read.to_pandas().equals(table.to_pandas())  # a byte that says nothing
        except StoreError:
            noticed += 1
    assert noticed > 40


def test_a_folder_without_a_study_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="compare --out"):
        Comparison.load(tmp_path)
    (tmp_path / "study.toml").write_text("kind = 3")
    (tmp_path / "scenario.yaml").write_text("")
    with pytest.raises(StoreError, match=r"study\.toml cannot be read"):
        Comparison.load(tmp_path)


def test_runs_of_another_version_are_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared(tmp_path)
    for module in ("runs", "study"):
        monkeypatch.setattr(f"experiments.{module}.code_digest", lambda: "another")
    with pytest.raises(ScenarioError, match="another version of the model has made"):
        Comparison.load(tmp_path)


def test_a_run_that_is_wanted_with_more_is_missing(tmp_path: Path) -> None:
    asked = design("small_firm", REGIMES, 3, years=YEARS)
    spec = RunSpec(asked.cells[REGIMES[0]], REGIMES[0], 0, Keep.SUMMARY)
    with Store(tmp_path) as store:
        store.add(run_packed(run_one, spec))
        assert store.missing([spec]) == []
        more = replace(spec, keep=Keep.ALL)
        assert store.missing([spec, more]) == [more]


@pytest.mark.parametrize(("width", "ended", "count"), [(1e-9, "at most", 3), (10.0, "reached", 2)])
def test_why_there_are_no_more_replications_is_told(width: float, ended: str, count: int) -> None:
    asked = design("small_firm", REGIMES, 3, years=YEARS)
    precision = Precision({"retention": width}, least=2, tightest_at=4, alpha=0.05)
    study = replace(asked.study, precision=precision)
    runs, replications = carry_out(study, asked.cells, Means(workers=1))
    found = Comparison(study, runs, replications)
    assert (found.ended, found.replications) == (ended, count)
    more = Comparison(replace(study, replications=9), runs, replications)
    assert more.ended == ("unfinished" if ended == "at most" else ended)
