"""Reads typed values out of a parsed settings file, with an error that names the place."""

from collections.abc import Mapping
from typing import Any

from safeshare.kernel.errors import MisconfiguredError

Parsed = Mapping[str, Any]
"""One table of a parsed TOML file."""


def text_at(table: Parsed, key: str, default: str | None = None) -> str:
    """The non-empty text under `key`.

    Raises:
        MisconfiguredError: it is missing without a default, empty, or not text.
    """
    value = table.get(key, default)
    if not isinstance(value, str) or not value:
        raise MisconfiguredError(f"'{key}' must be a text that is not empty")
    return value


def number_at(table: Parsed, key: str, default: int | None = None, *, least: int = 0) -> int:
    """The whole number under `key`, at least `least`.

    Raises:
        MisconfiguredError: it is missing without a default, too small, or not a whole number.
    """
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise MisconfiguredError(f"'{key}' must be a whole number of at least {least}")
    return value


def flag_at(table: Parsed, key: str, *, default: bool) -> bool:
    """The true or false under `key`.

    Raises:
        MisconfiguredError: it is neither.
    """
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise MisconfiguredError(f"'{key}' must be true or false")
    return value


def texts_at(table: Parsed, key: str) -> tuple[str, ...]:
    """The list of texts under `key`; empty where there is none.

    Raises:
        MisconfiguredError: it is not a list of texts, or names something twice.
    """
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise MisconfiguredError(f"'{key}' must be a list of texts")
    if len(set(value)) != len(value):
        raise MisconfiguredError(f"'{key}' names something twice")
    return tuple(value)


def tables_at(table: Parsed, key: str) -> tuple[Parsed, ...]:
    """The tables of the array `key`; empty where there is none.

    Raises:
        MisconfiguredError: it is not an array of tables.
    """
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise MisconfiguredError(f"'{key}' must be an array of tables")
    return tuple(value)


def table_at(table: Parsed, key: str) -> Parsed:
    """The table under `key`; empty where there is none.

    Raises:
        MisconfiguredError: it is not a table.
    """
    value = table.get(key, {})
    if not isinstance(value, Mapping):
        raise MisconfiguredError(f"'{key}' must be a table")
    return value


def refuse_twice(names: tuple[str, ...], what: str) -> None:
    """Insists that no name stands twice.

    Raises:
        MisconfiguredError: one does.
    """
    if len(set(names)) != len(names):
        raise MisconfiguredError(f"a {what} is named twice")
