"""Whatever comes, the cleaners clean it or refuse it: no crash, no hang, no hunger.

What they raise is not caught by the net around them that says "damaged" of everything.
"""

import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeshare.cleaning import text
from safeshare.cleaning.kinds import FileKind, RefusedError
from safeshare.cleaning.sniffing import sniff
from tests.cleaning import made, telling
from tests.cleaning.fuzzing import broken, seeds, try_one
from tests.properties import examples

ROOT = Path(__file__).resolve().parents[2]
WHOLES = seeds()
A_CHILD, INPUTS = 1_000, 100_000
HANG = 5
"""Seconds of processor time: those of the clock would judge the machine."""

# Pillow warns of broken notes in a picture, and goes on. In the child nobody hears it.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def try_in_time(data: bytes) -> None:
    began = process_time()
    try_one(data)
    assert process_time() - began < HANG


@given(st.binary(max_size=3000))
@settings(max_examples=examples(400))
def test_any_bytes_can_be_sniffed(data: bytes) -> None:
    try:
        kind = sniff(data)
    except RefusedError:
        return
    assert kind is None or kind in FileKind


@given(st.sampled_from(WHOLES), st.randoms(use_true_random=False))
@settings(max_examples=examples(250))
def test_a_broken_file_can_be_cleaned_or_is_refused(whole: bytes, source: random.Random) -> None:
    try_in_time(broken(source, whole))


@given(st.sampled_from(WHOLES), st.binary(max_size=400))
@settings(max_examples=examples(100))
def test_any_bytes_behind_a_right_beginning_are_cleaned_or_refused(
    whole: bytes, rest: bytes
) -> None:
    for head in (4, 12, 64):
        try_in_time(whole[:head] + rest)


def _fuzz(seed: int, count: int, change: str = "") -> tuple[str, int]:
    """What went wrong, and the most memory that was used, in MiB."""
    program = f"from tests.cleaning import fuzzing\n{change}\nfuzzing.main({seed}, {count})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    last = done.stdout.split()[-1]
    if done.returncode == 0:
        return "", int(last)
    return f"seed {seed}, file {last}, exit {done.returncode}: {done.stderr[-500:]}", 0


def test_some_broken_files_stay_within_memory_and_time() -> None:
    wrong, memory = _fuzz(20260322, A_CHILD)
    assert not wrong
    assert memory > 0


@pytest.mark.soak
def test_a_hundred_thousand_broken_files_stay_within_memory_and_time() -> None:
    done = [_fuzz(seed, A_CHILD) for seed in range(INPUTS // A_CHILD)]
    assert not [wrong for wrong, _memory in done if wrong]
    print(f"{INPUTS} broken files: at most {max(memory for _wrong, memory in done)} MiB")  # noqa: T201 - asked for


@pytest.mark.parametrize(
    ("change", "sign"),
    [("fuzzing.MEMORY = 1", "MemoryError"), ("fuzzing.SECONDS = 0.0001", "exit -27")],
)
def test_hunger_and_a_hang_cannot_pass_unseen(change: str, sign: str) -> None:
    assert sign in _fuzz(1, 200, change)[0]


@pytest.mark.parametrize(
    "sent",
    [
        made.pdf().replace(b"/Subtype /Text", b"/Subtype /Te\xff"),
        made.pdf().replace(b"/DCTDecode", b"/DCT\xffecode"),
        re.sub(rb"/Length \d+", b"/Length (a)", made.pdf()),
        telling.pdf("comments").replace(b"/ActualText", b"/Actual\xff"),
        made.docx()[:4] + made.docx()[40:],
        made.archive({"a": ""}).replace(b"a", b"\0"),
    ],
    ids=["a kind", "a packing", "a length", "a property", "a place", "no name"],
)
def test_what_was_found_before_cannot_come_back(sent: bytes) -> None:
    try_one(sent)


@pytest.mark.parametrize("raised", [MemoryError, RecursionError, AttributeError, OSError])
def test_a_fault_of_a_cleaner_cannot_pass_for_a_refusal(
    raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(_kind: FileKind | None) -> Callable[[bytes], tuple[FileKind, bytes]]:
        def clean(_data: bytes) -> tuple[FileKind, bytes]:
            raise raised

        return clean

    monkeypatch.setattr(text, "cleaner", faulty)
    with pytest.raises(raised):
        try_one(b"a plain text")
