"""The daily work system: items, queues, capacity, service (docs/model.md, sections 6 and 7)."""
