"""The plugin's own `db_session`; nothing is to be written."""
