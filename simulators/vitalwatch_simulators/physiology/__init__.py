"""What happens inside a simulated person: pure, seeded, one step a second.

``person`` says who it is, ``drugs`` how strongly a dose acts at a time, ``episodes`` what befalls a body (a reaction, a
faint, a pause in breathing), and ``body`` adds it all up. Nothing here knows a device, a wire or a clock.

Good for showing, training and testing; it says nothing about what a real person will do.
"""
