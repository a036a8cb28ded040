import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import get_args

import pytest

from safeshare.kernel.errors import BusyError
from safeshare.vault import KeyFiles, Lane, LaneLimits, Permits, Vault
from tests.vault.cast import CHEAP

LANES: tuple[Lane, ...] = get_args(Lane)
PATIENCE = 300.0
"""Seconds for which a busy machine is waited for."""
PATIENT = LaneLimits(permits=1, most_waiting=4, longest_wait=PATIENCE)


def waiting(permits: Permits, lane: Lane) -> int:
    return permits._turnstiles[lane]._waiting


def wait_until_waiting(permits: Permits, lane: Lane, number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while waiting(permits, lane) != number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def held_elsewhere(permits: Permits, lane: Lane) -> Iterator[threading.Event]:
    """Another thread holds a permit until the event is set or the block ends."""
    taken, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with permits.hold(lane):
            taken.set()
            leave.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(PATIENCE)
    try:
        yield leave
    finally:
        leave.set()
        thread.join()


def pass_once(permits: Permits, lane: Lane) -> str:
    with permits.hold(lane):
        return "passed"


def test_four_guessers_can_wait_and_a_fifth_cannot() -> None:
    permits = Permits(guesses=PATIENT)
    with ThreadPoolExecutor(4) as pool, held_elsewhere(permits, "guesses") as leave:
        waiters = [pool.submit(pass_once, permits, "guesses") for _ in range(4)]
        wait_until_waiting(permits, "guesses", 4)
        started = time.monotonic()
        with pytest.raises(BusyError):
            pass_once(permits, "guesses")
        assert time.monotonic() - started < PATIENT.longest_wait / 2
        leave.set()
        assert [waiter.result(PATIENCE) for waiter in waiters] == ["passed"] * 4
    assert waiting(permits, "guesses") == 0
    assert pass_once(permits, "guesses") == "passed"


def test_a_guesser_cannot_wait_longer_than_allowed() -> None:
    permits = Permits(guesses=LaneLimits(longest_wait=0.05))
    with held_elsewhere(permits, "guesses"):
        started = time.monotonic()
        with pytest.raises(BusyError):
            pass_once(permits, "guesses")
        assert 0.04 < time.monotonic() - started < PATIENCE / 2
        assert waiting(permits, "guesses") == 0
    assert pass_once(permits, "guesses") == "passed"


def test_guessers_cannot_hold_up_senders_or_staff() -> None:
    permits = Permits()
    with held_elsewhere(permits, "guesses"):
        assert pass_once(permits, "send") == "passed"
        assert pass_once(permits, "staff") == "passed"


def test_an_installation_can_allow_more_at_once() -> None:
    permits = Permits(staff=LaneLimits(permits=2, longest_wait=0.01))
    with held_elsewhere(permits, "staff"):
        assert pass_once(permits, "staff") == "passed"
        with held_elsewhere(permits, "staff"), pytest.raises(BusyError):
            pass_once(permits, "staff")


def test_nobody_can_join_a_full_line() -> None:
    permits = Permits(guesses=LaneLimits(most_waiting=1, longest_wait=PATIENCE))
    permits.insist_on_room("guesses")
    with ThreadPoolExecutor(1) as pool, held_elsewhere(permits, "guesses") as leave:
        permits.insist_on_room("guesses")
        waiter = pool.submit(pass_once, permits, "guesses")
        wait_until_waiting(permits, "guesses", 1)
        with pytest.raises(BusyError):
            permits.insist_on_room("guesses")
        permits.insist_on_room("send")
        leave.set()
        assert waiter.result(PATIENCE) == "passed"
    permits.insist_on_room("guesses")


def test_a_failure_cannot_keep_a_permit() -> None:
    permits = Permits(send=LaneLimits(longest_wait=0.01))
    with pytest.raises(LookupError), permits.hold("send"):
        raise LookupError
    assert pass_once(permits, "send") == "passed"


def test_the_vault_can_only_stretch_with_a_permit(key_files: KeyFiles) -> None:
    impatient = LaneLimits(longest_wait=0.01)
    permits = Permits(send=impatient, guesses=impatient, staff=impatient)
    vault = Vault(key_files, permits, code_cost=CHEAP, passphrase_cost=CHEAP)
    code = vault.new_access_code()
    for lane in LANES:
        with held_elsewhere(permits, lane), pytest.raises(BusyError):
            vault.party_keys(code, lane)
        with held_elsewhere(permits, lane), pytest.raises(BusyError):
            vault.refuse_unknown_staff("passphrase", lane)
        assert vault.party_keys(code, lane) == vault.party_keys(code)


def test_a_watched_copy_cannot_have_permits_of_its_own(vault: Vault) -> None:
    assert vault.with_watch(lambda: None).permits is vault.permits


def test_nobody_can_pass_by_who_waits_for_a_permit_that_was_just_given_back() -> None:
    permits = Permits(guesses=LaneLimits(most_waiting=1))
    permits._turnstiles["guesses"]._waiting = 1
    with pytest.raises(BusyError):
        pass_once(permits, "guesses")


def test_those_who_share_a_place_stand_apart_from_those_who_share_another() -> None:
    permits = Permits()
    with permits.share("visits"), permits.share("addresses"):
        with pytest.raises(BusyError), permits.share("visits"):
            raise AssertionError
        assert pass_once(permits, "guesses") == "passed"
    with permits.share("visits"), permits.share("addresses"):
        assert pass_once(permits, "guesses") == "passed"


def test_one_can_wait_for_the_place_of_their_address_and_a_second_cannot() -> None:
    permits = Permits()
    turnstile = permits._shared["addresses"]
    turnstile._limits = replace(turnstile._limits, longest_wait=PATIENCE)

    def share() -> str:
        with permits.share("addresses"):
            return "passed"

    with ThreadPoolExecutor(1) as pool:
        with permits.share("addresses"):
            waiter = pool.submit(share)
            deadline = time.monotonic() + PATIENCE
            while turnstile._waiting != 1:
                assert time.monotonic() < deadline
                time.sleep(0.001)
            with pytest.raises(BusyError):
                share()
        assert waiter.result(PATIENCE) == "passed"


def test_every_lane_can_be_asked_for() -> None:
    assert LANES == ("send", "guesses", "staff")
