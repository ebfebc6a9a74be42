"""What people and programs read: facts and findings as text. Each format is one file, from plain data to a string."""
