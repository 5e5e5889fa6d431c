"""What takes time and changes nothing, done before the transaction of a write, which keeps others waiting.

A chain of signatures is read and judged here; the operation meets it as `request.chain`.
"""

from django.http import HttpRequest

from accord.agreement.signing.chain import Chain, parse_chain
from accord.agreement.signing.files import SUFFIX
from accord.agreement.signing.judge import judge
from accord.server.agreements.finding import find_file
from accord.server.api.reading import StrictParser

KEEPS_NOTHING = frozenset(
    {
        "api:check",  # sent with POST for its size only
        "api:leads",  # what comes in is stored once by its own name, in a transaction of its own
        "api:events",
    }
)  # no transaction around it, no kept answer


def prepare(request: HttpRequest, name: str) -> None:
    """Ready a request for the operation `name`; the same errors as the operation itself raises."""
    request.chain = _chain(request) if name == "api:chain" else None  # type: ignore[attr-defined]


def _chain(request: HttpRequest) -> Chain | None:
    """The chain that came with a request, sound and judged; None where the body has none."""
    body = StrictParser().parse_body(request)
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str):
        return None
    file = find_file(str(request.resolver_match.kwargs["slug"]) if request.resolver_match else "")
    chain = parse_chain(text, f"{file.slug}{SUFFIX}")
    chain.must_be_sound()
    if file.head in {link.hash for link in chain.links}:  # else it is refused, whatever its entries say
        judge(chain)  # what it read is kept, so that judging it again is quick
    return chain
