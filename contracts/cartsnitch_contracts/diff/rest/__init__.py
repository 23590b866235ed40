"""What changed between two versions of a service's operations, and which callers that breaks."""
