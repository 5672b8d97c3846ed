"""What a mechanism declares about itself."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.parameters import PARAMETERS, Parameter


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One contested claim put to work.

    Attributes
    ----------
    name : str
        Its switch under `mechanisms:` in a scenario, and the group of its coefficients.
    claim : str
        What is claimed, in our words, with its id in docs/claims.md.
    source : str
        Where the claim, or the shape of the rule, comes from.
    reads, writes : tuple of str
        Columns, as table.column.
    streams : tuple of str
        Its random streams.
    columns : tuple of str
        Weekly columns of its own, NaN while it is switched off.
    counts : tuple of str
        Weekly columns that move when it fires: where all stay at zero, it never has.
    """

    name: str
    claim: str
    source: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    streams: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its coefficients."""
        return tuple(p for p in PARAMETERS.values() if p.group == self.name)
