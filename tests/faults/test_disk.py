"""Disks that are full, limited or closed: one clear message, and what is finished is kept."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments import compare
from experiments.cli import app
from experiments.compare import Comparison
from experiments.disk import DiskFullError, StoreError
from experiments.result_folder import MANIFEST, PICTURES
from experiments.runs import Keep, Packed, RunSpec, run_packed
from experiments.store import INDEX, PARTS, Store, StoredRuns
from simulation import Scenario
from tests.faults.studies import steady

ROOT = Path(__file__).parents[2]
REGIMES = ["customer_first", "internal_customer"]
YEARS, REPLICATIONS = 0.2, 3
COMMAND = [
    "compare", "small_firm", "--years", str(YEARS), "--replications", str(REPLICATIONS),
    "--workers", "1", "--out",
]  # fmt: skip
KIB = 1024
SMALLEST, LARGEST, GROWTH = 16, 16 * KIB, 1.3  # of a disk, in KiB, and from one to the next


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_LOG", os.devnull)


@pytest.fixture(scope="module")
def undisturbed() -> Comparison:
    return compare("small_firm", REGIMES, REPLICATIONS, 1, years=YEARS)


def assert_same(one: Comparison, other: Comparison) -> None:
    for table in ("runs", "table", "series", "recoveries"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table), check_exact=True)


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def mount(*arguments: str | Path) -> None:
    """Mount, or skip the test."""
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")


Resize = Callable[[int], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Resize]]:
    """A disk in memory, and a way to give it so many KiB."""
    where = tmp_path / "disk"
    where.mkdir()
    mount("-t", "tmpfs", "-o", f"size={SMALLEST}k", "tmpfs", where)
    try:
        yield where, lambda size: mount("-o", f"remount,size={size}k", where)
    finally:
        subprocess.run(["umount", str(where)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Close a folder to everybody, root included."""
    mount("--bind", folder, folder)
    try:
        mount("-o", "remount,bind,ro", folder)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def add_all(store: Store, packed: Iterable[Packed], *, in_parts: bool = False) -> None:
    for run in packed:
        store.add(run)
        if in_parts:
            store.close_part()


def stage(out: Path) -> str:
    """How far a command has got, by what lies in its folder."""
    if (out / MANIFEST).exists():
        return "pictures"
    if (out / "runs.parquet").exists():
        return "tables"
    if any((out / PARTS).glob("*.parquet")):
        return "parts"
    return "runs" if (out / "study.toml").exists() else "nothing"


@pytest.mark.long
def test_a_disk_that_is_full_at_any_moment(
    disk: tuple[Path, Resize], undisturbed: Comparison
) -> None:
    where, resize = disk
    out, before, size, seen = where / "out", 0, float(SMALLEST), set()
    while size <= LARGEST:
        resize(round(size))
        result = call(*COMMAND, str(out))
        assert not list(out.rglob("*.tmp"))
        seen.add(stage(out))
        if result.exit_code == 0:
            break
        assert result.exit_code == 1, result.output
        (said,) = [line for line in result.stderr.splitlines() if "room" in line]
        assert said.startswith(f"There is no room left for {out}")
        assert "Traceback" not in result.output
        try:
            now = len(StoredRuns(out).index())
        except StoreError:
            now = 0  # it had no room to begin
        assert now >= before
        before = now
        # what remains, drawing, takes long
        size = LARGEST if stage(out) == "pictures" else size * GROWTH
    assert seen >= {"runs", "pictures"}
    assert seen & {"parts", "tables"}
    assert_same(Comparison.load(out), undisturbed)
    for name in PICTURES.values():
        assert (out / f"{name}.png").stat().st_size > 10_000


def test_a_full_disk_keeps_what_is_finished(disk: tuple[Path, Resize]) -> None:
    where, resize = disk
    resize(400)
    firm = Scenario.load("small_firm")
    packed = [run_packed(steady, RunSpec(firm, "a", seed)) for seed in range(60)]
    with Store(where / "out") as store, pytest.raises(DiskFullError, match="no room left"):
        add_all(store, packed, in_parts=True)
    kept = len(StoredRuns(where / "out").index())
    assert 1 < kept < 60
    held = {row for piece in StoredRuns(where / "out").pieces("series") for row in piece["key"]}
    assert len(held) == kept
    resize(LARGEST)
    with Store(where / "out") as store:
        assert store.lost == 0
        specs = [RunSpec(firm, "a", seed, Keep.SERIES) for seed in range(60)]
        missing = store.missing(specs)
        assert len(missing) == 60 - kept
        for run in packed[kept:]:
            store.add(run)
        assert store.missing(specs) == []


def test_a_limit_on_files_keeps_what_is_finished(tmp_path: Path) -> None:
    firm = Scenario.load("small_firm")
    packed = [run_packed(steady, RunSpec(firm, "a", seed)) for seed in range(60)]
    with Store(tmp_path) as store:
        with files_limited_to(200 * KIB), pytest.raises(DiskFullError, match="takes no more"):
            add_all(store, packed)
        kept = len(store.index())
        assert 1 < kept < 60
        for run in packed[kept:]:
            store.add(run)
        store.close_part()
    assert len(StoredRuns(tmp_path).index()) == 60


@pytest.mark.long
def test_a_limit_on_files_from_the_command_line(tmp_path: Path, undisturbed: Comparison) -> None:
    command = [sys.executable, "-m", "experiments.cli", *COMMAND, str(tmp_path / "out")]
    limit = (60 * KIB, resource.RLIM_INFINITY)
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert ended.returncode == 1, ended.stderr
    assert "takes no more" in ended.stderr
    assert "Traceback" not in ended.stderr
    result = call(*COMMAND, str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert_same(Comparison.load(tmp_path / "out"), undisturbed)


def test_a_folder_that_may_not_be_written_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with read_only(tmp_path):
        for out in (tmp_path, tmp_path / "new"):
            result = call(*COMMAND, str(out))
            assert result.exit_code == 2, result.output
            said = f"{out} cannot be used: no permission, or a read-only disk"
            assert result.stderr.splitlines() == [said]
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_a_finished_study_can_be_read_where_nothing_may_be_written(
    tmp_path: Path, undisturbed: Comparison
) -> None:
    out, page = tmp_path / "out", tmp_path / "report.html"
    compare("small_firm", REGIMES, REPLICATIONS, 1, years=YEARS, folder=out)
    with read_only(out):
        assert_same(Comparison.load(out), undisturbed)
        result = call("report", str(out), "--out", str(page))
        assert result.exit_code == 0, result.output
        refused = call("report", str(out))
        assert refused.exit_code == 2, refused.output
        assert len(refused.stderr.splitlines()) == 1
    assert "</html>" in page.read_text(encoding="utf-8")


def test_what_a_killed_writer_left_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    firm = Scenario.load("small_firm")
    writing, left = tmp_path / "writing", tmp_path / "left"
    with Store(writing) as store:
        for seed in range(5):
            store.add(run_packed(steady, RunSpec(firm, "a", seed)))
        shutil.copytree(writing, left)  # the journal is still to be taken in
    assert (left / f"{INDEX}-wal").stat().st_size
    with read_only(left):
        assert len(StoredRuns(left).index()) == 5
    (left / f"{INDEX}-shm").unlink()
    with read_only(left), pytest.raises(StoreError, match="read-only disk"):
        StoredRuns(left).index()
    assert len(StoredRuns(left).index()) == 5
