"""Runs on other machines: the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.runner import Crowd
from simulation.errors import Problem, ScenarioError, show
from simulation.version import code_digest

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10
NEEDED = "needs Dask: pip install 'raison[cluster]'"


class ClusterError(Exception):
    """The cluster is gone, or cannot be used; the message says why."""


@contextmanager
def cluster(address: str) -> Iterator[Crowd]:
    """Connect to the scheduler of a Dask cluster; its workers make the runs.

    Workers may come, go and die meanwhile: Dask gives their runs to others. A run that keeps
    killing workers is given back after as many deaths as the scheduler allows.

    Parameters
    ----------
    address : str
        Of the scheduler, such as `tcp://10.0.0.5:8786`.

    Raises
    ------
    ScenarioError
        If Dask is not installed, nobody answers at the address, there is no worker, or a worker has
        another version of the model.
    ClusterError
        If the scheduler is lost on the way.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise _refused(address, NEEDED) from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _refused(address, f"the address of a Dask scheduler ({error})") from None
    with client:
        threads = client.nthreads()
        if not threads:
            raise _refused(address, "a cluster with at least one worker")
        _check_versions(client, address)
        # calls are not pure: one that is given back and made again has to be made indeed
        executor = client.get_executor(pure=False)
        finished = False
        try:
            yield Crowd(executor, sum(threads.values()), (KilledWorker,))
            finished = True
        except (CancelledError, OSError) as error:
            if client.status == "running":
                raise
            raise ClusterError(f"The scheduler at {address} is gone") from error
        finally:
            executor.shutdown(wait=finished)


def _check_versions(client: Client, address: str) -> None:
    """Refuse workers that would make other runs than this process."""
    versions = client.run(code_digest, on_error="return")
    for worker, version in versions.items():
        if isinstance(version, Exception):
            raise _refused(address, f"workers that have raison installed; {worker}: {version}")
        if version != code_digest():
            allowed = f"workers with this version of the model; {worker} has another"
            raise _refused(address, allowed)


def _refused(address: str, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(field="--cluster", given=show(address), allowed=allowed)])
