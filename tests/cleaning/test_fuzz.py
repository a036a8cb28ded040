"""Whatever comes, the cleaners clean it or refuse it: no crash, no hang, no hunger."""

import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeshare.cleaning.kinds import FileKind, RefusedError
from safeshare.cleaning.sniffing import sniff
from tests.cleaning.fuzzing import broken, seeds, try_one
from tests.properties import examples

ROOT = Path(__file__).resolve().parents[2]
WHOLES = seeds()
A_CHILD, INPUTS = 1_000, 100_000
HANG = timedelta(seconds=5)


@given(st.binary(max_size=3000))
@settings(max_examples=examples(400))
def test_any_bytes_can_be_sniffed(data: bytes) -> None:
    try:
        kind = sniff(data)
    except RefusedError:
        return
    assert kind is None or kind in FileKind


@given(st.sampled_from(WHOLES), st.randoms(use_true_random=False))
@settings(max_examples=examples(250), deadline=HANG)
def test_a_broken_file_can_be_cleaned_or_is_refused(whole: bytes, source: random.Random) -> None:
    try_one(broken(source, whole))


@given(st.sampled_from(WHOLES), st.binary(max_size=400))
@settings(max_examples=examples(100), deadline=HANG)
def test_any_bytes_behind_a_right_beginning_are_cleaned_or_refused(
    whole: bytes, rest: bytes
) -> None:
    for head in (4, 12, 64):
        try_one(whole[:head] + rest)


def _fuzz(seed: int, count: int) -> str:
    command = [sys.executable, "-m", "tests.cleaning.fuzzing", str(seed), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode == 0:
        return ""
    last = done.stdout.split()[-1:]
    return f"seed {seed}, file {last}, exit {done.returncode}: {done.stderr[-500:]}"


def test_some_broken_files_stay_within_memory_and_time() -> None:
    assert not _fuzz(20260322, 150)


@pytest.mark.soak
def test_a_hundred_thousand_broken_files_stay_within_memory_and_time() -> None:
    found = [wrong for seed in range(INPUTS // A_CHILD) if (wrong := _fuzz(seed, A_CHILD))]
    assert not found
