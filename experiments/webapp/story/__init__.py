"""The story: eight chapters, each with a guess, a run of the model, and what came of it."""
