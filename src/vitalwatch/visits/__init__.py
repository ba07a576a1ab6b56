"""One person's stay in a chair, from check-in to discharge. Pure: no clock, no I/O, no asyncio."""
