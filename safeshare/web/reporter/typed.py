"""What somebody typed, found in the request alone, for the page of a form that was not taken."""

from flask import g, request
from werkzeug.datastructures import MultiDict

from safeshare.web.shared.errors import Typed
from safeshare.web.shared.large_forms import MOST_FIELDS

_LONG = 40
"""Characters from which a value is shown in a box of its own; choices and ids are shorter."""

_WRITTEN = "concern wishes who risk where when message unsent name phone reach address"
_ALWAYS_SHOWN = frozenset(_WRITTEN.split())

_ACCESS_CODE = frozenset({"code", "first", "second"})
"""Where the words of an access code are typed: no page shows or carries them again."""

_MESSAGES = frozenset({"/messages", "/messages/enter"})

_OURS = frozenset({"csrf_token", "id"})
"""What a page itself puts into its form."""

_WAITING = "safeshare_waiting"


def typed() -> Typed | None:
    """What was typed into a form that could not be taken, found without session or database; and
    the message that waits on a page that could not be drawn.
    """
    path = request.path
    if request.method != "POST":
        return _waiting()
    if not (path.startswith("/form/") or path in _MESSAGES):
        return None
    pairs = _pairs(request.form)
    kept = [pair for pair in pairs if pair[0] not in _ACCESS_CODE]
    if len(pairs) > MOST_FIELDS or not any(value for name, value in kept if name not in _OURS):
        return _waiting()
    texts = [pair for pair in kept if _is_text(*pair)]
    rest = [pair for pair in kept if not _is_text(*pair)]
    return Typed(_here(), texts, rest)


def has_typed_words() -> bool:
    """Whether the posted form holds words of its writer's own, and not choices alone."""
    found = typed()
    return found is not None and bool(found.texts)


def show_if_it_fails(message: str, name: str = "message") -> None:
    """Let the page of a failure show a message that waits in the visit and nowhere else. `name` is
    the input that takes it where it is sent again.
    """
    setattr(g, _WAITING, (name, message))


def _waiting() -> Typed | None:
    name, message = g.get(_WAITING, ("", ""))
    return Typed(_here(), [(name, message)], []) if message else None


def _here() -> str:
    return request.root_path + request.full_path.rstrip("?")


def _pairs(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    return list(form.items(multi=True))


def _is_text(name: str, value: str) -> bool:
    return bool(value) and (name in _ALWAYS_SHOWN or len(value) > _LONG) and name not in _OURS
