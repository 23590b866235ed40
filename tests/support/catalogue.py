"""All that can be told of a Postgres database from outside: its catalogue in words, its rows in numbers."""

import psycopg

QUERIES = {
    "relations": "SELECT relname, relkind, relacl, reloptions, relrowsecurity FROM pg_class WHERE {user}",
    "columns": """
        SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull, attacl,
               pg_get_expr(adbin, adrelid)
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid >= 16384 AND attnum > 0 AND NOT attisdropped AND attrelid::regclass::text !~ '^pg_'
    """,
    "constraints": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE oid >= 16384",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname !~ '^(pg_|information_schema)'",
    "triggers": "SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE oid >= 16384 AND proname <> 'cartsnitch_clean'",
    "types": "SELECT typname, typtype FROM pg_type WHERE oid >= 16384",
    "schemas": "SELECT nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences",
    "roles": "SELECT pg_roles::text FROM pg_roles",
    "settings": "SELECT setdatabase = 0, setrole, setconfig FROM pg_db_role_setting",
    "database": "SELECT datacl, datconnlimit FROM pg_database WHERE datname = current_database()",
    "comments": "SELECT objoid, description FROM pg_description WHERE objoid = 2200",
    "members": "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members",
    "databases": "SELECT datname FROM pg_database WHERE datname NOT LIKE 'cartsnitch%'",
    "searches": "SELECT cfgname FROM pg_ts_config WHERE oid >= 16384",
    "memory": "SHOW work_mem",
    "objects": "SELECT oid FROM pg_largeobject_metadata",
}
USER = "oid >= 16384 AND relnamespace::regnamespace::text !~ '^pg_'"


def describe(url: str) -> dict[str, list[str]]:
    """Whatever a test could have changed, sorted; equal for equal databases."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        seen = {
            name: sorted(map(str, connection.execute(query.replace("{user}", USER)).fetchall()))
            for name, query in QUERIES.items()
        }
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        seen["rows"] = sorted(
            f"{name} {connection.execute(f'SELECT count(*) FROM {name}').fetchone()}" for (name,) in tables
        )
        return seen
