"""The pytest plugin; it imports nothing until a fixture asks."""
