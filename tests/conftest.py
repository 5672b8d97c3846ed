"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# Generated tests judge what is computed; how long a machine with other work takes is no fault.
settings.register_profile("raison", deadline=None)
settings.load_profile("raison")
