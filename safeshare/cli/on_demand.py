"""Commands that are imported once they are called: a health check then does not wait for the pages,
nor has a worker all of them in its memory.
"""

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from safeshare.cli.errors import PlainErrors


class OnDemand(PlainErrors):
    """A group whose commands stand in `modules` of this package, each under its own name there."""

    def __init__(self, *, modules: Mapping[str, str], **given: Any) -> None:
        super().__init__(**given)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, if there is one."""
        if cmd_name not in self._modules:
            return None
        gc.disable()  # What is imported stays to the end: to search it takes a sixth of a start.
        try:
            module = import_module(f"{__package__}.{self._modules[cmd_name]}")
        finally:
            gc.enable()
        command: click.Command = getattr(module, cmd_name)
        return command
