"""An envelope opens with its key when not one bit of it was changed, and otherwise says why not, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.envelope import KEY_BYTES, CannotOpen, new_key, seal, unseal

CANARY = b"canary-77aa-refresh-token"
KEY = new_key()
SEALED = seal(KEY, CANARY)


@given(st.binary(max_size=4_096))
def test_what_is_sealed_comes_back(content: bytes) -> None:
    assert unseal(KEY, seal(KEY, content)) == content


def test_a_key_is_256_random_bits_and_no_two_envelopes_are_alike() -> None:
    assert len(new_key()) == KEY_BYTES == 32
    assert new_key() != new_key()
    assert len({seal(KEY, CANARY) for _ in range(100)}) == 100


def test_neither_content_nor_key_is_in_the_envelope() -> None:
    assert CANARY not in SEALED
    assert KEY not in SEALED


@pytest.mark.parametrize("place", range(len(SEALED)))
def test_every_changed_byte_is_found(place: int) -> None:
    changed = bytearray(SEALED)
    changed[place] ^= 0x01
    with pytest.raises(CannotOpen) as refused:
        unseal(KEY, bytes(changed))
    _says_nothing_secret(refused.value)


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_every_cut_is_found(length: int) -> None:
    with pytest.raises(CannotOpen) as refused:
        unseal(KEY, SEALED[:length])
    _says_nothing_secret(refused.value)


@pytest.mark.parametrize(
    ("sealed", "said"),
    [
        (b"", "is not a token file, or it was cut"),
        (b'{"AccessToken": {}}' * 10, "is not a token file"),
        (SEALED.replace(b"TOKENS\n\x01", b"TOKENS\n\x02"), "it is of version 2 and this amldeck knows version 1"),
        (seal(new_key(), CANARY), "sealed with another key"),
        (SEALED + b"\0", "was changed since it was sealed"),
    ],
    ids=["empty", "no token file", "newer", "another key", "changed"],
)
def test_the_reason_is_said(sealed: bytes, said: str) -> None:
    with pytest.raises(CannotOpen, match=said):
        unseal(KEY, sealed)


def _says_nothing_secret(error: CannotOpen) -> None:
    told = f"{error} {error!r} {error.__cause__!r} {error.__context__!r} {error.args}"
    assert CANARY.decode() not in told
    assert KEY.hex() not in told
    assert repr(KEY) not in told
