"""Writes the tables of ``docs/alarms.md`` from the alarm catalogue and the built-in profiles.

    .venv/bin/python tools/alarm_docs.py

What the catalogue knows comes from it. The sentences on when a condition begins stand here, with their numbers taken
from the code and from ``adult-default``. A new condition needs its entry in ``BEGINS``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import BaseModel

from vitalwatch.alarms import chair
from vitalwatch.alarms.conditions import CATALOGUE, Condition, care, pressures, reaction, sensors, technical
from vitalwatch.alarms.conditions import trends as lines
from vitalwatch.config import ProfileConfig, load_profile, profile_names
from vitalwatch.config.profile import BASE_PROFILE

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "alarms.md"

_BLOCK: Final = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


class Begins(NamedTuple):
    """When a condition begins, in words with ``{numbers}``.

    Attributes:
        when: what must be true, in ``adult-default``.
        delay: for how long before it alarms.
        priority: what makes its priority another than the catalogue's; empty when nothing does.
    """

    when: str
    delay: str = "none"
    priority: str = ""


_INFUSING: Final = "medium while infusing"
_NO_BASELINE: Final = "; needs a baseline"

BEGINS: Final = {
    "SPO2-LOW": Begins(
        "SpO2 below {limits.spo2_low:g} %",
        "{delays.spo2_low:g} s; {delays.spo2_low_deep:g} s when more than 2 below, {delays.spo2_low_deeper:g} s when "
        "more than 4 below; by the SatSeconds instead where the profile sets them",
    ),
    "SPO2-DESAT": Begins("SpO2 below {limits.spo2_very_low:g} %", "{delays.spo2_very_low:g} s"),
    "HR-HIGH": Begins("heart rate above {limits.heart_rate_high:g} bpm", "{delays.heart_rate_high:g} s"),
    "HR-XHIGH": Begins("heart rate above {limits.heart_rate_very_high:g} bpm", "{delays.heart_rate_very_high:g} s"),
    "HR-LOW": Begins("heart rate below {limits.heart_rate_low:g} bpm", "{delays.heart_rate_low:g} s"),
    "HR-XLOW": Begins("heart rate below {limits.heart_rate_very_low:g} bpm", "{delays.heart_rate_very_low:g} s"),
    "RR-LOW": Begins("fewer than {limits.respiration_low:g} breaths a minute", "{delays.respiration_low:g} s"),
    "BP-HIGH": Begins(
        "cuff pressure above {limits.systolic_high:g} systolic or {limits.diastolic_high:g} diastolic, twice in a row",
        "none at the second reading, or at a first one from the crisis limits up; {pressures.REPEAT_WAIT_S:g} s when "
        "no second one comes",
    ),
    "BP-CRISIS": Begins(
        "cuff pressure at or above {limits.systolic_crisis:g}/{limits.diastolic_crisis:g}, twice in a row; or once at "
        "or above {limits.systolic_at_once:g}/{limits.diastolic_at_once:g}",
        "none; {pressures.REPEAT_WAIT_S:g} s when no second reading comes",
    ),
    "BP-LOW": Begins(
        "cuff pressure below {limits.systolic_low:g} systolic or {limits.mean_low:g} mean",
    ),
    "BP-XLOW": Begins("cuff pressure below {limits.systolic_very_low:g} systolic"),
    "SPO2-DROP": Begins(
        "SpO2 {lines.DROP:g} or more under the baseline, and not under the low limit" + _NO_BASELINE,
        "{lines.TREND_DELAY_S:g} s",
    ),
    "SPO2-TTL": Begins(
        "the line through the last 5 min of SpO2 reaches the low limit within {lines.SPO2_HORIZON_MIN:g} min",
        "{lines.TREND_DELAY_S:g} s",
    ),
    "HR-TREND": Begins(
        "heart rate changing by more than {lines.HEART_SLOPE:g} bpm a minute, and {lines.HEART_CHANGE:g} bpm or more "
        "from the baseline" + _NO_BASELINE,
        "{lines.TREND_DELAY_S:g} s",
    ),
    "BP-RISE": Begins(
        "two cuff readings in a row with the systolic {trends.rise_systolic_percent:g} % or {trends.rise_systolic:g} "
        "mmHg, or the diastolic {trends.rise_diastolic:g} mmHg, above the baseline" + _NO_BASELINE,
        priority="medium at the larger rise of the ketamine profiles",
    ),
    "BP-FALL": Begins(
        "off; in `iron` and `biologic` one cuff reading well under the baseline" + _NO_BASELINE,
        priority="medium at the larger fall",
    ),
    "BP-TTL": Begins(
        "the line through three or more cuff readings reaches {limits.systolic_crisis:g} or {limits.systolic_low:g} "
        "systolic within {lines.PRESSURE_HORIZON_MIN:g} min",
    ),
    "REACTION": Begins(
        "off; in `iron` and `biologic` two of these within 10 min: systolic down {reaction.REACTION_PRESSURE:.0%}, "
        "heart rate up {reaction.REACTION_HEART:.0%}, SpO2 down {reaction.REACTION_SPO2:g}",
        priority="high when a limit is crossed, too",
    ),
    "PULSE-LOST": Begins(
        "the monitor says that it lost the pulse, or searches for one that was steady, with the sensor on ever since",
        "none; {sensors.PULSE_LOST_DELAY_S:g} s while it searches",
    ),
    "APNEA": Begins(
        "breathing 0; or gone after it was there, while the heart rate or the CO2 of the same device shows that its "
        "leads or its gas line are on",
        "{delays.apnea:g} s",
    ),
    "MON-ALARM": Begins(
        "the monitor reports an alarm of its own that is not only a limit on a vital that VitalWatch judges itself",
        priority="the monitor's own, if it says one",
    ),
    "SED-DEEP": Begins(
        "charted MOAA/S of {care.MOAAS_DEEP} or less, or RASS of {care.RASS_DEEP} or less",
        priority="high at MOAA/S {care.MOAAS_DEEPEST} or less, RASS {care.RASS_DEEPEST}",
    ),
    "T-PROBE": Begins("the sensor is off, out or broken", "{sensors.PROBE_DELAY_S:g} s", _INFUSING),
    "T-LOWSIG": Begins(
        "the sensor is on, and SpO2 is searching, disturbed, only questionable, or has never come",
        "{sensors.LOW_SIGNAL_DELAY_S:g} s",
        "medium after {sensors.MEDIUM_AFTER_S:g} s",
    ),
    "T-NOVALUE": Begins(
        "a vital that was there is missing, and its monitor, which is heard, does not say why; or a monitor at a "
        "watched chair is on standby or shows a demo",
        "{sensors.NO_VALUE_DELAY_S:g} s",
        _INFUSING,
    ),
    "T-HRDIFF": Begins(
        "heart rate and pulse rate more than {sensors.RATES_APART_BPM:g} bpm apart",
        "{sensors.RATES_DELAY_S:g} s",
        "medium after {sensors.MEDIUM_AFTER_S:g} s",
    ),
    "T-CUFF": Begins(
        "{technical.CUFF_TRIES} tries of the cuff without a reading; or a cuff on the oximeter's arm inflated for over "
        "{chair.CUFF_HOLD_S} s",
        priority=_INFUSING,
    ),
    "T-NIBP-LATE": Begins(
        "no cuff reading for the interval and half of it again, at least the interval and "
        "{chair.OVERDUE_S} s, at a chair with a cuff",
        priority=_INFUSING,
    ),
    "T-SILENT": Begins("the link is open, and no whole message has come for 10 s or three of the monitor's periods"),
    "T-LINK": Begins(
        "the link to a monitor is lost, or has not opened in {technical.OPENING_S:g} s",
        "{technical.LINK_DELAY_S:g} s",
        "high when a patient alarm was there",
    ),
    "T-STALE": Begins(
        "the monitor goes on sending, and its own clock has not gone forward for {technical.CLOCK_STANDS_S:g} s"
    ),
    "T-BATT": Begins("the monitor says that its battery is low", priority="medium when it says critical"),
    "T-UNDELIVERED": Begins(
        "a high alarm has been on no screen that [can alarm](screens.md) for 1 s", "{care.UNDELIVERED_DELAY_S:g} s"
    ),
    "T-CHATTER": Begins("one condition became active three times within {care.CHATTER_S:g} s"),
    "T-NOVIEW": Begins(
        "a chair is watched, and no screen that [can alarm](screens.md) is alive", "{care.NOBODY_DELAY_S:g} s"
    ),
    "T-ENGINE": Begins(
        "the service's [check of itself](screens.md#the-check-of-itself) fails", "{care.SELF_CHECK_DELAY_S:g} s"
    ),
    "T-FLOOD": Begins("{care.FLOOD_BEGINS} new alarms in the clinic within 10 min, until fewer than {care.FLOOD_ENDS}"),
    "S-OBS-DUE": Begins("a charted check is due"),
    "S-TIME": Begins("the planned end of the infusion has come"),
    "S-LIMITS": Begins("a condition shelved, or a limit looser than the profile, for {care.KEPT_QUIET_S:g} s"),
}


def tables() -> dict[str, str]:
    """The tables of the page by the names that it calls them.

    Raises:
        SystemExit: if a condition has no sentence here, or a sentence no condition.
    """
    wrong = sorted(CATALOGUE.keys() ^ BEGINS.keys())
    if wrong:
        sys.exit(f"BEGINS in tools/alarm_docs.py and the alarm catalogue differ: {', '.join(wrong)}")
    kinds = {"patient": "P", "technical": "T", "care": "O"}
    return {
        **{
            name: _table([c for c in CATALOGUE.values() if c.kind == kind])  # in the order of the catalogue
            for name, kind in kinds.items()
        },
        "profiles": _profiles(),
    }


def _table(conditions: list[Condition]) -> str:
    base = load_profile(BASE_PROFILE)
    numbers: dict[str, object] = {
        "limits": base.limits,
        "delays": base.delays,
        "trends": base.trends,
        "care": care,
        "chair": chair,
        "lines": lines,
        "reaction": reaction,
        "pressures": pressures,
        "sensors": sensors,
        "technical": technical,
    }
    rows = [
        "| id | on the screen | begins when | delay | priority | stays until answered | what to do |",
        "|---" * 7 + "|",
    ]
    for condition in conditions:
        when, delay, priority = (text.format(**numbers) for text in BEGINS[condition.id])
        stays = "yes" if condition.latching else "when high" if condition.latching_when_high else "no"
        grade = f"{condition.priority}; {priority}" if priority else condition.priority
        cells = [f"`{condition.id}`", condition.name, when, delay, grade, stays, condition.action]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _profiles() -> str:
    names = [BASE_PROFILE, *(name for name in profile_names() if name != BASE_PROFILE)]
    profiles = [load_profile(name) for name in names]
    rows = [f"| value | unit | {' | '.join(f'`{name}`' for name in names)} |", "|---" * (len(names) + 2) + "|"]
    rows.extend(_rows(profiles, "limits"))
    rows.extend(_rows(profiles, "delays"))
    rows.extend(_rows(profiles, "trends"))
    rows.extend(_rows(profiles, "options"))
    return "\n".join(rows) + "\n"


def _rows(profiles: list[ProfileConfig], section: str) -> Iterator[str]:
    """One row for each value of a section; a value that differs from ``adult-default`` is bold."""
    sections: list[BaseModel] = [getattr(profile, section) for profile in profiles]
    properties = type(sections[0]).model_json_schema()["properties"]
    for name, schema in properties.items():
        values = [_shown(getattr(each, name)) for each in sections]
        cells = [value if value == values[0] else f"**{value}**" for value in values]
        unit = next(iter(re.findall(r"'unit': '([^']+)'", str(schema))), "")
        yield f"| `{section}.{name}` | {unit} | {' | '.join(cells)} |"


def _shown(value: object) -> str:
    if value is None or value is False:
        return "off"
    if value is True:
        return "on"
    return f"{value:g}" if isinstance(value, float) else str(value)


def with_tables(page: str) -> str:
    """A page with its tables made anew; everything around them stays.

    Raises:
        SystemExit: if the page does not hold every table.
    """
    made = tables()
    found = [match[2] for match in _BLOCK.finditer(page)]
    if sorted(found) != sorted(made):
        sys.exit(f"docs/alarms.md should hold the tables {', '.join(made)}, and holds {', '.join(found) or 'none'}")
    return _BLOCK.sub(lambda match: f"{match[1]}\n{made[match[2]]}\n{match[3]}", page)


def main(page: Path = PAGE) -> None:
    """Make the tables of a page anew."""
    page.write_text(with_tables(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
