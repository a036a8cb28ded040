"""Sending a file to a browser: never as a page of ours, under a name that tells nothing."""

from flask import Response

from safeshare.concerns.service.attaching import OpenedFile
from safeshare.files.rules import is_picture, media_type

SANDBOX = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of a file's answer: should a browser show it after all, nothing in it runs."""


def file_answer(opened: OpenedFile) -> Response:
    """The file, chunk by chunk. A picture that was drawn anew may be shown; the rest is saved."""
    shown = opened.kind is not None and is_picture(opened.kind)
    answer = Response(opened.content, direct_passthrough=True)
    answer.headers["Content-Type"] = media_type(opened.kind)
    answer.headers["Content-Length"] = str(opened.size)
    way = "inline" if shown else "attachment"
    answer.headers["Content-Disposition"] = f'{way}; filename="{opened.name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Download-Options"] = "noopen"
    return answer
