"""Version of the model: changes whenever the same scenario and seed may give other results."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

MODEL_VERSION = "0.1.0"


@cache
def code_digest() -> str:
    """Digest of the model's source: two copies of the model with the same one are the same."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
