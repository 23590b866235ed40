"""The changes of the database that the comparer knows."""

from cartsnitch_contracts.diff.rule import Rule, Subject


def _database(id: str, purpose: str, fix: str, *steps: str) -> Rule:  # noqa: A002 - as in Rule
    return Rule(id=id, purpose=purpose, fix=fix, steps=steps, subject=Subject.DATABASE)


_MIGRATE_FIRST = ("migrate", "then release {writers}")

TABLE_RULES = (
    _database(
        "table-added",
        "A new table; code that uses it needs the migration, and its rows may keep parents from deletion.",
        "Migrate first; refer to parents ON DELETE CASCADE or SET NULL where services delete them.",
        "migrate",
        "then release {writers}, and whoever reads {table}",
    ),
    _database(
        "table-removed",
        "A table is gone; every statement of older code on it fails.",
        "Drop the table when nothing that runs uses it any more.",
        "release {writers} and {readers} without {table}",
        "drop {table} once none of the older ones is live",
    ),
    _database(
        "table-renamed",
        "A table has another name; neither older nor newer code runs with the other's schema.",
        "Keep the old name as a view, or keep both tables for a while.",
        "add {new}, and let {writers} write both",
        "move {readers} to {new}",
        "drop {table} once nothing older is live",
    ),
    _database(
        "table-owner-changed",
        "Another service owns a table; until the former owner is released, two services write it.",
        "Stop the former owner's writing first.",
        "release {readers} without its writes to {table}",
        "then release {writers}",
    ),
    _database(
        "table-written-by-another",
        "A service writes a table that it does not own; its owner neither checks nor expects those rows.",
        "Ask the owner by a call or an event; or make the service the owner.",
        "offer what is written as a call or an event of {writers}",
        "use that instead of writing {table}",
    ),
)

COLUMN_RULES = (
    _database(
        "column-added",
        "A new column that older INSERTs may leave out; newer SELECTs name it and need the migration.",
        "Migrate first.",
        *_MIGRATE_FIRST,
    ),
    _database(
        "column-required",
        "A new column must have a value, which older INSERTs do not send.",
        "Add the column with a server default; drop the default once every writer sends a value.",
        "add {field} with a server_default, or as NULL",
        "release {writers}, writing {field}",
        "drop the default, or set NOT NULL, once nothing older is live",
    ),
    _database(
        "column-removed",
        "A column is gone; older SELECTs name it and fail, whoever reads the table.",
        "Drop the column when nothing that runs maps it; one that is NOT NULL needs a default first.",
        "let {field} take NULL, or give it a server_default",
        "release {writers} and {readers} without {field}",
        "drop {field} once none of the older ones is live",
    ),
    _database(
        "column-renamed",
        "A column has another name; neither older nor newer code runs with the other's schema.",
        "Add the new column beside the old one and write both.",
        "add {new} as NULL, let {writers} write both, and copy the rows",
        "move {readers} to {new}",
        "drop {field} once nothing older is live",
    ),
    _database(
        "column-narrowed",
        "A column takes fewer values; older code sends some that no longer fit.",
        "Keep the values to the new size in code first.",
        "release {writers}, keeping {field} to the new size",
        "then narrow the column",
    ),
    _database(
        "column-widened",
        "A column takes more values; newer code sends some that the older schema refuses.",
        "Migrate first.",
        *_MIGRATE_FIRST,
    ),
    _database(
        "column-type-changed",
        "A column has another type; what one side sends is refused, altered, or comes back as another type.",
        "Add a column of the new type beside the old one and write both.",
        "add a column of the new type, let {writers} write both, and copy the rows",
        "move {readers} to it",
        "drop {field} once nothing older is live",
    ),
    _database(
        "column-made-required",
        "A column no longer takes NULL; an older INSERT sends an explicit NULL, whatever the default.",
        "Send a value from every writer first.",
        "release {writers}, always sending {field}",
        "fill the rows that have none",
        "then set NOT NULL",
    ),
    _database(
        "column-made-nullable",
        "A column takes NULL; newer code sends it, and code of readers must expect it.",
        "Migrate first, and let the code of readers expect None.",
        "let {readers} expect None in {field}",
        *_MIGRATE_FIRST,
    ),
    _database(
        "column-default-added",
        "The server has a default now, which newer code may rely on; an explicit NULL does not use it.",
        "Migrate first.",
        *_MIGRATE_FIRST,
    ),
    _database(
        "column-default-removed",
        "The server's default is gone; code that leaves the column to it stores NULL, or fails.",
        "Send a value from every writer first.",
        "release {writers}, always sending {field}",
        "then drop the default",
    ),
    _database(
        "column-default-changed",
        "The server's default is another; code that leaves the column to it stores another value.",
        "Make sure that it is meant.",
        *_MIGRATE_FIRST,
    ),
    _database(
        "column-sending-changed",
        "The table is the same, and its mapper sends the column in other cases than before.",
        "Make sure that the schema takes what is sent now.",
        *_MIGRATE_FIRST,
    ),
)

CONSTRAINT_RULES = (
    _database(
        "check-added",
        "A new condition on rows; older code may send some that do not keep it.",
        "Keep the condition in code first.",
        "release {writers}, keeping {field}",
        "add the CHECK as NOT VALID, mend the rows, and validate it",
    ),
    _database(
        "check-removed",
        "A condition is gone; newer code may send rows that the older schema refuses.",
        "Migrate first.",
        *_MIGRATE_FIRST,
    ),
    _database(
        "check-tightened",
        "A condition takes fewer rows; older code sends some that do not keep it any more.",
        "Stop sending those values first.",
        "release {writers} without the values that go",
        "mend the rows that have them",
        "then tighten {field}",
    ),
    _database(
        "check-widened",
        "A condition takes more rows; newer code sends some that the older schema refuses.",
        "Migrate first; readers keep an enum's unknown value as a plain string.",
        *_MIGRATE_FIRST,
    ),
    _database(
        "check-changed",
        "A condition takes other rows, or which it takes cannot be told from the documents.",
        "Widen the condition to take both, move the writers, and tighten it.",
        "let {field} take the old and the new rows",
        "release {writers}",
        "then tighten {field}",
    ),
    _database(
        "unique-added",
        "Two rows may no longer share some values; older code sends such rows.",
        "Look for the row that is there before inserting, in every writer, first.",
        "release {writers}, which look before they insert",
        "merge the rows that are alike",
        "then add {field}",
    ),
    _database(
        "unique-removed",
        "Rows may share values that were unique; newer code sends such rows, which the older schema refuses.",
        "Migrate first; an ON CONFLICT of older code on the key fails with 42P10.",
        *_MIGRATE_FIRST,
    ),
    _database(
        "primary-key-changed",
        "Rows are told apart by other columns.",
        "Add the new key as a unique one first, and change over once every writer keeps it.",
        "release {writers}, keeping the new key",
        "add it as a unique key",
        "then change the primary key",
    ),
    _database(
        "foreign-key-added",
        "Rows must refer to one that is there, and their parents may not go; older code keeps to neither.",
        "Make sure that parents are stored first, and deleted last.",
        "release {writers}, storing parents first",
        "mend the rows that refer to nothing",
        "then add {field}",
    ),
    _database(
        "foreign-key-removed",
        "Rows need no parent any more; newer code sends such rows, and nothing follows a parent's deletion.",
        "Migrate first, and delete the rows of a parent in code.",
        "release {writers}, which delete the rows of a parent themselves",
        "then drop {field}",
    ),
    _database(
        "foreign-key-action-changed",
        "Deleting a parent does something else to the rows that refer to it.",
        "Let the code that deletes parents do without the database's help first.",
        "release whoever deletes parents, taking care of {table} itself",
        "then change {field}",
    ),
    _database(
        "index-added",
        "A new index; queries do not mind, but a very long text does not fit into a B-tree.",
        "Index a hash or a part of a long text.",
        "index md5({field}) or left({field}, 600) instead",
    ),
    _database(
        "index-removed",
        "An index is gone; no statement fails, some become slow.",
        "Look for queries that need the index.",
        "release {writers} and {readers} without the queries that need {field}",
        "then drop it",
    ),
)

DATABASE_RULES = (*TABLE_RULES, *COLUMN_RULES, *CONSTRAINT_RULES)
"""Every rule on the database."""
