"""Promises: timetable, due dates, sweep. Knows a case id, nothing of casework."""
