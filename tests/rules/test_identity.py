import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeshare.concerns.rules import Mode, contact_address, identity_record, mode_of
from safeshare.concerns.rules.identity import IDENTITY_FIELDS, RECORD_ROOM
from safeshare.kernel.errors import InvalidError

TYPED = {"name": " Ada  Okafor ", "phone": "07700 900123", "reach": "Evenings\r\nonly"}


@pytest.mark.parametrize("answer", [None, "", ()])
def test_a_reporter_who_chose_nothing_can_only_be_anonymous(answer: object) -> None:
    assert mode_of(answer) is Mode.ANONYMOUS


@pytest.mark.parametrize("mode", list(Mode))
def test_a_reporter_can_choose_each_way_to_be_known(mode: Mode) -> None:
    assert mode_of(mode.value) is mode


def test_an_anonymous_reporter_cannot_be_known_by_what_they_typed_earlier() -> None:
    assert identity_record(Mode.ANONYMOUS, TYPED) == {}


@pytest.mark.parametrize("mode", [Mode.CONFIDENTIAL, Mode.NAMED])
def test_a_reporter_can_say_who_they_are(mode: Mode) -> None:
    assert identity_record(mode, TYPED | {"rank": "Crew manager"}) == {
        "name": "Ada Okafor",
        "phone": "07700 900123",
        "reach": "Evenings only",
    }


def test_a_reporter_can_be_confidential_without_giving_a_name() -> None:
    assert identity_record(Mode.CONFIDENTIAL, {"name": " \u200b"}) == {}


texts = st.text(max_size=200)


@given(texts, texts, texts)
def test_an_identity_can_never_outgrow_its_record(name: str, phone: str, reach: str) -> None:
    typed = {"name": name, "phone": phone, "reach": reach}
    if sum(len(json.dumps(value)) for value in typed.values()) <= RECORD_ROOM:
        assert len(json.dumps(identity_record(Mode.NAMED, typed))) <= 512 - 16


@given(st.sampled_from(IDENTITY_FIELDS), st.sampled_from(["x", "é", "🚒"]))
def test_an_identity_that_does_not_fit_cannot_be_cut_off(longest: str, letter: str) -> None:
    typed = dict.fromkeys(IDENTITY_FIELDS, letter) | {longest: letter * (RECORD_ROOM + 1)}
    with pytest.raises(InvalidError, match="too_long") as refused:
        identity_record(Mode.CONFIDENTIAL, typed)
    assert refused.value.field == longest


@pytest.mark.parametrize(
    "address",
    ["ada@example.org", "a.b+c@mail.example.co.uk", "O'Neill@example.org", " ada@example.org\n"],
)
def test_a_reporter_can_give_a_personal_address(address: str) -> None:
    assert contact_address(address) == address.strip()


@pytest.mark.parametrize("address", ["", "  ", "\r\n"])
def test_a_reporter_can_leave_the_address_empty(address: str) -> None:
    assert contact_address(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@@example.org",
        "ada@example.org, eve@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "Ada <ada@example.org>",
        "ada@exa mple.org",
        "ådå@example.org",
        "a" * 65 + "@example.org",
        "ada@" + "x" * 250 + ".org",
    ],
)
def test_what_cannot_be_an_address_cannot_reach_the_mail(address: str) -> None:
    with pytest.raises(InvalidError) as refused:
        contact_address(address)
    assert refused.value.field == "address"
