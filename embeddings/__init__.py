"""What is learned from data: text to vectors, word to translations."""
