"""Every coefficient of the model, declared once: value, unit, range and where it comes from.

The kernels read the values from one NumPy record (`pack`), scenario files override them by name
(`parameters: {h0: 0.008}`), and `docs/coefficients.md` is generated from this table.
A source that reads "assumed" means that no published value is known to us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Parameter:
    """One coefficient.

    Attributes
    ----------
    name : str
        Key under `parameters:` in a scenario file.
    default : float
        Value used when a scenario says nothing.
    low, high : float
        Allowed range, inclusive.
    unit : str
        Unit in words.
    group : str
        The part of the model that reads it.
    meaning : str
        One plain sentence.
    source : str
        Publication, fact it was calibrated on, or "assumed".
    spread : float
        Factor by which an assumed value might as well be higher or lower: 3 where nothing is known
        but its order of magnitude, little above 1 where much more would not be a firm.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    group: str
    meaning: str
    source: str = "assumed"
    spread: float = 1.5

    @property
    def assumed(self) -> bool:
        """Whether no published value is known and none was fitted."""
        return "assumed" in self.source

    @property
    def share(self) -> bool:
        """Whether it is a share of a whole: anything from 0 to 1."""
        return self.low == 0.0 and self.high == 1.0

    @property
    def plausible(self) -> tuple[float, float]:
        """What an assumed value might as well be: `spread` times as much, or that part of it.

        Of a share it is the odds that are so much higher or lower. The value itself, twice, where
        it is published, fitted or a definition.
        """
        if not self.assumed:
            return self.default, self.default
        ends = (1.0 / self.spread, self.spread)
        if self.share:
            low, high = (end * self.default for end in ends)
            rest = 1.0 - self.default
            return low / (low + rest), high / (high + rest)
        return max(self.low, ends[0] * self.default), min(self.high, ends[1] * self.default)


_OS = "Oliva & Sterman 2001, shape; value assumed"
_CAL = "calibrated (docs/calibration.md)"

# fmt: off
_TABLE: tuple[Parameter, ...] = (
    # --- variability
    Parameter("demand_sd", 0.13, 0, 0.5, "log sd", "variability",
              "Stationary spread of the common weekly factor on customers' demand.", _CAL),
    Parameter("absence_sd", 0.128, 0, 0.5, "log sd", "variability",
              "Stationary spread of each department's weekly presence factor.", _CAL),
    Parameter("weekly_memory", 0.8, 0, 0.99, "per week", "variability",
              "AR(1) coefficient of both factors."),
    # --- work
    Parameter("hours_sd_log", 0.9, 0, 1.5, "log sd", "work",
              "Spread of the standard hours of one stage around its department's mean."),
    Parameter("hours_per_day", 6.4, 1, 12, "hours", "work",
              "Productive hours of one fully skilled employee in a day.", "normalises hours"),
    Parameter("effort_floor", 0.7, 0, 1, "share", "work",
              "Effort of an employee with no engagement."),
    Parameter("effort_engagement", 0.5, 0, 1, "share", "work",
              "Effort that full engagement adds."),
    Parameter("fatigue_loss", 0.25, 0, 1, "share", "work",
              "Capacity that a fully fatigued employee loses."),
    Parameter("resentment_loss", 0.3, 0, 1, "share", "work",
              "Capacity that a fully resentful employee withholds."),
    Parameter("open_request_loss", 0.06, 0, 0.5, "share", "work",
              "Capacity an employee loses for each essential request of their own that is open."),
    Parameter("meeting_time", 0.08, 0, 0.5, "share at v = 1", "work",
              "Time spent meeting customers at full line of sight."),
    Parameter("pleasing_time", 0.15, 0, 0.5, "share at m = 1", "work",
              "Time spent pleasing upward at full manager metric."),
    Parameter("direction_effort", 0.15, 0, 0.5, "share at m = 1", "work",
              "Effort that direction adds at full manager metric."),
    Parameter("overtime_max", 0.2, 0, 0.5, "share", "work",
              "Most overtime, as a share of regular capacity."),
    Parameter("overtime_from_days", 1.98, 0, 20, "days of work", "work",
              "Backlog at which overtime begins; it is full one day of work later.", _CAL),
    Parameter("switching_loss", 0.3, 0, 0.9, "share", "work",
              "Loss on capacity that one class lends the other."),
    Parameter("mixing_loss", 0.05, 0, 0.5, "share", "work",
              "Capacity lost by a department that splits a day evenly between the classes."),
    Parameter("approval_hours", 0.1, 0, 4, "hours", "work",
              "Approver's time for one approval."),
    Parameter("approval_delay", 0.539, 0, 1, "probability", "work",
              "Probability that an approval costs the item a day.", _CAL),
    Parameter("approval_rank", 0.5, 0, 1, "share at m = 1", "work",
              "Share of that delay which rank saves: a boss who decides, decides fast."),
    Parameter("approvals_own", 2, 0, 10, "count", "work",
              "Approvals given by the receiving department; further ones fall to its superior."),
    Parameter("escalation_grace_days", 2, 0, 60, "days", "work",
              "Wait of an internal request before anyone thinks of escalating."),
    Parameter("escalation_mean_days", 8, 0, 100, "days", "work",
              "Mean of the exponential wait on top of the grace period."),
    Parameter("escalation_share", 0.5, 0, 1, "probability", "work",
              "Probability that the requester does escalate when the wait is up."),
    Parameter("escalation_hours", 1, 0, 20, "hours", "work",
              "Hours an escalation costs the supplier, and again the head of the firm."),
    Parameter("entitlement_impatience", 2, 0, 10, "per unit E", "work",
              "How much entitlement shortens the wait before an escalation."),
    Parameter("expiry_days", 40, 0, 400, "days (0: never)", "work",
              "Age at which an internal request lapses."),
    Parameter("block_share", 0.0397, 0, 1, "probability", "work",
              "Probability that an essential request blocks its requester until it is done.", _CAL),
    Parameter("courtesy_ratio", 0.35, 0, 5, "per essential request", "work",
              "Courtesy requests per essential request when entitlement is zero."),
    Parameter("courtesy_entitlement", 2, 0, 10, "per unit E", "work",
              "How much entitlement multiplies courtesy requests."),
    Parameter("report_rate", 0.05, 0, 5, "per head and week", "work",
              "Upward reports when the manager metric is zero."),
    Parameter("report_manager", 3, 0, 10, "per unit m", "work",
              "How much the manager metric multiplies upward reports."),
    Parameter("policy_start", 1, 0, 10, "approvals", "work",
              "Mean approvals of an item that enters an internal service department."),
    # --- time and quality
    Parameter("pressure_days", 1.5, 0.1, 20, "days of work", "quality",
              "Backlog, in days of capacity, at which pressure is one.", _OS),
    Parameter("pressure_memory_days", 5, 1, 60, "days", "quality",
              "Averaging time of pressure."),
    Parameter("pace_customer_metric", 0.15, 0, 1, "per unit a", "quality",
              "Extra time taken where the customer's outcome is measured."),
    Parameter("pace_local_metric", 0.2, 0, 1, "per unit b", "quality",
              "Time saved where the department's own figures are measured."),
    Parameter("corner_cutting", 0.6, 0, 2, "per unit pressure", "quality",
              "Share of time cut per unit of pressure above one, at a = 0.", _OS),
    Parameter("corner_floor", 0.5, 0.1, 1, "share", "quality",
              "Least share of the intended time that is given."),
    Parameter("resolution_base", 0.895, 0, 1, "probability", "quality",
              "Probability that full time resolves an item.", _CAL),
    Parameter("resolution_floor", 0.85, 0, 2, "factor", "quality",
              "Quality factor with no engagement.", spread=1.1),
    Parameter("resolution_engagement", 0.25, 0, 1, "factor", "quality",
              "Quality that full engagement adds."),
    Parameter("time_curvature", 2, 0.1, 10, "exponent", "quality",
              "How quickly more time stops adding quality."),
    Parameter("handoff_loss", 0.03, 0, 0.5, "probability", "quality",
              "Quality lost at a hand-off when the receiver does not see the customer."),
    Parameter("handoff_sight", 0.5, 0, 1, "share", "quality",
              "Share of that loss which full line of sight saves."),
    Parameter("clear_handover", 0.5, 0, 1, "share", "quality",
              "Share of internal errors that colleague-as-customer = 1 prevents."),
    Parameter("standard_fall_weeks", 20, 1, 500, "weeks", "quality",
              "Time in which the standard falls to what is delivered.", "Oliva & Sterman 2001"),
    Parameter("standard_rise_weeks", 60, 1, 2000, "weeks", "quality",
              "Time in which it recovers.", _OS),
    Parameter("standard_rise_floor", 0.25, 0.01, 1, "share", "quality",
              "Share of the recovery that needs no customer metric."),
    Parameter("return_days", 5, 1, 60, "days", "quality",
              "An unresolved item comes back after 1 to this many days."),
    Parameter("returns_most", 3, 0, 10, "count", "quality",
              "Returns after which the owner gives up."),
    Parameter("promise_days", 5, 0, 60, "days", "quality",
              "Promised lead time of needs, leads and internal requests."),
    # --- people
    Parameter("engagement_start", 0.56, 0, 1, "share", "people",
              "Engagement at the start, and of a newcomer."),
    Parameter("entitlement_start", 0.2, 0, 1, "share", "people",
              "Entitlement at the start, and of a newcomer."),
    Parameter("newcomer_skill", 0.7, 0.1, 1, "share", "people", "Skill of a newcomer."),
    Parameter("learning_weeks", 52, 1, 520, "weeks", "people",
              "Time in which a newcomer reaches full skill."),
    Parameter("quit_rate", 0.12, 0, 2, "per year", "people",
              "Quit hazard at engagement .6.", _CAL),
    Parameter("quit_engagement", 3, 0, 20, "per unit g", "people",
              "How strongly engagement lowers the quit hazard."),
    Parameter("fatigue_overtime", 0.5, 0, 1, "share", "people",
              "Fatigue that full overtime leads to."),
    Parameter("fatigue_strain", 0.1, 0, 1, "per unit v", "people",
              "Fatigue that line of sight adds."),
    Parameter("fatigue_weeks", 4, 1, 52, "weeks", "people", "Time constant of fatigue."),
    Parameter("hire_above", 1.0, 0, 2, "utilisation", "people",
              "Quarterly utilisation above which a department hires.", spread=1.1),
    Parameter("shrink_below", 0.72, 0, 2, "utilisation", "people",
              "Quarterly utilisation below which leavers are not replaced.", spread=1.1),
    Parameter("hire_step", 0.05, 0, 0.5, "share of plan", "people",
              "Most seats a department adds in a quarter."),
    Parameter("shrink_step", 0.02, 0, 0.5, "share of plan", "people",
              "Most seats a department gives up in a quarter."),
    Parameter("seats_most", 1.1, 1, 2, "share of plan", "people",
              "Upper bound of seats.", spread=1.1),
    Parameter("seats_least", 0.8, 0, 1, "share of plan", "people",
              "Lower bound of seats.", spread=1.1),
    # --- customers
    Parameter("h0", 0.00835, 0, 0.2, "per week", "customers",
              "Churn hazard at satisfaction .7, unit propensity and equal fit.", _CAL),
    Parameter("propensity_shape", 0.755, 0.1, 20, "gamma shape", "customers",
              "Shape of the spread of churn propensities; its mean is one.",
              f"Fader & Hardie 2007; {_CAL}"),
    Parameter("churn_satisfaction", 5, 0, 20, "per unit S", "customers",
              "How strongly satisfaction lowers the churn hazard."),
    Parameter("satisfaction_centre", 0.7, 0, 1, "share", "customers",
              "Satisfaction at which the hazard is h0.", "normalises h0"),
    Parameter("satisfaction_speed", 0.1, 0, 1, "per week", "customers",
              "How fast satisfaction moves to the mean of fit and experience."),
    Parameter("experience_step", 0.4, 0, 1, "share", "customers",
              "How far one outcome moves experience up."),
    Parameter("loss_aversion", 1.6, 1, 2.5, "factor", "customers",
              "How much further a bad outcome moves it.",
              "Kahneman & Tversky 1979, shape; value assumed"),
    Parameter("experience_rest", 0.7, 0, 1, "share", "customers",
              "Experience to which memory drifts."),
    Parameter("experience_drift", 0.005, 0, 1, "per week", "customers", "Speed of that drift."),
    Parameter("late_days", 8, 0.1, 100, "days", "customers",
              "Days of delay that halve the value of a late resolution."),
    Parameter("patience_days", 20, 0, 100, "days (0: endless)", "customers",
              "Mean patience of a waiting customer."),
    Parameter("need_rate", 0.1, 0, 5, "per week", "customers", "Mean needs of an active customer."),
    Parameter("need_sd", 0.5, 0, 2, "log sd", "customers", "Spread of need rates."),
    Parameter("need_size", 0.5, 0, 1, "elasticity", "customers",
              "How need rates grow with the customer's margin."),
    Parameter("margin_sd", 0.971, 0, 2.5, "log sd", "customers",
              "Spread of weekly margins inside a segment.", f"CDNOW data; {_CAL}"),
    Parameter("taste_sd", 0.35, 0, 2, "distance", "customers",
              "Spread of tastes around the segment, in each dimension."),
    Parameter("fit_sd", 0.70710678118654752, 0.1, 5, "distance", "customers",
              "Distance at which fit has fallen to exp(-1/2)."),
    Parameter("lead_rate", 0.00744, 0, 0.5, "per week", "customers",
              "Lead hazard of a person who is not a customer.", _CAL),
    Parameter("lead_close", 0.4, 0, 1, "probability", "customers",
              "Probability that a lead answered at once joins."),
    Parameter("lead_days", 25, 1, 365, "days", "customers",
              "Delay over which that probability falls by a factor e."),
    Parameter("winback_weeks", 26, 0, 520, "weeks", "customers",
              "Weeks before a lost customer considers coming back."),
    Parameter("word_strength", 2, 0, 10, "per unit", "customers",
              "How strongly word of mouth moves the lead hazard."),
    Parameter("word_memory", 0.1, 0, 1, "per week", "customers",
              "Weight of the latest word in what a person has heard."),
    Parameter("word_centre", 0.759, 0, 1, "share", "customers",
              "Satisfaction that makes neither good nor bad word.", _CAL),
    Parameter("leaver_word", 3, 0, 20, "factor", "customers",
              "Weight of the word of somebody who has just left."),
    Parameter("leaver_weeks", 26, 0, 520, "weeks", "customers", "How long a leaver talks."),
    Parameter("rewire_share", 0.1, 0, 1, "probability", "customers",
              "Share of acquaintances who live elsewhere in the small world.",
              "Watts & Strogatz 1998"),
    Parameter("promoter_from", 0.8, 0, 1, "share", "customers",
              "Satisfaction of a promoter.", "definition"),
    Parameter("detractor_below", 0.5, 0, 1, "share", "customers",
              "Satisfaction of a detractor.", "definition"),
    # --- market
    Parameter("shift_rate", 0.5, 0, 20, "per year", "market",
              "Sudden shifts of a segment's needs."),
    Parameter("shift_size", 0.3, 0, 5, "distance", "market", "Length of such a shift."),
    Parameter("competitor_speed", 0.03, 0, 1, "per week", "market",
              "Share of its gap to the needs that the competitor closes."),
    Parameter("offer_speed", 0.03, 0, 1, "per week", "market",
              "Share of its gap that the firm closes where agility is switched off."),
    Parameter("price_sensitivity", 2, 0, 20, "per unit of relative price", "market",
              "How strongly a price above the competitor's raises churn and lowers leads."),
    # --- money
    Parameter("overtime_pay", 1.5, 1, 4, "factor", "money", "Pay of an overtime hour."),
    Parameter("hiring_weeks", 4, 0, 52, "weeks of wages", "money", "Cost of one hire."),
    Parameter("overhead_share", 0.195, 0, 2, "share of planned wages", "money",
              "Rent, machines and other fixed costs.", _CAL),
    Parameter("distributor_margin", 0.15, 0, 1, "share", "money",
              "Share of a customer's margin that a distributor keeps."),
    Parameter("concession_weeks", 1, 0, 20, "weeks of margin at a = 1", "money",
              "Amends for an unresolved or abandoned need."),
    Parameter("cash_weeks", 8, 0, 520, "weeks of cost", "money", "Cash at the start."),
    Parameter("emergency_cut", 0.1, 0, 1, "share", "money",
              "Seats cut in every department after a quarter without cash."),
    Parameter("discount_rate", 0.1, 0, 1, "per year", "money",
              "Discount rate of customer lifetime value."),
    # --- mechanism: disputes
    Parameter("dispute_rate", 0.3, 0, 1, "probability", "disputes",
              "Probability that a pair of old items is disputed when both press with all might."),
    Parameter("dispute_age_days", 2, 0, 60, "days", "disputes",
              "Age that both items of a disputed pair exceed."),
    Parameter("dispute_hours", 2, 0, 40, "hours", "disputes",
              "Time a dispute costs the department in which it breaks out."),
    Parameter("dispute_requester_hours", 1.5, 0, 40, "hours", "disputes",
              "Time it costs the requester's department."),
    # --- mechanism: measurement
    Parameter("measure_weeks", 13, 1, 520, "weeks", "measurement",
              "Averaging time of a department's figures."),
    Parameter("budget_move", 0.05, 0, 0.5, "share", "measurement",
              "Share of its seats that the best-looking department loses in a quarter."),
    Parameter("budget_notice", 0.05, 0, 1, "share", "measurement",
              "Gap between best and worst figures that management takes notice of."),
    Parameter("budget_bound", 0.2, 0, 0.3, "share of plan", "measurement",
              "How far such moves may take a department from its plan."),
    # --- mechanism: entitlement
    Parameter("entitlement_gain", 0.02, 0, 0.5, "per success at c = 1", "entitlement",
              "Lesson of a favour or an escalation that succeeded.", spread=3),
    Parameter("entitlement_refusal", 0.05, 0, 1, "share", "entitlement",
              "Entitlement lost when a favour is declined or has to be paid for.", spread=3),
    Parameter("entitlement_decay", 0.01, 0, 1, "per week", "entitlement",
              "Entitlement that time alone takes away.", spread=3),
    Parameter("precedent", 0.1, 0, 1, "share", "entitlement",
              "Share of the lesson that colleagues draw from a successful escalation.", spread=3),
    Parameter("precedent_circle", 10, 0, 1000, "colleagues", "entitlement",
              "Colleagues who hear of an escalation; where there are more, each hears a part."),
    Parameter("outside_share", 0.6, 0, 1, "probability", "entitlement",
              "Probability that a declined favour is bought outside."),
    Parameter("outside_price", 1.5, 0, 10, "factor", "entitlement",
              "Outside price over the cost of the supplier's own hours."),
    Parameter("resentment_gain", 0.006, 0, 0.5, "per item and pressure", "entitlement",
              "Lesson of a favour or escalation that one could not decline under pressure.",
              spread=3),
    Parameter("resentment_pressure", 0.5, 0, 10, "pressure", "entitlement",
              "Pressure below which such an item is taken in one's stride."),
    Parameter("resentment_relief", 0.01, 0, 1, "share", "entitlement",
              "Resentment that a seen customer result, or a week of recognition, takes away.",
              spread=3),
    Parameter("pooling", 0.25, 0, 0.9, "share at k = 1", "entitlement",
              "Hours that pooled internal service saves when nobody may go elsewhere."),
    # --- mechanism: incidents
    Parameter("incident_rate", 0.055, 0, 1, "per department and week", "incidents",
              "Hazard of an incident at full work without any policy."),
    Parameter("policy_protection", 0.35, 0, 5, "per approval", "incidents",
              "How strongly policies lower the hazard."),
    Parameter("incident_corners", 2, 0, 20, "factor", "incidents",
              "How strongly cut corners raise the hazard."),
    Parameter("pooling_safety", 0.3, 0, 5, "per unit k", "incidents",
              "How strongly captivity lowers the hazard: no back doors, no shadow suppliers."),
    Parameter("incident_weeks", 4, 0, 52, "weeks of wages", "incidents",
              "Mean cost of an incident, in wages of the department."),
    Parameter("incident_sd", 1, 0, 2, "log sd", "incidents", "Spread of that cost."),
    Parameter("incident_caution", 0.3, 0, 1, "share at q = 1", "incidents",
              "How much smaller risk aversion keeps an incident."),
    Parameter("incident_reach", 0.06, 0, 1, "probability", "incidents",
              "Share of active customers who feel an incident."),
    Parameter("policy_lapse", 0.1, 0, 1, "per quarter", "incidents",
              "Share of policies that lapse by themselves."),
    Parameter("policy_lapse_customer", 0.2, 0, 1, "per quarter at a v = 1", "incidents",
              "Share that people who see the customer strike off."),
    # --- mechanism: engagement
    Parameter("engagement_base", 0.156, 0, 1, "share", "engagement",
              "Engagement that is there in any firm.", _CAL),
    Parameter("engagement_sight", 0.12, 0, 1, "share", "engagement",
              "Engagement from seeing the customer, fading with distance."),
    Parameter("engagement_tools", 0.25, 0, 1, "share", "engagement",
              "Engagement from getting in time what one needs to work."),
    Parameter("engagement_care", 0.15, 0, 1, "share", "engagement",
              "Engagement from being cared for."),
    Parameter("engagement_clarity", 0.15, 0, 1, "share", "engagement",
              "Engagement from knowing whom one serves."),
    Parameter("engagement_resentment", 0.3, 0, 1, "share", "engagement",
              "Engagement that full resentment destroys."),
    Parameter("engagement_fatigue", 0.2, 0, 1, "share", "engagement",
              "Engagement that full fatigue destroys."),
    Parameter("engagement_weeks", 26, 1, 520, "weeks", "engagement",
              "Time constant of engagement."),
    Parameter("clarity_disputes", 5, 0, 50, "per share of hours", "engagement",
              "Clarity lost per share of the department's hours that goes into disputes."),
    Parameter("tools_start", 0.95, 0, 1, "share", "engagement",
              "What a newcomer expects of the help of colleagues."),
    Parameter("tools_weight", 0.2, 0, 1, "share", "engagement",
              "Weight of the latest request in that."),
    Parameter("perks_share", 0.14, 0, 1, "share of wages at h = 1", "engagement",
              "Cost of caring for people."),
    # --- mechanism: listening
    Parameter("listening_time", 0.6, 0, 1, "share at l = 1", "listening",
              "Working time spent listening at full listening."),
    Parameter("listening_reach", 10, 0, 100, "per unit l", "listening",
              "How fast listening reaches everybody one deals with."),
    Parameter("listening_noise", 0.035, 0, 5, "distance", "listening",
              "Error of what is learned if everybody in a segment is listened to once."),
    Parameter("listening_care", 0.3, 0, 1, "share", "listening",
              "Share of internal errors that listening to colleagues prevents."),
    Parameter("heard_lift", 0.05, 0, 1, "experience", "listening",
              "What being heard does for a customer's experience."),
    Parameter("belief_drift", 0.05, 0, 1, "distance a week", "listening",
              "How far the firm expects needs to move in a week."),
    Parameter("hop_weeks", 2, 0, 8, "weeks", "listening",
              "Delay of insight at each hop on its way to the product department."),
    Parameter("hop_loss", 0.28, 0, 1, "share", "listening",
              "Insight lost at a hop without line of sight; half of it with.", "Nichols 1962"),
    # --- mechanism: agility
    Parameter("change_open", 0.15, 0, 2, "per planned seat", "agility",
              "Changes that a product department keeps going at once."),
    Parameter("change_slack_days", 1.5, 0, 20, "days of work", "agility",
              "Backlog of the product department above which it begins no change."),
    Parameter("change_hours", 3, 0.01, 50, "factor", "agility",
              "Hours of one stage of a change over those of other internal work."),
    Parameter("change_step", 0.983, 0, 10, "share of the gap", "agility",
              "What one turn of all open changes closes of the gap to the believed needs.", _CAL),
    Parameter("order_share", 0.6, 0, 1, "share at c = 1", "agility",
              "Hand-offs run as orders where colleagues are customers: no ideas asked."),
    Parameter("option_worth", 0.4, 0, 1, "share", "agility",
              "Chance that one more option is a good one."),
    Parameter("focus_gain", 0.5, 0, 5, "per unit of share", "agility",
              "Economies of scale of effort on one segment."),
    Parameter("fix_share", 0.3, 0, 1, "probability", "agility",
              "Share of changes that remove a cause of needs."),
    Parameter("fix_gain", 0.2, 0, 10, "share", "agility",
              "What one turn of all open changes, all fixes, removes of the commonest cause."),
    Parameter("cause_return", 0.04, 0, 1, "per week", "agility",
              "How fast causes of needs come back."),
    # --- mechanism: distributors
    Parameter("distributor_quality", 0.7, 0, 1, "share", "distributors",
              "Mean quality of a distributor's own service."),
    Parameter("distributor_quality_sd", 0.1, 0, 1, "share", "distributors",
              "Spread of that quality."),
    Parameter("distributor_bias", 0.4, 0, 5, "distance", "distributors",
              "How far distributors' reports lean towards what is easy to sell."),
    Parameter("channel_late_weeks", 12, 0, 52, "weeks", "distributors",
              "Age of what distributors report."),
    Parameter("first_line", 0.3, 0, 1, "probability", "distributors",
              "Share of needs that a distributor of full quality answers itself."),
    Parameter("channel_rate", 0.005, 0, 1, "per customer and week", "distributors",
              "Requests of a distributor."),
    Parameter("distributor_push", 1, 0, 10, "per unit d", "distributors",
              "How much being heard makes distributors push leads."),
    Parameter("service_start", 0.9, 0, 1, "share", "distributors",
              "Service that a distributor is used to."),
    Parameter("service_weight", 0.05, 0, 1, "share", "distributors",
              "Weight of the latest request in that."),
    Parameter("defection_rate", 0.05, 0, 5, "per year", "distributors",
              "Hazard that a distributor goes over to the competitor."),
    Parameter("defection_voice", 2, 0, 20, "per unit d", "distributors",
              "How strongly being heard lowers that hazard."),
    Parameter("defection_service", 4, 0, 20, "per unit of service", "distributors",
              "How strongly good service lowers it."),
    Parameter("defection_takes", 0.5, 0, 1, "probability", "distributors",
              "Share of its customers that a distributor takes along."),
    Parameter("defection_weeks", 52, 1, 520, "weeks", "distributors",
              "Weeks until it comes back."),
    # --- mechanism: shadow_it
    Parameter("shadow_above", 0.05, 0, 1, "share of seat-days", "shadow_it",
              "Blocked time above which a front department thinks of helping itself."),
    Parameter("shadow_after", 8, 1, 520, "weeks", "shadow_it",
              "Weeks above it until it does."),
    Parameter("shadow_below", 0.02, 0, 1, "share of seat-days", "shadow_it",
              "Blocked time below which it could do without."),
    Parameter("shadow_until", 52, 1, 520, "weeks", "shadow_it",
              "Weeks below it until it does without."),
    Parameter("shadow_time", 0.08, 0, 1, "share", "shadow_it",
              "Capacity that a department's own solution takes."),
    Parameter("shadow_requests", 0.6, 0, 1, "share", "shadow_it",
              "Requests to the supplier that it saves."),
    Parameter("shadow_price", 2, 0, 20, "factor", "shadow_it",
              "Its cost over the wages of that capacity: everything exists twice."),
    Parameter("shadow_risk", 1, 0, 20, "factor", "shadow_it",
              "Added hazard of incidents if every front department has one."),
    # --- mechanism: customer_office
    Parameter("project_share", 0.01, 0, 0.5, "share of wages at a = 1", "customer_office",
              "Budget of a department's own customer projects."),
    Parameter("project_overlap", 0.5, 0, 5, "share", "customer_office",
              "Spending on what another department does too."),
    Parameter("project_lift", 0.01, 0, 1, "per week", "customer_office",
              "What all projects with full attention do for experience."),
    Parameter("attention_decay", 0.6223, 0, 1, "per week", "customer_office",
              "Attention left after a week without an owner: 40 people, then 6 a month later.",
              "Bingham, task forces; input"),
    Parameter("borrowed_fade", 0.1, 0, 1, "per quarter", "customer_office",
              "Authority lent by the chief executive that fades."),
    Parameter("authority_gain", 1, 0, 20, "per unit of yearly churn", "customer_office",
              "Authority earned in a quarter by customers kept."),
    Parameter("office_cost", 0.004, 0, 0.5, "share of planned wages", "customer_office",
              "Running cost of the office."),
    Parameter("office_function_cost", 0.001, 0, 0.5, "share of planned wages", "customer_office",
              "Running cost of each of its functions."),
    Parameter("office_time", 0.01, 0, 0.5, "share", "customer_office",
              "Everybody's time for it at full participation."),
    Parameter("office_settles", 0.7, 0, 1, "share", "customer_office",
              "Disputes that full strength settles at once."),
    Parameter("office_settle_hours", 0.5, 0, 20, "hours", "customer_office",
              "Time of the head of the firm for one of them."),
    Parameter("band_days", 5, 0, 200, "days", "customer_office",
              "How far ahead of the next band a more valuable customer is served."),
    Parameter("outreach_below", 0.6, 0, 1, "satisfaction", "customer_office",
              "Satisfaction below which a valuable customer is called."),
    Parameter("outreach_lift", 0.3, 0, 1, "share", "customer_office",
              "How far such a call mends experience."),
    Parameter("lookalike_gain", 0.5, 0, 5, "share", "customer_office",
              "Leads gained among people like the best customers."),
    Parameter("lookalike_shift", 0.15, 0, 1, "share", "customer_office",
              "Leads lost among the others."),
    Parameter("price_step", 0.1, 0, 1, "share", "customer_office",
              "Price rise for a customer who costs more than they bring."),
    Parameter("price_most", 1.5, 1, 10, "factor", "customer_office",
              "Highest price."),
    Parameter("cross_sell_gain", 0.01, 0, 0.5, "share", "customer_office",
              "Margin that cross-selling adds in a quarter."),
    Parameter("cross_sell_most", 1.1, 1, 10, "factor on the first margin", "customer_office",
              "Margin beyond which there is nothing more to sell to a customer."),
    Parameter("cross_sell_weeks", 8, 0, 520, "weeks of the added margin", "customer_office",
              "Cost of cross-selling."),
    # --- mechanism: relearning
    Parameter("relearning_loss", 0.4, 0, 2, "share per mean change of dials", "relearning",
              "Productivity lost while people learn new rules."),
    Parameter("technology_loss", 0.2, 0, 2, "share per unit of distance", "relearning",
              "Productivity lost to new technology."),
    Parameter("merger_loss", 0.1, 0, 1, "share", "relearning",
              "Productivity that departments lose when they merge."),
    # --- policies of the firm
    Parameter("marketing_pull", 0.5, 0, 10, "share", "policies",
              "Leads that full marketing adds; falling returns."),
    Parameter("marketing_share", 0.1, 0, 2, "share of planned wages", "policies",
              "Cost of full marketing."),
    Parameter("willingness_gain", 0.2, 0, 1, "engagement", "policies",
              "First engagement that hiring for willingness adds."),
    Parameter("willingness_cost", 0.5, 0, 10, "share", "policies",
              "What it adds to the cost of a hire."),
)

# fmt: on

PARAMETERS: Mapping[str, Parameter] = {p.name: p for p in _TABLE}

RECORD = np.dtype([(p.name, np.float64) for p in _TABLE])


def pack(overrides: Mapping[str, float]) -> np.ndarray:
    """Parameter values as one NumPy record, the form the kernels read.

    Parameters
    ----------
    overrides : mapping of str to float
        Values that differ from the defaults; names and ranges are checked by `Scenario`.

    Returns
    -------
    numpy.ndarray
        Structured array of shape (1,), one float64 field per parameter.
    """
    record = np.zeros(1, RECORD)
    for name, parameter in PARAMETERS.items():
        record[name] = overrides.get(name, parameter.default)
    return record
