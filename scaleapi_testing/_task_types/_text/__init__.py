"""What the text task types share: words, fields, chats."""
