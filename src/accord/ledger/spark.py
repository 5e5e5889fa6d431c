"""The same SQL files on Spark: a connection that takes DuckDB's statements, translated (DESIGN 5).

sqlglot turns one dialect into the other; what it leaves alone stands in the tables below, one line each. A
table is worked out when it is made and then stands by itself, as in DuckDB: Spark would otherwise put the
question behind it into every question that reads it, and their plans would outgrow any memory.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from accord.errors import EngineMissing

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sqlglot import exp

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # instants of the log are UTC without a zone
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",  # one kind of instant, as in DuckDB
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = {  # where nobody named a cluster: this machine alone, and nothing listens beyond it
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.memory": "2g",
}
_QUOTED = re.compile(r"\[([*?\[])\]")  # how `log.sql_path` writes a sign that a pattern would read


def session(master: str | None = None) -> "SparkSession":
    """The running Spark session, or one on `master`; on this machine where none is named.

    Raises EngineMissing where pyspark, sqlglot or Java is not installed.
    """
    try:
        import sqlglot  # noqa: F401, PLC0415
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise EngineMissing(f"{error.name} is not installed") from error
    builder = SparkSession.builder.appName("accord").master(master or "local[*]")
    for name, value in {**_SETTINGS, **({} if master else _LOCAL)}.items():
        builder = builder.config(name, value)
    try:
        made = builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise EngineMissing(f"Spark does not start, is Java installed? ({error})") from error
    made.sparkContext.setLogLevel("OFF")
    return made


class SparkConnection:
    """What the ledger asks of a connection: `execute`, then `fetchone`, `fetchall` or `description`."""

    def __init__(self, spark: "SparkSession") -> None:
        self.spark = spark
        self._macros: dict[str, tuple[list[str], exp.Expression]] = {}
        self._columns: dict[str, list[tuple[str, str]]] = {}  # of tables that rows are put into
        self._made: list[str] = []  # views of Spark, DATABASE__TABLE
        self._path = ["memory"]  # databases in which a table without one is looked for
        self._frame: DataFrame | None = None

    def execute(self, sql: str) -> Self:
        """Run DuckDB statements; those about the engine itself (SET) do nothing, a database is a prefix."""
        from sqlglot import parse  # noqa: PLC0415

        self._frame = None
        for tree in parse(sql, read="duckdb"):
            if tree is not None:
                self._run(tree)
        return self

    @property
    def description(self) -> list[tuple[str]]:
        return [(name,) for name in self._frame.columns] if self._frame is not None else []

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._frame.collect()] if self._frame is not None else []

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(iter(self.fetchall()), None)

    def tables(self, databases: Iterable[str]) -> list[tuple[str, str, bool]]:
        """Each table of the databases with the first that has it, and whether its rows are about leads."""
        found: dict[str, tuple[str, str, bool]] = {}
        for database in databases:
            for view in self._made:
                if view.startswith(f"{database}__"):
                    name = view.removeprefix(f"{database}__")
                    found.setdefault(name, (name, database, "lead" in self.spark.table(view).columns))
        return list(found.values())

    def close(self) -> None:
        """Forget the tables; the session stays for who comes next."""
        for view in self._made:
            self.spark.catalog.dropTempView(view)
        self._made.clear()

    def _run(self, tree: "exp.Expression") -> None:
        from sqlglot import exp  # noqa: PLC0415

        if isinstance(tree, exp.Use):
            self._path = [tree.this.name]
        elif isinstance(tree, exp.Insert):
            self._insert(tree)
        elif isinstance(tree, exp.Query):
            self._frame = self.spark.sql(self.translated(tree))
        elif isinstance(tree, exp.Create):
            self._create(tree)

    def _create(self, tree: "exp.Expression") -> None:
        from sqlglot import exp  # noqa: PLC0415

        if tree.kind in {"FUNCTION", "MACRO"}:
            head = tree.this
            self._macros[head.this.name.lower()] = ([one.name for one in head.expressions], tree.expression)
        elif isinstance(tree.this, exp.Schema):
            columns = [(one.name, one.args["kind"].sql("spark")) for one in tree.this.expressions]
            self._columns[tree.this.this.name] = columns
            ddl = ", ".join(f"`{name}` {kind}" for name, kind in columns)
            self._keep(tree.this.this, self.spark.createDataFrame([], ddl))
        else:
            frame = self.spark.sql(self.translated(tree.expression))
            self._keep(tree.this, frame.localCheckpoint() if tree.kind == "TABLE" else frame)

    def _insert(self, tree: "exp.Expression") -> None:
        casts = ", ".join(
            f"CAST(col{place} AS {kind}) AS `{column}`"
            for place, (column, kind) in enumerate(self._columns[tree.this.name], start=1)
        )
        rows = self.spark.sql(f"SELECT {casts} FROM ({self.translated(tree.expression)})")  # noqa: S608
        self._keep(tree.this, self.spark.table(self._view(tree.this)).union(rows).localCheckpoint())

    def _keep(self, table: "exp.Expression", frame: "DataFrame") -> None:
        view = f"{table.db or self._path[0]}__{table.name}"
        frame.createOrReplaceTempView(view)
        if view not in self._made:
            self._made.append(view)

    def _view(self, table: "exp.Expression") -> str:
        """The view of Spark that stands for a table; the table's own name where none was made."""
        for database in [table.db] if table.db else self._path:
            if (view := f"{database}__{table.name}") in self._made:
                return view
        return str(table.name)

    def translated(self, tree: "exp.Expression") -> str:
        """One statement as Spark writes it: macros written out, functions renamed, unions by place."""
        tree = _written_out(tree.copy(), self._macros)
        self._name_views(tree)
        self._read_files(tree)
        tree = _respelled(tree)
        for union in _unions_by_name(tree):
            self._by_place(union)
        return str(tree.sql("spark"))

    def _name_views(self, tree: "exp.Expression") -> None:
        """Our tables by the names of their views; what a query names itself (WITH) stays."""
        from sqlglot import exp  # noqa: PLC0415

        own = {cte.alias for cte in tree.find_all(exp.CTE)}
        for table in list(tree.find_all(exp.Table)):
            if table.db or (isinstance(table.this, exp.Identifier) and table.name not in own):
                view = self._view(table)
                if view != table.name:
                    named = exp.to_table(view)
                    named.set(
                        "alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
                    )
                    for rest in ("joins", "laterals"):
                        named.set(rest, table.args.get(rest))
                    table.replace(named)

    def _read_files(self, tree: "exp.Expression") -> None:
        """Files of Parquet become views: Spark's SQL takes one path, and a path there is a pattern."""
        from sqlglot import exp  # noqa: PLC0415

        for call in list(tree.find_all(exp.ReadParquet)):
            paths = [_QUOTED.sub(r"\1", path.this) for path in call.find_all(exp.Literal)]
            name = f"files__{sha256(repr(paths).encode()).hexdigest()[:16]}"
            self.spark.read.parquet(*paths).createOrReplaceTempView(name)
            call.find_ancestor(exp.Table).replace(exp.to_table(name))

    def _by_place(self, union: "exp.Expression") -> None:
        """UNION BY NAME as a plain one: every part gives all columns, those it lacks as NULL."""
        from sqlglot import exp  # noqa: PLC0415

        parts = list(_parts(union))
        known = [self.spark.sql(part.sql("spark")).columns for part in parts]
        every = list(dict.fromkeys(column for columns in known for column in columns))
        for each in [union, *union.find_all(exp.Union)]:
            each.set("by_name", False)
        for part, columns in zip(parts, known, strict=True):
            picked = [
                exp.column(name, quoted=True)
                if name in columns
                else exp.alias_(exp.null(), name, quoted=True)
                for name in every
            ]
            part.replace(exp.select(*picked).from_(part.copy().subquery("part")))


def _written_out(tree: "exp.Expression", macros: dict[str, Any]) -> "exp.Expression":
    """The tree with every macro's body in place of its call."""
    from sqlglot import exp  # noqa: PLC0415

    while calls := [call for call in tree.find_all(exp.Anonymous) if call.name.lower() in macros]:
        call = calls[-1]
        names, body = macros[call.name.lower()]
        made = exp.paren(_filled(body.copy(), dict(zip(names, call.expressions, strict=True))))
        tree = made if call is tree else tree
        call.replace(made)
    return tree


def _filled(body: "exp.Expression", given: dict[str, "exp.Expression"]) -> "exp.Expression":
    """A macro's body with its parameters: a value, or a row by its alias, of which the body takes columns."""
    from sqlglot import exp  # noqa: PLC0415

    def put(node: "exp.Expression") -> "exp.Expression":
        if not isinstance(node, exp.Column):
            return node
        if not node.table:
            return given[node.name].copy() if node.name in given else node
        row = given.get(node.table)
        return exp.column(node.this.copy(), table=row.this.copy()) if isinstance(row, exp.Column) else node

    return body.transform(put)


def _respelled(tree: "exp.Expression") -> "exp.Expression":
    """The tree with what Spark calls otherwise, from the leaves up."""
    for node in reversed(list(tree.bfs())):
        made = _spelling(node)
        if made is not node:
            tree = made if node is tree else tree
            node.replace(made)
    return tree


def _spelling(node: "exp.Expression") -> "exp.Expression":
    from sqlglot import exp  # noqa: PLC0415

    if isinstance(node, exp.ToDays):
        return _call("make_dt_interval", node.this)
    if isinstance(node, exp.PercentileDisc) and node.expression is not None:
        order = exp.Order(expressions=[exp.Ordered(this=node.this)])
        return exp.WithinGroup(this=_call("percentile_disc", node.expression), expression=order)
    if isinstance(node, exp.Sum) and isinstance(node.this, exp.Order):  # only makes last digits steady
        return exp.Sum(this=node.this.this)
    if isinstance(node, exp.Anonymous) and (spell := _FUNCTIONS.get(node.name.lower())):
        return spell(*node.expressions)
    return node


def _call(name: str, *given: "exp.Expression") -> "exp.Expression":
    from sqlglot import exp  # noqa: PLC0415

    return exp.Anonymous(this=name, expressions=list(given))


def _number(value: int) -> "exp.Expression":
    from sqlglot import exp  # noqa: PLC0415

    return exp.Literal.number(value)


def _local_time(zone: "exp.Expression", at: "exp.Expression") -> "exp.Expression":
    """`timezone(zone, t AT TIME ZONE 'UTC')`: an instant on the wall of a zone."""
    from sqlglot import exp  # noqa: PLC0415

    return _call("from_utc_timestamp", at.this if isinstance(at, exp.AtTimeZone) else at, zone)


def _microseconds(count: "exp.Expression") -> "exp.Expression":
    """A length of time; Spark makes one of seconds with six decimals."""
    from sqlglot import parse_one  # noqa: PLC0415

    seconds = f"CAST(CAST(({count.sql('spark')}) AS DECIMAL(18, 0)) / 1000000 AS DECIMAL(18, 6))"
    return parse_one(f"make_dt_interval(0, 0, 0, {seconds})", read="spark")


def _list_sum(values: "exp.Expression") -> "exp.Expression":
    from sqlglot import parse_one  # noqa: PLC0415

    made = parse_one("aggregate(x, CAST(0 AS BIGINT), (so_far, one) -> so_far + one)", read="spark")
    made.set("this", values)
    return made


def _grouping(*columns: "exp.Expression") -> "exp.Expression":
    """Which of the columns a row is not grouped by, as bits; Spark says it of one column at a time."""
    from sqlglot import exp  # noqa: PLC0415

    total: exp.Expression = _call("grouping", columns[0])
    for column in columns[1:]:
        total = exp.Add(
            this=exp.Mul(this=exp.paren(total), expression=_number(2)), expression=_call("grouping", column)
        )
    return exp.paren(total)


_FUNCTIONS: dict[str, Callable[..., "exp.Expression"]] = {
    "epoch_us": lambda at: _call("unix_micros", at),
    "make_timestamp": lambda count: _call("timestamp_micros", count),
    "to_microseconds": _microseconds,
    "timezone": _local_time,
    "list_sum": _list_sum,
    "to_months": lambda count: _call("make_ym_interval", _number(0), count),
    "grouping": _grouping,
}


def _unions_by_name(tree: "exp.Expression") -> Iterator["exp.Expression"]:
    """The outermost of each chain of unions by name."""
    from sqlglot import exp  # noqa: PLC0415

    for union in list(tree.find_all(exp.Union)):
        above = union.parent
        if union.args.get("by_name") and not (isinstance(above, exp.Union) and above.args.get("by_name")):
            yield union


def _parts(union: "exp.Expression") -> Iterator["exp.Expression"]:
    from sqlglot import exp  # noqa: PLC0415

    for side in (union.this, union.expression):
        yield from _parts(side) if isinstance(side, exp.Union) else [side]
