"""The four kinds of agents: what one of them is, and the scalar rules one of them follows."""

from simulation.agents.customer import Customer
from simulation.agents.department import Department
from simulation.agents.distributor import Distributor
from simulation.agents.employee import Employee

__all__ = ["Customer", "Department", "Distributor", "Employee"]
