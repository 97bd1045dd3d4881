"""How Hypothesis draws here: no deadlines (shared machines are noisy), the same draws in CI, few of them under mutation."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("here", deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.register_profile("mutation", settings.get_profile("ci"), max_examples=3)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "here"))
