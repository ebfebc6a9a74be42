"""Images without a container engine: a Dockerfile read, an image entry made, and run as plain processes.

``dockerfile`` reads the instructions, ``build`` carries them out in a directory (``run_line`` those RUN lines that
can be honoured), ``layer`` packs the directory as layer, configuration and manifest, ``push`` hands these to ECR
through its API. ``reference`` takes image names apart and ``aliases`` keeps what foreign images stand for.
"""
