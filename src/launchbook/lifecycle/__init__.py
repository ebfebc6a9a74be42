"""The lifecycle of a platform on AWS: plan, apply, verify, release, destroy, and the proof that nothing is left.

A platform is what ``launchbook.toml`` describes: Terraform roots, images, tasks, services. Every command is a list of
steps with a journal; Terraform is the door for what is made, and nothing here knows which platform it is.
"""
