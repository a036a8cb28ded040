"""The public app, for somebody who has a concern."""

from flask import Flask

from safeshare.web.reporter.deciding import deciding
from safeshare.web.reporter.files import files
from safeshare.web.reporter.form_pages import form_pages
from safeshare.web.reporter.limits import limit_guesses
from safeshare.web.reporter.messages import messages
from safeshare.web.reporter.pages import add_pages
from safeshare.web.reporter.passing import serve_from
from safeshare.web.reporter.sending import sending
from safeshare.web.reporter.shown_again import show_again
from safeshare.web.reporter.turning import turning
from safeshare.web.reporter.typed import typed
from safeshare.web.reporter.visit import begin_anew_when_idle
from safeshare.web.shared.errors import keep_what_was_typed, on_expired_form
from safeshare.web.shared.form_tokens import protect_forms
from safeshare.web.shared.uploads import receive_files
from safeshare.wiring import System, information


def register(app: Flask, system: System) -> None:
    """Add every page of the reporter app to `app`."""
    serve_from(app, system)
    add_pages(app, information())
    for blueprint in (sending, form_pages, messages, turning, deciding, files):
        app.register_blueprint(blueprint)
    receive_files(app)
    app.before_request(begin_anew_when_idle)
    limit_guesses(app, system)
    protect_forms(app)
    on_expired_form(app, show_again)
    keep_what_was_typed(app, typed)
