"""The event log: what happened to whom, when, where and why, one fixed-field record per event.

===================================  =====================  ================================
event                                uid                    value
===================================  =====================  ================================
join, loss                           customer               0; hazard of the week
opened, abandoned                    customer or seat       kind of item (docs/model.md, 2)
closed, resolved                     customer or seat       days since the visit began
unresolved                           customer or seat       attempt
given_up, expired, cancelled,        customer or seat       0
escalated, blocked, declined
disputed                             requester's seat       0
quit, dismissal                      seat                   tenure in weeks
hire                                 seat                   0
incident, insolvent                  -1                     cost; cash, in currency
answered, settled                    customer; seat         0
change_done, fix_done                owner's seat           options considered
defection                            distributor            0
shadow_built, shadow_undone          -1                     0
cut, need_shift, ... (scenario)      -1                     size of the event
===================================  =====================  ================================

The cause of a loss is what raised the log hazard most (`simulation.agents.customer.cause_of_loss`).
"""

from __future__ import annotations

from simulation.jit import compiled
from simulation.world import World

NONE, LOSSES, ALL = 0, 1, 2
LEVELS = {"none": NONE, "losses": LOSSES, "all": ALL}

EVENTS = (
    "join",
    "loss",
    "opened",
    "closed",
    "resolved",
    "unresolved",
    "given_up",
    "abandoned",
    "expired",
    "cancelled",
    "escalated",
    "blocked",
    "quit",
    "dismissal",
    "hire",
    "insolvent",
    "disputed",
    "declined",
    "incident",
    "answered",
    "settled",
    "change_done",
    "fix_done",
    "defection",
    "shadow_built",
    "shadow_undone",
    "cut",
    "budget_round",
    "need_shift",
    "competitor_entry",
    "demand_surge",
    "price_war",
    "recession",
    "technology_change",
    "merger",
    "regime",
)
(
    JOIN,
    LOSS,
    OPENED,
    CLOSED,
    RESOLVED,
    UNRESOLVED,
    GIVEN_UP,
    ABANDONED,
    EXPIRED,
    CANCELLED,
    ESCALATED,
    BLOCKED,
    QUIT,
    DISMISSAL,
    HIRED,
    INSOLVENT,
    DISPUTED,
    DECLINED,
    INCIDENT,
    ANSWERED,
    SETTLED,
    CHANGE_DONE,
    FIX_DONE,
    DEFECTION,
    SHADOW_BUILT,
    SHADOW_UNDONE,
    *SCENARIO_EVENTS,
) = range(len(EVENTS))
SCENARIO_EVENT = dict(zip(EVENTS[SHADOW_UNDONE + 1 :], SCENARIO_EVENTS, strict=True))

CAUSES = ("", "experience", "fit", "competitor", "chance", "price", "distributor")
NO_CAUSE, BY_EXPERIENCE, BY_FIT, BY_COMPETITOR, BY_CHANCE, BY_PRICE, BY_DISTRIBUTOR = range(
    len(CAUSES)
)

NOBODY = -1
NOWHERE = -1
NO_ITEM = -1


@compiled
def note(
    world: World, event: int, uid: int, department: int, item: int, cause: int, value: float
) -> None:
    """Write one event, if the log level asks for it.

    Joins, losses and what happens to the firm as a whole are written at level "losses",
    everything at level "all".
    """
    firm = world.firm[0]
    wanted = firm.log_level == ALL or (
        firm.log_level == LOSSES and (event <= LOSS or event == INSOLVENT or event >= DEFECTION)
    )
    if not wanted:
        return
    if firm.log_count >= len(world.log):
        firm.log_missed += 1
        return
    row = world.log[firm.log_count]
    row.day = firm.day
    row.event = event
    row.department = department
    row.cause = cause
    row.uid = uid
    row.item_uid = item
    row.value = value
    firm.log_count += 1
