"""What every test may ask for."""

pytest_plugins = [
    "tests.pages",
    "tests.properties",
    "tests.services.chromium",
    "tests.services.plugin",
    "tests.staging",
]
