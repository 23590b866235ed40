"""`cartsnitch receipts`: receipts to test with."""
