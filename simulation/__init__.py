"""raison: two firms, the same people, the same luck, another idea of who the customer is."""

from simulation.agents import Customer, Department, Distributor, Employee
from simulation.errors import ScenarioError
from simulation.firm import Firm, simulate, warm_up
from simulation.record import Record
from simulation.regime import Regime
from simulation.scenario import Scenario, resolve

__all__ = [
    "Customer",
    "Department",
    "Distributor",
    "Employee",
    "Firm",
    "Record",
    "Regime",
    "Scenario",
    "ScenarioError",
    "resolve",
    "simulate",
    "warm_up",
]
