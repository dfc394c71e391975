"""From the private store to what everybody may read: archive.db, its pages, its codebook."""

from pipelines.publish.publication import PublishError, PublishResult, publish

__all__ = ["PublishError", "PublishResult", "publish"]
