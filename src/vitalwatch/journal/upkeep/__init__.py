"""What a record needs in the course of years: taking out what is old, copies, and the proof that it is whole."""
