"""How an address is built from its rule is compiled once a test process, however many apps the
tests make: two thirds of the making went there.
"""

from collections.abc import Callable, Hashable, Iterator

import pytest
from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]

_BUILT: dict[Hashable, Build] = {}
_compile = Rule._compile_builder


def _compiled(rule: Rule, append_unknown: bool = True) -> Build:
    """What builds the addresses of a rule: it depends on nothing but what names it here."""
    defaults = tuple((rule.defaults or {}).items())
    name = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if name not in _BUILT:
        _BUILT[name] = _compile(rule, append_unknown)
    return _BUILT[name]


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", _compiled)
        yield
