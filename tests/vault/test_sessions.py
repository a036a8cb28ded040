from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.kernel.errors import MisconfiguredError, SealBrokenError
from safeshare.vault import KeyFiles, Vault
from safeshare.vault import session_keys as module
from safeshare.vault.key_folder import make_folder
from safeshare.vault.session_keys import SessionKeys
from tests.tampering import spoilt
from tests.vault.cast import OVERHEAD

DRAFT = {"told": "planted", "expires": "2026-11-22T03:00:00Z"}


@pytest.fixture
def session_keys(tmp_path: Path) -> SessionKeys:
    return SessionKeys.create(tmp_path / "session")


def test_a_reporter_can_come_back_to_their_draft(vault: Vault) -> None:
    ticket = vault.new_session()
    id_hash, box = vault.seal_session(ticket.cookie_value, DRAFT)
    assert id_hash == ticket.id_hash == vault.session_id_hash(ticket.cookie_value)
    assert len(id_hash) == 32
    assert vault.open_session(ticket.cookie_value, box) == DRAFT


def test_a_cookie_can_be_sent_as_it_is_and_shows_nowhere_else(vault: Vault) -> None:
    ticket = vault.new_session()
    assert len(ticket.cookie_value) == 68
    assert ticket.cookie_value.replace("-", "").replace("_", "").isalnum()
    assert ticket.cookie_value not in repr(ticket)


def test_two_sessions_cannot_share_anything(vault: Vault) -> None:
    tickets = [vault.new_session() for _ in range(100)]
    assert len({ticket.cookie_value for ticket in tickets}) == 100
    assert len({ticket.id_hash for ticket in tickets}) == 100


def test_a_holder_of_another_cookie_cannot_open_a_row(vault: Vault) -> None:
    _, box = vault.seal_session(vault.new_session().cookie_value, DRAFT)
    with pytest.raises(SealBrokenError):
        vault.open_session(vault.new_session().cookie_value, box)


def test_a_thief_of_the_cookie_cannot_open_the_row_without_the_server_key(
    vault: Vault, other_vault: Vault
) -> None:
    cookie = vault.new_session().cookie_value
    _, box = vault.seal_session(cookie, DRAFT)
    with pytest.raises(SealBrokenError):
        other_vault.open_session(cookie, box)


def test_a_writer_of_the_database_cannot_move_a_row_to_the_other_app(vault: Vault) -> None:
    cookie = vault.new_session().cookie_value
    _, box = vault.seal_session(cookie, {"staff_id": "chosen by a reporter"}, realm="reporter")
    assert vault.open_session(cookie, box, realm="reporter")
    for realm in ("staff", "session", ""):
        with pytest.raises(SealBrokenError):
            vault.open_session(cookie, box, realm=realm)


@given(bit=st.integers(min_value=0))
def test_nobody_can_change_one_bit_of_a_session(vault: Vault, bit: int) -> None:
    cookie = vault.new_session().cookie_value
    _, box = vault.seal_session(cookie, DRAFT)
    with pytest.raises(SealBrokenError):
        vault.open_session(cookie, spoilt(box, bit))


@given(cookie=st.text(st.characters(), max_size=100))
def test_a_made_up_cookie_cannot_open_or_find_anything(vault: Vault, cookie: str) -> None:
    _, box = vault.seal_session(vault.new_session().cookie_value, DRAFT)
    with pytest.raises(SealBrokenError):
        vault.session_id_hash(cookie)
    with pytest.raises(SealBrokenError):
        vault.open_session(cookie, box)


def test_a_shortened_or_changed_cookie_cannot_open_its_session(vault: Vault) -> None:
    cookie = vault.new_session().cookie_value
    _, box = vault.seal_session(cookie, DRAFT)
    other = "A" if cookie[-1] != "A" else "B"
    for changed in (cookie[:-4], cookie + "AAAA", "B" + cookie[1:], cookie[:-1] + other, ""):
        with pytest.raises(SealBrokenError):
            vault.open_session(changed, box)


def test_an_onlooker_cannot_tell_how_far_a_draft_has_come(vault: Vault) -> None:
    cookie = vault.new_session().cookie_value
    _, empty = vault.seal_session(cookie, {})
    _, longer = vault.seal_session(cookie, {"told": "x" * 1900})
    assert len(empty.blob) == len(longer.blob) == 2048 + OVERHEAD


def test_a_session_can_outlive_one_rotation_and_no_more(other_vault: Vault) -> None:
    vault = other_vault
    cookie = vault.new_session().cookie_value
    _, box = vault.seal_session(cookie, DRAFT)
    vault.keys.session_keys.rotate()
    assert vault.open_session(cookie, box) == DRAFT
    _, newer = vault.seal_session(cookie, DRAFT)
    vault.keys.session_keys.rotate()
    assert vault.open_session(cookie, newer) == DRAFT
    with pytest.raises(SealBrokenError):
        vault.open_session(cookie, box)


def test_no_session_can_outlive_a_restore(other_vault: Vault) -> None:
    cookie = other_vault.new_session().cookie_value
    _, box = other_vault.seal_session(cookie, DRAFT)
    other_vault.keys.session_keys.end_all_sessions()
    with pytest.raises(SealBrokenError):
        other_vault.open_session(cookie, box)
    _, box = other_vault.seal_session(cookie, DRAFT)
    assert other_vault.open_session(cookie, box) == DRAFT


def test_a_running_process_can_notice_what_another_did_to_the_keys(tmp_path: Path) -> None:
    running = Vault(KeyFiles.create(tmp_path / "keys"))
    command = KeyFiles.load(tmp_path / "keys")
    cookie = running.new_session().cookie_value
    _, before = running.seal_session(cookie, DRAFT)
    command.session_keys.rotate()
    _, after = running.seal_session(cookie, DRAFT)
    assert Vault(command).open_session(cookie, after) == DRAFT
    command.session_keys.end_all_sessions()
    for box in (before, after):
        with pytest.raises(SealBrokenError):
            running.open_session(cookie, box)


def test_a_number_can_never_come_back(session_keys: SessionKeys) -> None:
    numbers = [session_keys.current()[0]]
    for renew in (session_keys.rotate, session_keys.end_all_sessions, session_keys.rotate):
        renew()
        numbers.append(session_keys.current()[0])
    assert numbers == [1, 2, 3, 4]
    assert len({session_keys.numbered(number) for number in (3, 4)}) == 2


def test_it_is_kept_with_which_number_all_sessions_last_ended_and_for_which_era(
    session_keys: SessionKeys, tmp_path: Path
) -> None:
    assert (session_keys.ended().since, session_keys.ended().era) == (1, "")
    session_keys.rotate()
    assert session_keys.ended().since == 1
    session_keys.end_all_sessions()
    session_keys.note_era("second")
    session_keys.rotate()
    elsewhere = SessionKeys(tmp_path / "session").ended()
    assert (elsewhere.since, elsewhere.era) == (3, "second")
    session_keys.end_all_sessions()
    assert (session_keys.ended().since, session_keys.ended().era) == (5, "second")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"number": 1}'])
def test_a_spoilt_note_of_when_sessions_ended_is_not_taken_for_none(
    session_keys: SessionKeys, tmp_path: Path, text: str
) -> None:
    (tmp_path / "session" / "ended").write_text(text)
    with pytest.raises(MisconfiguredError):
        session_keys.ended()


def test_an_empty_or_missing_folder_cannot_serve(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError):
        SessionKeys(tmp_path / "missing")
    make_folder(tmp_path / "empty")
    with pytest.raises(MisconfiguredError):
        SessionKeys(tmp_path / "empty")


def test_a_key_that_is_retired_between_two_looks_cannot_break_a_session(
    session_keys: SessionKeys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another process lists the numbers, then this one retires the oldest, then that one reads."""
    read_numbered = module._read_numbered
    looked_at: list[int] = []

    def look(folder: Path, number: int) -> bytes:
        looked_at.append(number)
        if len(looked_at) == 1:
            session_keys.end_all_sessions()
        return read_numbered(folder, number)

    session_keys.rotate()
    monkeypatch.setattr(module, "_read_numbered", look)
    assert SessionKeys(tmp_path / "session").current()[0] == 3
    assert looked_at[0] == 1


def test_a_spoilt_key_file_cannot_be_used(session_keys: SessionKeys, tmp_path: Path) -> None:
    (tmp_path / "session" / "000001").write_text("nonsense")
    with pytest.raises(MisconfiguredError):
        SessionKeys(tmp_path / "session")
