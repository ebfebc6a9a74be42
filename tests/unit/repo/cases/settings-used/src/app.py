from environs import env

TABLE = env("NOTES_TABLE")
LIMIT = env.int("NOTES_LIMIT", 10)
