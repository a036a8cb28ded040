"""What every test may ask for."""

pytest_plugins = [
    "tests.properties",
    "tests.services.chromium",
    "tests.services.plugin",
    "tests.staging",
]
