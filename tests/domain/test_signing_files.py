"""Words of any script, keys and files of signatures."""

import json
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_fixture import (
    ALICE,
    CALCULATION,
    FULL,
    MALLORY,
    RESET,
    at,
    proposed,
    written,
)

from accord.agreement.plain import clean, folded
from accord.agreement.signing.chain import Chain, parse_chain
from accord.agreement.signing.faults import Fault
from accord.agreement.signing.files import append_chain, chain_path, read_chain
from accord.agreement.signing.keys import is_signature, key_from_pem, read_key, write_key
from accord.agreement.signing.output import report_text
from accord.agreement.signing.sign import sign
from accord.agreement.signing.verify import verify
from accord.errors import ChainInvalid, InputError, KeyUnusable, SignatureRefused


@given(st.text(max_size=60).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text)))
@settings(max_examples=100, deadline=None)
def test_any_reason_is_either_kept_and_verifies_or_is_refused(reason):
    try:
        chain = proposed(reason=reason)
    except SignatureRefused:
        return
    again = parse_chain(chain.text)
    assert again.links == chain.links
    shown = report_text(verify(again))
    assert not any(sign in shown for sign in "\x1b\u202e\u2066\x07")


@pytest.mark.parametrize("reason", ["x" * 4_001, "\ud800", "\x00", "a\x1b[31m"])
def test_a_reason_that_is_too_long_or_no_text_is_refused(reason):
    with pytest.raises(SignatureRefused):
        proposed(reason=reason)


@pytest.mark.parametrize(
    "name", ["سارا رضایی", "สมชาย ใจดี", "王小明", 'O\'Brien: "x" #1', "no", "1:30", "İpek Iğdır", "ﬁne Å"]
)
def test_names_of_any_script_sign_by_typing_them_in_either_normal_form(name):
    import unicodedata

    quoted_name = json.dumps(name, ensure_ascii=False)
    text = written(people=f"  dan: {{side: sales, name: {quoted_name}}}\n")
    for form in ("NFC", "NFD", "NFKC"):
        typed = unicodedata.normalize(form, name)
        chain = sign(
            proposed(text),
            text.agreement,
            person="dan",
            at=at("2025-12-12"),
            calculation=CALCULATION,
            typed=typed,
        )
        assert Fault.NOT_ACKNOWLEDGED not in verify(parse_chain(chain.text)).faults


def test_words_shown_are_cut_and_cannot_steer_a_terminal():
    assert clean("a\u202eb\x1b[2J\nc") == "a b [2J c"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert len(clean("x" * 1000, 50)) == 50
    assert folded("STRASSE  A\u030a") == folded("straße Å")


def test_a_key_is_written_for_its_owner_only_and_never_overwritten(tmp_path):
    path = tmp_path / "alice.pem"
    key = write_key(path, "correct horse")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path, "correct horse").public == key.public
    with pytest.raises(KeyUnusable, match="never overwritten"):
        write_key(path)
    for wrong in (None, "battery staple"):
        with pytest.raises(KeyUnusable):
            read_key(path, wrong)
    path.chmod(0o644)
    if os.name == "posix":
        with pytest.raises(KeyUnusable, match="others can read"):
            read_key(path, "correct horse")


@pytest.mark.parametrize(
    "pem", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_said(pem):
    with pytest.raises(KeyUnusable, match="no key can be read"):
        key_from_pem(pem)


def test_a_key_of_another_kind_and_a_needless_passphrase_are_said():
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    other = X25519PrivateKey.generate().private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
    )
    with pytest.raises(KeyUnusable, match="another kind"):
        key_from_pem(other)
    with pytest.raises(KeyUnusable, match="needs none"):
        key_from_pem(ALICE.pem(), "x")


def test_a_private_key_is_never_shown():
    assert "_private" not in repr(ALICE)
    assert repr(ALICE) == f"SigningKey(public='{ALICE.public}')"


@given(st.binary(max_size=40), st.data())
@settings(max_examples=60, deadline=None)
def test_a_signature_fits_one_message_and_one_key(message, data):
    signature = ALICE.sign(message)
    assert is_signature(signature, ALICE.public, message)
    assert not is_signature(signature, MALLORY.public, message)
    assert not is_signature(signature, ALICE.public, message + b"x")
    place = data.draw(st.integers(0, len(signature) - 1))
    other = data.draw(st.sampled_from("ABCxyz012+/=").filter(lambda sign: sign != signature[place]))
    assert not is_signature(signature[:place] + other + signature[place + 1 :], ALICE.public, message)


def test_a_chain_lies_beside_its_agreement_and_grows_only_at_its_end(tmp_path):
    path = chain_path(tmp_path / "boxes.yaml")
    assert path.name == "boxes.signatures"
    assert read_chain(path) == Chain(str(path))
    append_chain(path, proposed())
    append_chain(path, FULL) if FULL.links[0] == proposed().links[0] else None
    assert read_chain(path).links == FULL.links
    with pytest.raises(SignatureRefused, match="in the meantime"):
        append_chain(path, proposed(written(revenue="1")))
    with pytest.raises(SignatureRefused, match="in the meantime"):
        append_chain(path, proposed())
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ChainInvalid):
        append_chain(path, RESET)
    path.write_bytes(b"\xff\xfe\x00")
    assert read_chain(path).flaws
    with pytest.raises(InputError):
        read_chain(tmp_path)
