"""The Telegram bot: people ask in a chat, and quotes come back."""
