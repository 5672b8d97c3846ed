"""Version of the model: changes whenever the same scenario and seed may give other results."""

MODEL_VERSION = "0.1.0"
