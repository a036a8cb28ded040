"""The secret of the six digits as an authenticator app takes it, and as a picture of that.

The picture is drawn here, inside the page: the secret goes to nobody else's server.
"""

from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from safeshare.web.staff.qr import qr_modules

_QUIET: Final = 4
"""Light modules round a code (ISO/IEC 18004:2015 section 6.3.8)."""


def totp_address(secret: str, name: str, organisation: str) -> str:
    """What the picture says: the address that authenticator apps agree on."""
    issuer = quote(organisation or "SafeShare", safe="")
    label = f"{issuer}:{quote(name, safe='')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={issuer}"


def totp_picture(address: str) -> Markup:
    """The picture as inline SVG; empty for an address that is too long for one. Whoever cannot use
    it types the secret that stands beside it.
    """
    try:
        modules = qr_modules(address.encode())
    except ValueError:
        return Markup("")
    size = len(modules) + 2 * _QUIET
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(modules)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return Markup(
        '<svg class="ss-qr" viewBox="0 0 {size} {size}" aria-hidden="true" focusable="false" '
        'shape-rendering="crispEdges"><rect class="ss-qr__light" width="{size}" height="{size}"/>'
        '<path d="{path}"/></svg>'
    ).format(size=size, path=path)
