"""Shipped scenarios and regimes: data files, found by name."""
