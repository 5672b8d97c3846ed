"""Employees come, learn, tire and go; standards erode and recover (docs/model.md, 9.5, 9.6)."""

from __future__ import annotations

from simulation.agents.department import standard_after
from simulation.agents.employee import fatigue_after, quit_hazard
from simulation.jit import compiled, inner
from simulation.log import DISMISSAL, NO_CAUSE, NO_ITEM, QUIT, note
from simulation.mechanisms.entitlement import calm_down
from simulation.mechanisms.relearning import relearn
from simulation.randomness import EMPLOYEE_WEEK, block, strikes, uniform
from simulation.work.closing import fill_seat
from simulation.work.items import HIRE_ROUTES, cancel, give_birth
from simulation.work.lists import NIL
from simulation.work.seats import headcount, host_of
from simulation.world import HIRE, WEEKS_A_YEAR, A, V, World


@inner
def vacate(world: World, row: int, event: int) -> None:
    """The holder of a seat leaves; the request that blocked them is cancelled with them."""
    seat = world.employees[row]
    note(world, event, seat.uid, seat.department, NO_ITEM, NO_CAUSE, seat.tenure_weeks)
    if seat.blocked_by != NIL:
        cancel(world, seat.blocked_by)
    seat.blocked_by = NIL
    seat.generation += 1
    seat.filled = 0
    seat.open_requests = 0
    seat.skill = 0.0
    seat.engagement = 0.0
    seat.tenure_weeks = 0


@inner
def age_employees(world: World) -> None:
    """A week passes for everybody who holds a seat."""
    p = world.p[0]
    firm = world.firm[0]
    relearn(world)
    for row in range(len(world.employees)):
        seat = world.employees[row]
        if not seat.filled:
            continue
        department = world.departments[host_of(world, seat.department)]
        seat.tenure_weeks += 1
        seat.skill = min(1.0, seat.skill + (1.0 - p.newcomer_skill) / p.learning_weeks)
        share = 0.0
        if department.week_regular > 0 and p.overtime_max > 0.0:
            share = department.week_overtime / department.week_regular / p.overtime_max
        line_of_sight = world.departments[seat.department].dials[V]
        seat.fatigue = fatigue_after(p, seat.fatigue, share, line_of_sight)
        u = uniform(block(firm.seed, EMPLOYEE_WEEK, seat.uid, firm.week)[0])
        if strikes(u, quit_hazard(p, seat.engagement) / WEEKS_A_YEAR):
            world.tally[0].quits += 1
            vacate(world, row, QUIT)
        else:
            calm_down(world, row)


@inner
def start_counting(world: World) -> None:
    """Set the departments' counters of the week to zero."""
    for j in range(len(world.departments)):
        department = world.departments[j]
        department.last_utilisation = 0.0
        if department.week_regular > 0:
            used = department.week_work + department.week_switching
            department.last_utilisation = used / department.week_regular
        department.week_gross = 0
        department.week_regular = 0
        department.week_overtime = 0
        department.week_work = 0
        department.week_linked_work = 0
        department.week_filled = 0
        department.week_blocked = 0
        department.week_switching = 0
        department.week_hires = 0
        department.week_disputes = 0
        department.week_closed = 0
        department.week_closed_in_time = 0
        department.week_needs_closed = 0
        department.week_needs_resolved_in_time = 0
        for klass in range(2):
            department.week_stages[klass] = 0
            department.week_stage_days[klass] = 0


@inner
def find_interim(world: World, j: int) -> None:
    """An empty department finds somebody at once: hires may have to pass through it."""
    department = world.departments[j]
    if department.target <= 0 or headcount(world, j) > 0:
        return
    for row in range(department.first_seat, department.end_seat):
        if not world.employees[row].hire_under_way:
            fill_seat(world, row, NO_ITEM)
            return


@inner
def seek_people(world: World) -> None:
    """Departments below their target ask HR for people; without a hiring route they just come."""
    routes_anywhere = len(world.departments)
    through_hr = (
        world.route_first[HIRE_ROUTES, routes_anywhere, 1]
        > world.route_first[HIRE_ROUTES, routes_anywhere, 0]
    )
    for j in range(len(world.departments)):
        find_interim(world, j)
        department = world.departments[j]
        missing = department.target - headcount(world, j)
        for row in range(department.first_seat, department.end_seat):
            missing -= world.employees[row].hire_under_way
        for row in range(department.first_seat, department.end_seat):
            if missing <= 0:
                break
            seat = world.employees[row]
            if seat.filled or seat.hire_under_way:
                continue
            missing -= 1
            if through_hr:
                seat.hire_under_way = 1
                give_birth(world, HIRE, row, seat.uid, 0, HIRE_ROUTES, routes_anywhere)
            else:
                fill_seat(world, row, NO_ITEM)


@compiled
def cut_seats(world: World, j: int, seats: int) -> None:
    """Cut seats from a department's plan and target for good; whoever is above has to go."""
    department = world.departments[j]
    department.plan -= seats
    department.target = max(1, department.target - seats)
    dismiss_above_target(world, j)


@inner
def dismiss_above_target(world: World, j: int) -> None:
    """Dismiss people, from the last seat down, until the department is at its target."""
    department = world.departments[j]
    surplus = headcount(world, j) - department.target
    for row in range(department.end_seat - 1, department.first_seat - 1, -1):
        if surplus <= 0:
            break
        if world.employees[row].filled:
            surplus -= 1
            world.tally[0].dismissals += 1
            vacate(world, row, DISMISSAL)


@inner
def take_mood(world: World) -> None:
    """Means over everybody who holds a seat, for the record."""
    tally = world.tally[0]
    people = 0
    for row in range(len(world.employees)):
        seat = world.employees[row]
        if not seat.filled:
            continue
        people += 1
        tally.entitlement += seat.entitlement
        tally.resentment += seat.resentment
        tally.engagement += seat.engagement
        tally.fatigue += seat.fatigue
    if people > 0:
        tally.entitlement /= people
        tally.resentment /= people
        tally.engagement /= people
        tally.fatigue /= people


@inner
def adjust_standards(world: World) -> None:
    """Standards fall towards what was delivered in the past week, and recover slowly."""
    p = world.p[0]
    for j in range(len(world.departments)):
        department = world.departments[j]
        if world.firm[0].week > 0:
            delivered = 1.0
            if department.delivered_standard > 0.0:
                delivered = department.delivered_time / department.delivered_standard
            metric = department.dials[A]
            department.standard = standard_after(p, department.standard, delivered, metric)
        department.delivered_time = 0.0
        department.delivered_standard = 0.0
