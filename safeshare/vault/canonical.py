"""JSON in one spelling: names in order, no blanks, letters as they are, no number beyond JSON."""

import json

_AS_ASCII = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_AS_IT_IS = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False
)


def canonical(value: object) -> str:
    """Write a value so that equal values give equal texts. Lone surrogates stay as they are.

    Raises ValueError for an infinite number and for one that is none.
    """
    # Python writes ASCII several times faster than letters as they are. Unless it had to escape
    # one, both are the same.
    quick = _AS_ASCII.encode(value)
    return quick if "\\u" not in quick else _AS_IT_IS.encode(value)
