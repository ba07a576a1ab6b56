"""A simulated bedside monitor that sends HL7 v2 messages: see README.md in this folder."""
