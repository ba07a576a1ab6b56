"""What may be asked of the hub: why, what was, and what would be. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable

from vitalwatch.alarms import Engine
from vitalwatch.alarms.acts import needs_second
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.events import CLINIC, ChangeLimit
from vitalwatch.alarms.why import Explanation, explain
from vitalwatch.clock import Clock
from vitalwatch.errors import UsageError
from vitalwatch.hub import answers
from vitalwatch.hub.answers import AlarmRecordView, HistoryView, LimitView, Trial
from vitalwatch.hub.engine_runner import EngineRunner
from vitalwatch.hub.history import History


class Questions:
    """Answers about the chairs, each as of the moment in which it is asked.

    Args:
        runner: of the alarm engine, which is brought up to the moment first.
        history: what is remembered.
        clock: the service's clock.
        label: the name of a chair for people, and of the clinic under the empty id.
    """

    def __init__(self, runner: EngineRunner, history: History, clock: Clock, label: Callable[[str], str]) -> None:
        self._engine: Engine = runner.engine
        self._runner = runner
        self._history = history
        self._clock = clock
        self._label = label

    def explain(self, chair: str, condition: str) -> Explanation:
        """Why a condition of a chair (of the whole clinic under the empty id) alarms now, or does not.

        Raises:
            UsageError: if there is no such chair or condition.
        """
        found, now = self._asked(chair, or_clinic=True)
        return explain(found, condition, now)

    def chair_history(self, chair: str, seconds: float, before_s: float = 0.0) -> HistoryView:
        """What is remembered of a chair, from ``seconds`` ago until ``before_s`` ago.

        Raises:
            UsageError: if there is no such chair.
        """
        found, now = self._asked(chair)
        return answers.history_view(found, self._label(chair), self._history.of(chair), now, seconds, before_s)

    def alarm_records(self, chair: str | None, since_s: float) -> list[AlarmRecordView]:
        """The alarms of the last ``since_s`` seconds of a chair, or of all and the clinic with ``None``; oldest first.

        Raises:
            UsageError: if there is no such chair.
        """
        _, now = self._asked(chair or CLINIC, or_clinic=True)
        records = self._history.alarms(chair, now - since_s)
        return [answers.record_view(record, self._label(record.chair), now) for record in records]

    def limits(self, chair: str) -> list[LimitView]:
        """Every limit and delay of a chair that people may set.

        Raises:
            UsageError: if there is no such chair.
        """
        return answers.limit_views(self._asked(chair)[0])

    def try_limit(self, chair: str, key: str, value: float) -> Trial:
        """What a limit would do to the alarms of a chair, were it set now.

        Raises:
            UsageError: if there is no such chair.
        """
        found, _ = self._asked(chair)
        act = ChangeLimit(chair, key, value, actor="trial", reason="only tried", second="nobody")
        try:
            changes, error = self._engine.try_act(act), ""
        except UsageError as refusal:
            changes, error = [], str(refusal)
        second = answers.is_known(key) and needs_second(found, key, value)
        return Trial(key, value, answers.is_looser(found, key, value), second, error, changes)

    def _asked(self, chair: str, *, or_clinic: bool = False) -> tuple[Chair, float]:
        """A chair as it stands now, and that moment."""
        if chair not in self._engine.chairs and not (or_clinic and chair == CLINIC):
            raise UsageError(f'there is no chair "{chair}"')
        now = self._clock.now()
        self._runner.advance(now)
        return self._engine.chair(chair), now
