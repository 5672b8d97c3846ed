"""What a mechanism declares about itself is there."""

from __future__ import annotations

import pytest

from simulation import Firm, mechanisms
from simulation.mechanisms.base import Mechanism
from simulation.randomness import _names
from tests.firms import tiny


@pytest.mark.parametrize("mechanism", mechanisms.ALL, ids=lambda m: str(m.name))
def test_what_it_declares_exists(mechanism: Mechanism) -> None:
    firm = Firm(tiny(), rng=1)
    for place in (*mechanism.reads, *mechanism.writes):
        table, column = place.split(".")
        assert column in getattr(firm.world, table).dtype.names, place
    firm.run_for(5)
    assert {*mechanism.columns, *mechanism.counts} <= set(firm.record().series.columns)
    assert set(mechanism.streams) <= set(_names.values())
    assert mechanism.parameters
    assert mechanism.claim
    assert mechanism.source


def test_a_firm_without_a_week_has_an_empty_record() -> None:
    record = Firm(tiny(), rng=1).record()
    assert len(record.series) == 0
    assert "retention" in record.series.columns
    assert len(record.customers) == 400


def test_a_department_that_lost_everybody_finds_somebody() -> None:
    """Also while hires for all its seats are under way through itself."""
    never = {"parameters.quit_rate": 0.0}
    firm = Firm(tiny(never), rng=1)
    firm.run_for(5)
    world = firm.world
    personnel = firm.department_names.index("personnel")
    department = world.departments[personnel]
    rows = slice(department.first_seat, department.end_seat)
    world.employees.filled[rows] = 0
    world.employees.blocked_by[rows] = -1
    firm.run_for(1)
    assert world.employees.filled[rows].sum() == 1
    firm.run_for(100)
    assert world.employees.filled[rows].sum() > 1
