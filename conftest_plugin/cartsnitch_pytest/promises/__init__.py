"""The promises of a service as tests; nothing of it is imported before a run asks for contracts."""
