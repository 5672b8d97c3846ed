"""The management flight simulator: teams run the same firm, quarter by quarter, with the same luck.

Nothing here knows of the web, of the clock or of chance: a room is a fold over its commands
(`room`), and a team's firm is a pure function of the room's game, its seed and the team's decisions
(`lives`). What a team may see of that is decided in `views`.
"""
