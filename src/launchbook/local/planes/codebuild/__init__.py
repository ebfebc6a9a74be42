"""CodeBuild, CodeCommit, CodePipeline: objects; nothing is built or run, and no git answers."""

from launchbook.local.planes._objects import objects_plane

PLANE = objects_plane(__name__, "codebuild", "codecommit", "codepipeline")
