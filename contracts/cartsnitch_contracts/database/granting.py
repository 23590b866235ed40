"""Grants as SQL that an administrator reads, and runs as often as they like."""

from collections.abc import Iterable
from typing import Final

from psycopg import sql

from cartsnitch_contracts.database.grants import Access, Grants
from cartsnitch_contracts.errors import DocumentError
from cartsnitch_contracts.topology import title

LONGEST_NAME: Final = 63
"""Bytes; Postgres cuts a longer name, silently."""
_QUOTE: Final = "$cartsnitch$"
_RESERVED: Final = frozenset({"public", "none"})

_CREATE_ROLE: Final = """
DO $cartsnitch$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN
        CREATE ROLE {role} LOGIN;
    END IF;
END $cartsnitch$;
"""
_CONNECT: Final = """
DO $cartsnitch$ BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), {name});
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), {name});
END $cartsnitch$;
"""
_SEQUENCES: Final = """
DO $cartsnitch$ DECLARE owned regclass; BEGIN
    FOR owned IN
        SELECT pg_class.oid::regclass FROM pg_depend JOIN pg_class ON pg_class.oid = objid
        WHERE relkind = 'S' AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
          AND refobjid = ANY (ARRAY[{tables}]::regclass[]::oid[])
    LOOP
        EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', owned, {name});
    END LOOP;
END $cartsnitch$;
"""
# A role may also do what another may that it is a member of: by itself or after SET ROLE.
_CHECK: Final = """
DO $cartsnitch$ DECLARE excess text; BEGIN
    WITH held AS (
        SELECT each.*, CASE WHEN each.oid <> own.oid THEN format(' as %s', each.rolname) ELSE '' END AS via
        FROM pg_roles AS each, pg_roles AS own
        WHERE own.rolname = {name} AND (each.oid = own.oid OR NOT own.rolsuper)
          AND pg_has_role(own.oid, each.oid, 'MEMBER')
    ), found (what) AS (
        SELECT format('%s on %s%s', privilege, pg_class.oid::regclass, via)
        FROM held, pg_class, unnest({privileges}::text[]) AS privilege
        WHERE NOT rolsuper AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
          AND (has_table_privilege(held.oid, pg_class.oid, privilege) OR privilege = ANY ({by_column}::text[])
               AND has_any_column_privilege(held.oid, pg_class.oid, privilege))
          AND (relname::text, privilege) NOT IN ({granted})
        UNION ALL SELECT format('ownership of %s%s', pg_class.oid::regclass, via)
        FROM held JOIN pg_class ON relowner = held.oid
        WHERE NOT rolsuper AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
        UNION ALL SELECT format('CREATE on the schema public%s', via) FROM held
        WHERE NOT rolsuper AND has_schema_privilege(held.oid, 'public', 'CREATE')
        UNION ALL SELECT format('CREATE on the database%s', via) FROM held
        WHERE NOT rolsuper AND has_database_privilege(held.oid, current_database(), 'CREATE')
        UNION ALL SELECT attribute || via FROM held, LATERAL (VALUES
            (rolsuper, 'SUPERUSER'), (rolcreaterole, 'CREATEROLE'), (rolcreatedb, 'CREATEDB')
        ) AS attributes (has, attribute) WHERE has
    )
    SELECT string_agg(DISTINCT what, ', ') INTO excess FROM found;
    IF excess IS NOT NULL THEN
        RAISE EXCEPTION 'The role % may do more than {title}: %', {name}, excess USING
            ERRCODE = 'invalid_grant_operation',
            HINT = 'Nothing was changed. Take away its attributes and memberships, what it owns, what others '
                'or PUBLIC granted; only whoever granted that, or a superuser, can. Then run this again.';
    END IF;
END $cartsnitch$;
"""
_TAKE_BACK: Final = """
DO $cartsnitch$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN
        RAISE NOTICE 'There is no role %.', {name};
        RETURN;
    END IF;
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};
    REVOKE ALL ON SCHEMA public FROM {role};
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), {name});
END $cartsnitch$;
"""
_PRIVILEGES: Final = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
_OF_COLUMNS: Final = ["SELECT", "INSERT", "UPDATE", "REFERENCES"]


def grant_script(grants: Grants, role: str) -> str:
    """SQL for the database itself, in one transaction, that leaves `role` with just these grants.

    It makes the role where there is none, without a password; takes away what it has beyond its grants; and
    fails, changing nothing, where it keeps more by what it is, is a member of, or was granted by others.

    Raises:
        DocumentError: no role can have this name.
    """
    names = {"role": _role(role), "name": sql.Literal(role)}
    written = [name for name, access in grants.tables.items() if access is Access.WRITE]
    granted = [(name, privilege) for name, access in grants.tables.items() for privilege in access.privileges]
    parts = [
        sql.SQL(_CREATE_ROLE).format(**names),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role};").format(**names),
        sql.SQL("REVOKE ALL ON TABLE{tables}FROM PUBLIC;").format(tables=_tables(grants.all_tables)),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};").format(**names),
        sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};").format(**names),
        sql.SQL(_CONNECT).format(**names),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {role};").format(**names),
        *(_grant(grants, access, names["role"]) for access in Access if access in grants.tables.values()),
    ]
    if written:
        listed = sql.SQL(", ").join(sql.Literal(_table(name).as_string()) for name in written)
        parts.append(sql.SQL(_SEQUENCES).format(tables=listed, **names))
    parts.append(
        sql.SQL(_CHECK).format(
            privileges=sql.Literal(_PRIVILEGES),
            by_column=sql.Literal(_OF_COLUMNS),
            granted=sql.SQL(", ").join(sql.SQL("({}, {})").format(*pair) for pair in granted),
            title=sql.SQL(title(grants.service)),
            **names,
        )
    )
    return _script(f"What {title(grants.service)} may do, by {grants.source}.", parts)


def revoke_script(role: str) -> str:
    """SQL that takes all of it back; the role itself stays.

    Raises:
        DocumentError: no role can have this name.
    """
    take_back = sql.SQL(_TAKE_BACK).format(role=_role(role), name=sql.Literal(role))
    return _script("All that was granted is taken back.", [take_back])


def _grant(grants: Grants, access: Access, role: sql.Composable) -> sql.Composed:
    names = [name for name, each in grants.tables.items() if each is access]
    return sql.SQL("GRANT {} ON TABLE{}TO {};").format(
        sql.SQL(", ").join(map(sql.SQL, access.privileges)), _tables(names), role
    )


def _script(title: str, parts: Iterable[sql.Composable]) -> str:
    body = "\n".join(part.as_string().strip("\n") for part in parts)
    return f"-- {title}\nBEGIN;\n{body}\nCOMMIT;\n"


def _tables(names: Iterable[str]) -> sql.Composed:
    return sql.SQL("\n    ") + sql.SQL(",\n    ").join(_table(name) for name in names) + sql.SQL("\n")


def _table(name: str) -> sql.Identifier:
    return sql.Identifier("public", name)


def _role(name: str) -> sql.Identifier:
    if not name or len(name.encode()) > LONGEST_NAME:
        raise DocumentError(
            f"No role can be called {name!r}: Postgres takes 1 to {LONGEST_NAME} bytes. Give another --role."
        )
    if "\0" in name or _QUOTE in name:
        raise DocumentError(f"The role name {name!r} cannot be written into a script. Give another --role.")
    if name in _RESERVED or name.startswith("pg_"):
        raise DocumentError(f"Postgres keeps the role name {name!r} for itself. Give another --role.")
    return sql.Identifier(name)
