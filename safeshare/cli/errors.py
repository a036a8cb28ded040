"""What the command line says when something is wrong: one sentence, never a traceback."""

from typing import Any

import click

from safeshare.kernel.errors import SafeShareError
from safeshare.wiring import UNAVAILABLE


class PlainErrors(click.Group):
    """A group whose commands end on the product's own errors with exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except SafeShareError as error:
            raise click.ClickException(str(error)) from error
        except UNAVAILABLE as error:
            raise click.ClickException("The database cannot be reached.") from error
