"""What this package adds to AsyncAPI, and how it declares its schemas."""

FORMAT = "application/schema+json;version=draft-2020-12"
"""How a payload's schema is written. AsyncAPI knows draft 7 by name; others may be declared, like this."""
READER = "x-cartsnitch-reader"
"""Beside a message's payload, which is what a writer sends: what a reader accepts."""
SERVICE = "x-cartsnitch-service"
"""Who performs an operation: an AsyncAPI document usually speaks for one application, this one for all."""
