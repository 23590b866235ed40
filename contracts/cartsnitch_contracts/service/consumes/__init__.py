"""What the service receives: its handlers take every event that the contract allows."""
