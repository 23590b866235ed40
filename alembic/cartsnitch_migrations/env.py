"""Alembic's entry point. It is run by path for every command; what it does is in `environment`."""

from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError

from cartsnitch_common.errors import CartsnitchError
from cartsnitch_migrations.environment import run

called_by_command = context.config.cmd_opts is not None

if called_by_command and context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

try:
    run()
except CartsnitchError as error:
    if called_by_command:
        raise CommandError(str(error)) from error  # `alembic` prints the message of this kind alone
    raise
