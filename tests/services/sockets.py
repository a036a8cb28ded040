"""No test speaks to anybody outside this machine."""

import ipaddress
import socket
import sys

_ADDRESS_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
_NAME_EVENTS = {
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
}
_OUR_NAMES = frozenset({"", "localhost", "localhost.localdomain", socket.gethostname()})


class OutsideSocketError(RuntimeError):
    """A test tried to reach another machine.

    Not an OSError on purpose: code that rightly survives a dead server must not swallow this.
    """


def is_local(host: object) -> bool:
    """Whether `host`, as the socket functions take it, means this machine."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() in _OUR_NAMES


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    if event in _ADDRESS_EVENTS:
        address = arguments[_ADDRESS_EVENTS[event]]
        host = address[0] if isinstance(address, tuple) else None
    elif event in _NAME_EVENTS:
        named = arguments[_NAME_EVENTS[event]]
        host = named[0] if isinstance(named, tuple) else named
    else:
        return
    if not is_local(host):
        raise OutsideSocketError(f"{event} to {host!r}: tests may reach this machine only")


def block_outside_sockets() -> None:
    """Refuse, for the rest of this process, every socket to another machine.

    An audit hook (PEP 578) sees the calls of every library that uses Python's sockets. libpq has
    its own; the tests give it unix sockets only.
    """
    sys.addaudithook(_refuse_outside)
