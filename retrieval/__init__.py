"""Speeches, passages, the index, search and quotes. Knows no terminal and no Telegram."""
