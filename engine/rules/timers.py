"""Times as ISO 8601 writes them: an instant, a duration, a repeated duration.

What a diagram says of a timer is no legal term: nothing is counted from the day
after, no day is left out and none is moved. A duration is added to the moment in
Asia/Shanghai as ISO 8601 says: first years and months by the calendar, then days,
then hours, minutes and seconds as they pass.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

#: A longer text is no time that anybody has written.
MAX_TEXT = 80
#: No timer runs longer than so many days, or begins or ends outside these years.
MAX_DAYS = 36_525
YEARS = range(1970, 2200)
#: So often at most a timer that says how often repeats, and no faster than this.
MAX_TIMES = 1_000
SHORTEST_CYCLE = timedelta(minutes=1)

_MONTHS_A_YEAR = 12
_NUMBER = r"([0-9]+(?:[.,][0-9]+)?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_NEGATIVE = re.compile(r"-P.*|P.*-[0-9.,]+[YMWDHS].*")
_INSTANT = re.compile(
    r"([0-9]{4})-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?(Z|[+-][0-9]{2}(:[0-9]{2})?)?)?"
)
_CYCLE = re.compile(r"R([0-9]*)/(.*)")


class TimeForm(StrEnum):
    """In which of the ways of BPMN a timer says its time."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


class TimerFault(StrEnum):
    """Why the time of a timer cannot be kept."""

    NOT_ISO = "notIso"  #: not of the forms of ISO 8601 that are read
    NEGATIVE = "negative"
    ZERO = "zero"
    FRACTION = "fraction"  #: a part of a day, or of a second
    WEEKS = "weeks"  #: weeks beside other units
    TOO_LONG = "tooLong"
    OUT_OF_RANGE = "outOfRange"  #: there is no such day, or in no year of use
    NEVER = "never"  #: repeats no times
    ANCHORED = "anchored"  #: a cycle with a beginning or an end of its own
    TOO_OFTEN = "tooOften"


@dataclass(frozen=True)
class Span:
    """A duration: months by the calendar, days, and seconds as they pass."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def after(self, moment: datetime) -> datetime:
        """Return the instant that lies so long after *moment*, in Shanghai."""
        start = moment.astimezone(SHANGHAI)
        index = start.month - 1 + self.months
        year, month = start.year + index // _MONTHS_A_YEAR, index % _MONTHS_A_YEAR + 1
        last = calendar.monthrange(year, month)[1]
        day = start.replace(year=year, month=month, day=min(start.day, last))
        day += timedelta(days=self.days)
        passed = day.astimezone(UTC) + timedelta(seconds=self.seconds)
        return passed.astimezone(SHANGHAI)

    @property
    def shortest(self) -> timedelta:
        """Return the least that it may last: a month has no fewer than 28 days."""
        days = self.months * 28 + self.days
        return timedelta(days=days, seconds=self.seconds)


@dataclass(frozen=True)
class Timer:
    """When a timer of a diagram is due, as its text says."""

    form: TimeForm
    text: str
    at: datetime | None = None  #: the instant; None: so long after it began to wait
    span: Span = Span()
    times: int | None = 1  #: how often; None: as long as its activity lasts

    def due(self, since: datetime) -> datetime:
        """Return when it is due, in Shanghai, if it began to wait at *since*."""
        if self.at is not None:
            return self.at.astimezone(SHANGHAI)
        return self.span.after(since)

    def goes_on(self, fired: int) -> bool:
        """Say whether it waits again after it was due *fired* times."""
        return self.times is None or fired < self.times

    def next_since(self, was_due: datetime, now: datetime) -> datetime:
        """Return from when its next interval counts: from the end of the last.

        Of one without a number, the intervals that passed unnoticed until *now* are
        left out: what was due in them has happened once.
        """
        since = was_due.astimezone(SHANGHAI)
        if self.times is not None:
            return since
        if not self.span.months:
            behind = max(now - since, timedelta())
            return since + behind // self.span.shortest * self.span.shortest
        while (following := self.span.after(since)) <= now:
            since = following
        return since


def timer_of(form: TimeForm, text: str) -> Timer | TimerFault:
    """Return what a text says in one of the forms, or why it cannot be kept.

    An instant without a zone is one of Shanghai's, a day its first second.
    """
    if len(text) > MAX_TEXT:
        return TimerFault.NOT_ISO
    if form is TimeForm.DATE:
        at = _instant(text)
        return at if isinstance(at, TimerFault) else Timer(form, text, at=at)
    if form is TimeForm.DURATION:
        span = _span(text)
        return span if isinstance(span, TimerFault) else Timer(form, text, span=span)
    return _cycle(text)


def _instant(text: str) -> datetime | TimerFault:
    found = _INSTANT.fullmatch(text)
    if found is None:
        return TimerFault.NOT_ISO
    if int(found[1]) not in YEARS:
        return TimerFault.OUT_OF_RANGE
    try:
        if found[2] is None:
            return datetime.combine(date.fromisoformat(text), time(), SHANGHAI)
        at = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return TimerFault.OUT_OF_RANGE
    return at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)


def _span(text: str) -> Span | TimerFault:
    if _NEGATIVE.fullmatch(text):
        return TimerFault.NEGATIVE
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return TimerFault.NOT_ISO
    if found[3] is not None and len([each for each in found.groups() if each]) > 1:
        return TimerFault.WEEKS
    given = [Fraction((each or "0").replace(",", ".")) for each in found.groups()]
    years, months, weeks, days, hours, minutes, seconds = given
    whole = hours * 3600 + minutes * 60 + seconds
    if any(part.denominator > 1 for part in (years, months, weeks, days, whole)):
        return TimerFault.FRACTION
    span = Span(int(years * 12 + months), int(weeks * 7 + days), int(whole))
    if not any((span.months, span.days, span.seconds)):
        return TimerFault.ZERO
    longest = span.months * 31 + span.days + span.seconds // 86_400
    return span if longest <= MAX_DAYS else TimerFault.TOO_LONG


def _cycle(text: str) -> Timer | TimerFault:
    found = _CYCLE.fullmatch(text)
    if found is None:
        return TimerFault.NOT_ISO
    if "/" in found[2]:
        return TimerFault.ANCHORED
    span = _span(found[2])
    if isinstance(span, TimerFault):
        return span
    times = int(found[1]) if found[1] else None
    if times == 0:
        return TimerFault.NEVER
    if span.shortest < SHORTEST_CYCLE or (times or 0) > MAX_TIMES:
        return TimerFault.TOO_OFTEN
    return Timer(TimeForm.CYCLE, text, span=span, times=times)
