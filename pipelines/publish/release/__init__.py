"""A dated snapshot of the published archive, to be downloaded, cited and kept (``gongkai release``)."""

from pipelines.publish.release.build import NotARelease, Released, Unreleasable, release

__all__ = ["NotARelease", "Released", "Unreleasable", "release"]
