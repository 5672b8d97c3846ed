"""The player as one classic script and one style sheet, to be written into a page."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from experiments.player.trace import Trace

ENTRY = "player"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:class|function|const) (\w+))", re.MULTILINE)


def player_script() -> str:
    """A script that defines `Player`; see `static/player.js`.

    Every module becomes a function of its own, so that their names cannot meet.
    """
    parts: dict[str, str] = {}
    _wrap(ENTRY, parts)
    body = "\n".join(parts.values())
    return f'const Player = (() => {{\n"use strict";\n{body}\nreturn {ENTRY}.Player;\n}})();\n'


def embedded(trace: Trace) -> str:
    """A trace as the content of a script element of a page; nothing in a name may end that."""
    return json.dumps(trace, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def player_style() -> str:
    """The style sheet of the player."""
    return _folder().joinpath("player.css").read_text("utf-8")


def _wrap(name: str, parts: dict[str, str]) -> None:
    """Add a module, after those that it needs."""
    text = _folder().joinpath(f"{name}.js").read_text("utf-8")
    for _, other in _IMPORT.findall(text):
        if other not in parts:
            _wrap(other, parts)
    given = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", _IMPORT.sub(r"const {\1} = \2;\n", text))
    parts[name] = f"const {name} = (() => {{\n{body}return {{ {given} }};\n}})();"


def _folder() -> Traversable:
    return files("experiments.player") / "static"
