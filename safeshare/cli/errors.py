"""What the command line says when something is wrong: one sentence, never a traceback."""

from typing import Any

import click
from sqlalchemy.exc import DatabaseError

from safeshare.db.session import UNAVAILABLE
from safeshare.kernel.errors import SafeShareError


class PlainErrors(click.Group):
    """A group whose commands end on the product's own errors, and on files and databases that
    cannot be used, with exit code 1.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except SafeShareError as error:
            raise click.ClickException(str(error)) from error
        except UNAVAILABLE as error:
            raise click.ClickException("The database cannot be reached.") from error
        except DatabaseError as error:
            kind = type(error).__name__
            raise click.ClickException(f"The database is damaged, or refuses ({kind}).") from error
        except BrokenPipeError:
            raise  # Nobody reads on, as after `| head`: click ends quietly.
        except OSError as error:
            what = error.filename2 or error.filename or "Something that is needed"
            raise click.ClickException(f"{what} cannot be used: {error.strerror}.") from error
