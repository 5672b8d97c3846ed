"""What a scenario says, in the form that the mean-field firm reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from experiments.mean_field.work import Rows, Stages, Values
from simulation import Scenario, ScenarioError, org_graph
from simulation.errors import Problem, show
from simulation.mechanisms import MECHANISMS
from simulation.org_arrays import compile_organisation
from simulation.parameters import PARAMETERS, pack
from simulation.workload import standard_hours
from simulation.world import FRONT, MANAGEMENT, SERVICE, C, Row

_KINDS = {"front": FRONT, "service": SERVICE, "management": MANAGEMENT}


def plain(rule: Callable[..., Any]) -> Callable[..., float]:
    """A rule before compilation: one call of it from Python is cheaper so, and takes `Facts.p`."""
    result: Callable[..., float] = getattr(rule, "py_func", rule)
    return result


@dataclass(frozen=True)
class Facts:
    """A scenario compiled. J departments.

    Attributes
    ----------
    scenario : Scenario
        Where it comes from.
    p, record : Row
        Coefficients, as plain numbers and in the form that the rules of the agents read.
    names : tuple of str
        Departments, alphabetical.
    stages : Stages
        Every stage of work.
    dials : Values
        Shape (J, 12).
    courtesy : Values
        Dial c on the edge from a supplier to a requester, shape (J, J).
    kind, superior, plan, wage : Rows or Values
        Of each department; the superior is -1 for none, the wage currency a week.
    hours : Values
        Mean standard hours of customer and internal work, shape (2, J), 0 where there is none.
    hops : Values
        Steps to a customer.
    head : int
        Who decides where requests are escalated to; -1 for nobody.
    product : int
        The product department; -1 for none.
    insight : tuple of tuple of int
        Departments that a front department's insight passes on its way; missing without a way.
    on : dict of str to bool
        Which mechanisms are switched on.
    through : float
        Share of the market's persons who buy through a distributor.
    """

    scenario: Scenario
    p: Row
    record: Row
    names: tuple[str, ...]
    stages: Stages
    dials: Values
    courtesy: Values
    kind: Rows
    superior: Rows
    plan: Values
    wage: Values
    hours: Values
    hops: Values
    head: int
    product: int
    insight: dict[int, tuple[int, ...]]
    on: dict[str, bool]
    through: float

    @classmethod
    def of(cls, scenario: Scenario) -> Facts:
        """Compile a scenario.

        Raises
        ------
        ScenarioError
            If it has what the mean-field firm has not: events, a schedule, an office, policies.
        """
        if problems := list(_beyond(scenario)):
            raise ScenarioError(problems)
        arrays = compile_organisation(scenario)
        names = arrays.names
        by_name = {d.name: d for d in scenario.organisation.departments}
        listed = [by_name[name] for name in names]
        hours = standard_hours(scenario)
        graph = org_graph.build(scenario)
        hops = org_graph.hops_to_customer(graph)
        dials = scenario.regime.dials(0, names)
        courtesy = np.repeat(dials[:, C, None], len(names), axis=1)
        for edge in scenario.regime.serves:
            pair = names.index(edge.supplier), names.index(edge.requester)
            courtesy[pair] = edge.colleague_as_customer
        product = scenario.organisation.product
        insight = {}
        for j, department in enumerate(listed):
            if product is not None and department.kind == "front":
                way = org_graph.insight_path(graph, department.name, product)
                if way is not None:
                    insight[j] = tuple(names.index(stop) for stop in way[1:])
        record = pack(scenario.parameters).view(np.recarray)[0]
        return cls(
            scenario=scenario,
            p=SimpleNamespace(**dict(zip(PARAMETERS, record.item(), strict=True))),
            record=record,
            names=names,
            stages=Stages.of(arrays),
            dials=dials,
            courtesy=courtesy,
            kind=np.array([_KINDS[d.kind] for d in listed]),
            superior=arrays.superior,
            plan=np.array([float(d.seats) for d in listed]),
            wage=np.array([d.wage_per_week for d in listed]),
            hours=np.nan_to_num(np.array([hours[name] for name in names])).T,
            hops=np.array([hops.get(name, org_graph.HOPS_WITHOUT_A_WAY) for name in names], float),
            head=arrays.head,
            product=-1 if product is None else names.index(product),
            insight=insight,
            on={name: scenario.mechanisms.get(name, True) for name in MECHANISMS},
            through=scenario.distributors.share,
        )

    def dial(self, column: int) -> Values:
        """One dial in every department."""
        values: Values = self.dials[:, column]
        return values

    def segments(self, name: str) -> Values:
        """A number of every segment, by its name in the file."""
        return np.array([getattr(s, name) for s in self.scenario.market.segments], float)


def _beyond(scenario: Scenario) -> Iterator[Problem]:
    """What the mean-field firm does not know."""
    said = {
        "events": scenario.events,
        "regime.schedule": scenario.regime.schedule,
        "offices.cco": scenario.offices.cco,
        "policies.marketing": scenario.policies.marketing,
        "policies.hire_for_willingness": scenario.policies.hire_for_willingness,
    }
    for key, given in said.items():
        if given:
            yield Problem(field=key, given=show(given), allowed="nothing of it in a mean field")
    program = scenario.offices.insight_program
    if program != "continuous":
        field = "offices.insight_program"
        yield Problem(field=field, given=show(program), allowed="continuous in a mean field")
