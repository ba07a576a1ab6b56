"""The record: everything that the engine was told and said, kept, chained, and good for going on, replay and tuning.

``record.py`` says what is in it (pure), ``minutes.py`` makes what history shows (pure), ``schema.py`` says in which
tables, ``database.py`` connects, ``store.py`` reads and writes them, ``writer.py`` does so beside the event loop, and
``recorder.py`` is what the hub talks to. ``resume.py`` lets an engine go on from it. ``upkeep/`` keeps it small,
copied and proven; ``history/`` answers what people ask of any time. ``docs/journal.md`` is for people.
"""
