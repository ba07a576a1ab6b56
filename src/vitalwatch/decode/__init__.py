"""``vitalwatch decode``: a capture of any form through a driver, as it would have gone live.

A capture file is taken apart into deliveries (bytes or messages, each with its moment) and given to the driver with
that moment as the time. Nothing here knows what the bytes mean.
"""
