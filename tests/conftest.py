"""What every test may ask for."""

import gc

pytest_plugins = [
    "tests.addresses",
    "tests.pages",
    "tests.properties",
    "tests.services.chromium",
    "tests.services.plugin",
    "tests.staging",
    "tests.statements",
]


def pytest_configure() -> None:
    """Search for no garbage while modules and tests are collected, which stay to the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Spare Python from searching for garbage among these, again and again: that took a seventh of
    a test's time.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
