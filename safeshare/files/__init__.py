"""Files: sealed in chunks while they arrive, cleaned, kept for a draft, and read chunk by chunk.

Nothing here knows a case. A file belongs to whoever has its keys: first a sealed session, and once
it is sent, the conversation of a case (`concerns/service/attaching.py`).
"""
