"""Fixed vectors: whoever checks a proof years from now must come to the same hashes."""

from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.store.chain import (
    canonical,
    checkpoint_root,
    digest,
    event_hash,
    first_break,
    first_previous,
    leaf,
    merkle_root,
    withheld,
)

CASE = UUID("01970000-0000-7000-8000-00000000abcd")
SALT = bytes(range(16))

#: RFC 6962's reference leaves and the roots over the first n of them, as published with Certificate Transparency.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_first_previous_is_fixed() -> None:
    assert first_previous(CASE).hex() == sha256(b"case\n01970000-0000-7000-8000-00000000abcd").hexdigest()
    assert first_previous(CASE).hex() == "1647c0d33931d39aef72ab11f49f276af61a2e441705147f4ae6eef31238d10f"


def test_event_hash_is_fixed() -> None:
    hashed = event_hash(first_previous(CASE), b'{"case":"01970000-0000-7000-8000-00000000abcd","seq":1,"v":1}')

    assert hashed.hex() == "49f18477d46171f629fa17ffe2f1ecf4ff401bd1720487beb74ea6803114c8cd"


def test_digest_is_fixed() -> None:
    assert digest(SALT, "data.name", "张伟").hex() == sha256(SALT + '["data.name","张伟"]'.encode()).hexdigest()
    assert digest(SALT, "data.name", "张伟").hex() == "9fbd16dad1f468ac88727db280bb2ea48103d7fa313922d58dbee75790e73415"


def test_digest_differs_by_path_value_and_salt() -> None:
    digests = {
        digest(SALT, "data.name", "张伟"),
        digest(SALT, "data.name", "王芳"),
        digest(SALT, "opinion", "张伟"),
        digest(bytes(16), "data.name", "张伟"),
        digest(SALT, "data.name", None),
    }

    assert len(digests) == 5


def test_salt_of_another_length_is_refused() -> None:
    """Otherwise a salt and the value after it could be cut elsewhere."""
    with pytest.raises(ValueError, match="16 bytes"):
        digest(b"short", "data.name", "张伟")


def test_withheld_value_is_its_digest_in_hex() -> None:
    assert withheld(bytes(2)) == {"#": "0000"}


def test_canonical_sorts_keys_at_every_depth_and_writes_no_spaces() -> None:
    value = {"b": [1, True, None], "a": {"z": "中 𠮷", "y": -5}}

    assert canonical(value) == '{"a":{"y":-5,"z":"中 𠮷"},"b":[1,true,null]}'.encode()


def test_canonical_escapes_as_rfc_8785_does() -> None:
    text = '\x00\x08\t\n\x0c\r\x1f\x7f\u2028"\\/€'

    assert canonical(text) == '"\\u0000\\b\\t\\n\\f\\r\\u001f\x7f\u2028\\"\\\\/€"'.encode()


@pytest.mark.parametrize("value", [0.5, [1, {"a": 2.0}], {"a": {"b": [1e300]}}])
def test_canonical_refuses_floats(value: object) -> None:
    with pytest.raises(TypeError, match="float"):
        canonical(value)


def test_canonical_refuses_keys_that_are_no_texts() -> None:
    with pytest.raises(TypeError):
        canonical({1: "a", "b": 2})


def test_whole_chain_has_no_break() -> None:
    assert first_break(CASE, a_chain(b"one", b"two", b"three")) is None


def test_chain_without_events_has_no_break() -> None:
    assert first_break(CASE, []) is None


def test_changed_body_is_found() -> None:
    events = a_chain(b"one", b"two", b"three")
    events[1] = (b"TWO", events[1][1])

    assert first_break(CASE, events) == 2


def test_missing_event_is_found() -> None:
    events = a_chain(b"one", b"two", b"three")
    del events[0]

    assert first_break(CASE, events) == 1


def test_chain_of_another_case_is_found() -> None:
    assert first_break(UUID(int=1), a_chain(b"one")) == 1


@pytest.mark.parametrize("count", range(9))
def test_merkle_root_is_that_of_the_reference(count: int) -> None:
    assert merkle_root([bytes.fromhex(entry) for entry in LEAVES[:count]]).hex() == ROOTS[count]


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_merkle_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == recursive_root(leaves)


def test_leaf_has_one_width() -> None:
    assert leaf(CASE, 258, bytes(32)) == CASE.bytes + b"\x00\x00\x00\x00\x00\x00\x01\x02" + bytes(32)


def test_checkpoint_root_stands_upon_the_one_before() -> None:
    leaves = [leaf(UUID(int=number), 1, bytes(32)) for number in (2, 1)]

    assert checkpoint_root(b"r" * 32, leaves) == merkle_root([b"r" * 32, leaves[1], leaves[0]])
    assert checkpoint_root(None, leaves) == merkle_root([leaves[1], leaves[0]])


def a_chain(*bodies: bytes) -> list[tuple[bytes, bytes]]:
    previous, events = first_previous(CASE), []
    for body in bodies:
        previous = event_hash(previous, body)
        events.append((body, previous))
    return events


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + recursive_root(leaves[:half]) + recursive_root(leaves[half:])).digest()
