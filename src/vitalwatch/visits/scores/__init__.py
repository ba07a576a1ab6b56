"""Clinical scores as pure functions: values in, a frozen result out. Nothing here alarms or asks the time.

A score that lacks a value says so: it has no ``total``, and its text reads ``NEWS2 partial (3 of 7), >= 2``.
"""

from vitalwatch.visits.scores.aldrete import (
    Activity,
    Aldrete,
    Breathing,
    CirculationVariant,
    Oxygenation,
    Wakefulness,
    score_aldrete,
)
from vitalwatch.visits.scores.mews import Avpu, HeartRate40, Mews, score_mews
from vitalwatch.visits.scores.moaas import Moaas, moaas_level
from vitalwatch.visits.scores.news2 import Acvpu, News2, News2Band, Spo2Scale, news2_refusal, score_news2
from vitalwatch.visits.scores.padss import Padss, Severity, score_padss
from vitalwatch.visits.scores.rass import Rass, rass_level
from vitalwatch.visits.scores.score import Item, Score

__all__ = [
    "Activity",
    "Acvpu",
    "Aldrete",
    "Avpu",
    "Breathing",
    "CirculationVariant",
    "HeartRate40",
    "Item",
    "Mews",
    "Moaas",
    "News2",
    "News2Band",
    "Oxygenation",
    "Padss",
    "Rass",
    "Score",
    "Severity",
    "Spo2Scale",
    "Wakefulness",
    "moaas_level",
    "news2_refusal",
    "rass_level",
    "score_aldrete",
    "score_mews",
    "score_news2",
    "score_padss",
]
