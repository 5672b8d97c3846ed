"""The state of one firm and its market, the form the kernels work on; fixed sizes and codes.

Every kind of thing is one structured array (a row per thing, a field per column: see
`simulation.tables`); `World` bundles them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Table = np.recarray[Any, Any]
Row = Any  # one row of a Table: a NumPy record, or numba's view of one

HOUR = 1_000_000  # microhours
MONEY = 10_000  # hundredths of a cent in one unit of currency
DAYS_A_WEEK = 5
WEEKS_A_QUARTER = 13
WEEKS_A_YEAR = 52
ACQUAINTANCES = 6
LONGEST_ROUTE = 8
LONGEST_PATH = 8  # hops of insight, at most
RING = 1024  # days that calendars and queues look ahead or back, a power of two
OLDEST = 1000  # ages beyond this many days rank as equal
REPORT_WEEKS = 128  # weeks of reports that may be under way to the product department
MOST_DELAY = 64  # weeks that a report may be under way
NEEDS_WEEKS = 64  # weeks for which needs are remembered

PROSPECT, ACTIVE, LOST = 0, 1, 2
FRONT, SERVICE, MANAGEMENT = 0, 1, 2
NEED, LEAD, OUTREACH, CHANGE, ESSENTIAL, COURTESY, REPORT, HIRE, CHANNEL = range(9)
KINDS = (
    "need",
    "lead",
    "outreach",
    "change",
    "essential",
    "courtesy",
    "report",
    "hire",
    "channel",
)
FREE, CALENDAR, QUEUE = 0, 1, 2
CUSTOMER_LINKED, INTERNAL = 0, 1

# columns of `dials`
DIALS = 12
W, V, C, K, A, B, M, L, Q, D, F, H = range(DIALS)

# functions of the customer's office, columns of `firm.office`
OFFICE_FUNCTIONS = 10
(
    SETTLE_DISPUTES,
    SHORTEN_HOPS,
    ONE_PLAN,
    SERVE_BY_VALUE,
    CALL_AT_RISK,
    LOOK_ALIKES,
    REPRICE,
    CROSS_SELL,
    NO_DUPLICATES,
    PROTECT_BUDGETS,
) = range(OFFICE_FUNCTIONS)


class World(NamedTuple):
    """All tables of one firm. J departments, N customers.

    Items are linked into lists, three sets of them: calendar or queue (0), deadlines (1),
    escalations (2); `ends` (lists, 2) holds the first and the last slot of every list. `handover`
    (J, J) is c on the edge (supplier, requester). `route_first` (7, J + 1, 2): see
    `simulation.org_arrays`. `reports`: row (j * segments + k) * REPORT_WEEKS + week modulo
    REPORT_WEEKS. `flows` (J + 1, J + 1): items that came from one department to another; from row
    J come those of customers.
    """

    p: Table
    firm: Table
    tally: Table
    customers: Table
    employees: Table
    departments: Table
    distributors: Table
    segments: Table
    items: Table
    ends: np.ndarray
    handover: np.ndarray
    edges: Table
    routes: Table
    route_first: np.ndarray
    reports: Table
    flows: np.ndarray
    log: Table
