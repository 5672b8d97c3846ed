"""Weekly counters and tables turned into the data frames of a record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.market_frames import agility_columns, market_columns, segment_frame
from simulation.mechanisms import ALL
from simulation.tables import COSTS
from simulation.work.lists import NIL
from simulation.world import FRONT, HOUR, MONEY, SERVICE, WEEKS_A_YEAR, World

CUSTOMERS_END = "customers"
"""Where the items of customers come from, in `flows`."""


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, NaN where there is nothing to share."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over the rows of a table each week, NaN where it has none."""
    return values.mean(axis=1) if values.shape[1] else np.full(len(values), np.nan)


class History(NamedTuple):
    """The tables of these names at the end of each week, shape (weeks, rows), and seats filled."""

    firm: np.ndarray
    tally: np.ndarray
    departments: np.ndarray
    segments: np.ndarray
    distributors: np.ndarray
    seats: np.ndarray


def weekly_frames(
    history: History,
    names: Sequence[str],
    segments: Sequence[str],
    people: int,
    off: Collection[str],
) -> dict[str, pd.DataFrame]:
    """`series` (a row a week), `departments` and `segments` (a row per week and each of them).

    Parameters
    ----------
    history : History
        What was kept of each week.
    names : sequence of str
        Departments.
    segments : sequence of str
        Segments.
    people : int
        Size of the market.
    off : collection of str
        Mechanisms that are switched off.
    """
    return {
        "series": _series(history, people, off),
        "departments": _departments(history, names),
        "segments": segment_frame(history.firm["week"][:, 0], history.segments, segments),
    }


def _series(history: History, people: int, off: Collection[str]) -> pd.DataFrame:
    firm, tally, departments = history.firm[:, 0], history.tally[:, 0], history.departments
    gross, regular, overtime, work, switching = (
        departments[f"week_{name}"].sum(axis=1)
        for name in ("gross", "regular", "overtime", "work", "switching")
    )
    active = firm["started_with"] + np.cumsum(tally["joined"] - tally["lost"])
    before = active - tally["joined"] + tally["lost"]
    staying = before - tally["lost"]
    costs = {f"cost_{name}": tally[name] / MONEY for name in COSTS}
    cost = np.sum([tally[name] for name in COSTS], axis=0) / MONEY
    revenue = tally["revenue"] / MONEY
    closed, abandoned = tally["needs_closed"], tally["needs_abandoned"]
    reopened, opened = tally["needs_reopened"], tally["needs_opened"]
    reported = _share(tally["needs_closed_in_time"], closed + abandoned)
    # hours booked beyond those of the week are paid in later weeks
    courtesy, escalation, disputes = (
        np.minimum(_share(tally[f"{part}_work"], gross), 1.0)
        for part in ("courtesy", "escalation", "dispute")
    )
    carries = (departments["kind"] == SERVICE) & (departments["host"] == NIL)
    front = departments["kind"] == FRONT
    done = tally["changes_done"]
    series = {
        "week": firm["week"],
        "active": active,
        "joined": tally["joined"],
        "lost": tally["lost"],
        "retention": (1.0 - _share(tally["lost"], before)) ** WEEKS_A_YEAR,
        "satisfaction": _share(tally["satisfaction_sum"], staying),
        "loyalty_index": _share(tally["promoters"] - tally["detractors"], staying),
        "revenue": revenue,
        "cost": cost,
        "profit": revenue - cost,
        "cash": firm["cash"] / MONEY,
        "customer_equity": tally["equity"],
        "escalations": tally["escalations"],
        "courtesy_share": _share(tally["courtesy_work"], work),
        "entitlement": tally["entitlement"],
        "resentment": tally["resentment"],
        "engagement": tally["engagement"],
        "fatigue": tally["fatigue"],
        "disputes": tally["disputes"],
        "dispute_hours": tally["dispute_work"] / HOUR,
        "favours": tally["favours"],
        "declined": tally["declined"],
        "resented": tally["resented"],
        "budget_moves": tally["budget_moves"],
        "incidents": tally["incidents"],
        **market_columns(history.segments),
        **agility_columns(history.segments, done, tally["change_days"]),
        "heard": tally["heard"],
        "changes": done - tally["fixes"],
        "fixes": tally["fixes"],
        "options": _share(tally["change_options"], done),
        "channel_requests": tally["channel_requests"],
        "channel_answered": tally["channel_answered"],
        "defections": tally["defections"],
        "distributor_service": _mean(history.distributors["service"]),
        "shadow_it_share": _share(
            (history.seats * departments["shadow"]).sum(axis=1), (history.seats * front).sum(axis=1)
        ),
        "shadow_built": tally["shadow_built"],
        "cco_authority": np.where(firm["has_office"], firm["authority"], np.nan),
        "participation": np.where(firm["has_office"], firm["participation"], np.nan),
        "project_attention": firm["attention"],
        "outreach": tally["outreach"],
        "settled": tally["settled"],
        "repriced": tally["repriced"],
        "cross_sold": tally["cross_sold"],
        "relearning": departments["relearning"].mean(axis=1),
        "policy_load": _share((departments["policy"] * carries).sum(axis=1), carries.sum(axis=1)),
        "friction": np.minimum(courtesy + escalation + disputes, 1.0),
        "friction_disputes": disputes,
        "friction_courtesy": courtesy,
        "friction_escalations": escalation,
        "quits": tally["quits"],
        "dismissals": tally["dismissals"],
        "hires": tally["hires"],
        "seats": history.seats.sum(axis=1),
        "blocked_share": _share(tally["blocked_seat_days"], tally["filled_seat_days"]),
        "backlog": departments["backlog"].sum(axis=(1, 2)) / HOUR,
        "lead_time_days": _share(tally["needs_days"], closed),
        "utilisation": _share(work + switching, regular),
        "overtime_share": _share(overtime, regular),
        "needs": opened,
        "resolution_rate": _share(tally["needs_resolved"], closed),
        "reopened_rate": _share(reopened, opened + reopened),
        "abandoned_rate": _share(abandoned, closed + abandoned),
        "given_up": tally["needs_given_up"],
        "reported_sla": reported,
        "illusion_gap": reported - _share(tally["needs_resolved_in_time"], closed + abandoned),
        "internal_sla": _share(tally["requests_closed_in_time"], tally["requests_closed"]),
        "expired": tally["expired"],
        "leads": tally["leads_opened"],
        "blocks": tally["blocks"],
        "demand": firm["demand"],
        "market_share": active / people,
    }
    frame = pd.DataFrame(series | costs)
    if len(firm) and firm["product"][0] == NIL:
        frame["insight_age_weeks"] = np.nan  # nobody hears what was heard
    for mechanism in ALL:
        if mechanism.name in off:
            frame[list(mechanism.columns)] = np.nan
    return frame


def _departments(history: History, names: Sequence[str]) -> pd.DataFrame:
    weeks, departments = history.firm["week"][:, 0], history.departments

    def flat(name: str, column: int | None = None) -> np.ndarray:
        values = departments[name] if column is None else departments[name][:, :, column]
        return np.asarray(values).ravel()

    used = flat("week_work") + flat("week_switching")
    return pd.DataFrame(
        {
            "week": np.repeat(weeks, len(names)),
            "department": list(names) * len(weeks),
            "seats": history.seats.ravel(),
            "utilisation": _share(used, flat("week_regular")),
            "overtime_share": _share(flat("week_overtime"), flat("week_regular")),
            "backlog_hours_linked": flat("backlog", 0) / HOUR,
            "backlog_hours_internal": flat("backlog", 1) / HOUR,
            "stages_linked": flat("week_stages", 0),
            "stages_internal": flat("week_stages", 1),
            "stage_days_linked": _share(flat("week_stage_days", 0), flat("week_stages", 0)),
            "stage_days_internal": _share(flat("week_stage_days", 1), flat("week_stages", 1)),
            "pressure": flat("pressure"),
            "standard": flat("standard"),
            "reported": np.where(flat("reported") < 0, np.nan, flat("reported")),
            "true": np.where(flat("true_figure") < 0, np.nan, flat("true_figure")),
            "policy": np.where(flat("kind") == SERVICE, flat("policy"), np.nan),
        }
    )


def customer_frame(world: World, segments: list[str]) -> pd.DataFrame:
    """One row per person of the market, as things stand."""
    people = world.customers
    profit = people.revenue - people.distributor_margin - people.concessions - people.cost_to_serve
    return pd.DataFrame(
        {
            "uid": np.arange(len(people)),
            "segment": np.array(segments, dtype=object)[people.segment],
            "distributor": people.distributor,
            "status": np.array(["prospect", "active", "lost"], dtype=object)[people.status],
            "joined_week": people.joined_week,
            "lost_week": np.where(people.lost_week >= 0, people.lost_week, -1),
            "margin_per_week": people.margin / MONEY,
            "propensity": people.propensity,
            "satisfaction": people.satisfaction,
            "experience": people.experience,
            "revenue": people.revenue / MONEY,
            "cost_to_serve": people.cost_to_serve / MONEY,
            "concessions": people.concessions / MONEY,
            "profit": profit / MONEY,
            "needs": people.needs,
            "unresolved": people.unresolved,
            "abandoned": people.abandoned,
        }
    )


def flow_frame(world: World, names: Sequence[str]) -> pd.DataFrame:
    """Items that passed from one department, or from `customers`, to another so far."""
    places = [*names, CUSTOMERS_END]
    source, target = np.nonzero(world.flows)
    return pd.DataFrame(
        {
            "source": np.array(places, dtype=object)[source],
            "target": np.array(places, dtype=object)[target],
            "items": world.flows[source, target],
        }
    )
