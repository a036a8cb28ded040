"""What every test may ask for."""

import gc

pytest_plugins = [
    "tests.pages",
    "tests.properties",
    "tests.services.chromium",
    "tests.services.plugin",
    "tests.staging",
    "tests.statements",
]


def pytest_collection_finish() -> None:
    """Spare Python from searching for garbage, again and again, among modules and tests that stay
    to the end of the run: that took a seventh of a test's time.
    """
    gc.collect()
    gc.freeze()
