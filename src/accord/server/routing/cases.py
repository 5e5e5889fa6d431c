"""One lead as the rules of routing ask about it: who is named for it, what kind it is, who may get it."""

from dataclasses import replace
from fractions import Fraction

from accord.agreement.terms import Side
from accord.lead.routing import Asked, Case, Person
from accord.lead.standing import Standing
from accord.lead.turns import Turns
from accord.server.desk.models import Contact, Lead
from accord.server.people.models import User
from accord.server.routing import rules
from accord.server.routing.counting import used
from accord.server.routing.models import Pool, RuleSet
from accord.server.routing.staff import Staff

_REFUSED = (Standing.REJECTED.value, Standing.MERGED.value)


def asked_of(lead: Lead, contact: Contact | None) -> Asked:
    """What rules look at."""
    more = contact.more if contact else {}
    return Asked(
        lead_type=lead.lead_type,
        stream=lead.stream,
        segment=lead.segment,
        country=contact.country if contact else "",
        region=str(more.get("region", "") or "")[:80],
    )


def named_case(held: Lead, staff: Staff, ruleset: RuleSet | None, exclude: frozenset[int]) -> Case:
    """The case with everybody whom it names, and without the members of any pool."""
    agreement, contact = staff.agreement, held.contact
    own = rules.read(ruleset.rules) if ruleset else ()
    asked = asked_of(held, contact)
    fitting = [rule for rule in own if rule.as_domain().fits(asked)]
    duplicate = owner_before(held)
    account = contact.account.owner_id if contact and contact.account else None
    receives = receiver(staff)
    staff.learn_numbers([duplicate, account, *(rule.person for rule in fitting), receives])
    wanted = {one for one in (duplicate, account, receives, *(rule.person for rule in fitting)) if one}
    case = Case(
        asked,
        {},
        duplicate=str(duplicate or ""),
        account=str(account or ""),
        rules=(*(rule.as_domain() for rule in fitting), *rules.of_agreement(agreement)),
        receiver=str(receives or ""),
        pool=(agreement.handoff.receive.pool or "") if agreement else "",
    )
    return replace(case, people=_people(wanted, staff, exclude))


def with_pool(case: Case, pool: str, turns: Turns, staff: Staff, exclude: frozenset[int]) -> Case:
    """The case with the members of its pool, how much they have had, and who catches what they cannot take.

    Call it while the pool is held: what is counted here is what holds when the lead is given.
    """
    members, catch_all = staff.members(pool), catching(staff)
    staff.learn([*members, *catch_all])
    counted = used(staff, members, staff.at)
    people = dict(case.people) | _people({user.pk for user in catch_all}, staff, exclude)
    for user in members:
        known = staff.person(user.pk, staff.at, used=counted[user.pk], excluded=user.pk in exclude)
        people[known.who] = known
    return replace(
        case,
        people=people,
        members={pool: tuple(str(user.pk) for user in members)},
        turns={pool: turns},
        catch_all=tuple(str(user.pk) for user in catch_all),
    )


def turns_of(pool: Pool) -> Turns:
    return Turns(
        {who: Fraction(text) for who, text in pool.weights.items()},
        {who: Fraction(text) for who, text in pool.owed.items()},
    )


def keep_turns(pool: Pool, turns: Turns) -> None:
    pool.weights = {who: str(weight) for who, weight in turns.weights.items()}
    pool.owed = {who: str(owed) for who, owed in turns.owed.items()}
    pool.save(update_fields=["weights", "owed"])


def owner_before(held: Lead) -> int | None:
    """Who has, or had last, another lead of the same person; not where they refused it (S0.30, 5.9)."""
    if held.contact_id is None:
        return None
    others = Lead.objects.filter(contact=held.contact_id, owner__isnull=False).exclude(pk=held.pk)
    found = others.exclude(standing__in=_REFUSED).order_by("-cycle", "-assigned_at")
    return found.values_list("owner_id", flat=True).first()


def catching(staff: Staff) -> list[User]:
    """Who gets what nobody else got: a person or a pool of the agreement, if they are of sales and on."""
    agreement = staff.agreement
    said = staff.named(agreement.handoff.receive.catch_all) if agreement else []
    return [user for user in said if user.is_active and user.side == Side.SALES]


def receiver(staff: Staff) -> int | None:
    """The one person to whom all leads go by the agreement; None where a pool receives them."""
    person = staff.agreement.handoff.receive.person if staff.agreement else None
    found = staff.named(person)
    return found[0].pk if found else None


def _people(wanted: set[int], staff: Staff, exclude: frozenset[int]) -> dict[str, Person]:
    """People by number, and whoever covers for them."""
    found = {}
    for number in sorted(wanted & staff.users.keys()):
        known = staff.person(number, staff.at, excluded=number in exclude)
        found[known.who] = known
        if known.cover and known.cover not in found:
            cover = int(known.cover)
            found[known.cover] = staff.person(cover, staff.at, excluded=cover in exclude)
    return found
