"""Runs with the unmodified databricks-sql-connector; prints one line of JSON."""

import json
import os

from databricks import sql


def main() -> dict:
    origin, path = os.environ["ORIGIN"], os.environ["HTTP_PATH"]
    connection = sql.connect(
        server_hostname="127.0.0.1",
        http_path=path,
        access_token=os.environ["TOKEN"],
        _connection_uri=origin + path,
        enable_telemetry=False,
        catalog="main",
        schema="sales",
        session_configuration={"timezone": "Europe/Amsterdam"},
    )
    answer: dict = {}
    with connection, connection.cursor() as cursor:

        def rows(text: str, parameters=None) -> list:
            cursor.execute(text, parameters)
            return [list(map(plain, row)) for row in cursor.fetchall()]

        answer["orders"] = rows("SELECT id, region, email FROM orders ORDER BY id")
        answer["description"] = [[column[0], column[1]] for column in cursor.description]
        answer["named"] = rows("SELECT :n + 1, :word", {"n": 41, "word": "it's"})
        answer["positional"] = rows("SELECT ?, ?", ["x", None])
        answer["types"] = rows(
            "SELECT array(1, 2), map('k', 1), named_struct('a', 1), CAST('1.25' AS DECIMAL(10,2)), DATE'2024-01-02', "
            "X'0102', CAST(NULL AS INT), TIMESTAMP'2024-01-02 03:04:05.5', INTERVAL '1' DAY"
        )
        answer["paged"] = sum(1 for _ in iterate(cursor, "SELECT id FROM range(110000)"))
        cursor.execute("SELECT id, repeat('x', 1000) AS b FROM range(20000)")
        large = cursor.fetchall()
        answer["large"] = [len(large), large[19_999][0]]
        cursor.tables(catalog_name="main", schema_name="sal%")
        answer["tables"] = [row.TABLE_NAME for row in cursor.fetchall()]
        cursor.columns(catalog_name="main", schema_name="sales", table_name="orders", column_name="e%")
        answer["columns"] = [[row.COLUMN_NAME, row.TYPE_NAME, row.ORDINAL_POSITION] for row in cursor.fetchall()]
        cursor.catalogs()
        answer["catalogs"] = [row[0] for row in cursor.fetchall()]
        try:
            cursor.execute("SELECT * FROM nope")
        except Exception as error:  # noqa: BLE001
            answer["error"] = [type(error).__name__, str(error)]
    return answer


def iterate(cursor, text: str):
    cursor.execute(text)
    while batch := cursor.fetchmany(30_000):
        yield from batch


def plain(value):
    if value is None or isinstance(value, (int, str)):
        return value
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


try:
    print(json.dumps(main()))
except Exception as error:  # noqa: BLE001
    print(json.dumps({"failed": type(error).__name__, "message": str(error)}))
