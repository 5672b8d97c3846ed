"""What the sums of the tests were made with: coefficients, whatever the defaults are; events."""

from __future__ import annotations

BY_HAND: dict[str, float] = {
    # time, experience, entitlement
    "meeting_time": 0.08, "pleasing_time": 0.15, "experience_rest": 0.7, "experience_step": 0.4,
    "entitlement_start": 0.2, "entitlement_gain": 0.02, "entitlement_refusal": 0.05,
    "entitlement_decay": 0.01, "courtesy_entitlement": 2.0, "engagement_start": 0.56,
    "promise_days": 5.0,
    # listening, agility
    "listening_time": 0.6, "listening_reach": 10.0, "listening_care": 0.3, "heard_lift": 0.05,
    "hop_weeks": 2.0, "hop_loss": 0.28, "handoff_sight": 0.5, "change_open": 0.15,
    "change_slack_days": 1.5, "change_hours": 3.0, "change_step": 0.5, "order_share": 0.6,
    "option_worth": 0.4, "focus_gain": 0.5, "cause_return": 0.01,
    # distributors, shadow IT
    "channel_late_weeks": 12.0, "distributor_push": 1.0, "service_start": 0.9,
    "service_weight": 0.05, "defection_rate": 0.05, "defection_voice": 2.0,
    "defection_service": 4.0, "defection_weeks": 52.0, "shadow_above": 0.05, "shadow_after": 8.0,
    "shadow_below": 0.02, "shadow_until": 52.0, "shadow_time": 0.08, "shadow_requests": 0.6,
    "shadow_price": 2.0, "shadow_risk": 1.0,
    # office, prices, relearning, policies
    "project_share": 0.01, "project_overlap": 0.5, "project_lift": 0.01,
    "attention_decay": 0.6223, "borrowed_fade": 0.1, "authority_gain": 1.0, "office_cost": 0.004,
    "office_function_cost": 0.001, "office_time": 0.01, "office_settle_hours": 0.5,
    "band_days": 5.0, "lookalike_gain": 0.5, "lookalike_shift": 0.15, "price_step": 0.1,
    "price_most": 1.5, "cross_sell_gain": 0.01, "cross_sell_most": 1.1, "cross_sell_weeks": 8.0,
    "promoter_from": 0.8,
    "price_sensitivity": 2.0, "churn_satisfaction": 5.0, "satisfaction_centre": 0.7,
    "competitor_speed": 0.03, "relearning_loss": 0.4, "technology_loss": 0.2, "merger_loss": 0.1,
    "marketing_pull": 0.5, "willingness_gain": 0.2,
}  # fmt: skip

EVENTS: list[dict[str, object]] = [
    {"week": 2, "cut": "care", "share": 0.3},
    {"week": 3, "budget_round": 0.2},
    {"week": 3, "need_shift": "shops", "size": 0.5, "direction": 90.0},
    {"week": 4, "need_shift": "homes", "size": 0.2},
    {"week": 5, "competitor_entry": "homes", "strength": 0.5},
    {"week": 6, "demand_surge": 0.5, "weeks": 4},
    {"week": 7, "price_war": 0.2, "weeks": 5, "match": 0.5},
    {"week": 8, "recession": 0.3, "weeks": 6},
    {"week": 15, "technology_change": 0.4},
    {"week": 16, "merger": ["it", "personnel"]},
    {"week": 20, "regime": "customer_first", "over_weeks": 4},
]
