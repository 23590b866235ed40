"""Whether a service's application serves what its REST document says: how it is run, asked and judged."""
