"""A simulated Mindray monitor that shares its data on TCP port 4601: see README.md in this folder."""
