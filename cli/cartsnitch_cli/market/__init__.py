"""`cartsnitch market`: a simulated market to test with."""
