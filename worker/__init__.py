"""The background worker: Celery, its schedule and its tasks. The database is the truth; a message
is only a nudge to look at it.
"""
