"""``vitalwatch detect``: what is connected to this computer, told from what it says by itself.

``ports`` lists the serial ports, ``score`` judges what each driver makes of the bytes, ``listen`` does the listening,
``topics`` hears an MQTT broker and ``mapping`` guesses which of its fields are vitals, ``snippet`` writes what was
found as a clinic file, ``words`` and ``report`` say it, and ``command`` is the command. Nothing here knows a
protocol: drivers do.
"""
