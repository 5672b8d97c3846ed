"""Kinds of field that scenario and regime files are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

SUM_TOLERANCE = 1e-6


class Part(BaseModel):
    """Base of everything a file may say: frozen, and nothing beyond what is declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _whole(value: object) -> object:
    # A sweep over a count hands in 24.0; it means 24.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Real = Annotated[float, Strict()]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
# Stands last in an Annotated, so that the bounds before it reach the JSON Schema.
INTEGRAL = BeforeValidator(_whole)
Weeks = Annotated[int, Strict(), Field(ge=0, le=10_400), INTEGRAL]
Flag = Annotated[bool, Strict()]
Text = Annotated[str, Strict(), Field(max_length=500)]
Name = Annotated[
    str,
    Strict(),
    Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40),
]
