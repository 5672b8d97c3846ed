"""The tables of a firm: a row per thing, a field per column.

Hours are int64 microhours, money int64 hundredths of a cent, so that sums are exact and free of
order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.world import (
    ACQUAINTANCES,
    DIALS,
    LONGEST_PATH,
    LONGEST_ROUTE,
    NEEDS_WEEKS,
    OFFICE_FUNCTIONS,
    Table,
)

_i1, _i2, _i4, _i8, _f8 = np.int8, np.int16, np.int32, np.int64, np.float64

CUSTOMERS = np.dtype(
    [
        ("status", _i1),
        ("open_lead", _i1),  # or outreach
        ("band", _i1),
        ("segment", _i2),
        ("distributor", _i2),
        ("joined_week", _i4),
        ("lost_week", _i4),
        ("needs", _i4),
        ("unresolved", _i4),
        ("abandoned", _i4),
        ("taste", _f8, (2,)),
        ("margin", _i8),
        ("first_margin", _i8),  # before any cross-selling
        ("price", _f8),
        ("need_rate", _f8),
        ("propensity", _f8),
        ("patience_days", _f8),
        ("satisfaction", _f8),
        ("experience", _f8),
        ("word", _f8),
        ("revenue", _i8),
        ("distributor_margin", _i8),
        ("concessions", _i8),
        ("cost_to_serve", _i8),
        ("cost_at_review", _i8),
        ("acquaintances", _i4, (ACQUAINTANCES,)),
    ],
    align=True,
)

EMPLOYEES = np.dtype(
    [
        ("uid", _i8),
        ("department", _i2),
        ("number", _i4),
        ("filled", _i1),
        ("hire_under_way", _i1),
        ("blocked_by", _i4),
        ("open_requests", _i4),
        ("generation", _i4),
        ("tenure_weeks", _i4),
        ("skill", _f8),
        ("engagement", _f8),
        ("fatigue", _f8),
        ("entitlement", _f8),
        ("resentment", _f8),
        ("tools", _f8),
    ],
    align=True,
)

DEPARTMENTS = np.dtype(
    [
        ("name_key", _i8),
        ("kind", _i1),
        ("superior", _i2),
        ("host", _i2),  # the department it has become part of, -1 for none
        ("first_edge", _i4),
        ("end_edge", _i4),
        ("dials", _f8, (DIALS,)),
        ("backlog", _i8, (2,)),
        ("oldest", _i8, (2,)),
        ("first_seat", _i4),
        ("end_seat", _i4),
        ("plan", _i8),
        ("target", _i8),
        ("weekly_wage", _i8),
        ("hourly_rate", _i8),
        ("hours_customer", _f8),
        ("hours_internal", _f8),
        ("standard", _f8),
        ("pressure", _f8),
        ("policy", _f8),
        ("absence_state", _f8),
        ("presence", _f8),
        ("heads", _i8),
        ("engagement", _f8),
        ("resentment", _f8),
        ("relearning", _f8),
        ("hops", _f8),
        ("insight_hops", _i2),  # to the product department, -1 without a way
        ("insight_path", _i2, (LONGEST_PATH,)),
        ("delivered_until", _i4),
        ("projects_kept", _f8),
        ("shadow", _i1),
        ("shadowed_supplier", _i2),
        ("weeks_above", _i4),
        ("weeks_below", _i4),
        ("reported", _f8),
        ("true_figure", _f8),
        ("last_utilisation", _f8),
        ("delivered_time", _f8),
        ("delivered_standard", _f8),
        # the last day, microhours
        ("debt", _i8),
        ("gross", _i8),
        ("paid", _i8),
        ("regular", _i8),
        ("overtime", _i8),
        ("work", _i8),
        ("switching", _i8),
        ("idle", _i8),
        # the week so far
        ("week_gross", _i8),
        ("week_regular", _i8),
        ("week_overtime", _i8),
        ("week_work", _i8),
        ("week_linked_work", _i8),
        ("week_switching", _i8),
        ("week_filled", _i8),
        ("week_blocked", _i8),
        ("week_hires", _i8),
        ("week_disputes", _i8),
        ("week_closed", _i8),
        ("week_closed_in_time", _i8),
        ("week_needs_closed", _i8),
        ("week_needs_resolved_in_time", _i8),
        ("week_stages", _i8, (2,)),
        ("week_stage_days", _i8, (2,)),
        # the quarter so far
        ("quarter_regular", _i8),
        ("quarter_used", _i8),
    ],
    align=True,
)

DISTRIBUTORS = np.dtype(
    [
        ("customers", _i8),
        ("margin", _i8),
        ("quality", _f8),
        ("bias", _f8, (2,)),
        ("entitlement", _f8),
        ("service", _f8),
        ("away_until", _i4),
    ],
    align=True,
)

SEGMENTS = np.dtype(
    [
        ("name_key", _i8),
        ("persons", _i8),
        ("needs", _f8, (2,)),
        ("competitor", _f8, (2,)),
        ("competitor_boost", _f8),
        ("offer", _f8, (2,)),
        ("belief", _f8, (2,)),
        ("belief_variance", _f8),
        ("insight_age", _f8),
        # counted when a week closes
        ("active", _i8),
        ("margin", _i8),
        ("channel_margin", _i8),
        # how far the offer moved this week, and what the needs were
        ("moved", _f8, (2,)),
        ("past_needs", _f8, (NEEDS_WEEKS, 2)),
    ],
    align=True,
)

ITEMS = np.dtype(
    [
        ("uid", _i8),
        ("standard", _i8),
        ("time", _i8),
        ("left", _i8),
        ("quality", _f8),
        ("sight", _f8),
        ("owner", _i4),
        ("aim", _i4),  # a change: segment, -1 for a fix; a distributor's request: its row
        ("generation", _i4),
        ("born_week", _i4),
        ("opened", _i4),
        ("arrived", _i4),
        ("entered", _i4),
        ("key", _i4),
        ("due", _i4),
        ("deadline", _i4),
        ("escalation", _i4),
        ("department", _i2),
        ("route", _i2),
        ("kind", _i1),
        ("stage", _i1),
        ("attempt", _i1),
        ("klass", _i1),
        ("place", _i1),
        ("begun", _i1),
        ("escalated", _i1),
        ("next", _i4, (3,)),
        ("prev", _i4, (3,)),
    ],
    align=True,
)

EDGES = np.dtype([("supplier", _i8), ("rate", _f8)], align=True)

ROUTES = np.dtype(
    [
        ("path", _i2, (LONGEST_ROUTE,)),
        ("length", _i2),
        ("share", _f8),  # cumulative
        ("own_share", _f8),
        ("cause", _f8),  # of needs: what is left of the cause that sends them here
    ],
    align=True,
)

# what a front department has learned about a segment in a week
REPORTS = np.dtype([("count", _i8), ("sums", _f8, (2,))], align=True)

LOG = np.dtype(
    [
        ("day", _i4),
        ("event", _i2),
        ("department", _i2),
        ("cause", _i2),
        ("uid", _i8),
        ("item_uid", _i8),
        ("value", _f8),
    ],
    align=True,
)

# one row: the clock, the purse and the counters of the firm as a whole
FIRM = np.dtype(
    [
        ("seed", _i8),
        ("day", _i8),
        ("week", _i8),
        ("head", _i2),
        ("free", _i4),
        ("slots_free", _i8),
        ("log_level", _i1),
        ("log_count", _i8),
        ("log_missed", _i8),
        ("demand_state", _f8),
        ("demand", _f8),
        ("cash", _i8),
        ("cash_negative_quarters", _i8),
        ("insolvent_week", _i8),
        ("planned_wages", _i8),
        ("started_with", _i8),
        ("acquainted", _i1),
        ("true_figure", _f8),
        # market and policies
        ("price", _f8),
        ("competitor_price", _f8),
        ("usage", _f8),
        ("surge", _f8),
        ("war_until", _i8),
        ("recession_until", _i8),
        ("surge_until", _i8),
        ("marketing", _f8),
        ("willingness", _f8),
        # the product and the channel
        ("product", _i2),
        ("changes_offer", _i1),  # whether changes can be begun
        ("focal", _i2),
        ("survey_weeks", _i8),
        ("open_changes", _i8),
        ("voice", _f8),
        # the customer's office
        ("has_office", _i1),
        ("office", _f8, (OFFICE_FUNCTIONS,)),
        ("functions", _i1, (OFFICE_FUNCTIONS,)),
        ("hard_wired", _f8),
        ("positional", _f8),
        ("borrowed", _f8),
        ("earned", _f8),
        ("participation", _f8),
        ("authority", _f8),
        ("attention", _f8),
        ("lift", _f8),
        ("yardstick", _f8),
        ("quarter_lost", _i8),
        ("quarter_before", _i8),
        ("lookalike_margin", _i8),
        # switches of the mechanisms
        ("on_disputes", _i1),
        ("on_measurement", _i1),
        ("on_entitlement", _i1),
        ("on_incidents", _i1),
        ("on_engagement", _i1),
        ("on_listening", _i1),
        ("on_agility", _i1),
        ("on_distributors", _i1),
        ("on_shadow_it", _i1),
        ("on_customer_office", _i1),
        ("on_relearning", _i1),
        # running totals that conservation is checked with
        ("opened", _i8),
        ("ended", _i8),
        ("revenue", _i8),
        ("cost", _i8),
        ("work_steps", _i8),
    ],
    align=True,
)

COSTS = (
    "wages",
    "overtime_pay",
    "hiring",
    "overhead",
    "distributor_margin",
    "concessions",
    "outside",
    "incident_cost",
    "perks",
    "shadow_cost",
    "project_cost",
    "office_cost",
    "marketing_cost",
)
"""Cost lines of the ledger; their sum is `cost`."""

# one row: what happened this week
TALLY = np.dtype(
    [
        (name, _i8)
        for name in (
            "joined",
            "lost",
            "quits",
            "dismissals",
            "hires",
            "needs_opened",
            "needs_reopened",
            "needs_closed",
            "needs_closed_in_time",
            "needs_resolved",
            "needs_resolved_in_time",
            "needs_days",
            "needs_abandoned",
            "needs_given_up",
            "leads_opened",
            "requests_closed",
            "requests_closed_in_time",
            "expired",
            "cancelled",
            "escalations",
            "blocks",
            "courtesy_work",
            "escalation_work",
            "revenue",
            *COSTS,
            "disputes",
            "dispute_work",
            "budget_moves",
            "favours",
            "declined",
            "resented",
            "incidents",
            "heard",
            "changes_started",
            "changes_done",
            "change_days",
            "change_options",
            "fixes",
            "channel_requests",
            "channel_answered",
            "defections",
            "shadow_built",
            "outreach",
            "settled",
            "repriced",
            "cross_sold",
            "blocked_seat_days",
            "filled_seat_days",
        )
    ]
    + [
        (name, _f8)
        for name in (
            "satisfaction_sum",
            "promoters",
            "detractors",
            "equity",
            "entitlement",
            "resentment",
            "engagement",
            "fatigue",
        )
    ],
    align=True,
)


def table(dtype: np.dtype[Any], rows: int) -> Table:
    """A table of zeros."""
    return np.zeros(rows, dtype).view(np.recarray)
