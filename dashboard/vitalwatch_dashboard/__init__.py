"""The built dashboard page, carried as package data in static/."""
