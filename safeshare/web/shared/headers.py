"""Headers of every answer: nothing from elsewhere, nothing kept, nothing told to other sites."""

from flask import Flask, Response, request

from safeshare.web.shared.assets import is_kept

# No inline script or style, no other host, no frame; forms go to ourselves only.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

_SWITCHED_OFF = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _SWITCHED_OFF),
}

_ONE_YEAR = 365 * 24 * 60 * 60


def set_headers(app: Flask, *, findable: bool) -> None:
    """Give every answer of the app its headers, errors included.

    `findable` says whether search engines may list the app's pages.
    """
    app.after_request(_guard)
    if not findable:
        app.after_request(_hide_from_searches)


def leave_no_trace(response: Response) -> Response:
    """Ask the browser to forget our cookies and storage. For the end of a visit.

    The cache is left out on purpose: clearing a large one holds some browsers up for many
    seconds, with the page still on the screen, and all that we let a browser keep is our
    stylesheet and scripts.
    """
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return response


def _guard(response: Response) -> Response:
    given = {name.lower() for name, _value in response.headers}
    response.headers.extend(  # The answer of a file brings a stricter policy of its own.
        [(name, value) for name, value in _ALWAYS.items() if name.lower() not in given]
    )
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
    if not is_kept(response):
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("ETag", None)
        response.headers.pop("Last-Modified", None)
        response.headers.pop("Expires", None)
    response.headers.pop("Server", None)
    response.headers.pop("X-Powered-By", None)
    return response


def _hide_from_searches(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
