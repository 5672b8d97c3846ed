"""The modules of the pages fit together: what one imports, the other exports."""

from __future__ import annotations

import re
from pathlib import Path

import experiments.player
import experiments.webapp

STATIC = Path(experiments.webapp.__file__).parent / "static"
PLAYER = Path(experiments.player.__file__).parent / "static"
MODULES = sorted([*STATIC.rglob("*.js"), *PLAYER.glob("*.js")])

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";', re.MULTILINE)
_MADE = re.compile(r"^export (?:async )?(?:class|const|function) (\w+)", re.MULTILINE)
_GIVEN = re.compile(r"^export \{([^}]*)\}", re.MULTILINE)


def _names(listed: str) -> set[str]:
    return {name.split(" as ")[0].strip() for name in listed.split(",") if name.strip()}


def _found(module: Path, source: str) -> Path:
    """The file a browser gets: the player is served as a folder of /static beside the others."""
    if source.startswith("/static/"):
        path = STATIC / source.removeprefix("/static/")
    else:
        folder = STATIC / "player" if module.is_relative_to(PLAYER) else module.parent
        path = (folder / source).resolve()
    home = STATIC.resolve() / "player"
    return PLAYER / path.relative_to(home) if path.is_relative_to(home) else path


def test_every_import_is_an_export_of_the_module_it_names() -> None:
    missing, seen = [], 0
    for module in MODULES:
        for listed, source in _IMPORT.findall(module.read_text("utf-8")):
            text = _found(module, source).read_text("utf-8")
            given = set(_MADE.findall(text)).union(*map(_names, _GIVEN.findall(text)))
            seen += 1
            missing += [f"{module.name}: {name} from {source}" for name in _names(listed) - given]
    assert not missing
    assert seen > 100
