import pytest

from safeshare.kernel.errors import WrongSecretError
from safeshare.kernel.identifiers import ALPHABET
from safeshare.vault.printed_codes import new_printed_code, secret_of

CODE = "2345-6789-BCDF-GHJK-MNPQ-RSTV-WXYZ"


def test_a_printed_code_can_use_the_whole_alphabet_and_never_comes_twice() -> None:
    codes = [new_printed_code() for _ in range(200)]
    assert len(set(codes)) == 200
    assert {char for code in codes for char in code} == {*ALPHABET, "-"}


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), f" {CODE}\n", CODE.replace("-", " "), CODE.replace("-", "")]
)
def test_a_printed_code_can_be_typed_with_any_parting(typed: str) -> None:
    assert secret_of(typed) == b"23456789BCDFGHJKMNPQRSTVWXYZ"


@pytest.mark.parametrize(
    "typed", ["", "----", CODE[:-1], CODE + "2", CODE[:-1] + "A", CODE[:-1] + "²"]
)
def test_what_cannot_be_a_printed_code_is_never_a_secret(typed: str) -> None:
    with pytest.raises(WrongSecretError):
        secret_of(typed)
