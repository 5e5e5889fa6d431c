"""E-mail addresses in the one spelling by which people are told apart."""

import unicodedata


def normal_address(text: str) -> str:
    """`text` without blanks around it, in lower case, the domain as people read it and not in punycode.

    So `Ida@BÜCHER.example ` and `ida@xn--bcher-kva.example` are one address. The part before the @ stays as
    typed but for its case: `ida+accord@` is another mailbox than `ida@`. What is no address is no error here.
    """
    local, at, domain = text.strip().lower().rpartition("@")
    labels = (_readable(label) for label in unicodedata.normalize("NFC", domain).split("."))
    return f"{local}{at}{'.'.join(labels)}"


def _readable(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        text = label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    # Whoever writes as punycode what needs none, or signs that cannot be read, keeps what was written.
    return text if not text.isascii() and text.isprintable() and text == text.lower() else label
