"""Compilation of rules and kernels: numba when `RAISON_JIT` is not 0, plain Python otherwise.

The same functions run either way. numba keys its disk cache on the file of the function alone, so a
change in a callee would go unnoticed; the cache therefore lives in a folder named after the digest
of the whole package, its place and its files' times (which numba looks at too).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numba

ENABLED = os.environ.get("RAISON_JIT", "1") != "0"


def _cache_folder() -> Path:
    root = os.environ.get("RAISON_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(root) if root else Path.home() / ".cache"
    try:
        (base / "raison").mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written to
        base = Path(tempfile.gettempdir())
    package = Path(__file__).parent.resolve()
    digest = hashlib.sha256(f"{numba.__version__} {package}".encode())
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode())
        digest.update(str(file.stat().st_mtime_ns).encode())
        digest.update(file.read_bytes())
    return base / "raison" / digest.hexdigest()[:16]


CACHE = _cache_folder()
if ENABLED:
    numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]


# `_nrt=False` leaves out reference counting, which cost five times the work itself: kernels
# allocate nothing. The option is numba's own but not in its type stubs.
_njit: Any = partial(numba.njit, _nrt=False, error_model="numpy")


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile a rule or kernel that Python calls, cached on disk; identity if `RAISON_JIT=0`."""
    if not ENABLED:
        return function
    result: F = _njit(cache=True)(function)
    return result


def inner[F: Callable[..., Any]](function: F) -> F:
    """Compile a function that only kernels call: as `compiled`, but with no way in from Python.

    It becomes part of the kernels' cached code, which halves the time to compile. Called from
    Python all the same it ends the process: what plain Python calls has to be `compiled`.
    """
    if not ENABLED:
        return function
    result: F = _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return result


def is_warm() -> bool:
    """Whether the kernels have been compiled before and lie in the disk cache."""
    return not ENABLED or (CACHE / "warm").exists()


def mark_warm() -> None:
    """Note that every kernel has been compiled (see `simulation.firm.warm_up`)."""
    if ENABLED:
        (CACHE / "warm").touch()
