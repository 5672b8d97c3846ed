"""The notebooks run from top to bottom, and the checks in their stories hold."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from ipykernel.kernelspec import write_kernel_spec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = sorted((Path(__file__).parent.parent / "docs" / "notebooks").glob("*.ipynb"))
KERNEL = "raison-tests"
CELL_SECONDS = 600


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[AsyncKernelManager]:
    """A kernel of this interpreter that leaves nothing in the home and talks through sockets."""
    # Paths of sockets are short: pytest's own folders are too deep for them.
    with tempfile.TemporaryDirectory(prefix="nb-") as folder:
        for name in ("DATA_DIR", "CONFIG_DIR", "RUNTIME_DIR", "PATH"):
            monkeypatch.setenv(f"JUPYTER_{name}", folder)
        monkeypatch.setenv("IPYTHONDIR", folder)
        write_kernel_spec(Path(folder) / "kernels" / KERNEL)
        yield AsyncKernelManager(
            kernel_name=KERNEL,
            transport="ipc",
            ip=str(Path(folder) / "kernel"),
            connection_file=str(Path(folder) / "kernel.json"),
        )


def _read(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    return notebook


def _one_cell(source: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(source)  # type: ignore[no-untyped-call]
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    return notebook


def _run(notebook: nbformat.NotebookNode, kernel: AsyncKernelManager, folder: Path) -> None:
    """Execute all cells; the first that fails raises."""
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, km=kernel, timeout=CELL_SECONDS, resources=where).execute()


def test_there_are_notebooks() -> None:
    assert {path.stem for path in NOTEBOOKS} == {"salib", "ema_workbench", "mesa_data_collection"}
    page = (NOTEBOOKS[0].parent / "README.md").read_text(encoding="utf-8")
    assert all(f"({path.name})" in page for path in NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_results_and_checks_itself(path: Path) -> None:
    notebook = _read(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert any("assert" in cell.source for cell in code)


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path: Path, kernel: AsyncKernelManager) -> None:
    _run(_read(path), kernel, path.parent)


@pytest.mark.long
def test_the_kernel_is_this_interpreter_and_nobody_outside_can_reach_it(
    kernel: AsyncKernelManager, tmp_path: Path
) -> None:
    source = f"""
import sys, psutil
assert sys.executable == {sys.executable!r}
assert {{c.laddr.ip for c in psutil.Process().net_connections("inet")}} <= {{"127.0.0.1"}}
"""
    _run(_one_cell(source), kernel, tmp_path)


@pytest.mark.long
def test_a_check_that_fails_is_noticed(kernel: AsyncKernelManager, tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError, match="two firms"):
        _run(_one_cell("assert 1 == 2, 'two firms'"), kernel, tmp_path)
