"""Hypothesis without a limit of time an example: other tests run at the same time, and the library edtf is slow."""

import hypothesis

hypothesis.settings.register_profile("tracker", deadline=None)
hypothesis.settings.load_profile("tracker")
