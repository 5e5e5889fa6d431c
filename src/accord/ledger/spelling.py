"""DuckDB's SQL as Spark writes it: what sqlglot leaves alone, one function a matter.

A macro is written out where it is called; the rest is respelled from the leaves of a statement up.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp, parse_one

OWN = {  # macros that count in 128 bits, which Spark has not: a row compares like the number
    "moment": "struct(occurred AS at, recorded AS recorded, who AS who)",
    "moment_at": "m.at",
    "moment_who": "m.who",
}


def written_out(tree: exp.Expression, macros: dict[str, Any]) -> exp.Expression:
    """The tree with every macro's body in place of its call."""
    while calls := [call for call in tree.find_all(exp.Anonymous) if call.name.lower() in macros]:
        call = calls[-1]
        names, body = macros[call.name.lower()]
        made = exp.paren(_filled(body.copy(), dict(zip(names, call.expressions, strict=True))))
        tree = made if call is tree else tree
        call.replace(made)
    return tree


def _filled(body: exp.Expression, given: dict[str, exp.Expression]) -> exp.Expression:
    """A macro's body with its parameters: a value, or a row by its alias, of which the body takes columns."""

    def put(node: exp.Expression) -> exp.Expression:
        if not isinstance(node, exp.Column):
            return node
        if not node.table:
            return _operand(given[node.name]) if node.name in given else node
        row = given.get(node.table)
        if row is None:
            return node
        if isinstance(row, exp.Column) and not row.table:
            return exp.column(node.this.copy(), table=row.this.copy())
        return exp.Dot(this=exp.paren(row.copy()), expression=node.this.copy())

    return body.transform(put)


def _operand(value: exp.Expression) -> exp.Expression:
    """A macro's argument as part of another term: `a + b` keeps together."""
    return exp.paren(value.copy()) if isinstance(value, exp.Binary | exp.Unary) else value.copy()


def respelled(tree: exp.Expression) -> exp.Expression:
    """The tree with what Spark calls otherwise, from the leaves up."""
    for node in reversed(list(tree.bfs())):
        made = _spelling(node)
        if made is not node:
            tree = made if node is tree else tree
            node.replace(made)
    return tree


def _spelling(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Anonymous):
        spell = _FUNCTIONS.get(node.name.lower())
        return spell(*node.expressions) if spell else node
    if isinstance(node, exp.Window) and isinstance(node.this, exp.RowNumber) and not node.args.get("order"):
        node.set("order", exp.Order(expressions=[_number(1)]))  # any order, but Spark wants one
    for kind, spell in (
        (exp.ToDays, lambda: _call("make_dt_interval", node.this)),
        (exp.PercentileDisc, lambda: _percentile(node)),
        (exp.Sum, lambda: _sum(node)),
        (exp.Grouping, lambda: _grouping(*node.expressions)),
        (exp.DateDiff, lambda: _months(node)),
        (exp.Bracket, lambda: _element(node)),
        (exp.Min, lambda: _extreme(node)),
        (exp.Max, lambda: _extreme(node)),
        (exp.Select, lambda: _having(node)),
    ):
        if isinstance(node, kind):
            return spell()
    return node


def _percentile(node: exp.Expression) -> exp.Expression:
    if node.expression is None:
        return node
    order = exp.Order(expressions=[exp.Ordered(this=node.this)])
    return exp.WithinGroup(this=_call("percentile_disc", node.expression), expression=order)


def _sum(node: exp.Expression) -> exp.Expression:
    """Without an order within it, which only makes last digits steady."""
    return exp.Sum(this=node.this.this) if isinstance(node.this, exp.Order) else node


def _element(node: exp.Expression) -> exp.Expression:
    """The element of a list at a computed place; the first is 1, here and there."""
    (place,) = node.expressions
    if isinstance(place, exp.Literal):
        return node
    return _call("try_element_at", node.this, exp.cast(place, "int"))


def _having(node: exp.Expression) -> exp.Expression:
    """A condition on which columns a row is grouped by, asked of the grouped rows: HAVING cannot in Spark."""
    having = node.args.get("having")
    if having is None or not any(call.name == "grouping" for call in having.find_all(exp.Anonymous)):
        return node
    node.set("having", None)
    given = [exp.alias_(one.unalias(), f"c{n}") for n, one in enumerate(node.expressions)]
    names = [
        exp.alias_(exp.column(f"c{n}"), one.alias_or_name or f"c{n}", quoted=True)
        for n, one in enumerate(node.expressions)
    ]
    node.set("expressions", [*given, exp.alias_(having.this, "kept")])
    return exp.select(*names).from_(node.copy().subquery("grouped")).where(exp.column("kept"))


def _call(name: str, *given: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(given))


def _number(value: int) -> exp.Expression:
    return exp.Literal.number(value)


def _local_time(zone: exp.Expression, at: exp.Expression) -> exp.Expression:
    """`timezone(zone, t AT TIME ZONE 'UTC')`: an instant on the wall of a zone."""
    return _call("from_utc_timestamp", at.this if isinstance(at, exp.AtTimeZone) else at, zone)


def _microseconds(count: exp.Expression) -> exp.Expression:
    """A length of time; Spark makes one of seconds with six decimals."""
    seconds = f"CAST(CAST(({count.sql('spark')}) AS DECIMAL(18, 0)) / 1000000 AS DECIMAL(18, 6))"
    return parse_one(f"make_dt_interval(0, 0, 0, {seconds})", read="spark")


def _list_sum(values: exp.Expression) -> exp.Expression:
    made = parse_one("aggregate(x, CAST(0 AS BIGINT), (so_far, one) -> so_far + one)", read="spark")
    made.set("this", values)
    return made


def _extreme(node: exp.Expression) -> exp.Expression:
    """The least or greatest row, field by field. Unknown is the greatest; Spark by itself has it least."""
    if not isinstance(node.this, exp.Struct):
        return node
    key = []
    for field in node.this.expressions:
        value = field.expression if isinstance(field, exp.PropertyEQ) else field
        key += [exp.Is(this=value.copy(), expression=exp.null()), value.copy()]
    name = "min_by" if isinstance(node, exp.Min) else "max_by"
    return _call(name, node.this.copy(), exp.Struct(expressions=key))


def _months(node: exp.Expression) -> exp.Expression:
    """How many ends of months lie between two days; Spark by itself counts whole months."""
    if node.text("unit").upper() != "MONTH":
        return node
    later, earlier = (f"({side.sql('spark')})" for side in (node.this, node.expression))
    whole = f"(year({later}) - year({earlier})) * 12 + month({later}) - month({earlier})"
    return parse_one(f"({whole})", read="spark")


def _grouping(*columns: exp.Expression) -> exp.Expression:
    """Which of the columns a row is not grouped by, as bits; Spark says it of one column at a time."""
    total: exp.Expression = _call("grouping", columns[0])
    for column in columns[1:]:
        total = exp.Add(
            this=exp.Mul(this=exp.paren(total), expression=_number(2)), expression=_call("grouping", column)
        )
    return exp.paren(total)


_FUNCTIONS: dict[str, Callable[..., exp.Expression]] = {
    "epoch_us": lambda at: _call("unix_micros", at),
    "make_timestamp": lambda count: _call("timestamp_micros", count),
    "to_microseconds": _microseconds,
    "timezone": _local_time,
    "list_sum": _list_sum,
    "to_months": lambda count: _call("make_ym_interval", _number(0), count),
    "to_hours": lambda count: _call("make_dt_interval", _number(0), count),
}


def unions_by_name(tree: exp.Expression) -> Iterator[exp.Expression]:
    """The outermost of each chain of unions by name."""
    for union in list(tree.find_all(exp.Union)):
        above = union.parent
        if union.args.get("by_name") and not (isinstance(above, exp.Union) and above.args.get("by_name")):
            yield union


def named_before(union: exp.Expression) -> str:
    """The queries of a WITH that stand before the one with the union, which may read them."""
    own = union.find_ancestor(exp.CTE)
    if own is None:
        return ""
    earlier = [cte.sql("spark") for cte in own.parent.expressions[: own.index]]
    return f"WITH {', '.join(earlier)} " if earlier else ""


def parts_of(union: exp.Expression) -> Iterator[exp.Expression]:
    for side in (union.this, union.expression):
        yield from parts_of(side) if isinstance(side, exp.Union) else [side]
