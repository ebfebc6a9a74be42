"""The embedded AWS: moto for the API, real processes, proxies, databases and queues behind it."""
