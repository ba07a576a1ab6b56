"""What people ask of the record: values, alarms, acts and statuses of any time. Reads only; ``docs/history.md``."""
