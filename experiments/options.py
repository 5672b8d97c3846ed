"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from simulation.errors import Problem, ScenarioError, show

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A name from `raison scenarios`, or a file.")
]
Years = Annotated[float | None, typer.Option(help="Horizon in years; the scenario's by default.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Put a value over the scenario; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON.")]


def parse_sets(texts: Sequence[str]) -> dict[str, Any]:
    """Read `KEY=VALUE` options; the value is YAML, so that 3 is a number and true a truth value.

    Raises
    ------
    ScenarioError
        If a text is not of this form.
    """
    values: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise _wrong_set(text, "KEY=VALUE")
        try:
            values[key.strip()] = YAML(typ="safe", pure=True).load(value)
        except YAMLError:
            raise _wrong_set(text, "a value that YAML can read") from None
    return values


def parse_names(text: str) -> list[str]:
    """Names between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _wrong_set(text: str, allowed: str) -> ScenarioError:
    return ScenarioError([Problem(field="--set", given=show(text), allowed=allowed)])
