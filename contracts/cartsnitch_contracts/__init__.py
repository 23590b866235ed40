"""What CartSnitch services promise each other."""
