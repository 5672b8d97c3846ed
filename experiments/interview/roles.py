"""What the name of a department lets one guess, and what an interview offers as an answer."""

from __future__ import annotations

SALES, SUPPORT, FIELD, OFFER, LEAD, OTHER = "sales", "support", "field", "offer", "lead", "other"
IT, HR, FINANCE, LEGAL = "it", "hr", "finance", "legal"

# Parts of names, tried in this order; a name is cut at underscores.
_WORDS = {
    LEAD: ("executive", "management", "board", "directors", "leadership", "partners", "head"),
    SALES: ("sales", "account", "accounts", "commercial", "business"),
    SUPPORT: (
        *("support", "service", "desk", "helpdesk", "hotline", "call", "contact", "care"),
        *("customer", "dispatch", "reception"),
    ),
    FIELD: (
        *("operations", "field", "delivery", "consulting", "branch", "branches", "success"),
        *("technicians", "installation", "shop", "shops", "stores"),
    ),
    IT: ("it", "ict", "platform", "systems", "data"),
    HR: ("hr", "people", "personnel", "human"),
    FINANCE: ("finance", "accounting", "controlling", "billing"),
    LEGAL: ("legal", "compliance"),
    OFFER: ("product", "engineering", "development", "design", "research", "innovation"),
}
MEETS_CUSTOMERS = (SALES, SUPPORT, FIELD)

PAY = {
    SALES: 1.0,
    SUPPORT: 0.8,
    FIELD: 0.9,
    IT: 1.3,
    HR: 1.0,
    FINANCE: 1.15,
    LEGAL: 1.5,
    OFFER: 1.35,
    LEAD: 2.6,
    OTHER: 1.0,
}
"""Pay of a role against the mean of a firm: roughly that of services_firm."""

REQUESTS = {
    SALES: 0.2,
    SUPPORT: 0.3,
    FIELD: 0.3,
    IT: 0.3,
    HR: 0.1,
    FINANCE: 0.12,
    LEGAL: 0.1,
    OFFER: 0.2,
    LEAD: 0.1,
    OTHER: 0.25,
}
"""Essential requests that a colleague has of a role in a week: roughly those of services_firm."""

ASKED_BY_ALL = (IT, HR, FINANCE, LEGAL)


def role_of(name: str) -> str:
    """Guess the role of a department from its name, such as customer_support."""
    words = name.split("_")
    return next((role for role, hints in _WORDS.items() if set(hints) & set(words)), OTHER)
