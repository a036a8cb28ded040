"""What `safeshare ledger verify` says, in words for the person who runs the installation."""

from collections.abc import Mapping

from safeshare.ledger.verifying import Fault, FaultKind

_WORDS: Mapping[FaultKind, str] = {
    FaultKind.CHANGED: "{chain} chain: {entries} changed, or put in by somebody without the key.",
    FaultKind.GONE: "{chain} chain: {entries} taken out.",
    FaultKind.TWICE: "{chain} chain: entry {first} is there twice.",
    FaultKind.DOES_NOT_FOLLOW: (
        "{chain} chain: entry {first} does not follow from the one before it, which was replaced."
    ),
    FaultKind.CUT_OFF: (
        "{chain} chain: {entries} cut off at the end. If an older backup was put back on purpose, "
        "say so with: safeshare ledger accept"
    ),
    FaultKind.REPLACED: (
        "{chain} chain: entry {first} is not the one that was signed. The chain was cut there, and "
        "other entries were hung on."
    ),
    FaultKind.WAITING_CHANGED: (
        "Waiting entry {entry} was changed, or put in by somebody without the key."
    ),
    FaultKind.WAITING_GONE: "Waiting entry {entry} was taken out before its day was over.",
    FaultKind.WAITING_PUT_BACK: (
        "Waiting entry {entry} was put in again: it stands on the reporter chain already."
    ),
    FaultKind.NO_HEAD: (
        "There is no signed head, so nobody could tell whether the end was cut off. The worker "
        "signs one every minute: is it running, and was it given the folder of the head?"
    ),
    FaultKind.HEAD_BROKEN: (
        "The signed head is damaged, cannot be read, or was signed elsewhere, so nobody can tell "
        "whether the end was cut off. Compare the ledger with a copy of the head that was kept on "
        "another machine: safeshare ledger verify --head COPY. Then begin anew with: safeshare "
        "ledger accept"
    ),
    FaultKind.HEAD_HELD_BACK: (
        "Something that was signed was missing for a while, and is there again. If you know why, "
        "say so with: safeshare ledger accept"
    ),
}


def said_of(fault: Fault) -> str:
    """One fault in a sentence."""
    if fault.first == fault.last:
        entries = f"entry {fault.first} was"
    else:
        entries = f"entries {fault.first} to {fault.last} were"
    chain = fault.chain.value.capitalize() if fault.chain else ""
    words = _WORDS[fault.kind]
    return words.format(chain=chain, entries=entries, first=fault.first, entry=fault.entry)
